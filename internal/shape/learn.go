package shape

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/redact"
)

// Learner learns shapes, one exchange after the other. Only one goroutine at a time may
// use a Learner; several Learners may work in parallel and be merged. The result does
// not depend on which of them learnt an exchange.
type Learner struct {
	operations map[*openapi.Operation]*operationState
	texts      texts
	Exchanges  int64
	recorder   *contract.Recorder // which omitted something first
	first      Origin             // of what it omitted
}

// operationState is what was learnt about one operation.
type operationState struct {
	o        *openapi.Operation
	codes    map[string]*builder
	accepted *builder
	byStatus bool            // see byStatus
	words    map[string]bool // words of the documented messages; nil: not computed yet
	omitted  contract.Omitted
}

// NewLearner returns an empty Learner.
func NewLearner() *Learner { return &Learner{operations: map[*openapi.Operation]*operationState{}} }

// Learn adds an exchange of an operation; n is its number in reading order. It adds nothing
// and returns contract.ErrTooLarge if the response is too large to decode. What the recording
// lacks is counted only: see Omitted.
func (l *Learner) Learn(n int64, ex contract.Exchange, o *openapi.Operation) error {
	ex = o.AsJSON(ex)
	value, err := contract.Decode(ex.Response.Body)
	if errors.Is(err, contract.ErrTooLarge) {
		return fmt.Errorf("%s: the response is %w", ex.Origin, err)
	}
	isJSON := err == nil
	of := l.operations[o]
	if of == nil {
		of = &operationState{o: o, codes: map[string]*builder{}, byStatus: ByStatus(o)}
		l.operations[o] = of
	}
	at := Origin{n, ex.Origin}
	var met openapi.ResultCode
	empty := len(ex.Response.Body) == 0 && o.Responses[ex.Response.Status].Empty()
	if isJSON || empty {
		met = o.ResultCodeOf(ex, value)
	}
	if ex.Recorder != nil && lacksResult(ex, o, value, met) {
		of.omitted.Exchanges++
		l.lacks(ex.Recorder, at)
		return nil
	}
	l.Exchanges++
	name := None
	request := l.texts.request(ex, o)
	if isJSON || empty {
		switch {
		case met.CodeAt == contract.ResponseStatus && !of.byStatus:
			name = Uncoded
		case met.Row != nil:
			name = met.Name()
		case met.Unfit || met.Undecided != nil: // a documented code
			name = met.Code
		case met.CodeAt == contract.ResponseStatus:
			name = code(met.Code)
		case met.Code == "":
			name = Uncoded
		default:
			if name = code(met.Code); request().contains(name) {
				name = other
			}
		}
	}
	if !documentable(name) {
		name = other
	}
	g := of.code(name)
	p := g.part
	p.note(at, digest(ex))
	p.Evidence.note(cmp.Or(string(ex.Evidence), "unknown"), mostNames, at)
	p.HTTP.note(strconv.Itoa(ex.Response.Status), mostNames, at)
	if ex.Recorder == nil || !slices.ContainsFunc(ex.Response.Header["Content-Type"], redact.Replaced) {
		p.Media.note(media(ex.Response.Header, request), mostNames, at)
	}
	for header := range ex.Response.Header {
		if header = strings.ToLower(header); (p.Headers[header] != nil || allowedHeader(header)) && (slices.Contains(IgnoredHeaders(), header) || !request().inName(header)) {
			p.Headers.note(header, mostNames, at)
		}
	}
	if ex.Evidence != contract.Simulated { // the speed of our own sandbox says nothing about the provider
		p.Latency.note(ex.Response.Duration)
	}
	accepted := ex.Request.URL != nil && met.Row != nil && (met.Row.State == contract.Succeeded || met.Row.State == contract.Pending)
	if empty && accepted {
		l.accept(of, ex, at)
	}
	if !isJSON {
		return nil
	}
	if met.StatusAt != "" && !hides(ex, value, met.StatusAt) && (isText(value, met.StatusAt) || slices.ContainsFunc(o.Codes, func(row *openapi.Code) bool { return row.Status == met.Status && met.Status != "" })) {
		p.Statuses.note(statusText(met, o, request), mostNames, at)
	}
	if met.MessageAt != "" && !hides(ex, value, met.MessageAt) && isText(value, met.MessageAt) {
		if message := of.messageForm(met, value, request); message != "" {
			p.Messages.note(message, mostNames, at)
		}
	}
	g.request, g.recorded = request, ex.Recorder != nil
	g.walk(g.root, value, at)
	if accepted {
		l.accept(of, ex, at)
	}
	return nil
}

