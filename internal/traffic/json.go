package traffic

import (
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// This file decodes the JSON of recordings strictly: member names are case-sensitive, a
// repeated member is an error, and no error quotes a value.

// decode reads one JSON object, which must be UTF-8. It skips members that T does not
// list.
func decode[T any](raw []byte) (*T, error) {
	var v strict[T]
	err := json.Unmarshal(raw, &v,
		jsontext.AllowDuplicateNames(true), // names may repeat among members that are not listed
		jsontext.AllowInvalidUTF8(true))    // an unpaired surrogate becomes U+FFFD, as in encoding/json
	if err != nil {
		return nil, wrong(err)
	}
	return &v.value, nil
}

// wrong describes a JSON error and its position. The text of the library is dropped
// because it could quote a value.
func wrong(err error) error {
	var syntax *jsontext.SyntacticError
	var other *json.SemanticError
	switch {
	case errors.As(err, &syntax) && errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON ends in the middle of a value")
	case errors.As(err, &syntax):
		return fmt.Errorf("this is not JSON at byte %d", syntax.ByteOffset+1)
	case !errors.As(err, &other):
		return errors.New("this is not JSON")
	}
	at := strings.Join(slices.Collect(other.JSONPointer.Tokens()), ".")
	if at == "" {
		at = "the entry"
	}
	var member memberError
	switch {
	case errors.As(err, &member):
		return errors.New(at + string(member))
	case other.GoType.Kind() == reflect.Struct:
		return errors.New(at + ": expected an object")
	case other.GoType.Kind() == reflect.Slice:
		return errors.New(at + ": expected a list")
	}
	return errors.New(at + ": expected a string")
}

// memberError is the fault of a member; its text follows the place of the member.
type memberError string

func (e memberError) Error() string { return string(e) }

// strict is a member that may appear at most once in its object.
type strict[T any] struct {
	value T
	there bool
	met   bool
}

// UnmarshalJSONFrom reads the member.
func (s *strict[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if s.met {
		return memberError(" stands twice")
	}
	s.met, s.there = true, true
	if v, ok := any(&s.value).(json.UnmarshalerFrom); ok {
		return v.UnmarshalJSONFrom(d)
	}
	if d.PeekKind() == 'n' {
		return &json.SemanticError{GoType: reflect.TypeFor[T]()} // the library would accept it
	}
	return json.UnmarshalDecode(d, &s.value)
}

// given is a member that may appear at most once in its object; null counts as absent.
type given[T any] strict[T]

// UnmarshalJSONFrom reads the member.
func (g *given[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if !g.met && d.PeekKind() == 'n' {
		g.met = true
		return d.SkipValue()
	}
	return (*strict[T])(g).UnmarshalJSONFrom(d)
}

// begins returns an error if the next value is of another kind than expected, or if the
// JSON is wrong there.
func begins(d *jsontext.Decoder, kind jsontext.Kind, what string) error {
	switch d.PeekKind() {
	case kind:
		return nil
	case jsontext.KindInvalid:
		if _, err := d.ReadToken(); err != nil {
			return err
		}
	}
	return memberError(": expected " + what)
}

// members reads an object. It calls member with each name; member must read the value.
func members(d *jsontext.Decoder, member func(name string) error) error {
	if err := begins(d, '{', "an object"); err != nil {
		return err
	}
	_, err := d.ReadToken()
	for err == nil && d.PeekKind() != '}' {
		var name jsontext.Token
		if name, err = d.ReadToken(); err == nil {
			err = member(name.String())
		}
	}
	if err == nil {
		_, err = d.ReadToken()
	}
	return err
}

// items reads a list. item must read each value.
func items(d *jsontext.Decoder, item func() error) error {
	if err := begins(d, '[', "a list"); err != nil {
		return err
	}
	_, err := d.ReadToken()
	for err == nil && d.PeekKind() != ']' {
		err = item()
	}
	if err == nil {
		_, err = d.ReadToken()
	}
	return err
}

// others holds the names of the members that a struct does not list.
type others map[string]skipped

type skipped struct{}

// UnmarshalJSONFrom skips the value.
func (*skipped) UnmarshalJSONFrom(d *jsontext.Decoder) error { return d.SkipValue() }

// misspelt finds a name that differs from a listed one only in case.
func (o others) misspelt(at string, listed ...string) error {
	for _, right := range listed {
		for name := range o {
			if strings.EqualFold(right, name) {
				return fmt.Errorf("%s%s is written with other capitals", at, right)
			}
		}
	}
	return nil
}

// octets is a string that is needed as bytes.
type octets []byte

// UnmarshalJSONFrom reads the string.
func (o *octets) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if err := begins(d, '"', "a string"); err != nil {
		return err
	}
	raw, err := d.ReadValue()
	if err == nil {
		*o, _ = jsontext.AppendUnquote([]byte(nil), raw) // it fails for an unpaired surrogate, and reads on
	}
	return err
}

// whole is an integer in any notation: 200, 200.0, 2e2.
type whole int

// UnmarshalJSONFrom reads the number.
func (w *whole) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return memberError(": expected a whole number")
	}
	*w = whole(f)
	return nil
}

// milliseconds is a duration written as a number of milliseconds.
type milliseconds time.Duration

// UnmarshalJSONFrom reads the number.
func (m *milliseconds) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	took, ok := inMilliseconds(string(raw))
	if !ok {
		return memberError(": expected a number of milliseconds")
	}
	*m = milliseconds(took)
	return nil
}

// plainMilliseconds parses what most recorders write: digits with up to six decimals.
func plainMilliseconds(text string) (time.Duration, bool) {
	if len(text) == 0 || len(text) > 16 || text[0] == '.' {
		return 0, false
	}
	value, unit, inDecimals := time.Duration(0), time.Millisecond, false
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			value = value*10 + time.Duration(c-'0')
			if inDecimals {
				unit /= 10
			}
		case c == '.' && !inDecimals && i+1 < len(text) && len(text)-i <= 7:
			inDecimals = true
		default:
			return 0, false
		}
	}
	if value > 1e9 {
		return 0, false // value times unit could be too large
	}
	return value * unit, true
}

// inMilliseconds parses a duration.
func inMilliseconds(text string) (time.Duration, bool) {
	if d, ok := plainMilliseconds(text); ok {
		return d, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f > float64(math.MaxInt64/time.Millisecond) || f < -float64(math.MaxInt64/time.Millisecond) {
		return 0, false
	}
	return time.Duration(math.Round(f * float64(time.Millisecond))), true
}
