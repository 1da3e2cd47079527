package redact

import (
	"strings"
	"sync"
)

// Encoding is a way in which a value can be written in a text, so that it is still
// found.
type Encoding struct {
	Name    string
	Example string // a way to write café 98
	// decode calls visit with each text that a view contains in this encoding, until
	// visit returns false. It is nil where fold or squeeze removes the difference.
	decode func(v view, e Encoding, visit func(view) bool) bool
	// encode writes a text in this encoding, so that it can replace a value.
	encode func(string) string
	binary bool // the encoded text is no text
}

// Encodings returns the list of encodings in which a value is searched. README.md and
// SECURITY.md print it. Encodings may be nested, up to three levels.
func Encodings() []Encoding {
	return []Encoding{
		{Name: "upper and lower case", Example: "CAFÉ 98"},
		{Name: "Unicode forms: NFC, NFD, full width, digits of any script", Example: "cafe\u0301 ９８"},
		{Name: "no-break and repeated spaces, invisible characters", Example: "café\u00a0\u200b98"},
		{Name: "separators between letters and digits", Example: "c.a.f.é-9/8"},
		{Name: "URL encoding", Example: "caf%C3%A9+98, caf%u00E9%2098", decode: decodePercent, encode: percentEncode},
		{Name: "JSON escapes", Example: `caf\u00e9 98, caf\xe9 98, caf\303\251 98`, decode: decodeEscapes, encode: escaped},
		{Name: "HTML entities", Example: "caf&eacute;&#32;&#x39;8", decode: decodeEntities, encode: entityEncode},
		{Name: "base64", Example: "Y2Fmw6kgOTg=, standard and URL alphabet", decode: decodeBase64},
		{Name: "base32", Example: "MNQWNQ5JEA4TQ===", decode: decodeBase32},
		{Name: "hex", Example: "636166c3a9203938, 63:61:66:c3:a9:20:39:38", decode: decodeHex},
		{Name: "gzip", Example: "with its header, at any position, for instance in base64", decode: decodeGzip, binary: true},
		{Name: "deflate", Example: "with or without the header of zlib, for instance in base64", decode: decodeDeflate, binary: true},
		{Name: "UTF-16", Example: "little or big end first, with or without a byte order mark", decode: decodeUTF16, binary: true},
	}
}

// decoders returns the encodings that have to be decoded. No caller changes the list.
var decoders = sync.OnceValue(func() []Encoding {
	var all []Encoding
	for _, e := range Encodings() {
		if e.decode != nil {
			all = append(all, e)
		}
	}
	return all
})

// view is a text, or a text that another one contains in encodings.
type view struct {
	text   []byte
	names  [maxNested]string // of the encodings, outermost first
	nested int               // how many encodings; 0 for the text itself
	// from gives the span of the outermost text: by character, if it is not nil. If
	// whole is set, the view stands for one span, which can only be replaced as a whole.
	from  []int32
	whole *[2]int
	spell func(string) string // writes a replacement in the encodings; nil: as it is
}

// origin returns the span of the outermost text that a span of the view stands for.
func (v view) origin(start, end int) (int, int) {
	switch {
	case v.whole != nil:
		return v.whole[0], v.whole[1]
	case v.from != nil:
		return mapped{v.text, v.from}.origin(start, end)
	}
	return start, end
}

// as says in which encodings the text is, outermost first: "in base64 in hex"; "" for the
// text itself.
func (v view) as() string {
	var b strings.Builder
	for i, name := range v.names[:v.nested] {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("in " + name)
	}
	return b.String()
}

// in returns the view of a text that this one contains in an encoding.
func (v view) in(text []byte, name string) view {
	inner := view{text: text, names: v.names, nested: v.nested + 1, whole: v.whole, spell: v.spell}
	inner.names[v.nested] = name
	return inner
}

// within returns the view of a text that this one contains, character by character.
func (v view) within(m mapped, e Encoding) view {
	inner := v.in(m.text, e.Name)
	if v.whole != nil {
		return inner
	}
	inner.from = m.from
	if v.from != nil {
		for i, at := range m.from {
			inner.from[i] = v.from[at]
		}
	}
	inner.spell = e.encode
	if outer := v.spell; outer != nil {
		inner.spell = func(text string) string { return outer(e.encode(text)) }
	}
	return inner
}

// block returns the view of a text that a span of this one contains as a whole.
func (v view) block(text []byte, start, end int, name string) view {
	from, to := v.origin(start, end)
	inner := v.in(text, name)
	inner.whole = &[2]int{from, to}
	return inner
}
