package shape

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Learner learns shapes, one exchange after the other. Several may learn side by
// side and be merged: what comes of it does not depend on who learnt what. It is
// used by one goroutine at a time.
type Learner struct {
	operations map[*openapi.Operation]*learning
	texts      texts
	Exchanges  int64
}

// learning is what is known of one operation.
type learning struct {
	o        *openapi.Operation
	codes    map[string]*growing
	accepted *growing
	byStatus bool            // see byStatus
	words    map[string]bool // of the documented messages; nil: not asked for yet
}

// NewLearner makes a learner that knows nothing.
func NewLearner() *Learner { return &Learner{operations: map[*openapi.Operation]*learning{}} }

// Learn adds an exchange of an operation, the nth that was read.
func (l *Learner) Learn(n int64, ex contract.Exchange, o *openapi.Operation) {
	l.Exchanges++
	of := l.operations[o]
	if of == nil {
		of = &learning{o: o, codes: map[string]*growing{}, byStatus: ByStatus(o)}
		l.operations[o] = of
	}
	at := Origin{n, ex.Origin}
	value, err := contract.Decode(ex.Response.Body)
	var met openapi.ResultCode
	name := None
	said := l.texts.echo(ex, o)
	if err == nil {
		met = o.MetIn(ex.Response.Status, value)
		switch {
		case met.CodeAt == contract.ResponseStatus && !of.byStatus:
			name = Uncoded
		case met.Row != nil:
			name = met.Code
		case met.CodeAt == contract.ResponseStatus:
			name = code(met.Code)
		case met.Code == "":
			name = Uncoded
		default:
			if name = code(met.Code); said().has(name) {
				name = other
			}
		}
	}
	g := of.code(name)
	p := g.part
	p.note(at, digest(ex))
	p.Evidence.note(cmp.Or(string(ex.Evidence), "unknown"), mostNames, at)
	p.HTTP.note(strconv.Itoa(ex.Response.Status), mostNames, at)
	p.Media.note(media(ex.Response.Header, said), mostNames, at)
	for header := range ex.Response.Header {
		if header = strings.ToLower(header); (p.Headers[header] != nil || headed(header)) && (slices.Contains(Passing(), header) || !said().named(header)) {
			p.Headers.note(header, mostNames, at)
		}
	}
	if ex.Evidence != contract.Simulated { // how fast a sandbox of ours is says nothing of the provider
		p.Latency.note(ex.Response.Duration)
	}
	if err != nil {
		return
	}
	if met.StatusAt != "" && (isText(value, met.StatusAt) || slices.ContainsFunc(o.Codes, func(row *openapi.Code) bool { return row.Status == met.Status && met.Status != "" })) {
		p.Statuses.note(stated(met, o, said), mostNames, at)
	}
	if met.MessageAt != "" && isText(value, met.MessageAt) {
		if message := of.worded(met, value, said); message != "" {
			p.Messages.note(message, mostNames, at)
		}
	}
	g.echoed = said
	g.walk(g.root, value, at)
	if ex.Request.URL != nil && met.Row != nil && (met.Row.State == contract.Succeeded || met.Row.State == contract.Pending) {
		of.accept(ex, at)
	}
}

// isText tells whether a text stands at a place of a response: of all else its type
// says what there is to say.
func isText(response any, at contract.Place) bool {
	value, _ := contract.Lookup(response, Key(at))
	_, ok := value.(string)
	return ok
}

// ByStatus tells whether the HTTP status is the code of responses that say none: no
// response says one, or the documents print one that does not. Then a status that they do
// not list is a code as well.
func ByStatus(o *openapi.Operation) bool {
	return len(o.Result.Code) == 0 || slices.ContainsFunc(o.Codes, func(row *openapi.Code) bool {
		printed, ok := o.Example(row.Code)
		if !ok || row.Code != strconv.Itoa(row.HTTP) {
			return false
		}
		met, ok := o.ResultCode(contract.Response{Status: printed.HTTP, Body: printed.Body})
		return ok && met.CodeAt == contract.ResponseStatus
	})
}

func (p *Part) note(at Origin, sum [2]uint64) {
	p.Exchanges++
	p.seen.Add(&Observed{1, at, at})
	for i := range p.sum {
		p.sum[i] += sum[i]
	}
}

// digest identifies an exchange, wherever it was recorded.
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

