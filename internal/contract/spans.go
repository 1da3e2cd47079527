package contract

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// ValueSpan is where a value is in the bytes of a body.
type ValueSpan struct {
	Pointer    Pointer // with positions in arrays
	Start, End int
}

// Spans returns where every value of a body is, in the order of the body, also in arrays.
// It is nil if the body is not JSON.
func Spans(body []byte) []ValueSpan {
	d := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var all []ValueSpan
	if !spans(d, "", 0, &all) {
		return nil
	}
	return all
}

func spans(d *jsontext.Decoder, at Pointer, depth int, all *[]ValueSpan) bool {
	i := len(*all)
	*all = append(*all, ValueSpan{Pointer: at})
	kind := d.PeekKind()
	if depth > maxDepth {
		return false
	}
	if kind != '{' && kind != '[' {
		value, err := d.ReadValue()
		if err != nil {
			return false
		}
		(*all)[i].End = int(d.InputOffset())
		(*all)[i].Start = (*all)[i].End - len(value)
		return true
	}
	if _, err := d.ReadToken(); err != nil {
		return false
	}
	(*all)[i].Start = int(d.InputOffset()) - 1
	for n := 0; d.PeekKind() != '}' && d.PeekKind() != ']'; n++ {
		name := strconv.Itoa(n)
		if kind == '{' {
			key, err := d.ReadToken()
			if err != nil {
				return false
			}
			name = key.String()
		}
		if !spans(d, at.AppendToken(name), depth+1, all) {
			return false
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return false
	}
	(*all)[i].End = int(d.InputOffset())
	return true
}
