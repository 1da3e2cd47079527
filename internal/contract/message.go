package contract

import (
	"encoding/json"
	"fmt"
)

// Say makes a message as fmt.Sprintf would. What it is given must not change.
func Say(format string, args ...any) Message { return Message{format: format, args: args} }

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