// accept learns the request of an accepted exchange, or counts it if the recording lacks it.
func (l *Learner) accept(of *operationState, ex contract.Exchange, at Origin) {
	if lacksRequest(ex, of.o) {
		of.omitted.Requests++
		l.lacks(ex.Recorder, at)
		return
	}
	of.accept(ex, at)
}

// isText reports whether the value at a place of a response is a text. For other values
// the type says enough.
func isText(response any, at contract.Place) bool {
	value, _ := contract.Lookup(response, Key(at))
	_, ok := value.(string)
	return ok
}

// ByStatus reports whether the HTTP status is the result code of responses without a
// code: no response has a code, or the documents print one without. Then an
// undocumented status is a result code too.
func ByStatus(o *openapi.Operation) bool {
	return len(o.Result.Code) == 0 || slices.ContainsFunc(o.Codes, func(row *openapi.Code) bool {
		printed, ok := o.Example(row.Name())
		if !ok || row.Code != strconv.Itoa(row.HTTP) {
			return false
		}
		met, ok := o.ResultCode(contract.Response{Status: printed.HTTP, Body: printed.Body})
		return ok && met.CodeAt == contract.ResponseStatus
	})
}

func (p *Part) note(at Origin, sum [2]uint64) {
	p.Exchanges++
	p.observed.Add(&Observed{1, at, at})
	for i := range p.sum {
		p.sum[i] += sum[i]
	}
}

// digest returns a digest of an exchange that does not depend on where it was recorded.
func digest(ex contract.Exchange) (sum [2]uint64) {
	h := sha256.New()
	address := ""
	if ex.Request.URL != nil {
		address = ex.Request.URL.Path + "?" + ex.Request.URL.RawQuery
	}
	var fixed [40]byte
	for i, n := range []int{len(ex.Request.Method), len(address), len(ex.Request.Body), ex.Response.Status, int(ex.Response.Duration)} {
		binary.BigEndian.PutUint64(fixed[8*i:], uint64(n)) // lengths, a status and a duration
	}
	h.Write(fixed[:])
	h.Write([]byte(ex.Request.Method + address))
	h.Write(ex.Request.Body)
	h.Write(ex.Response.Body)
	raw := h.Sum(fixed[:0])
	return [2]uint64{binary.BigEndian.Uint64(raw), binary.BigEndian.Uint64(raw[8:])}
}

// media returns the media type of a response, or other if it may not be kept.
func media(h http.Header, request func() *requestText) string {
	values := h["Content-Type"]
	switch {
	case len(values) == 0:
		return "none"
	case values[0] == "application/json":
		return values[0]
	}
	got, _, err := contract.MediaType(values[0])
	switch {
	case err != nil:
		return "unreadable"
	case slices.Contains([]string{"application/json", "application/xml", "text/html", "text/plain", "text/xml"}, got):
		return got
	case !mediaForm().MatchString(got) || looksLikeValue(got) || request().inName(got):
		return other
	}
	return got
}

// messageForm returns the documented text of a message, or the message without its
// values. It returns "" if only values of the request would be left.
func (of *operationState) messageForm(met openapi.ResultCode, response any, request func() *requestText) string {
	o := of.o
	if met.Message == "" {
		return contract.EmptyText
	}
	texts := slices.DeleteFunc(slices.Clone(o.Messages(met.Name())), func(text string) bool { return !allowed(text) }) // an example may print a value
	if slices.Contains(texts, met.Message) {
		return met.Message
	}
	if met.Row != nil && len(texts) > 0 && o.DocumentsMessage(met.Name(), met.Message) {
		return texts[0]
	}
	asked := request()
	values := slices.Clone(asked.whole)
	leaves(response, func(pointer contract.Pointer, text string) {
		if at := contract.ResponseBody(pointer); at != met.MessageAt && o.Redacts(at) {
			values = append(values, text)
		}
	})
	left := form(met.Message, values, func(word string) bool {
		return of.usesWord(word) || plain().MatchString(word) && !asked.hasWord(word)
	})
	if !allowed(left) {
		return hole
	}
	if left == hole && form(met.Message, nil, func(word string) bool { return of.usesWord(word) || plain().MatchString(word) }) != hole {
		return ""
	}
	return left
}

