package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Members reads the members of a JSON object by exact name and type. Go's own decoder
// would accept "ResultCode" for "resultCode" and null for "".
type Members struct {
	value any
	trace func(pointer Pointer)
}

// ReadResponse decodes the body of a response, which must be a JSON object. Each later
// read calls the response's Trace.
func ReadResponse(a Response) (Members, error) {
	m, err := ReadMembers(a.Body)
	m.trace = a.Trace
	return m, err
}

// find looks up a member and calls trace.
func (m Members) find(pointer Pointer) (any, bool) {
	if m.trace != nil {
		m.trace(pointer)
	}
	return Lookup(m.value, pointer)
}

// ReadMembers decodes a body, which must be a JSON object.
func ReadMembers(body []byte) (Members, error) {
	value, err := Decode(body)
	if err != nil {
		return Members{}, err
	}
	if _, ok := value.(map[string]any); !ok {
		return Members{}, errors.New("not a JSON object")
	}
	return Members{value: value}, nil
}

// String returns a member that is a non-empty string.
func (m Members) String(pointer Pointer) (string, bool) {
	value, _ := m.find(pointer)
	s, ok := value.(string)
	return s, ok && s != ""
}

// URL returns a member that is an absolute http or https URL.
func (m Members) URL(pointer Pointer) (string, bool) {
	text, _ := m.String(pointer)
	return text, AbsoluteURL(text)
}

// Integer returns the decimal text of a member that is a whole number.
func (m Members) Integer(pointer Pointer) (string, bool) {
	value, _ := m.find(pointer)
	n, ok := value.(json.Number)
	if !ok {
		return "", false
	}
	return WholeText(n)
}

// Bool returns a member that is true or false.
func (m Members) Bool(pointer Pointer) (value, ok bool) {
	found, _ := m.find(pointer)
	value, ok = found.(bool)
	return value, ok
}

// Has reports whether a member is present, even if it is null.
func (m Members) Has(pointer Pointer) bool {
	_, ok := m.find(pointer)
	return ok
}

// WholeText returns the digits of a number that is whole, however it is written: 200 for
// 200, 200.0 and 2e2, as JSON Schema and most readers of JSON understand it. It is exact. It
// is not ok if the number has more than 32 digits: no code and no amount is that long.
func WholeText(n json.Number) (string, bool) {
	const most = 32
	text := n.String()
	if strings.ContainsAny(text, ".eE") && len(text) <= 2*most {
		text = PlainNumber(text)
	}
	if text == "-0" {
		text = "0"
	}
	return text, len(text) <= most && digits(strings.TrimPrefix(text, "-"))
}

// ResultText is Text, with WholeText for a number that is whole: the code 200 may be written
// 200.0. The text "200.0" is another code.
func ResultText(value any) (string, bool) {
	if n, is := value.(json.Number); is {
		if text, whole := WholeText(n); whole {
			return text, true
		}
	}
	return Text(value)
}

// Encode writes a value as compact JSON. It does not escape < > &, because providers
// sign the text without these escapes.
func Encode(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
