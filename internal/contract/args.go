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

// Arg is one argument. It is made by a function below, one for each kind.
type Arg struct {
	Name    string
	Kind    ArgKind
	text    string
	number  float64
	whole   int64
	list    []string
	message *Message
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
	JSONKind                   // whatever it is
	MessageKind                // an object: the template's id and the arguments
)

// ArgText is a text: a result code, a name, a documented value.
func ArgText(name, text string) Arg { return Arg{Name: name, text: text} }

// ArgPlace is a place of an exchange.
func ArgPlace(name, place string) Arg { return Arg{Name: name, Kind: PlaceKind, text: place} }

// ArgInt is a whole number.
func ArgInt(name string, n int64) Arg { return Arg{Name: name, Kind: WholeKind, whole: n} }

// ArgNumber is a number, such as a documented limit. No amount of money is one.
func ArgNumber(name string, n float64) Arg { return Arg{Name: name, Kind: NumberKind, number: n} }

// ArgList is a list of texts.
func ArgList(name string, list []string) Arg { return Arg{Name: name, Kind: ListKind, list: list} }

// ArgJSON is documented JSON, such as the values of an enumeration.
func ArgJSON(name string, raw json.RawMessage) Arg {
	return Arg{Name: name, Kind: JSONKind, text: string(raw)}
}

// ArgMessage is a message inside another.
func ArgMessage(name string, m Message) Arg { return Arg{Name: name, Kind: MessageKind, message: &m} }

// Text is the text of an argument of TextKind or PlaceKind, and the JSON of one of
// JSONKind.
func (a *Arg) Text() string { return a.text }

// Int is the number of an argument of WholeKind.
func (a *Arg) Int() int64 { return a.whole }

// Number is the number of an argument of NumberKind.
func (a *Arg) Number() float64 { return a.number }

// List is the list of an argument of ListKind.
func (a *Arg) List() []string { return a.list }

// Message is the message of an argument of MessageKind.
func (a *Arg) Message() Message {
	if a.message == nil {
		return Message{}
	}
	return *a.message
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

func (a *Arg) encode() ([]byte, error) {
	switch a.Kind {
	case WholeKind:
		return strconv.AppendInt(nil, a.whole, 10), nil
	case NumberKind:
		return json.Marshal(a.number)
	case ListKind:
		if a.list == nil {
			return []byte("[]"), nil
		}
		return Encode(a.list)
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
