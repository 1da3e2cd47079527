package check

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"assay/internal/contract"
	"assay/internal/seal"
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
	types   []string // of the Content-Type, as they are mostly written
	code    []int    // spans of what the result is read from, the first that is there counts
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
	e     *spec.Expression
	on    string // "request", "answer"; "": a letter
	place string // of a letter
	self  bool
	path  []string // of the place, where it is in a body
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
		q.said = append(q.said, said{e: e, place: place, self: e.Names("self"), path: contract.Tokens(pointer)})
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
	for _, t := range body.Types {
		one.types = append(one.types, t, t+"; charset=utf-8", t+";charset=utf-8", t+"; charset=UTF-8", t+";charset=UTF-8")
	}
	return one, true
}

// Conforms tells whether the rules find nothing in an exchange of the operation,
// and of which class it is. The credentials are those that are known.
func (q *Quick) Conforms(ex contract.Exchange, own map[string]string, merchant map[string]bool) (Class, bool) {
	w, _ := q.pool.Get().(*work)
	w.evaluation = evaluation{q: q, w: w, ex: ex, own: own, merchant: merchant, queriedBy: w.queriedBy}
	ok := w.conforms()
	c := w.class
	w.evaluation = evaluation{queriedBy: w.queriedBy}
	q.pool.Put(w)
	return c, ok
}

