package skeleton

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"assay/internal/contract"
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

var (
	wholeForm = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,14})$`)
	listForm  = regexp.MustCompile(`^[0-9]*$`)
)

// mediaType returns the media type of a header, without parameters.
func mediaType(h http.Header) string {
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return media
}

// decode reads a body in JSON or in a form. ok is false for any other body.
func decode(h http.Header, raw []byte) (v any, media string, ok bool) {
	if len(raw) == 0 {
		return nil, "", false
	}
	media = mediaType(h)
	if media == formType {
		v, ok = decodeForm(string(raw))
		return v, media, ok
	}
	v, err := contract.Decode(raw)
	switch v.(type) {
	case map[string]any, []any:
	default:
		if !strings.Contains(media, "json") {
			return nil, media, false // a text that happens to be a number
		}
	}
	if media == "" {
		media = jsonType
	}
	return v, media, err == nil
}

// decodeForm reads a form: a[b]=c is a member of a member, a[]=1 an item of a list.
func decodeForm(raw string) (any, bool) {
	pairs, err := url.ParseQuery(raw)
	if err != nil {
		return nil, false
	}
	root := map[string]any{}
	for _, key := range sortedNames(pairs) {
		name, rest, _ := strings.Cut(key, "[")
		path := []string{name}
		if rest != "" {
			path = append(path, strings.Split(strings.TrimSuffix(rest, "]"), "][")...)
		}
		for _, text := range pairs[key] {
			put(root, path, formValue(text), len(pairs[key]) > 1)
		}
	}
	return lists(root), true
}

// items is a list that is being filled; its names are positions.
const items = "\x00items"

func put(in map[string]any, path []string, v any, many bool) {
	name := path[0]
	switch {
	case len(path) == 1 && many:
		inner, _ := in[name].(map[string]any)
		if inner == nil {
			inner = map[string]any{items: []any{}}
			in[name] = inner
		}
		list, _ := inner[items].([]any)
		inner[items] = append(list, v)
	case len(path) == 1:
		in[name] = v
	case len(path) == 2 && listForm.MatchString(path[1]):
		put(in, path[:1], v, true)
	default:
		if listForm.MatchString(path[1]) { // a list of objects: one item shows its members
			path = append([]string{path[0], items + "0"}, path[2:]...)
		}
		inner, _ := in[name].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			in[name] = inner
		}
		put(inner, path[1:], v, many)
	}
}

// lists turns what stands for lists into lists.
func lists(v any) any {
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	if list, is := object[items]; is {
		return list
	}
	if one, is := object[items+"0"]; is {
		return []any{lists(one)}
	}
	for name, inner := range object {
		object[name] = lists(inner)
	}
	return object
}

// formValue reads a value of a form or a query: a whole number, a boolean, or a text.
func formValue(text string) any {
	switch {
	case wholeForm.MatchString(text):
		return json.Number(text)
	case text == "true", text == "false":
		return text == "true"
	}
	return text
}
