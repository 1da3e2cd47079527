// Package media converts bodies of other media types to JSON, and JSON back to them:
// application/x-www-form-urlencoded, and text/plain. So schemas, pointers, conditions and
// redaction apply to such bodies as they do to JSON.
//
// A form becomes an object. Brackets in a name lead into it: a[b][c]=1 is the member c of
// the member b of a. a[]=1 adds to a list, a[0]=x is an item of one, and so is each of
// a=1&a=2 where the documents have a list. A text becomes a JSON string.
//
// Values of a form are texts. Types says which of them the documents call numbers,
// booleans, null or lists; without it, every value stays a text.
//
// No error contains a name or a value of a body.
package media

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Kind says how a body is written.
type Kind int

// The kinds. Every media type that is neither a form nor plain text is read as JSON.
const (
	JSON Kind = iota
	Form
	Text
)

// Types are the types that the documents give a value, and what is below it.
type Types struct {
	Text, Number, Boolean, Null, List, Object bool
	Members                                   map[string]*Types
	Values                                    *Types // of members that are not in Members
	Items                                     *Types
}

// KindOf returns the kind of a media type, with or without parameters.
func KindOf(mediaType string) Kind {
	name, _, _ := strings.Cut(mediaType, ";")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "application/x-www-form-urlencoded":
		return Form
	case "text/plain":
		return Text
	}
	return JSON
}

// Matches reports whether a media type is the documented one, or in its range: a document
// may say application/*+json or text/*.
func Matches(documented, mediaType string) bool {
	before, after, ranged := strings.Cut(documented, "*")
	if !ranged {
		return documented == mediaType
	}
	return len(mediaType) > len(before)+len(after) && strings.HasPrefix(mediaType, before) && strings.HasSuffix(mediaType, after)
}

// Of returns the kind of the body that has these headers.
func Of(h http.Header) Kind {
	values := h["Content-Type"]
	if len(values) == 0 {
		return JSON
	}
	return KindOf(values[0])
}

var (
	errCharset = errors.New("the charset is not UTF-8")
	errUTF8    = errors.New("not UTF-8")
	errIsJSON  = errors.New("it is JSON")
)

// ToJSON returns a body as JSON. types may be nil. An error means that the body is not of
// that kind.
func (k Kind) ToJSON(body []byte, types *Types) ([]byte, error) {
	switch k {
	case Form:
		return formToJSON(body, types)
	case Text:
		if !utf8.Valid(body) {
			return nil, errUTF8
		}
		return appendText(nil, string(body)), nil
	}
	return body, nil
}

// FromJSON returns JSON as a body of the kind. A form has no null, and no empty list or
// object: null becomes an empty value, the other two are left out. The error is for JSON
// that the kind cannot hold.
func (k Kind) FromJSON(raw []byte) ([]byte, error) { return k.Rewrite(nil, raw, nil) }

// Rewrite is FromJSON for JSON that was made from a body and then changed. What did not
// change stays as it was written: the order, and the way in which names and values are
// written. types are those that ToJSON was given.
func (k Kind) Rewrite(body, changed []byte, types *Types) ([]byte, error) {
	switch k {
	case Form:
		return rewriteForm(body, changed, types)
	case Text:
		var text string
		if err := json.Unmarshal(changed, &text); err != nil {
			return nil, errors.New("a text/plain body is one text")
		}
		return []byte(text), nil
	}
	return changed, nil
}

// Edit changes a form through its JSON. types may be nil. Any other body is given to change
// as it is, and so is a form that cannot be read. JSON under the media type of a form stays
// JSON.
func Edit(h http.Header, body []byte, types *Types, change func(raw []byte) []byte) []byte {
	k, raw := Read(h, body, types)
	changed := change(raw)
	if k == JSON || bytes.Equal(changed, raw) {
		if k == JSON {
			return changed
		}
		return body
	}
	if written, err := k.Rewrite(body, changed, types); err == nil {
		return written
	}
	return changed
}

// Read returns a form as JSON, and Form. For any other body, for JSON under the media type of
// a form, and for a form that cannot be read, it returns the body and JSON. A text is read
// only where the documents list one: servers send pages of text in place of JSON.
func Read(h http.Header, body []byte, types *Types) (k Kind, raw []byte) {
	if k = Of(h); k != Form || isJSON(body) {
		return JSON, body
	}
	raw, err := k.ToJSON(body, types)
	if err != nil || len(body) == 0 {
		return JSON, body
	}
	return k, raw
}

// Charset returns an error if a body's charset is not UTF-8 or a part of it.
func Charset(h http.Header) error {
	values := h["Content-Type"]
	if len(values) == 0 || !strings.Contains(values[0], ";") {
		return nil
	}
	_, parameters, _ := mime.ParseMediaType(values[0]) // a wrong media type is reported as one
	switch strings.ToLower(parameters["charset"]) {
	case "", "utf-8", "utf8", "us-ascii":
		return nil
	}
	return errCharset
}

// isJSON reports whether a body is a JSON object or list. Clients send JSON under the media
// type of a form by mistake: curl does by default.
func isJSON(body []byte) bool {
	start := bytes.TrimLeft(body, " \t\r\n")
	return len(start) > 0 && (start[0] == '{' || start[0] == '[') && json.Valid(body)
}
