package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// DecodeOptions reads the options of an ask into what the adapter of a provider
// knows. An option nobody knows is a *RefusedError, so a typo is not lost, and
// so is one of another type. Numbers keep their text.
func DecodeOptions(provider string, options json.RawMessage, into any) error {
	if len(options) == 0 {
		return nil
	}
	refuse := func(field, reason string) error { return &RefusedError{provider, field, reason} }
	if _, err := ReadMembers(options); err != nil {
		return refuse("options", "are not read: "+err.Error())
	}
	d := json.NewDecoder(bytes.NewReader(options))
	d.DisallowUnknownFields()
	d.UseNumber()
	err := d.Decode(into)
	var typed *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typed): // its own text could hold the value
		return refuse("options."+typed.Field, "is of another type than the documented one")
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return refuse("options", fmt.Sprintf("have no member %s here", name))
	}
	return refuse("options", "are not read")
}
