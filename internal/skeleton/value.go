package skeleton

import (
	"encoding/json"
	"strings"

	"assay/internal/jsonschema"
	"assay/internal/redact"
)

// The limits of what is remembered of a value.
const (
	mostTexts   = 64  // different values of a member
	mostMembers = 200 // names of an object; with more, the names are data
	deepest     = 24  // levels of a body
)

// value is what was observed at one place of a body.
type value struct {
	name    string
	n       int            // occurrences
	types   map[string]int // null, boolean, integer, number, string, array, object
	texts   map[string]int // texts and numbers, while they are few
	many    bool           // there were more than mostTexts
	formats map[string]int // of texts that are not empty
	filled  int            // texts that are not empty
	found   map[string]bool
	members map[string]*value
	order   []string
	data    bool // some names of members are data
	item    *value
}

func newValue(name string) *value {
	return &value{name: name, types: map[string]int{}, texts: map[string]int{}, formats: map[string]int{}, found: map[string]bool{}, members: map[string]*value{}}
}

// see adds one observation.
func (v *value) see(seen any, level int) {
	v.n++
	switch seen := seen.(type) {
	case nil:
		v.types["null"]++
	case bool:
		v.types["boolean"]++
	case json.Number:
		if text := seen.String(); strings.ContainsAny(text, ".eE") {
			v.types["number"]++
		} else {
			v.types["integer"]++
		}
		v.text(seen.String())
	case string:
		v.types["string"]++
		v.text(seen)
		v.format(seen)
	case []any:
		v.types["array"]++
		if v.item == nil {
			v.item = newValue(v.name)
		}
		for _, item := range seen {
			if level < deepest {
				v.item.see(item, level+1)
			}
		}
	case map[string]any:
		v.types["object"]++
		v.object(seen, level)
	}
}

func (v *value) object(seen map[string]any, level int) {
	for _, name := range sortedNames(seen) {
		m := v.members[name]
		if m == nil {
			if level >= deepest || !isName(name) || len(v.order) >= mostMembers {
				v.data = true
				continue
			}
			m = newValue(name)
			v.members[name], v.order = m, append(v.order, name)
		}
		m.see(seen[name], level+1)
	}
}

func (v *value) text(text string) {
	if kind := looks(text); kind != "" {
		v.found[kind] = true
	}
	if v.many {
		return
	}
	if v.texts[text]++; len(v.texts) > mostTexts {
		v.texts, v.many = nil, true
	}
}

// looks returns the kind of personal data that a text contains, "secret", or "".
func looks(text string) string {
	if !redact.Candidate(text) {
		return ""
	}
	found := redact.DetectPersonal(text)
	if len(found) == 0 {
		return ""
	}
	switch found[0] {
	case "a PAN":
		return "pan"
	case "a bearer token", "a private key":
		return "secret"
	case "an e-mail or UPI address":
		return "email"
	case "a telephone number":
		return "mobile"
	}
	return "account"
}

// inferred are the formats that a skeleton names.
var inferred = []string{"date-time", "date", "uuid", "email", "ipv4", "uri"}

func (v *value) format(text string) {
	if text == "" {
		return
	}
	v.filled++
	for _, name := range inferred {
		if name == "uri" && !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
			continue
		}
		if jsonschema.FormatOf(name).Text([]byte(text)) {
			v.formats[name]++
			return
		}
	}
}

// formatOf returns the format of all texts, or "".
func (v *value) formatOf() string {
	for _, name := range inferred {
		if v.filled > 0 && v.formats[name] == v.types["string"] {
			return name
		}
	}
	return ""
}

// required reports whether a member was there in each object of its parent.
func (v *value) required(name string) bool { return v.members[name].n == v.types["object"] }

// hidden returns how the values are hidden: because of the name, or because one of them
// looks like a secret or personal data.
func (v *value) hidden() (personal string, secret bool) {
	if len(v.texts) == 0 && !v.many {
		return "", false // neither text nor number
	}
	if personal, secret = hiddenAs(v.name); personal != "" || secret {
		return personal, secret
	}
	for _, kind := range []string{"secret", "pan", "email", "mobile"} {
		if v.found[kind] {
			if kind == "secret" {
				return "", true
			}
			return kind, false
		}
	}
	if v.found["account"] && v.types["string"] > 0 && v.formatOf() == "" {
		return "account", false
	}
	return "", false
}
