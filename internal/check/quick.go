package check

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"assay/internal/contract"
	"assay/internal/sift"
	"assay/internal/spec"
)

// Quick tells of exchanges of one operation that the rules find nothing in them,
// at the speed of reading. It says so, or nothing: an exchange that it does not
// take for conforming is for the rules, which explain. It knows the rules that
// need neither a case, an adapter nor a cassette. It is safe for concurrent use.
type Quick struct {
	o       *spec.Operation
	request *side
	answers map[int]*side
	query   []parameter
	headers []parameter
	plain   []letter // of readings, about headers and the query
	said    []said   // conditions, and letters that are CEL
	sight   spec.Sight
	codes   map[string]*row
	pool    sync.Pool
}

// Class is what conforming exchanges have in common for whom the rules prove,
// and leave unproved, the same.
type Class struct {
	Code                              string
	Status                            int
	Signature, Signed, Authentication string // of the request, of the answer
	Request, Answer                   bool   // whether a condition applied
}

// side is the body of one direction.
type side struct {
	body    *spec.Body
	check   *sift.Check
	parts   *spec.Part
	code    []int // spans of what the result is read from, the first that is there counts
	status  []int
	message []int
	sign    int // span of the signature; -1: nothing is signed
}

type parameter struct {
	*spec.Parameter
	key   string // of a header, as net/http writes it
	check *sift.Check
}

type letter struct {
	header, query string
	check         *sift.Check
}

type said struct {
	e    *spec.Expression
	on   string   // "request", "answer"; "": a letter
	self bool     // the letter names what it is about
	side string   // where that stands
	at   []string // tokens of its pointer
}

type row struct {
	*spec.Code
	documented []string
}

// work is what is used again from one exchange to the next.
type work struct {
	request *sift.Notes
	answers map[int]*sift.Notes
	values  []string // of the query's parameters
	there   []bool
	texts   *sift.Notes // for parameters
	evaluation
}

// NewQuick compiles an operation. nil: there is something about it that only the
// rules can judge.
func NewQuick(s *spec.Spec, o *spec.Operation) *Quick {
	q := &Quick{o: o, answers: map[int]*side{}, codes: map[string]*row{}}
	letters := map[string]map[string][]*spec.Strict{"request": {}, "answer": {}}
	for _, r := range o.Rules {
		q.said = append(q.said, said{e: r.Rule, on: r.On})
	}
	for _, reading := range s.AllReadings(o) {
		if reading.Strict == nil {
			continue
		}
		for _, place := range reading.At {
			if !q.letter(place, reading.Strict, letters) {
				return nil
			}
		}
	}
	for _, sign := range []*spec.Signature{o.Sign.Request, o.Sign.Answer} {
		if sign != nil && sign.Required != nil {
			q.sight.See(sign.Required)
		}
	}
	for _, one := range q.said {
		q.sight.See(one.e)
	}
	if q.sight.Elsewhere || !q.parameters() || !q.sides(letters) {
		return nil
	}
	for _, c := range o.Codes {
		q.codes[c.Code] = &row{c, o.Wordings(c.Code)}
	}
	q.pool.New = func() any { return q.work() }
	return q
}

func (q *Quick) work() *work {
	w := &work{answers: map[int]*sift.Notes{}, texts: sift.NewNotes(), values: make([]string, len(q.query)), there: make([]bool, len(q.query))}
	if q.request != nil {
		w.request = q.request.check.Notes()
	}
	for status, a := range q.answers {
		w.answers[status] = a.check.Notes()
	}
	w.queriedBy = w.queried
	return w
}

// letter takes what the letter of a reading demands of a place.
func (q *Quick) letter(place string, strict *spec.Strict, letters map[string]map[string][]*spec.Strict) bool {
	side, pointer, inBody := strings.Cut(place, "#")
	if e := strict.Expression(); e != nil {
		if e.Names("self") && (!inBody || strings.Contains(pointer, "*")) {
			return false
		}
		if inBody && e.Names("self") {
			q.look(side, pointer)
		}
		q.said = append(q.said, said{e: e, self: e.Names("self"), side: side, at: contract.Tokens(pointer)})
		return true
	}
	if inBody {
		letters[side][pointer] = append(letters[side][pointer], strict)
		return true
	}
	check, ok := strict.Check()
	kind, name, _ := strings.Cut(strings.TrimPrefix(place, "request."), ".")
	switch {
	case !ok || !strings.HasPrefix(place, "request."):
		return false
	case kind == "header":
		q.plain = append(q.plain, letter{header: http.CanonicalHeaderKey(name), check: check})
	case kind == "query":
		q.plain = append(q.plain, letter{query: name, check: check})
	default:
		return false
	}
	return true
}