func (e *evaluation) conforms() (ok bool) {
	q, w, c, r, a := e.q, e.w, &e.class, &e.ex.Request, &e.ex.Answer
	answer := q.answers[a.Status]
	if answer == nil || r.Method != q.o.Method || !q.asked(r, w) || !answer.accepts(a.Header) || len(a.Body) == 0 {
		return false
	}
	notes := w.answers[a.Status]
	if !answer.check.Accepts(a.Body, notes) {
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

// asked judges parameters and body of a request.
func (q *Quick) asked(r *contract.Request, w *work) bool {
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
	return q.request.accepts(r.Header) && q.request.check.Accepts(r.Body, w.request)
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

// accepts tells whether a Content-Type is a documented one.
func (s *side) accepts(h http.Header) bool {
	values := h["Content-Type"]
	return len(values) > 0 && slices.Contains(s.types, values[0]) || s.body.Accepts(h)
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

// evaluation is what is needed to ask expressions about an exchange.
type evaluation struct {
	q        *Quick
	ex       contract.Exchange
	w        *work
	answer   *side
	notes    *sift.Notes
	own      map[string]string
	merchant map[string]bool
	class    Class
	// queriedBy is queried, made a value once.
	queriedBy func(string) (string, bool)
	glimpse   spec.Glimpse
	itself    *spec.Part // what a letter is about, of a side
	of        *spec.Side
	vars      map[string]any // nil: CEL was not asked yet
}

// look sets what is at hand.
func (e *evaluation) look() {
	e.glimpse = spec.Glimpse{
		Answer: spec.Side{Body: e.ex.Answer.Body, Spans: e.notes.Spans, Parts: e.answer.parts},
		Method: e.ex.Request.Method, Status: e.ex.Answer.Status, RequestHeader: e.ex.Request.Header, AnswerHeader: e.ex.Answer.Header,
		Query: e.queriedBy, Credentials: e.own, Merchant: e.merchant, Signature: e.class.Signature, Authentication: e.class.Authentication,
	}
	if e.q.request != nil {
		e.glimpse.Request = spec.Side{Body: e.ex.Request.Body, Spans: e.w.request.Spans, Parts: e.q.request.parts}
	}
}

func (e *evaluation) queried(name string) (string, bool) {
	for i := range e.q.query {
		if e.q.query[i].Name == name && e.w.there[i] {
			return e.w.values[i], true
		}
	}
	return "", false
}

// ask evaluates an expression, with CEL where a glance does not do.
func (e *evaluation) ask(x *spec.Expression) (holds, applies bool) {
	if holds, applies, sure := x.Glance(&e.glimpse); sure {
		return holds, applies
	}
	vars := e.variables()
	delete(vars, "self")
	if e.itself != nil {
		vars["self"] = e.itself.Value(e.of.Body, e.of.Spans)
	}
	return x.Holds(vars)
}

// holds asks for signatures, conditions and letters.
func (e *evaluation) holds() bool {
	var ok bool
	sign := e.q.o.Sign
	e.look()
	e.class.Signature, ok = e.signed(sign.Request, e.q.request, e.w.request, e.ex.Request.Body)
	e.glimpse.Signature = e.class.Signature
	if !ok || e.class.Signature == "missing" && e.demanded(sign.Request) {
		return false
	}
	e.class.Signed, ok = e.signed(sign.Answer, e.answer, e.notes, e.ex.Answer.Body)
	if !ok || e.class.Signed == "missing" && e.demanded(sign.Answer) {
		return false
	}
	for i := range e.q.said {
		one := &e.q.said[i]
		if !e.self(one) {
			continue
		}
		holds, applies := e.ask(one.e)
		if applies && !holds {
			return false
		}
		e.class.Request = e.class.Request || applies && one.on == "request"
		e.class.Answer = e.class.Answer || applies && one.on == "answer"
	}
	return true
}

// self sets what a letter is about. There is nothing to ask where that is absent
// and the letter names it.
func (e *evaluation) self(one *said) bool {
	e.itself, e.glimpse.Self = nil, nil
	if !one.self {
		return true
	}
	if e.of = &e.glimpse.Request; strings.HasPrefix(one.place, "answer#") {
		e.of = &e.glimpse.Answer
	}
	at := e.of.Parts
	for _, token := range one.path {
		if at = at.Below(token); at == nil || !e.of.Spans[at.Span].Here() {
			return false
		}
	}
	e.itself, e.glimpse.Self = at, e.of.Spans[at.Span].Of(e.of.Body)
	return true
}

func (e *evaluation) demanded(s *spec.Signature) bool {
	if s.Required == nil {
		return true
	}
	holds, applies := e.ask(s.Required)
	return applies && holds
}

// signed tells how a body is signed, if there is nothing to find about that.
func (e *evaluation) signed(s *spec.Signature, of *side, notes *sift.Notes, body []byte) (state string, ok bool) {
	if s == nil {
		return "none", true
	}
	if of.sign < 0 || !notes.Spans[of.sign].Here() {
		return "missing", true
	}
	raw := notes.Spans[of.sign].Of(body)
	if _, known := e.own[s.Key]; !known && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 {
		for _, text := range s.Instead {
			if string(raw[1:len(raw)-1]) == text {
				return "instead", true
			}
		}
		return "unverified", true
	}
	state = seal.State(s, body, e.own)
	return state, state != "invalid"
}

// variables gives expressions what they look at.
func (e *evaluation) variables() map[string]any {
	if e.vars != nil {
		return e.vars
	}
	sight := &e.q.sight
	request := map[string]any{"method": e.ex.Request.Method}
	answer := map[string]any{"status": int64(e.ex.Answer.Status), "body": e.answer.parts.Value(e.ex.Answer.Body, e.notes.Spans)}
	if len(sight.Query) > 0 {
		query := make(map[string]any, len(sight.Query))
		for i := range e.q.query {
			if e.w.there[i] && slices.Contains(sight.Query, e.q.query[i].Name) {
				query[e.q.query[i].Name] = e.w.values[i]
			}
		}
		request["query"] = query
	}
	if sight.Headers {
		request["headers"], answer["headers"] = spec.Headers(e.ex.Request.Header), spec.Headers(e.ex.Answer.Header)
	}
	if len(sight.RequestHeaders) > 0 && !sight.Headers {
		request["headers"] = named(e.ex.Request.Header, sight.RequestHeaders)
	}
	if e.q.request != nil {
		request["body"] = e.q.request.parts.Value(e.ex.Request.Body, e.w.request.Spans)
	}
	if len(sight.AnswerHeaders) > 0 && !sight.Headers {
		answer["headers"] = named(e.ex.Answer.Header, sight.AnswerHeaders)
	}
	e.vars = map[string]any{
		"request": request, "answer": answer, "credentials": e.own, "merchant": e.merchant,
		"signature": e.class.Signature, "authentication": e.class.Authentication,
	}
	return e.vars
}

func named(h http.Header, names []string) map[string]any {
	all := map[string]any{}
	for _, name := range names {
		if values := h[http.CanonicalHeaderKey(name)]; len(values) > 0 {
			all[name] = values[0]
		}
	}
	return all
}
