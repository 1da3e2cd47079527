package traffic

import (
	"bytes"
	_ "embed"
	"errors"
	"net/http"
	"net/url"
	"sync"
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
	method   []byte
	url      []byte
	asked    message
	response message
	status   int
	took     time.Duration
}

// message is what request and response have in common.
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

var (
	errSchema = errors.New("schema is another one; expected " + Version)
	errUTF8   = errors.New("this is not UTF-8; a body of other bytes stands in base64")
)

// scratches are for exchanges that are to last.
var scratches = sync.Pool{New: func() any { return new(Scratch) }}

// parseLine reads a line: quickly where nothing in it is unusual, and else in
// structs, which takes 4 to 5 times as long. Without memory that is used again the
// exchange is a copy.
func parseLine(raw []byte, s *Scratch) (contract.Exchange, error) {
	if s == nil && len(raw) <= heavy {
		s, _ = scratches.Get().(*Scratch)
		defer scratches.Put(s)
		ex, err := parseLine(raw, s)
		if err == nil {
			ex = lasting(ex)
		}
		return ex, err
	}
	if !utf8.Valid(raw) {
		return contract.Exchange{}, errUTF8
	}
	if len(raw) > heavy {
		s = new(Scratch) // memory is not kept for so much
	}
	l := line{}
	if !l.quick(raw, s) {
		l = line{}
		if err := l.decode(raw); err != nil {
			return contract.Exchange{}, err
		}
	}
	return l.exchange(s)
}

// exchange makes an exchange of what was read.
func (l *line) exchange(s *Scratch) (contract.Exchange, error) {
	u, err := s.address(l.url)
	if err == nil {
		err = l.asked.plain("request")
	}
	if err == nil {
		err = l.response.plain("response")
	}
	if err != nil {
		return contract.Exchange{}, err
	}
	if s.method != string(l.method) {
		s.method = string(l.method)
	}
	return contract.Exchange{
		Request:  contract.Request{Method: s.method, URL: u, Header: l.asked.header, Body: some(l.asked.body)},
		Response: contract.Response{Status: l.status, Header: l.response.header, Body: some(l.response.body), Duration: l.took},
	}, nil
}

// lasting is a copy of an exchange, with memory of its own.
func lasting(ex contract.Exchange) contract.Exchange {
	u := *ex.Request.URL
	ex.Request.URL = &u
	ex.Request.Header, ex.Response.Header = ex.Request.Header.Clone(), ex.Response.Header.Clone()
	ex.Request.Body, ex.Response.Body = bytes.Clone(ex.Request.Body), bytes.Clone(ex.Response.Body)
	return ex
}

// address reads request.url. What is wrong with it is not said, as it may hold
// what is personal.
func address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || *u == (url.URL{}) { // "#" is one that says nothing
		return nil, errors.New("request.url is no URL")
	}
	return u, nil
}

// some gives nil for an empty body: nobody can tell it from none.
func some(body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	return body
}