func (q *Quick) look(side, pointer string) {
	if side == "request" {
		q.sight.Request = append(q.sight.Request, pointer)
	} else {
		q.sight.Answer = append(q.sight.Answer, pointer)
	}
}

func (q *Quick) parameters() bool {
	for _, p := range q.o.Parameters {
		if p.In == "path" {
			continue
		}
		check, ok := p.Check()
		if !ok {
			return false
		}
		one := parameter{p, http.CanonicalHeaderKey(p.Name), check}
		if p.In == "header" {
			q.headers = append(q.headers, one)
		} else {
			q.query = append(q.query, one)
		}
	}
	return true
}

func (q *Quick) sides(letters map[string]map[string][]*spec.Strict) bool {
	ok := true
	if q.o.Request != nil {
		q.request, ok = q.side(q.o.Request, q.sight.Request, letters["request"], q.o.Sign.Request, spec.ResultAt{})
	}
	for status, a := range q.o.Answers {
		one, fine := q.side(a.Body, q.sight.Answer, letters["answer"], q.o.Sign.Answer, q.o.Result)
		q.answers[status], ok = one, ok && fine
	}
	return ok
}

func (q *Quick) side(body *spec.Body, looked []string, letters map[string][]*spec.Strict, sign *spec.Signature, result spec.ResultAt) (*side, bool) {
	one := &side{body: body, sign: -1}
	pointers := slices.Concat(looked, result.Code, result.Status, result.Message)
	if sign != nil {
		pointers = append(pointers, sign.At)
	}
	_, asked, ok := body.Parts(pointers)
	if !ok {
		return nil, false
	}
	if one.parts, _, ok = body.Parts(looked); !ok { // they come first, so their spans are the same
		return nil, false
	}
	spans := func(pointers []string) (all []int) {
		for _, pointer := range pointers {
			if i := slices.Index(asked, pointer); i >= 0 {
				all = append(all, i)
			}
		}
		return all
	}
	one.code, one.status, one.message = spans(result.Code), spans(result.Status), spans(result.Message)
	if sign != nil {
		if found := spans([]string{sign.At}); len(found) > 0 {
			one.sign = found[0]
		}
	}
	mine := map[string][]*spec.Strict{}
	for pointer, all := range letters {
		if body.Member(pointer) != nil {
			mine[pointer] = all
		} else if _, _, ok := body.Parts([]string{pointer}); !ok { // elsewhere it is a member that nobody documents
			return nil, false
		}
	}
	if one.check, ok = body.Check(sift.Asked{Spans: asked}, mine); !ok {
		return nil, false
	}
	return one, true
}

// Conforms tells whether the rules find nothing in an exchange of the operation,
// and of which class it is; where they may, which parts of it they need not look
// at. The credentials are those that are known.
func (q *Quick) Conforms(ex contract.Exchange, own map[string]string, merchant map[string]bool) (Class, spec.Taken, bool) {
	w, _ := q.pool.Get().(*work)
	w.evaluation = evaluation{q: q, w: w, ex: ex, own: own, merchant: merchant, queriedBy: w.queriedBy}
	ok := w.conforms()
	c, taken := w.class, w.taken
	w.evaluation = evaluation{queriedBy: w.queriedBy}
	q.pool.Put(w)
	return c, taken, ok
}

