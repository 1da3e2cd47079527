package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// UnmarshalJSON reads what MarshalJSON wrote. Texts and lists of texts become such arguments;
// everything else stays the JSON that it is. Written again, the arguments are the same.
func (all *Args) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return fmt.Errorf("args: expected an object")
	}
	*all = Args{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		text, _ := name.(string) // the decoder allows no other name
		*all = append(*all, argOf(text, value))
	}
	return nil
}

func argOf(name string, value json.RawMessage) Arg {
	var text string
	var list []string
	switch {
	case value[0] == '"' && json.Unmarshal(value, &text) == nil:
		return ArgText(name, text)
	case value[0] == '[' && json.Unmarshal(value, &list) == nil && bytes.ContainsRune(value, '"'):
		return ArgList(name, list)
	}
	return ArgJSON(name, value)
}
