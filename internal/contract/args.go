package contract

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// Args are the named and typed arguments of a message, in order. None holds a secret or
// personal value. In JSON they are an object.
type Args []Arg

// Arg is one argument. The functions below make one of each kind. Every exchange with
// faults makes findings, so Arg is small and a text takes no extra memory.
type Arg struct {
	Name string
	text string
	more any // nil for a text; otherwise its type is the kind
}

// placeValue and jsonValue are the values of more for places and documented JSON, whose text
// is in the field text.
type (
	placeValue struct{}
	jsonValue  struct{}
)

// ArgKind is the type of an argument.
type ArgKind uint8

// The kinds of arguments, with their form in JSON.
const (
	TextKind    ArgKind = iota // a string
	PlaceKind                  // a string: a Place or a Pointer
	WholeKind                  // a number without a fraction
	NumberKind                 // a number
	ListKind                   // an array of strings
	WholesKind                 // an array of numbers without fractions
	JSONKind                   // any JSON
	MessageKind                // an object: the id of the template and the arguments
)

// ArgText makes a text: a result code, a name, a documented value.
func ArgText(name, text string) Arg { return Arg{Name: name, text: text} }

// ArgPlace makes a place in an exchange.
func ArgPlace(name string, place Place) Arg { return Arg{name, string(place), placeValue{}} }

// ArgPointer makes a place in a body, if the message says which body.
func ArgPointer(name string, pointer Pointer) Arg { return Arg{name, string(pointer), placeValue{}} }

// ArgInt makes a whole number.
func ArgInt(name string, n int64) Arg { return Arg{Name: name, more: n} }

// ArgNumber makes a number, such as a documented limit. Do not use it for amounts of
// money.
func ArgNumber(name string, n float64) Arg { return Arg{Name: name, more: n} }

// ArgList makes a list of texts.
func ArgList(name string, list []string) Arg { return Arg{Name: name, more: list} }

// ArgListAt makes a list of texts without a copy. The list must not change.
func ArgListAt(name string, list *[]string) Arg { return Arg{Name: name, more: list} }

// ArgInts makes a list of whole numbers.
func ArgInts(name string, list []int) Arg { return Arg{Name: name, more: list} }

// ArgDecimal makes a number of any size from its text in JSON: a limit, or the end of a range.
func ArgDecimal(name, number string) Arg { return ArgJSON(name, json.RawMessage(number)) }

// ArgJSON makes documented JSON, such as the values of an enumeration.
func ArgJSON(name string, raw json.RawMessage) Arg { return Arg{name, string(raw), jsonValue{}} }

// ArgMessage makes a message inside another message.
func ArgMessage(name string, m Message) Arg { return Arg{Name: name, more: m} }

// Kind returns the type of the argument.
func (a Arg) Kind() ArgKind {
	switch a.more.(type) {
	case placeValue:
		return PlaceKind
	case jsonValue:
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

// Text returns the text of an argument of TextKind or PlaceKind, or the JSON of one of
// JSONKind.
func (a Arg) Text() string { return a.text }

// Int returns the number of an argument of WholeKind.
func (a Arg) Int() int64 {
	n, _ := a.more.(int64)
	return n
}

// Number returns the number of an argument of NumberKind.
func (a Arg) Number() float64 {
	n, _ := a.more.(float64)
	return n
}

// List returns the list of an argument of ListKind, or of WholesKind in decimal.
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

// Message returns the message of an argument of MessageKind.
func (a Arg) Message() Message {
	m, _ := a.more.(Message)
	return m
}

// Map returns the argument with the result of change in place of each text: of a text, a
// place, a list, and of the arguments of a message.
func (a Arg) Map(change func(string) string) Arg {
	switch more := a.more.(type) {
	case nil, placeValue:
		a.text = change(a.text)
	case []string, *[]string:
		list := slices.Clone(a.List())
		for i, text := range list {
			list[i] = change(text)
		}
		a.more = list
	case Message:
		more.Args = more.Args.Map(change)
		a.more = more
	}
	return a
}

// Map is Arg.Map for each argument. It changes no argument in place.
func (all Args) Map(change func(string) string) Args {
	clean := make(Args, len(all))
	for i, a := range all {
		clean[i] = a.Map(change)
	}
	return clean
}

// Get returns the argument with a name, or nil if there is none.
func (all Args) Get(name string) *Arg {
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// MarshalJSON writes an object. A message inside another is written as the id of its
// template and its arguments, not as a sentence.
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
		message := struct {
			Template string `json:"template"`
			Args     Args   `json:"args"`
		}{Args: m.Args}
		if m.Template != nil {
			message.Template = m.Template.ID
		}
		return Encode(message)
	}
	return Encode(a.text)
}
