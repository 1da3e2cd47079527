package skeleton

import (
	"encoding/json"
	"net/http"
	"strings"

	"assay/internal/contract"
	"assay/internal/lazy"
	"assay/internal/media"
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

var wholeForm = lazy.Regexp(`^(0|-?[1-9][0-9]{0,14})$`)

// mediaType returns the media type of a header, without parameters.
func mediaType(h http.Header) string {
	name, _, err := contract.MediaType(h.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return shownType(name)
}

// decode reads a body in JSON or in a form. ok is false for any other body.
func decode(h http.Header, raw []byte) (v any, name string, ok bool) {
	if len(raw) == 0 {
		return nil, "", false
	}
	name = mediaType(h)
	if name == formType {
		v, ok = decodeForm(raw)
		return v, name, ok
	}
	v, err := contract.Decode(raw)
	switch v.(type) {
	case map[string]any, []any:
	default:
		if !strings.Contains(name, "json") {
			return nil, name, false // a text that happens to be a number
		}
	}
	if name == "" || name == "*/*" {
		name = jsonType
	}
	return v, name, err == nil
}

// decodeForm reads a form: a[b]=c is a member of a member, a[]=1 an item of a list.
func decodeForm(raw []byte) (any, bool) {
	asJSON, err := media.Form.ToJSON(raw, nil)
	if err != nil {
		return nil, false
	}
	v, err := contract.Decode(asJSON)
	return formValues(v), err == nil
}

// formValues reads the texts of a form.
func formValues(v any) any {
	switch v := v.(type) {
	case string:
		return formValue(v)
	case []any:
		for i, item := range v {
			v[i] = formValues(item)
		}
	case map[string]any:
		for name, member := range v {
			v[name] = formValues(member)
		}
	}
	return v
}

// formValue reads a value of a form or a query: a whole number, a boolean, or a text.
func formValue(text string) any {
	switch {
	case wholeForm().MatchString(text):
		return json.Number(text)
	case text == "true", text == "false":
		return text == "true"
	}
	return text
}
