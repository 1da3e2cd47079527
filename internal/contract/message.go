package contract

import (
	"encoding/json"
	"fmt"
)

// Message is a sentence that is made when somebody reads it: of many findings that
// say the same, one.
type Message struct {
	format string
	args   []any
}

// Say makes a message as fmt.Sprintf would. What it is given must not change.
func Say(format string, args ...any) Message { return Message{format, args} }

// String is the sentence.
func (m Message) String() string { return fmt.Sprintf(m.format, m.args...) }

// MarshalJSON writes the sentence.
func (m Message) MarshalJSON() ([]byte, error) { return Encode(m.String()) }

// UnmarshalJSON reads a sentence.
func (m *Message) UnmarshalJSON(raw []byte) error {
	var text string
	err := json.Unmarshal(raw, &text)
	*m = Say("%s", text)
	return err
}
