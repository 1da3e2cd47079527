package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Members reads a response's body member by member, by the exact name and type:
// Go's own decoder would take "ResultCode" for "resultCode" and null for "".
type Members struct {
	value any
	trace func(pointer Pointer)
}

// ReadResponse decodes the body of a response, which must be a JSON object. What is
// asked of it afterwards the response's Trace is told.
func ReadResponse(a Response) (Members, error) {
	m, err := ReadMembers(a.Body)
	m.trace = a.Trace
	return m, err
}

// find looks a member up, and tells whoever listens.
func (m Members) find(pointer Pointer) (any, bool) {
	if m.trace != nil {
		m.trace(pointer)
	}
	return Lookup(m.value, pointer)
}

// ReadMembers decodes a body that must be a JSON object.
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

// String reads a member that is a string and not empty.
func (m Members) String(pointer Pointer) (string, bool) {
	value, _ := m.find(pointer)
	s, ok := value.(string)
	return s, ok && s != ""
}

// Integer reads a member that is a whole number, by its decimal text.
func (m Members) Integer(pointer Pointer) (string, bool) {
	value, _ := m.find(pointer)
	n, ok := value.(json.Number)
	if !ok {
		return "", false
	}
	return WholeText(n)
}

// Bool reads a member that is true or false.
func (m Members) Bool(pointer Pointer) (value, ok bool) {
	found, _ := m.find(pointer)
	value, ok = found.(bool)
	return value, ok
}

// Has tells whether a member is there at all, null included.
func (m Members) Has(pointer Pointer) bool {
	_, ok := m.find(pointer)
	return ok
}

// WholeText is the text of a number that is written as a whole one, with a sign
// at most: 0.0 and 0e0 are not the code 0. More than 32 characters are refused:
// no code and no amount is so long.
func WholeText(n json.Number) (string, bool) {
	text := n.String()
	return text, len(text) <= 32 && digits(strings.TrimPrefix(text, "-"))
}

// Encode writes a value as compact JSON with < > & as they are: providers sign
// the text that is sent, and theirs does not escape them.
func Encode(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
