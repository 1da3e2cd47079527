package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Raw finds the bytes, just as they stand, of the member that a JSON pointer
// names. Array positions are not supported: nothing signed stands in one.
func Raw(body []byte, pointer Pointer) (json.RawMessage, bool) {
	start, end, ok := Span(body, pointer)
	if !ok {
		return nil, false
	}
	return json.RawMessage(body[start:end]), true
}

// Replace puts raw JSON in the place of the member that a JSON pointer names,
// and leaves every other byte as it is. Where there is no such member the body
// comes back unchanged.
func Replace(body []byte, pointer Pointer, raw json.RawMessage) []byte {
	start, end, ok := Span(body, pointer)
	if !ok {
		return body
	}
	return slices.Concat(body[:start], raw, body[end:])
}

// Span tells where the member that a JSON pointer names begins and ends, as Raw finds
// it.
func Span(body []byte, pointer Pointer) (start, end int, ok bool) {
	start = len(body) - len(bytes.TrimLeft(body, " \t\r\n"))
	end = len(bytes.TrimRight(body, " \t\r\n"))
	if start >= end {
		return 0, 0, false // nothing, or nothing but blanks
	}
	d, _ := decoders.Get().(*jsontext.Decoder)
	defer decoders.Put(d)
	for token := range pointer.Tokens() {
		d.Reset(bytes.NewBuffer(body[start:end]), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		if open, err := d.ReadToken(); err != nil || open.Kind() != '{' {
			return 0, 0, false
		}
		if start, end, ok = member(d, token, start); !ok {
			return 0, 0, false
		}
	}
	return start, end, true
}

// member looks through an open object for a name, and tells where its value
// stands, counted from where the object begins.
func member(d *jsontext.Decoder, name string, object int) (start, end int, ok bool) {
	for d.PeekKind() != '}' {
		key, err := d.ReadToken()
		if err != nil {
			return 0, 0, false
		}
		found := key.String() == name
		value, err := d.ReadValue()
		if err != nil {
			return 0, 0, false
		}
		if found {
			end = object + int(d.InputOffset())
			return end - len(value), end, true
		}
	}
	return 0, 0, false
}

// Decode reads one JSON value, keeping numbers as their text. Anything behind
// the value, and a name that stands twice in one object, is an error: two
// readers of such a body could disagree about what was said.
func Decode(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("not UTF-8")
	}
	if len(bytes.TrimLeft(body, " \t\r\n")) == 0 {
		return nil, fmt.Errorf("not JSON at byte %d", len(body))
	}
	d, _ := decoders.Get().(*jsontext.Decoder)
	defer decoders.Put(d)
	d.Reset(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) // half a surrogate pair is what encoding/json makes of it
	value, err := decode(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more text behind the JSON value at byte %d", d.InputOffset())
	}
	return value, nil
}

var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

const deepest = 512

func decode(d *jsontext.Decoder, depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("nested deeper than %d", deepest)
	}
	token, err := d.ReadToken()
	if err != nil {
		return nil, fmt.Errorf("not JSON at byte %d", d.InputOffset())
	}
	switch token.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return token.Bool(), nil
	case '"':
		return token.String(), nil
	case '0':
		return json.Number(token.String()), nil
	case '[':
		return list(d, depth)
	}
	return object(d, depth)
}

func list(d *jsontext.Decoder, depth int) (any, error) {
	all := []any{}
	for d.PeekKind() != ']' {
		item, err := decode(d, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, end(d)
}

func object(d *jsontext.Decoder, depth int) (any, error) {
	all := map[string]any{}
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return nil, fmt.Errorf("not JSON at byte %d", d.InputOffset())
		}
		name := token.String()
		if _, twice := all[name]; twice {
			return nil, fmt.Errorf("a name stands twice in one object at byte %d", d.InputOffset())
		}
		if all[name], err = decode(d, depth+1); err != nil {
			return nil, err
		}
	}
	return all, end(d)
}

func end(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return fmt.Errorf("not JSON at byte %d", d.InputOffset())
	}
	return nil
}

// Visit walks a decoded body from at, in no order: the value there and every one below
// it, each with its pointer, in which * stands for any position of an array.
func Visit(value any, at Pointer, found func(at Pointer, value any)) {
	found(at, value)
	switch v := value.(type) {
	case map[string]any:
		for name, item := range v {
			Visit(item, at.AppendToken(name), found)
		}
	case []any:
		for _, item := range v {
			Visit(item, at.AppendToken(Every), found)
		}
	}
}

// Text is how a result code, status or message reads: a string as it is, a
// number by its decimal text, a boolean as true or false.
func Text(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// String reads a JSON string. What is none is not ok.
func String(raw []byte) (text string, ok bool) {
	if len(raw) > 1 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1]), true
	}
	return text, json.Unmarshal(raw, &text) == nil
}

// Is tells whether a JSON string says a text.
func EqualString(raw []byte, text string) bool {
	if len(raw) > 1 && bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1:len(raw)-1]) == text
	}
	said, ok := String(raw)
	return ok && said == text
}
