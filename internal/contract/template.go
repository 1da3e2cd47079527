package contract

// Template is the text of one kind of sentence, as data: "responded {code}, expected
// {expected}". It stands in the file of its rule or kind of change, and internal/report
// alone makes sentences of it: nothing else looks at the text.
//
// A name in braces is the argument of that name. How it is written may stand behind a
// bar; internal/report/sentence.go lists what there is: {types|or} is a list with "or"
// between its items, and of a text "a string" is {got|a}.
type Template struct {
	ID   string // stable, in kebab-case, below its rule or kind: "code-expected.other"
	Text string
}

// Message is what there is to say: a template and what stands in its places. The
// sentence is made when somebody reads it: of many findings that say the same, one.
// The zero Message says nothing.
type Message struct {
	Template *Template
	Args     Args
}

// Key tells messages apart without their words: by the template's id and the
// arguments.
func (m Message) Key() string {
	raw, err := ArgMessage("", m).encode()
	if err != nil { // JSON that is none was given as documented JSON
		return m.Template.ID
	}
	return string(raw)
}

// Says makes a message. What it is given must not change.
func (t *Template) Says(args ...Arg) Message { return Message{Template: t, Args: args} }

// String is Key: what a failing test shows. It is no sentence.
func (m Message) String() string { return m.Key() }
