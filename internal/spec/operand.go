package spec

import (
	"encoding/json"
	"strconv"

	"github.com/google/cel-go/common/types/ref"
)

// operand is a value that is compared.
type operand struct {
	kind  kindOf
	raw   []byte // of a text that stands in a body; nil: it is text
	text  string
	whole int64
}

// says tells whether two texts are the same.
func (o operand) says(other operand) bool {
	switch {
	case o.raw != nil && other.raw != nil:
		return string(o.raw) == string(other.raw)
	case o.raw != nil:
		return string(o.raw) == other.text
	case other.raw != nil:
		return o.text == string(other.raw)
	}
	return o.text == other.text
}

type kindOf uint8

const (
	hazy   kindOf = iota // of a kind that CEL has to compare
	absent               // CEL would fail
	aText
	wholeNumber
	truthValue // whole is 1 for true
	mapping
)

func get(all map[string]string, name string) (string, bool) {
	text, ok := all[name]
	return text, ok
}

func texted(text string, ok bool) operand {
	if !ok {
		return operand{kind: absent}
	}
	return operand{kind: aText, text: text}
}

func constant(value ref.Val) term {
	var made operand
	switch v := value.Value().(type) {
	case string:
		made = operand{kind: aText, text: v}
	case int64:
		made = operand{kind: wholeNumber, whole: v}
	case bool:
		made = operand{kind: truthValue}
		if v {
			made.whole = 1
		}
	default:
		return nil
	}
	return func(*Glimpse) operand { return made }
}

// decoded is read of what was decoded.
func decoded(value any) operand {
	switch v := value.(type) {
	case string:
		return operand{kind: aText, text: v}
	case map[string]any:
		return operand{kind: mapping}
	case bool:
		made := operand{kind: truthValue}
		if v {
			made.whole = 1
		}
		return made
	case json.Number:
		return number(v.String())
	}
	return operand{}
}

func number(text string) operand {
	if len(text) <= 15 {
		if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
			return operand{kind: wholeNumber, whole: whole}
		}
	}
	return operand{}
}

// read tells what raw JSON is. Texts with escapes, fractions, lists and null are
// for CEL to compare.
func read(raw []byte) operand {
	switch c := raw[0]; {
	case c == '"':
		for _, b := range raw {
			if b == '\\' {
				return operand{}
			}
		}
		return operand{kind: aText, raw: raw[1 : len(raw)-1]}
	case c == '{':
		return operand{kind: mapping}
	case c == 't':
		return operand{kind: truthValue, whole: 1}
	case c == 'f':
		return operand{kind: truthValue}
	case c == '-' || c >= '0' && c <= '9':
		return number(string(raw))
	}
	return operand{}
}
