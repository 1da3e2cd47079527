package contract

// Template is the text of a message, as data: "responded {code}, expected {expected}".
// It stands in the file of its rule or kind of change. Only internal/report makes
// sentences from it; no other package reads the text.
//
// A name in braces is replaced by the argument with that name. A format may follow
// after a bar: {types|or} writes a list with "or" between its items, and {got|a} writes
// "a string" for the text "string". internal/report/sentence.go lists the formats.
//
// A reason why something was not checked has a WayOut. It stands in parentheses after the
// text: "no credentials given (use --keys FILE)". It may contain arguments as well.
type Template struct {
	ID     string // stable, in kebab-case, prefixed by the rule or kind: "code-expected.other"
	Text   string
	WayOut string // what the user can do, or that nothing can be done; "" for a finding
	// Finished says that Text is a sentence from a report that was read: no argument is put
	// into it, and it is escaped as a text from outside.
	Finished bool
}

// Message is a template with its arguments. internal/report makes the sentence only
// when it is needed: of many findings with the same message, one sentence. The zero
// Message is empty.
type Message struct {
	Template *Template
	Args     Args
}

// Key returns a text that identifies the message: the id of the template and the
// arguments.
func (m Message) Key() string {
	raw, err := ArgMessage("", m).encode()
	if err != nil { // an argument of JSONKind is not JSON
		return m.Template.ID
	}
	return string(raw)
}

// Says makes a message. The arguments must not change afterwards.
func (t *Template) Says(args ...Arg) Message { return Message{Template: t, Args: args} }

// String returns Key, for the output of a failing test. It is not a sentence.
func (m Message) String() string { return m.Key() }