func (e *evaluation) conforms() (ok bool) {
	q, w, c, r, a := e.q, e.w, &e.class, &e.ex.Request, &e.ex.Answer
	e.taken.Parameters = q.given(r, w)
	e.taken.Request = e.taken.Parameters && r.Method == q.o.Method && q.asked(r, w)
	answer, notes := q.answers[a.Status], w.answers[a.Status]
	e.taken.Answer = answer != nil && answer.body.Accepts(a.Header) && len(a.Body) > 0 && answer.check.Accepts(a.Body, notes)
	if !e.taken.Request || !e.taken.Answer {
		return false
	}
	c.Status = a.Status
	if c.Code, ok = q.result(answer, a, notes); !ok {
		return false
	}
	c.Authentication = Authentication(q.o, *r, e.own, contract.Token{}, time.Time{})
	if c.Authentication != "none" && c.Authentication != "valid" && c.Authentication != "unverified" {
		return false
	}
	e.answer, e.notes = answer, notes
	return e.holds()
}

// given judges the parameters of a request.
func (q *Quick) given(r *contract.Request, w *work) bool {
	if !q.queried(r.URL, w) {
		return false
	}
	for i := range q.headers {
		p := &q.headers[i]
		values := r.Header[p.key]
		if len(values) == 0 {
			if p.Required {
				return false
			}
			continue
		}
		if !p.check.AcceptsText(values[0], w.texts) {
			return false
		}
	}
	return true
}

// asked judges the body of a request, and the letters about its parameters.
func (q *Quick) asked(r *contract.Request, w *work) bool {
	for _, l := range q.plain {
		if !q.kept(l, r, w) {
			return false
		}
	}
	if q.request == nil {
		return true
	}
	if len(r.Body) == 0 {
		return false // whether that may be is not for here
	}
	return q.request.body.Accepts(r.Header) && q.request.check.Accepts(r.Body, w.request)
}

// queried takes the query apart.
func (q *Quick) queried(u *url.URL, w *work) bool {
	clear(w.there)
	rest := u.RawQuery
	for rest != "" {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		name, value, _ := strings.Cut(pair, "=")
		i := slices.IndexFunc(q.query, func(p parameter) bool { return p.Name == name })
		if i < 0 || w.there[i] || strings.ContainsAny(value, "%+;") {
			return false
		}
		w.values[i], w.there[i] = value, true
	}
	for i := range q.query {
		p := &q.query[i]
		if !w.there[i] && p.Required || w.there[i] && !p.check.AcceptsText(w.values[i], w.texts) {
			return false
		}
	}
	return true
}

// kept tells whether the letter about a header or parameter is kept.
func (q *Quick) kept(l letter, r *contract.Request, w *work) bool {
	if l.header != "" {
		values := r.Header[l.header]
		return len(values) == 0 || len(values) == 1 && l.check.AcceptsText(values[0], w.texts)
	}
	i := slices.IndexFunc(q.query, func(p parameter) bool { return p.Name == l.query })
	return i < 0 || !w.there[i] || l.check.AcceptsText(w.values[i], w.texts)
}

// result reads the result code and tells whether it is documented, and agrees
// with status, HTTP status and message.
func (q *Quick) result(s *side, a *contract.Answer, notes *sift.Notes) (code string, ok bool) {
	read := func(spans []int) (text []byte, there bool) {
		for _, i := range spans {
			if notes.Spans[i].Here() {
				return notes.Spans[i].Of(a.Body), true
			}
		}
		return nil, false
	}
	raw, there := read(s.code)
	var met *row
	if there {
		met = q.codes[string(unquoted(raw))]
	} else {
		met = q.codes[strconv.Itoa(a.Status)]
	}
	if met == nil || met.Seen != "" || met.HTTP != a.Status {
		return "", false
	}
	if met.Status != "" {
		if raw, there = read(s.status); !there || string(unquoted(raw)) != met.Status {
			return "", false
		}
	}
	if raw, there = read(s.message); !there || len(met.documented) == 0 {
		return met.Code.Code, true
	}
	for _, text := range met.documented {
		if string(unquoted(raw)) == text {
			return met.Code.Code, true
		}
	}
	return met.Code.Code, raw[0] == '"' && q.o.Worded(met.Code.Code, spec.TextOf(raw))
}

// unquoted is a text without its quotes, and anything else as it is. A text with
// escapes is like nothing that is documented.
func unquoted(raw []byte) []byte {
	if raw[0] == '"' {
		return raw[1 : len(raw)-1]
	}
	return raw
}