// usesWord reports whether the documents use a word in a message of the operation.
func (of *operationState) usesWord(word string) bool {
	if of.words == nil {
		of.words = map[string]bool{}
		for _, row := range of.o.Codes {
			for _, text := range of.o.Messages(row.Name()) {
				for _, w := range strings.Fields(text) {
					of.words[w] = true
				}
			}
		}
	}
	return of.words[word]
}

// statusText returns a status text, or a hole if a shape may not contain it.
func statusText(met openapi.ResultCode, o *openapi.Operation, request func() *requestText) string {
	if met.Status == "" {
		return contract.EmptyText
	}
	listed := slices.ContainsFunc(o.Codes, func(row *openapi.Code) bool { return row.Status == met.Status })
	if listed && documentable(met.Status) || enumLike(met.Status) && !request().contains(met.Status) {
		return met.Status
	}
	return hole
}

// code returns the builder of a result code. The first mostCodes codes in alphabetical
// order have one of their own.
func (of *operationState) code(name string) *builder {
	if g := of.codes[name]; g != nil {
		return g
	}
	if IsCode(name) {
		var last string
		kept := 0
		for c := range of.codes {
			if IsCode(c) {
				last, kept = max(last, c), kept+1
			}
		}
		switch {
		case kept >= mostCodes && name > last:
			return of.code(other)
		case kept >= mostCodes:
			to := of.code(other)
			to.part.fold(of.codes[last].part)
			to.index(of.o, contract.InResponse)
			delete(of.codes, last)
		}
	}
	g := newBuilder(NewPart(), of.o, contract.InResponse)
	of.codes[name] = g
	return g
}

// accept learns an accepted request.
func (of *operationState) accept(ex contract.Exchange, at Origin) {
	if of.accepted == nil {
		of.accepted = newBuilder(NewPart(), of.o, contract.InRequest)
	}
	of.accepted.part.note(at, digest(ex))
	if value, err := contract.Decode(ex.Request.Body); err == nil {
		of.accepted.recorded = ex.Recorder != nil
		of.accepted.walk(of.accepted.root, value, at)
	}
	for _, p := range of.o.Parameters {
		if p.In == "query" && len(p.Values(ex.Request)) > 0 {
			of.accepted.at(Key(p.Place())).Types.note("string", mostNames, at)
		}
	}
}

// Merge adds what another Learner learnt from other exchanges.
func (l *Learner) Merge(from *Learner) {
	l.Exchanges += from.Exchanges
	if from.recorder != nil {
		l.lacks(from.recorder, from.first)
	}
	for o, theirs := range from.operations {
		mine := l.operations[o]
		if mine == nil {
			l.operations[o] = theirs
			continue
		}
		mine.omitted = mine.omitted.Plus(theirs.omitted)
		for c, g := range theirs.codes {
			to := mine.code(c)
			to.part.fold(g.part)
			to.index(o, contract.InResponse)
		}
		switch {
		case mine.accepted == nil:
			mine.accepted = theirs.accepted
		case theirs.accepted != nil:
			mine.accepted.part.fold(theirs.accepted.part)
			mine.accepted.index(o, contract.InRequest)
		}
	}
}

// Shapes returns the shapes by operation. The Learner must not be used afterwards.
func (l *Learner) Shapes() map[string]*Shape {
	all := map[string]*Shape{}
	for o, of := range l.operations {
		if len(of.codes) == 0 {
			continue // all exchanges were left out
		}
		s := &Shape{Operation: o.Name(), Codes: map[string][]*Part{}, omitted: of.omitted}
		for c, g := range of.codes {
			g.part.setSource()
			s.Codes[c] = []*Part{g.part}
		}
		if of.accepted != nil {
			of.accepted.part.setSource()
			s.Requests = []*Part{of.accepted.part}
		}
		all[o.Name()] = s
	}
	return all
}

// Learn returns the shape of the given exchanges, without those that are too large to decode.
func Learn(o *openapi.Operation, all ...contract.Exchange) *Shape {
	l := NewLearner()
	for i, ex := range all {
		_ = l.Learn(int64(i)+1, ex, o) // the only error is that of a large response, which adds nothing
	}
	if s := l.Shapes()[o.Name()]; s != nil {
		return s
	}
	return &Shape{Operation: o.Name(), Codes: map[string][]*Part{}}
}
