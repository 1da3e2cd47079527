package traffic

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"assay/internal/contract"
)

// Version is the value of the member schema of a line.
const Version = "assay.exchange/v1"

// Schema is the JSON Schema of a line.
//
//go:embed exchange.schema.json
var Schema []byte

// line is one exchange as described by exchange.schema.json.
type line struct {
	method   []byte
	url      []byte
	asked    message
	response message
	status   int
	took     time.Duration
}

// message holds the members that request and response share.
type message struct {
	header http.Header
	body   []byte
	bytes  bool // the body was given in base64 and may still be coded
	// plainSize: it surely has no header of bodySizes.
	plainSize bool
}

// plain decodes the body. It does not change the header, which may be in reused memory.
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
	errSchema = errors.New("schema must be " + Version)
	errUTF8   = errors.New("this is not UTF-8; put other bytes into bodyBase64")
)

// scratches are reused to parse exchanges that are returned as copies.
var scratches = sync.Pool{New: func() any { return new(Scratch) }}

// parseLine reads a line with the fast reader, or with structs if anything in it is
// unusual, which takes 4 to 5 times as long. Without a scratch the exchange is a copy.
func parseLine(raw []byte, s *Scratch) (contract.Exchange, error) {
	if s == nil && len(raw) <= heavy {
		s, _ = scratches.Get().(*Scratch)
		defer scratches.Put(s)
		ex, err := parseLine(raw, s)
		if err == nil || errors.Is(err, ErrNoResponse) {
			ex = lasting(ex)
		}
		return ex, err
	}
	if !utf8.Valid(raw) {
		return contract.Exchange{}, errUTF8
	}
	if len(raw) > heavy {
		s = new(Scratch) // so much memory is not kept
	}
	l := line{}
	if !l.quick(raw, s) {
		if s.Brief && !json.Valid(raw) {
			return contract.Exchange{}, errBrief
		}
		l = line{}
		if err := l.decode(raw); err != nil {
			return contract.Exchange{}, err
		}
	}
	return l.exchange(s)
}

// exchange returns the line as an exchange.
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
	ex := contract.Exchange{
		Request:  contract.Request{Method: s.method, URL: u, Header: l.asked.header, Body: some(l.asked.body)},
		Response: contract.Response{Status: l.status, Header: l.response.header, Body: some(l.response.body), Duration: l.took},
	}
	k := anyRecorder()
	if l.asked.plainSize && l.response.plainSize { // no header says more about the bodies
		ex.Recorder, ex.Omitted = k.shared, k.sanitized(&ex)
		return ex, nil
	}
	asked, response := carried(&ex)
	if err := k.complete(&ex, asked, response); err != nil && !errors.Is(err, ErrNoResponse) {
		return contract.Exchange{}, err
	} else if err != nil {
		return ex, err
	}
	return ex, nil
}

// lasting returns a copy of an exchange with memory of its own.
func lasting(ex contract.Exchange) contract.Exchange {
	u := *ex.Request.URL
	ex.Request.URL = &u
	ex.Request.Header, ex.Response.Header = ex.Request.Header.Clone(), ex.Response.Header.Clone()
	ex.Request.Body, ex.Response.Body = bytes.Clone(ex.Request.Body), bytes.Clone(ex.Response.Body)
	return ex
}

// address parses request.url. Its error quotes nothing, because a URL may hold personal
// data.
func address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		u, err = url.Parse(escaped(text))
	}
	if err != nil || *u == (url.URL{}) { // "#" parses and is empty
		return nil, errors.New("request.url is not a URL")
	}
	return u, nil
}

// escaped returns a URL with what browsers send and package net/url refuses: a % that begins
// no escape, and control characters. Both are escaped behind the host. User and fragment are
// not sent, so that they may have any form. https://url.spec.whatwg.org/#path-state
func escaped(text string) string {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return text
	}
	rest, _, _ = strings.Cut(rest, "#")
	host, path := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	b := []byte(scheme + "://" + host[strings.LastIndexByte(host, '@')+1:])
	for i := range len(path) {
		switch c := path[i]; {
		case c < ' ' || c == 0x7f, c == '%' && !isEscape(path[i:]):
			b = fmt.Appendf(b, "%%%02X", c)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// isEscape reports whether a text begins with a % and two hexadecimal digits.
func isEscape(text string) bool {
	if len(text) < 3 || text[0] != '%' {
		return false
	}
	_, err := strconv.ParseUint(text[1:3], 16, 8)
	return err == nil
}

// some returns nil for an empty body: it is the same as no body.
func some(body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	return body
}
