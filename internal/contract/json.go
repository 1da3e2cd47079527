package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Raw finds the bytes, just as they stand, of the member that a JSON pointer
// names. Array positions are not supported: nothing signed stands in one.
func Raw(body []byte, pointer string) (json.RawMessage, bool) {
	start, end, ok := span(body, pointer)
	if !ok {
		return nil, false
	}
	return json.RawMessage(body[start:end]), true
}

// Replace puts raw JSON in the place of the member that a JSON pointer names,
// and leaves every other byte as it is. Where there is no such member the body
// comes back unchanged.
func Replace(body []byte, pointer string, raw json.RawMessage) []byte {
	start, end, ok := span(body, pointer)
	if !ok {
		return body
	}
	return slices.Concat(body[:start], raw, body[end:])
}

func span(body []byte, pointer string) (start, end int, ok bool) {
	start = len(body) - len(bytes.TrimLeft(body, " \t\r\n"))
	end = len(bytes.TrimRight(body, " \t\r\n"))
	if start >= end {
		return 0, 0, false // nothing, or nothing but blanks
	}
	for _, token := range Tokens(pointer) {
		d := json.NewDecoder(bytes.NewReader(body[start:end]))
		if open, err := d.Token(); err != nil || open != json.Delim('{') {
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
func member(d *json.Decoder, name string, object int) (start, end int, ok bool) {
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return 0, 0, false
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return 0, 0, false
		}
		if key == name {
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
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	value, err := decode(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more text behind the JSON value at byte %d", d.InputOffset())
	}
	return value, nil
}

const deepest = 512

func decode(d *json.Decoder, depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("nested deeper than %d", deepest)
	}
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("not JSON at byte %d", d.InputOffset())
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	if delim == '[' {
		list := []any{}
		for d.More() {
			item, err := decode(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, end(d)
	}
	object := map[string]any{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("not JSON at byte %d", d.InputOffset())
		}
		name, _ := key.(string) // the decoder lets nothing else stand here
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("a name stands twice in one object at byte %d", d.InputOffset())
		}
		if object[name], err = decode(d, depth+1); err != nil {
			return nil, err
		}
	}
	return object, end(d)
}

func end(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("not JSON at byte %d", d.InputOffset())
	}
	return nil
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
