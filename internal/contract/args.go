package contract

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// Args are the arguments of a message: named, typed, and in the order in which they
// were given. None holds a value that is secret or personal. As JSON they are an
// object with a member for each.
type Args []Arg

// Arg is one argument. It is made by a function below, one for each kind.
type Arg struct {
	Name   string
	Kind   ArgKind
	text   string
	number uint64 // of NumberKind the bits
	more   any    // a list, or a message
}

// ArgKind is the type of an argument.
type ArgKind uint8

// The kinds of arguments, and what each is as JSON.
const (
	TextKind    ArgKind = iota // a string
	PlaceKind                  // a string: see RequestBody
	WholeKind                  // a number without a fraction
	NumberKind                 // a number
	ListKind                   // an array of strings
	WholesKind                 // an array of numbers without fractions
	JSONKind                   // whatever it is
	MessageKind                // an object: the template's id and the arguments
)

// ArgText is a text: a result code, a name, a documented value.
func ArgText(name, text string) Arg { return Arg{Name: name, text: text} }

// ArgPlace is a place of an exchange.
func ArgPlace(name, place string) Arg { return Arg{Name: name, Kind: PlaceKind, text: place} }

// ArgInt is a whole number.
func ArgInt(name string, n int64) Arg {
	return Arg{Name: name, Kind: WholeKind, number: uint64(n)} //nolint:gosec // and back: see Int
}

// ArgNumber is a number, such as a documented limit. No amount of money is one.
func ArgNumber(name string, n float64) Arg {
	return Arg{Name: name, Kind: NumberKind, number: math.Float64bits(n)}
}

// ArgList is a list of texts.
func ArgList(name string, list []string) Arg { return Arg{Name: name, Kind: ListKind, more: list} }

// ArgInts is a list of whole numbers.
func ArgInts(name string, list []int) Arg { return Arg{Name: name, Kind: WholesKind, more: list} }

// ArgJSON is documented JSON, such as the values of an enumeration.
func ArgJSON(name string, raw json.RawMessage) Arg {
	return Arg{Name: name, Kind: JSONKind, text: string(raw)}
}

// ArgMessage is a message inside another.
func ArgMessage(name string, m Message) Arg { return Arg{Name: name, Kind: MessageKind, more: m} }

// Text is the text of an argument of TextKind or PlaceKind, and the JSON of one of
// JSONKind.
func (a Arg) Text() string { return a.text }

// Int is the number of an argument of WholeKind.
func (a Arg) Int() int64 { return int64(a.number) } //nolint:gosec // it was one

// Number is the number of an argument of NumberKind.
func (a Arg) Number() float64 { return math.Float64frombits(a.number) }

// List is the list of an argument of ListKind, and of one of WholesKind in decimal.
func (a Arg) List() []string {
	switch list := a.more.(type) {
	case []string:
		return list
	case []int:
		all := make([]string, len(list))
		for i, n := range list {
			all[i] = strconv.Itoa(n)
		}
		return all
	}
	return nil
}

// Message is the message of an argument of MessageKind.
func (a Arg) Message() Message {
	m, _ := a.more.(Message)
	return m
}

// Get finds the argument of a name; nil: there is none.
func (all Args) Get(name string) *Arg {
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// MarshalJSON writes an object. It makes no sentence: of a message inside another it
// writes the template's id and the arguments.
func (all Args) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range all {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := Encode(all[i].Name)
		if err != nil {
			return nil, err
		}
		value, err := all[i].encode()
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (a Arg) encode() ([]byte, error) {
	switch a.Kind {
	case WholeKind:
		return strconv.AppendInt(nil, a.Int(), 10), nil
	case NumberKind:
		return json.Marshal(a.Number())
	case ListKind:
		return Encode(append([]string{}, a.List()...))
	case WholesKind:
		list, _ := a.more.([]int)
		return Encode(append([]int{}, list...))
	case JSONKind:
		return []byte(a.text), nil
	case MessageKind:
		m := a.Message()
		said := struct {
			Template string `json:"template"`
			Args     Args   `json:"args"`
		}{Args: m.Args}
		if m.Template != nil {
			said.Template = m.Template.ID
		}
		return Encode(said)
	}
	return Encode(a.text)
}
