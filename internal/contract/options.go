package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// DecodeOptions decodes the options of a call into the struct of an adapter. It returns
// a *RefusedError if the adapter does not know an option, so that no typo is lost, or
// if an option has the wrong type. Numbers keep their text. No error holds a value.
func DecodeOptions(provider string, options json.RawMessage, into any) error {
	if len(options) == 0 {
		return nil
	}
	refuse := func(field, reason string) error { return &RefusedError{provider, field, reason} }
	if _, err := ReadMembers(options); err != nil {
		return refuse("options", "cannot be read: "+err.Error())
	}
	d := json.NewDecoder(bytes.NewReader(options))
	d.DisallowUnknownFields()
	d.UseNumber()
	err := d.Decode(into)
	var typed *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typed): // the text of this error can hold the value
		return refuse("options."+typed.Field, "has the wrong type")
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return refuse("options", fmt.Sprintf("have no member %s here", name))
	}
	return refuse("options", "cannot be read")
}
