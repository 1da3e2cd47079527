package traffic

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"assay/internal/contract"
)

// Version is the schema that a line may name itself.
const Version = "assay.exchange/v1"

// Schema is the JSON Schema of a line.
//
//go:embed exchange.schema.json
var Schema []byte

// line is one exchange as a line has it. exchange.schema.json describes it.
type line struct {
	method string
	url    string
	asked  message
	answer message
	status int
	took   time.Duration
}

// message is what request and answer have in common.
type message struct {
	header http.Header
	body   []byte
	bytes  bool // the body came as base64, and may have its codings still
}

// plain takes the codings off a body. The header may stand in memory that is used
// again, and is left as it is.
func (m *message) plain(side string) error {
	if !m.bytes {
		return nil
	}
	body, coded, err := uncoded(side, m.header, m.body)
	if err == nil && coded {
		m.body, m.header = body, m.header.Clone()
		unpacked(m.header)
	}
	return err
}

// parseLine reads a line: quickly where nothing in it is unusual. Without memory
// that is used again the exchange keeps no more of the text than the line.
func parseLine(raw string, s *Scratch) (contract.Exchange, error) {
	if !utf8.ValidString(raw) {
		return contract.Exchange{}, errUTF8
	}
	if s == nil {
		raw = strings.Clone(raw)
	}
	quick := line{}
	if quick.quick(raw, s) {
		if quick.method = method(quick.method); len(raw) > heavy {
			return quick.exchange(nil)
		}
		return quick.exchange(s)
	}
	slow := &line{}
	if err := slow.slow([]byte(raw)); err != nil {
		return contract.Exchange{}, err
	}
	return slow.exchange(nil)
}

var errSchema = errors.New("schema is another one; expected " + Version)

var errUTF8 = errors.New("this is not UTF-8; a body of other bytes stands in base64")

// exchange makes an exchange of what was read.
func (l *line) exchange(s *Scratch) (contract.Exchange, error) {
	u, err := address(l.url, s)
	if err == nil {
		err = l.asked.plain("request")
	}
	if err == nil {
		err = l.answer.plain("answer")
	}
	if err != nil {
		return contract.Exchange{}, err
	}
	return contract.Exchange{
		Request: contract.Request{Method: l.method, URL: u, Header: l.asked.header, Body: some(l.asked.body)},
		Answer:  contract.Answer{Status: l.status, Header: l.answer.header, Body: some(l.answer.body), Duration: l.took},
	}, nil
}

// address reads request.url. What is wrong with it is not said, as it may hold
// what is personal.
func address(text string, s *Scratch) (*url.URL, error) {
	if known, ok := s.address(text); ok {
		return known, nil
	}
	if s != nil {
		text = strings.Clone(text) // what is kept of it keeps nothing beside it
	}
	u, err := url.Parse(text)
	if err != nil || *u == (url.URL{}) { // "#" is one that says nothing
		return nil, errors.New("request.url is no URL")
	}
	s.learn(text, u)
	return u, nil
}

// some gives nil for an empty body: nobody can tell it from none.
func some(body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	return body
}

// The members, as bits of what was met.
const (
	metSchema uint = 1 << iota
	metRequest
	metAnswer
	metMethod
	metURL
	metStatus
	metHeaders
	metBody // or bodyBase64: both are one too many
	metDuration
)

// quick reads the known shape in one pass; false: it has to be read slowly.
func (l *line) quick(raw string, s *Scratch) bool {
	c := &cursor{s: raw, arena: s.space(len(raw))}
	asked, answered := s.sides(len(raw))
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		switch c.name() {
		case "request":
			c.once(&met, metRequest)
			l.quickRequest(c, asked)
		case "answer":
			c.once(&met, metAnswer)
			l.quickAnswer(c, answered)
		case "schema":
			c.once(&met, metSchema)
			if c.text() != Version {
				c.bad = true
			}
		default:
			c.bad = true
		}
	}
	c.end()
	return !c.bad && met&(metRequest|metAnswer) == metRequest|metAnswer
}

func (l *line) quickRequest(c *cursor, k *kept) {
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		switch c.name() {
		case "method":
			c.once(&met, metMethod)
			l.method = c.text()
		case "url":
			c.once(&met, metURL)
			l.url = c.text()
		case "headers":
			c.once(&met, metHeaders)
			l.asked.header = k.quick(c)
		case "body":
			c.once(&met, metBody)
			l.asked.body = c.bytes()
		case "bodyBase64":
			c.once(&met, metBody)
			l.asked.body, l.asked.bytes = c.base64(), true
		default:
			c.bad = true
		}
	}
	if l.method == "" || l.url == "" || met&metHeaders == 0 {
		c.bad = true
	}
}

