package signature

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Forgery is something done to a signed body, a request's or a response's.
// Whoever receives it has to notice, unless State finds that the signature
// still holds afterwards.
type Forgery struct {
	Name, About string // About is a sentence without a subject of its own: "the body was changed after it was signed"
	do          func(g *signed) []byte
}

// Forgeries lists what is done to signed bodies.
func Forgeries() []Forgery {
	return []Forgery{
		{"missing", "there is no signature", (*signed).dropped},
		{"tampered-body", "the body was changed after it was signed", (*signed).tampered},
		{"tampered-signature", "a character of the signature was changed", (*signed).defaced},
		{"wrong-key", "the signature is made with another key", (*signed).foreign},
		{"other-order", "the signature is another order's", (*signed).replayed},
		{"re-serialised", "the same body was written anew, with blanks, after it was signed", (*signed).spaced},
		{"reordered", "the same members were put in another order after the body was signed", (*signed).reordered},
	}
}

// Forge does it to a body of which a specification says how it is signed.
// Where it cannot be done, the body comes back as it was.
func (f Forgery) Forge(s *openapi.Signature, of *openapi.Body, body []byte, credentials map[string]string) []byte {
	return f.do(&signed{s, of, body, credentials})
}

// signed is a signed body, and what is known of it.
type signed struct {
	*openapi.Signature
	of          *openapi.Body
	body        []byte
	credentials map[string]string
}

func (g *signed) dropped() []byte {
	parent, name := g.At.Parent(), g.At.LastToken()
	raw, _ := contract.Raw(g.body, parent)
	return contract.Replace(g.body, parent, object(slices.DeleteFunc(members(raw), func(m member) bool { return m.name == name })))
}

func (g *signed) tampered() []byte {
	return g.changed(func(m *openapi.Member) bool { return m.FreeText() })
}

func (g *signed) defaced() []byte {
	text, at := g.text(g.At), 0
	if at = len(text)/2 - 1; at < 0 {
		return g.body
	}
	return put(g.body, g.At, text[:at]+Altered(text[at:at+1])+text[at+1:])
}

func (g *signed) foreign() []byte {
	return g.resigned(g.body, map[string]string{g.Key: Altered(g.credentials[g.Key])})
}

// replayed takes the signature of the same body with another order's reference
// or token in it.
func (g *signed) replayed() []byte {
	other := g.changed(func(m *openapi.Member) bool { return strings.HasSuffix(m.Means, "reference") || m.Secret })
	if bytes.Equal(other, g.body) {
		return g.body
	}
	return g.resigned(other, g.credentials)
}

func (g *signed) spaced() []byte {
	var b bytes.Buffer
	raw, ok := contract.Raw(g.body, g.Over)
	if !ok || json.Indent(&b, raw, "", " ") != nil {
		return g.body
	}
	return contract.Replace(g.body, g.Over, b.Bytes())
}

func (g *signed) reordered() []byte {
	raw, ok := contract.Raw(g.body, g.Over)
	all := members(raw)
	if !ok || len(all) == 0 {
		return g.body
	}
	slices.Reverse(all)
	return contract.Replace(g.body, g.Over, object(all))
}

// resigned is the body with the signature that another one has under a key.
func (g *signed) resigned(other []byte, credentials map[string]string) []byte {
	foreign := &signed{g.Signature, g.of, Sign(g.Signature, other, credentials, Zeros{}), credentials}
	if text := foreign.text(g.At); text != "" {
		return put(g.body, g.At, text)
	}
	return g.body
}

// changed says something else in the first text of what is signed that is of a
// kind.
func (g *signed) changed(kind func(*openapi.Member) bool) []byte {
	for _, m := range g.of.Members() {
		if !g.Over.Contains(m.Pointer) || m.Pointer == g.At || !kind(m) {
			continue
		}
		if text := g.text(m.Pointer); text != "" {
			return put(g.body, m.Pointer, Altered(text))
		}
	}
	return g.body
}

// text is what stands at a pointer, if that is a text.
func (g *signed) text(pointer contract.Pointer) string {
	raw, _ := contract.Raw(g.body, pointer)
	value, _ := contract.Decode(raw)
	text, _ := value.(string)
	return text
}

func put(body []byte, pointer contract.Pointer, text string) []byte {
	raw, err := contract.Encode(text)
	if err != nil {
		return body
	}
	return contract.Replace(body, pointer, raw)
}

// Altered returns another text of the same form: the last letter or digit is replaced by
// the one before or after it.
func Altered(text string) string {
	all := []byte(text)
	for i := len(all) - 1; i >= 0; i-- {
		switch c := all[i]; {
		case c == '0' || c == 'a' || c == 'A':
			all[i]++
		case c > '0' && c <= '9', c > 'a' && c <= 'z', c > 'A' && c <= 'Z':
			all[i]--
		default:
			continue
		}
		return string(all)
	}
	return text + "x"
}

// member is one of an object, as it is written.
type member struct {
	name  string
	value json.RawMessage
}

// members reads an object in the order in which it is written.
func members(raw []byte) []member {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	var all []member
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return nil
		}
		text, _ := name.(string) // the decoder lets nothing else stand here
		all = append(all, member{text, value})
	}
	return all
}

func object(all []member) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range all {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := contract.Encode(m.name) // a text
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}