// media is the media type of a response, "other" where it is none that a shape
// may keep.
func media(h http.Header, said func() *said) string {
	values := h["Content-Type"]
	switch {
	case len(values) == 0:
		return "none"
	case values[0] == "application/json":
		return values[0]
	}
	got, _, err := mime.ParseMediaType(values[0])
	switch {
	case err != nil:
		return "unreadable"
	case slices.Contains([]string{"application/json", "application/xml", "text/html", "text/plain", "text/xml"}, got):
		return got
	case !mediaForm.MatchString(got) || valued(got) || said().named(got):
		return other
	}
	return got
}

// worded is the form of a message: the documented text where it is one, else
// what is left of it without values; "" where nothing is left for what the request
// said, which tells nothing of the message.
func (of *learning) worded(met openapi.ResultCode, response any, said func() *said) string {
	o := of.o
	if met.Message == "" {
		return contract.EmptyText
	}
	for _, text := range o.Wordings(met.Code) {
		if text == met.Message {
			return text
		}
	}
	if met.Row != nil && len(o.Wordings(met.Code)) > 0 && o.Worded(met.Code, met.Message) {
		return o.Wordings(met.Code)[0]
	}
	asked := said()
	values := slices.Clone(asked.whole)
	leaves(response, func(pointer contract.Pointer, text string) {
		if at := contract.ResponseBody(pointer); at != met.MessageAt && o.Hides(at) {
			values = append(values, text)
		}
	})
	left := form(met.Message, values, func(word string) bool {
		return of.used(word) || plain.MatchString(word) && !asked.worded(word)
	})
	if !keepable(left) {
		return hole
	}
	if left == hole && form(met.Message, nil, func(word string) bool { return of.used(word) || plain.MatchString(word) }) != hole {
		return ""
	}
	return left
}

// used tells whether the documents use a word in a message of the operation.
func (of *learning) used(word string) bool {
	if of.words == nil {
		of.words = map[string]bool{}
		for _, row := range of.o.Codes {
			for _, text := range of.o.Wordings(row.Code) {
				for _, w := range strings.Fields(text) {
					of.words[w] = true
				}
			}
		}
	}
	return of.words[word]
}

// stated is a status text as a shape may keep it.
func stated(met openapi.ResultCode, o *openapi.Operation, said func() *said) string {
	if met.Status == "" {
		return contract.EmptyText
	}
	listed := slices.ContainsFunc(o.Codes, func(row *openapi.Code) bool { return row.Status == met.Status })
	if listed || single(met.Status) && !said().has(met.Status) {
		return met.Status
	}
	return hole
}

// code gives what is learnt of a result code; the first mostCodes in the
// alphabet have one of their own.
func (of *learning) code(name string) *growing {
	if g := of.codes[name]; g != nil {
		return g
	}
	if Coded(name) {
		var last string
		kept := 0
		for c := range of.codes {
			if Coded(c) {
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
	g := grow(NewPart(), of.o, contract.InResponse)
	of.codes[name] = g
	return g
}

// accept learns a request that was taken.
func (of *learning) accept(ex contract.Exchange, at Origin) {
	if of.accepted == nil {
		of.accepted = grow(NewPart(), of.o, contract.InRequest)
	}
	of.accepted.part.note(at, digest(ex))
	if value, err := contract.Decode(ex.Request.Body); err == nil {
		of.accepted.walk(of.accepted.root, value, at)
	}
	for _, p := range of.o.Parameters {
		if p.In == "query" && len(p.Values(ex.Request)) > 0 {
			of.accepted.at(Key(p.Place())).Types.note("string", mostNames, at)
		}
	}
}

// Merge adds what another learner learnt of other exchanges.
func (l *Learner) Merge(from *Learner) {
	l.Exchanges += from.Exchanges
	for o, theirs := range from.operations {
		mine := l.operations[o]
		if mine == nil {
			l.operations[o] = theirs
			continue
		}
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

// Shapes gives what was learnt, by operation. The learner is done with it.
func (l *Learner) Shapes() map[string]*Shape {
	all := map[string]*Shape{}
	for o, of := range l.operations {
		s := &Shape{Operation: o.Name(), Codes: map[string][]*Part{}}
		for c, g := range of.codes {
			g.part.seal()
			s.Codes[c] = []*Part{g.part}
		}
		if of.accepted != nil {
			of.accepted.part.seal()
			s.Requests = []*Part{of.accepted.part}
		}
		all[o.Name()] = s
	}
	return all
}

// Learn makes shapes of exchanges that are at hand.
func Learn(o *openapi.Operation, all ...contract.Exchange) *Shape {
	l := NewLearner()
	for i, ex := range all {
		l.Learn(int64(i)+1, ex, o)
	}
	if s := l.Shapes()[o.Name()]; s != nil {
		return s
	}
	return &Shape{Operation: o.Name(), Codes: map[string][]*Part{}}
}