func (l *line) quickAnswer(c *cursor, k *kept) {
	var met uint
	for more := c.first('{', '}'); more; more = c.next('}') {
		switch c.name() {
		case "status":
			c.once(&met, metStatus)
			l.status = c.small()
		case "headers":
			c.once(&met, metHeaders)
			l.answer.header = k.quick(c)
		case "body":
			c.once(&met, metBody)
			l.answer.body = c.bytes()
		case "bodyBase64":
			c.once(&met, metBody)
			l.answer.body, l.answer.bytes = c.base64(), true
		case "durationMs":
			c.once(&met, metDuration)
			took, ok := milliseconds(c.number())
			l.took = took
			c.bad = c.bad || !ok || took < 0
		default:
			c.bad = true
		}
	}
	if l.status < 100 || l.status > 999 || met&metHeaders == 0 {
		c.bad = true
	}
}

// base64 reads a string that holds bytes.
func (c *cursor) base64() []byte {
	body, err := base64.StdEncoding.DecodeString(c.simple())
	if err != nil {
		c.bad = true
	}
	return body
}

// small reads a whole number of up to three digits, which is what a status has.
func (c *cursor) small() int {
	c.space()
	n := c.run('0', '9', 4)
	if n == 0 || n > 3 || n > 1 && c.s[c.i-n] == '0' {
		c.bad = true
		return 0
	}
	status := 0
	for _, d := range []byte(c.s[c.i-n : c.i]) {
		status = 10*status + int(d-'0')
	}
	return status
}

// slow reads a line with encoding/json, and says what is wrong with it.
func (l *line) slow(raw []byte) error {
	if err := valid(raw); err != nil {
		return err
	}
	asked, answered := false, false
	err := object(raw, "", members{
		"schema": func(raw json.RawMessage) error {
			var schema string
			err := stringTo(&schema, "schema")(raw)
			if err == nil && schema != Version {
				err = errSchema
			}
			return err
		},
		"request": func(raw json.RawMessage) error {
			asked = true
			return l.slowRequest(raw)
		},
		"answer": func(raw json.RawMessage) error {
			answered = true
			return l.slowAnswer(raw)
		},
	}, true)
	switch {
	case err != nil:
		return err
	case !asked:
		return errors.New("request is missing")
	case !answered:
		return errors.New("answer is missing")
	}
	return nil
}

func (l *line) slowRequest(raw json.RawMessage) error {
	known := members{
		"method": stringTo(&l.method, "request.method"),
		"url":    stringTo(&l.url, "request.url"),
	}
	check := l.asked.slow("request", known)
	err := object(raw, "request", known, true)
	switch {
	case err != nil:
		return err
	case l.method == "":
		return errors.New("request.method is missing or empty")
	case l.url == "":
		return errors.New("request.url is missing or empty")
	}
	return check()
}

func (l *line) slowAnswer(raw json.RawMessage) error {
	known := members{
		"status": whole(&l.status, "answer.status"),
		"durationMs": func(raw json.RawMessage) error {
			took, ok := milliseconds(string(raw))
			if !ok || took < 0 {
				return errors.New("answer.durationMs: expected a number of milliseconds, not below 0")
			}
			l.took = took
			return nil
		},
	}
	check := l.answer.slow("answer", known)
	err := object(raw, "answer", known, true)
	switch {
	case err != nil:
		return err
	case l.status < 100 || l.status > 999:
		return errors.New("answer.status is missing, or not from 100 to 999")
	}
	return check()
}

// slow adds the members that request and answer have in common. What it gives
// holds them to each other, once all were read.
func (m *message) slow(at string, known members) (check func() error) {
	var plain, base string
	headed, twice := false, 0
	known["headers"] = func(raw json.RawMessage) error {
		headed = true
		var h headers
		err := h.slow(raw, at+".headers")
		m.header = h.header()
		return err
	}
	for name, to := range map[string]*string{"body": &plain, "bodyBase64": &base} {
		read := stringTo(to, place(at, name))
		known[name] = func(raw json.RawMessage) error {
			twice++
			return read(raw)
		}
	}
	return func() error {
		switch {
		case !headed:
			return fmt.Errorf("%s.headers is missing; expected {} where there are none", at)
		case twice > 1:
			return fmt.Errorf("%s has body and bodyBase64; expected one of them", at)
		}
		m.body = []byte(plain)
		if m.bytes = base != ""; m.bytes {
			var err error
			if m.body, err = base64.StdEncoding.DecodeString(base); err != nil {
				return fmt.Errorf("%s.bodyBase64 is not base64", at)
			}
		}
		return nil
	}
}

// slow reads {name: string or [string]}.
func (h *headers) slow(raw json.RawMessage, at string) error {
	met := map[string]bool{}
	return pairs(raw, at, func(name string, value json.RawMessage) error {
		if met[name] {
			return fmt.Errorf("%s: a name stands twice", at)
		}
		met[name] = true
		add := func(raw json.RawMessage) error {
			var v string
			err := stringTo(&v, at+": a value")(raw)
			if err == nil {
				h.add(name, v)
			}
			return err
		}
		if len(value) > 0 && value[0] == '[' {
			return items(value, at, add)
		}
		return add(value)
	})
}
