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

// Raw returns the bytes, unchanged, of the member at a JSON pointer. Array positions
// are not supported: no signed member is in an array.
func Raw(body []byte, pointer Pointer) (json.RawMessage, bool) {
	start, end, ok := Span(body, pointer)
	if !ok {
		return nil, false
	}
	return json.RawMessage(body[start:end]), true
}

// Replace replaces the member at a JSON pointer by raw and leaves every other byte as
// it is. If there is no such member, it returns the body unchanged.
func Replace(body []byte, pointer Pointer, raw json.RawMessage) []byte {
	start, end, ok := Span(body, pointer)
	if !ok {
		return body
	}
	return slices.Concat(body[:start], raw, body[end:])
}

// Span returns where the bytes that Raw returns begin and end.
func Span(body []byte, pointer Pointer) (start, end int, ok bool) {
	start = len(body) - len(bytes.TrimLeft(body, " \t\r\n"))
	end = len(bytes.TrimRight(body, " \t\r\n"))
	if start >= end {
		return 0, 0, false // empty, or only white space
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

// member searches an open object for a name. It returns the position of the value;
// object is the position of the object.
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

// The limits of Decode, in values and in bytes. A value takes 40 to 400 bytes of memory, so
// a body of 10 MB could take a gigabyte. The names of a member and of those around it are
// its pointer, and a reader holds one for each level.
const (
	MaxValues = 100_000
	MaxPath   = 16 << 10
)

// ErrTooLarge is the error of Decode for JSON beyond its limits.
var ErrTooLarge = errors.New("too large to decode")

var (
	errManyValues = fmt.Errorf("%w: it has more than %d values", ErrTooLarge, MaxValues)
	errLongPath   = fmt.Errorf("%w: the names of a member and of those around it have more than %d bytes", ErrTooLarge, MaxPath)
)

// Decode decodes a JSON value. Numbers are json.Number and keep their text. Text after
// the value is an error. So is an object with the same name twice, because two readers
// could read it differently. Beyond the limits the error is ErrTooLarge.
func Decode(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("not UTF-8")
	}
	if len(bytes.TrimLeft(body, " \t\r\n")) == 0 {
		return nil, fmt.Errorf("not JSON at byte %d", len(body))
	}
	d, _ := decoders.Get().(*jsontext.Decoder)
	defer decoders.Put(d)
	d.Reset(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) // half a surrogate pair decodes as in encoding/json
	value, err := (&decoder{Decoder: d, left: MaxValues}).value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("text after the JSON value at byte %d", d.InputOffset())
	}
	return value, nil
}

var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

const maxDepth = 512

// decoder decodes a value and counts.
type decoder struct {
	*jsontext.Decoder
	left int // values
	path int // bytes of the names around the value
}

func (d *decoder) value(depth int) (any, error) {
	if d.left--; d.left < 0 {
		return nil, errManyValues
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
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
		return d.list(depth)
	}
	return d.object(depth)
}

func (d *decoder) list(depth int) (any, error) {
	all := []any{}
	for d.PeekKind() != ']' {
		item, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, d.end()
}

func (d *decoder) object(depth int) (any, error) {
	all := map[string]any{}
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return nil, fmt.Errorf("not JSON at byte %d", d.InputOffset())
		}
		name := token.String()
		if _, twice := all[name]; twice {
			return nil, fmt.Errorf("an object has the same name twice at byte %d", d.InputOffset())
		}
		if d.path += len(name); d.path > MaxPath {
			return nil, errLongPath
		}
		if all[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
		d.path -= len(name)
	}
	return all, d.end()
}

func (d *decoder) end() error {
	if _, err := d.ReadToken(); err != nil {
		return fmt.Errorf("not JSON at byte %d", d.InputOffset())
	}
	return nil
}

// Visit calls found for a decoded value and for every value below it, in no particular
// order. In the pointers, * stands for any position of an array.
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

// Text returns the text of a result code, status or message: a string as it is, a
// number as its decimal text, a boolean as true or false.
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

// String decodes a JSON string. It is not ok if raw is not a string.
func String(raw []byte) (text string, ok bool) {
	if len(raw) > 1 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1]), true
	}
	return text, json.Unmarshal(raw, &text) == nil
}

// EqualString reports whether a JSON string has this text.
func EqualString(raw []byte, text string) bool {
	if len(raw) > 1 && bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1:len(raw)-1]) == text
	}
	decoded, ok := String(raw)
	return ok && decoded == text
}
