package signature

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Forgery is a change to a signed body, of a request or a response. The receiver must
// reject the result, unless State finds that the signature is still valid.
type Forgery struct {
	Name, About string // a clause: "the body was changed after it was signed"
	apply       func(g *signedBody) []byte
	outside     func(o *outside) contract.Exchange // for a signature in a header or the query
}

// Forgeries returns every forgery of a signature in a body.
func Forgeries() []Forgery {
	return []Forgery{
		{"missing", "there is no signature", (*signedBody).dropSignature, (*outside).missing},
		{"tampered-body", "the body was changed after it was signed", (*signedBody).tamperBody, (*outside).tampered},
		{"tampered-signature", "a character of the signature was changed", (*signedBody).changeSignature, (*outside).changed},
		{"wrong-key", "the signature was made with another key", (*signedBody).signWithOtherKey, (*outside).otherKey},
		{"other-order", "the signature belongs to another order", (*signedBody).replay, (*outside).otherOrder},
		{"re-serialised", "white space was added to the body after it was signed", (*signedBody).indent, (*outside).indented},
		{"reordered", "the members were reordered after the body was signed", (*signedBody).reorder, (*outside).reordered},
	}
}

// ForgeriesOf returns the forgeries of a signature. One outside of the body can also be cut,
// and one with a time of signing can be too old.
func ForgeriesOf(s *openapi.Signature) []Forgery {
	all := Forgeries()
	if s.Outside == "" {
		return all
	}
	all = append(all, Forgery{"truncated", "half of the signature is missing", nil, (*outside).truncated})
	if s.Tolerance > 0 {
		all = append(all, Forgery{"old", "the signature was made long ago", nil, (*outside).old})
	}
	return all
}

// Forge returns body with the forgery applied. s says how the body is signed, schema
// which members it has. A body to which the forgery does not apply is returned
// unchanged.
func (f Forgery) Forge(s *openapi.Signature, schema *openapi.Body, body []byte, credentials map[string]string) []byte {
	return f.apply(&signedBody{s, schema, body, credentials})
}

// signedBody is a body, how it is signed and the credentials for it.
type signedBody struct {
	*openapi.Signature
	schema      *openapi.Body
	body        []byte
	credentials map[string]string
}

func (g *signedBody) dropSignature() []byte {
	parent, name := g.At.Parent(), g.At.LastToken()
	raw, _ := contract.Raw(g.body, parent)
	return contract.Replace(g.body, parent, object(slices.DeleteFunc(members(raw), func(m member) bool { return m.name == name })))
}

func (g *signedBody) tamperBody() []byte {
	return g.changeText(func(m *openapi.Member) bool { return m.FreeText() })
}

func (g *signedBody) changeSignature() []byte {
	text, at := g.text(g.At), 0
	if at = len(text)/2 - 1; at < 0 {
		return g.body
	}
	return replaceText(g.body, g.At, text[:at]+AlterText(text[at:at+1])+text[at+1:])
}

func (g *signedBody) signWithOtherKey() []byte {
	return g.withSignatureOf(g.body, map[string]string{g.Key: AlterText(g.credentials[g.Key])})
}

// replay inserts the signature of another order: of the same body with another
// reference or token.
func (g *signedBody) replay() []byte {
	other := g.changeText(func(m *openapi.Member) bool { return strings.HasSuffix(m.Means, "reference") || m.Secret })
	if bytes.Equal(other, g.body) {
		return g.body
	}
	return g.withSignatureOf(other, g.credentials)
}

func (g *signedBody) indent() []byte {
	var b bytes.Buffer
	raw, ok := contract.Raw(g.body, g.Over)
	if !ok || json.Indent(&b, raw, "", " ") != nil {
		return g.body
	}
	return contract.Replace(g.body, g.Over, b.Bytes())
}

func (g *signedBody) reorder() []byte {
	raw, ok := contract.Raw(g.body, g.Over)
	all := members(raw)
	if !ok || len(all) == 0 {
		return g.body
	}
	slices.Reverse(all)
	return contract.Replace(g.body, g.Over, object(all))
}

// withSignatureOf returns the body with the signature that other has under the key in
// credentials.
func (g *signedBody) withSignatureOf(other []byte, credentials map[string]string) []byte {
	resigned := &signedBody{g.Signature, g.schema, Sign(g.Signature, other, credentials, Zeros{}), credentials}
	if text := resigned.text(g.At); text != "" {
		return replaceText(g.body, g.At, text)
	}
	return g.body
}

// changeText alters the first text that the signature covers and that kind accepts.
func (g *signedBody) changeText(kind func(*openapi.Member) bool) []byte {
	for _, m := range g.schema.Members() {
		if !g.Over.Contains(m.Pointer) || m.Pointer == g.At || !kind(m) {
			continue
		}
		if text := g.text(m.Pointer); text != "" {
			return replaceText(g.body, m.Pointer, AlterText(text))
		}
	}
	return g.body
}

// text returns the string at pointer, or "" if there is none.
func (g *signedBody) text(pointer contract.Pointer) string {
	raw, _ := contract.Raw(g.body, pointer)
	value, _ := contract.Decode(raw)
	text, _ := value.(string)
	return text
}

func replaceText(body []byte, pointer contract.Pointer, text string) []byte {
	raw, err := contract.Encode(text)
	if err != nil {
		return body
	}
	return contract.Replace(body, pointer, raw)
}

// AlterText returns another text of the same form: the last letter or digit becomes its
// neighbour. A text without letters and digits gets an "x" appended.
func AlterText(text string) string {
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

// member is a member of a JSON object, with its value as written.
type member struct {
	name  string
	value json.RawMessage
}

// members returns the members of an object in the order in which they are written.
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
		text, _ := name.(string) // the decoder accepts only strings here
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
		name, _ := contract.Encode(m.name) // a string always encodes
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}
