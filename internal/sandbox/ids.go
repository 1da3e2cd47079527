package sandbox

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// id is a text of an example that differs in each response. Where the example repeats it,
// the response does too.
type id struct {
	text    string // as JSON writes it, without the quotes
	at      int    // of the place that is drawn
	members []string
	echoed  bool  // it is the provider's reference
	others  []int // where the text stands again
}

// copied is a part of a body that repeats another one.
type copied struct{ from, to, length int }

// encoded is a URL in base64 that names ids. It is written again with those of the
// response.
type encoded struct {
	at    span // without the quotes
	inner []byte
	parts []copied // from a place in the body to a place in inner
}

// Shortest lengths of an id, to be found in other texts, and to be found in part.
const (
	shortestID   = 6
	shortestPart = 6
)

// identify adds the text of a member that is an id. The first place is drawn, others
// repeat it.
func (t *template) identify(m *openapi.Member, text string, at contract.ValueSpan) {
	inner := string(t.body[at.Start+1 : at.End-1])
	name := m.Pointer.LastToken()
	for _, known := range t.ids {
		if known.text == inner {
			known.others = append(known.others, at.Start+1)
			known.members, known.echoed = append(known.members, name), known.echoed || m.Means == "provider-reference"
			return
		}
	}
	t.ids = append(t.ids, &id{text: inner, at: at.Start + 1, members: []string{name}, echoed: m.Means == "provider-reference"})
	t.draw(at.Start, text)
}

// connect finds the places where ids stand again, also in other texts, and makes them
// repeat what is drawn.
func (t *template) connect(o *operation) {
	for _, one := range t.ids {
		t.search(one)
		for _, to := range one.others {
			t.copies = append(t.copies, copied{one.at, to, len(one.text)})
		}
	}
	for _, at := range t.spans {
		t.decode(at)
	}
	t.echoIDs(o)
}

// search finds the places of an id that are not members of their own. A text without a
// digit may be a word, and is not searched for.
func (t *template) search(one *id) {
	if len(one.text) < shortestID || !strings.ContainsAny(one.text, "0123456789") {
		return
	}
	for from := 0; ; {
		i := bytes.Index(t.body[from:], []byte(one.text))
		if i < 0 {
			return
		}
		at := from + i
		from = at + len(one.text)
		if at != one.at && !slices.Contains(one.others, at) && t.inText(at, len(one.text)) && separate(t.body, at, len(one.text)) {
			one.others = append(one.others, at)
		}
	}
}

// inText reports whether a part of the body is inside a text, and not in a name.
func (t *template) inText(at, length int) bool {
	return slices.ContainsFunc(t.spans, func(s contract.ValueSpan) bool {
		return s.Start < at && at+length < s.End && t.body[s.Start] == '"'
	})
}

// separate reports whether no letter or digit stands before and behind a part.
func separate(in []byte, at, length int) bool {
	return (at == 0 || !alphanumeric(in[at-1])) && (at+length >= len(in) || !alphanumeric(in[at+length]))
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// decode finds ids in a URL in base64: a whole one, or the beginning of one.
func (t *template) decode(at contract.ValueSpan) {
	if t.body[at.Start] != '"' {
		return
	}
	inner, err := base64.StdEncoding.DecodeString(string(t.body[at.Start+1 : at.End-1]))
	if err != nil || !contract.AbsoluteURL(string(inner)) {
		return
	}
	found := encoded{at: span{at.Start + 1, at.End - 1}, inner: inner}
	for _, one := range t.ids {
		for n := len(one.text); n >= shortestPart; n-- {
			if i := bytes.Index(inner, []byte(one.text[:n])); i >= 0 && separate(inner, i, n) && strings.ContainsAny(one.text[:n], "0123456789") {
				found.parts = append(found.parts, copied{one.at, i, n})
				break
			}
		}
	}
	if len(found.parts) > 0 {
		t.encodings = append(t.encodings, found)
	}
}

// echoIDs makes the provider's references those that the request names: each repeats the
// place with its name. If none has the name of a place, the first repeats any of them.
func (t *template) echoIDs(o *operation) {
	from := sources(o.repeated, "provider-reference", "")
	if len(from) == 0 {
		return
	}
	candidates := slices.DeleteFunc(slices.Clone(t.ids), func(one *id) bool { return !one.echoed })
	named := false
	for _, one := range candidates {
		own := slices.DeleteFunc(slices.Clone(from), func(a asked) bool { return !slices.Contains(one.members, a.name) })
		if len(own) > 0 {
			named = true
			t.echoID(one, own)
		}
	}
	if !named && len(candidates) > 0 {
		t.echoID(candidates[0], from)
	}
}

func (t *template) echoID(one *id, from []asked) {
	for _, at := range append([]int{one.at}, one.others...) {
		t.holes = append(t.holes, hole{span: span{at, at + len(one.text)}, what: "provider-reference", from: from})
	}
}

// repeat writes what is drawn to the places that repeat it.
func (t *template) repeat(body []byte) {
	for _, c := range t.copies {
		copy(body[c.to:c.to+c.length], body[c.from:c.from+c.length])
	}
	for i := range t.encodings {
		e := &t.encodings[i]
		var room [256]byte // longer ones are allocated
		inner := append(room[:0], e.inner...)
		for _, c := range e.parts {
			copy(inner[c.to:c.to+c.length], body[c.from:c.from+c.length])
		}
		base64.StdEncoding.Encode(body[e.at.start:e.at.end], inner)
	}
}
