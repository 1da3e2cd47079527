package negative

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/signature"
	"assay/internal/spec"
)

// Forgery is something done to a signed body, in either direction. Whoever
// receives it has to notice, unless the signature still holds afterwards.
type Forgery struct {
	Name, About string
	do          func(g *signing, body []byte, key string) []byte
}

// Forgeries lists what is done to signed bodies.
func Forgeries() []Forgery {
	return []Forgery{
		{"missing", "there is no signature", dropped},
		{"tampered-body", "the body was changed after it was signed", tampered},
		{"tampered-signature", "a character of the signature was changed", defaced},
		{"wrong-key", "the signature is made with another key", foreign},
		{"other-order", "the signature is another order's", replayed},
		{"re-serialised", "the same body was written anew, with blanks, after it was signed", spaced},
		{"reordered", "the same members were put in another order after the body was signed", reordered},
	}
}

// signing is what is known of a signed body.
type signing struct {
	*spec.Signature
	body  *spec.Body
	spare []string // pointers that are left alone: what the result rests on
}

// Forge does it to a body, and tells what that leaves of the signature: "valid",
// "invalid" or "missing". Where it cannot be done the body comes back as it was.
func (f Forgery) Forge(o *spec.Operation, answer bool, body []byte, key string) (forged []byte, left string) {
	g := &signing{o.Sign.Request, o.Request, nil}
	if answer {
		g = &signing{o.Sign.Answer, o.Answers[o.Success().HTTP].Body, slices.Concat(o.Result.Code, o.Result.Status)}
	}
	forged = f.do(g, body, key)
	return forged, state(g.Signature, forged, key)
}

// state tells whether a signature holds: over the bytes as they stand, or over
// their compact form, which is what an SDK sees that parses before it verifies.
func state(s *spec.Signature, body []byte, key string) string {
	raw, ok := contract.Raw(body, s.At)
	if !ok {
		return "missing"
	}
	scheme, err := signature.Named(s.Scheme)
	over, covered := contract.Raw(body, s.Over)
	text, isText := asText(raw)
	if err != nil || !covered || !isText {
		return "invalid"
	}
	if slices.Contains(s.Instead, text) {
		return "instead"
	}
	messages := [][]byte{over}
	var compact bytes.Buffer
	if json.Compact(&compact, over) == nil {
		messages = append(messages, compact.Bytes())
	}
	if slices.ContainsFunc(messages, func(m []byte) bool { return scheme.Verify(m, key, text) }) {
		return "valid"
	}
	return "invalid"
}

func asText(raw []byte) (string, bool) {
	value, err := contract.Decode(raw)
	text, ok := value.(string)
	return text, err == nil && ok
}

// seal signs a body, where a signature stands in it.
func seal(s *spec.Signature, body []byte, key string) []byte {
	if text, ok := signatureOf(s, body, key); ok {
		return put(body, s.At, text)
	}
	return body
}

func signatureOf(s *spec.Signature, body []byte, key string) (string, bool) {
	scheme, err := signature.Named(s.Scheme)
	over, covered := contract.Raw(body, s.Over)
	if err != nil || !covered {
		return "", false
	}
	text, err := scheme.Sign(over, key, zeros{})
	return text, err == nil
}

// zeros is the salt of what is signed here: chance has no place in a derivation.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func put(body []byte, pointer, text string) []byte {
	raw, err := contract.Encode(text)
	if err != nil {
		return body
	}
	return contract.Replace(body, pointer, raw)
}

func dropped(g *signing, body []byte, _ string) []byte {
	tokens := contract.Tokens(g.At)
	parent := contract.Pointer(tokens[:len(tokens)-1]...)
	raw, _ := contract.Raw(body, parent)
	return contract.Replace(body, parent, object(slices.DeleteFunc(members(raw), func(m member) bool { return m.name == tokens[len(tokens)-1] })))
}

func tampered(g *signing, body []byte, _ string) []byte {
	return g.changed(body, func(m *spec.Member) bool { return m.FreeText() })
}

func defaced(g *signing, body []byte, _ string) []byte {
	raw, _ := contract.Raw(body, g.At)
	text, _ := asText(raw)
	if text == "" {
		return body
	}
	return put(body, g.At, text[:len(text)/2-1]+nudged(text[len(text)/2-1:len(text)/2])+text[len(text)/2:])
}

func foreign(g *signing, body []byte, key string) []byte {
	text, ok := signatureOf(g.Signature, body, nudged(key))
	if !ok {
		return body
	}
	return put(body, g.At, text)
}

// replayed takes the signature of the same body with another order's reference
// or token in it.
func replayed(g *signing, body []byte, key string) []byte {
	other := g.changed(body, func(m *spec.Member) bool { return strings.HasSuffix(m.Means, "reference") || m.Secret })
	text, ok := signatureOf(g.Signature, other, key)
	if !ok {
		return body
	}
	return put(body, g.At, text)
}

func spaced(g *signing, body []byte, _ string) []byte {
	var b bytes.Buffer
	raw, ok := contract.Raw(body, g.Over)
	if !ok || json.Indent(&b, raw, "", " ") != nil {
		return body
	}
	return contract.Replace(body, g.Over, b.Bytes())
}

func reordered(g *signing, body []byte, _ string) []byte {
	raw, ok := contract.Raw(body, g.Over)
	if !ok {
		return body
	}
	all := members(raw)
	slices.Reverse(all)
	return contract.Replace(body, g.Over, object(all))
}

// changed says something else in the first text of what is signed that is of a
// kind.
func (g *signing) changed(body []byte, kind func(*spec.Member) bool) []byte {
	for _, m := range g.body.Members() {
		if !strings.HasPrefix(m.Pointer+"/", g.Over+"/") || m.Pointer == g.At || slices.Contains(g.spare, m.Pointer) || !kind(m) {
			continue
		}
		raw, _ := contract.Raw(body, m.Pointer)
		if text, ok := asText(raw); ok && text != "" {
			return put(body, m.Pointer, nudged(text))
		}
	}
	return body
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
