package contract

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Args are the arguments of a message: named, typed, and in the order in which they
// were given. None holds a value that is secret or personal. As JSON they are an
// object with a member for each.
type Args []Arg

// Arg is one argument. It is made by a function below, one for each kind. Findings are
// made for every exchange that has faults, so it is small, and a text needs no memory
// of its own.
type Arg struct {
	Name string
	text string
	more any // nil of a text; else what tells the kind
}

// What more holds of places and documented JSON, which are texts.
type (
	placed  struct{}
	written struct{}
)

// ArgKind is the type of an argument.
type ArgKind uint8

// The kinds of arguments, and what each is as JSON.
const (
	TextKind    ArgKind = iota // a string
	PlaceKind                  // a string: see Place and Pointer
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
func ArgPlace(name string, place Place) Arg { return Arg{name, string(place), placed{}} }

// ArgPointer is a place in a body of which everybody knows whose it is.
func ArgPointer(name string, pointer Pointer) Arg { return Arg{name, string(pointer), placed{}} }

// ArgInt is a whole number.
func ArgInt(name string, n int64) Arg { return Arg{Name: name, more: n} }

// ArgNumber is a number, such as a documented limit. No amount of money is one.
func ArgNumber(name string, n float64) Arg { return Arg{Name: name, more: n} }

// ArgList is a list of texts.
func ArgList(name string, list []string) Arg { return Arg{Name: name, more: list} }

// ArgListAt is a list of texts that never changes.
func ArgListAt(name string, list *[]string) Arg { return Arg{Name: name, more: list} }

// ArgInts is a list of whole numbers.
func ArgInts(name string, list []int) Arg { return Arg{Name: name, more: list} }

// ArgJSON is documented JSON, such as the values of an enumeration.
func ArgJSON(name string, raw json.RawMessage) Arg { return Arg{name, string(raw), written{}} }

// ArgMessage is a message inside another.
func ArgMessage(name string, m Message) Arg { return Arg{Name: name, more: m} }

// Kind is the type of the argument.
func (a Arg) Kind() ArgKind {
	switch a.more.(type) {
	case placed:
		return PlaceKind
	case written:
		return JSONKind
	case int64:
		return WholeKind
	case float64:
		return NumberKind
	case []string, *[]string:
		return ListKind
	case []int:
		return WholesKind
	case Message:
		return MessageKind
	}
	return TextKind
}

// Text is the text of an argument of TextKind or PlaceKind, and the JSON of one of
// JSONKind.
func (a Arg) Text() string { return a.text }

// Int is the number of an argument of WholeKind.
func (a Arg) Int() int64 {
	n, _ := a.more.(int64)
	return n
}

// Number is the number of an argument of NumberKind.
func (a Arg) Number() float64 {
	n, _ := a.more.(float64)
	return n
}

// List is the list of an argument of ListKind, and of one of WholesKind in decimal.
func (a Arg) List() []string {
	switch list := a.more.(type) {
	case []string:
		return list
	case *[]string:
		return *list
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
	switch a.Kind() {
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
