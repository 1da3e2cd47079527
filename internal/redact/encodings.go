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
	// decode searches each text that a view contains in this encoding. It returns false if
	// the search has to end. It is nil where fold or squeeze removes the difference.
	decode func(s *search, v *view, e *Encoding) bool
	// encode writes a text in this encoding, so that it can replace a value.
	encode func(string) string
	needs  class // a text in this encoding has a byte of one of these classes
	binary bool  // the encoded text is no text
}

// Encodings returns the list of encodings in which a value is searched. README.md and
// SECURITY.md print it. Encodings may be nested, up to three levels.
func Encodings() []Encoding {
	return []Encoding{
		{Name: "upper and lower case", Example: "CAFÉ 98"},
		{Name: "Unicode forms: NFC, NFD, full width, digits of any script", Example: "cafe\u0301 ９８"},
		{Name: "no-break and repeated spaces, invisible characters", Example: "café\u00a0\u200b98"},
		{Name: "separators between letters and digits", Example: "c.a.f.é-9/8"},
		{Name: "URL encoding", Example: "caf%C3%A9+98, caf%u00E9%2098", needs: inPercent, decode: decodePercent, encode: percentEncode},
		{Name: "JSON escapes", Example: `caf\u00e9 98, caf\xe9 98, caf\303\251 98`, needs: inEscapes, decode: decodeEscapes, encode: escaped},
		{Name: "HTML entities", Example: "caf&eacute;&#32;&#x39;8", needs: inEntities, decode: decodeEntities, encode: entityEncode},
		{Name: "base64", Example: "Y2Fmw6kgOTg=, standard and URL alphabet", needs: inBase64, decode: decodeBase64},
		{Name: "base32", Example: "MNQWNQ5JEA4TQ===", needs: inBase32, decode: decodeBase32},
		{Name: "hex", Example: "636166c3a9203938, 63:61:66:c3:a9:20:39:38", needs: inHex, decode: decodeHex},
		{Name: "gzip", Example: "with its header, at any position, for instance in base64", needs: inGzip, decode: decodeGzip, binary: true},
		{Name: "deflate", Example: "with or without the header of zlib, for instance in base64", needs: inOther, decode: decodeDeflate, binary: true},
		{Name: "UTF-16", Example: "little or big end first, with or without a byte order mark", needs: inOther | inNull, decode: decodeUTF16, binary: true},
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
	outer  *view  // the text that contains it; nil for the text itself
	name   string // of the encoding
	nested int    // how many encodings; 0 for the text itself
	// from gives the span of the outer text: by character, if it is not nil. If whole is
	// set, the view stands for one span of the outermost text, which can only be replaced as
	// a whole.
	from       []int32
	whole      bool
	start, end int
	encode     func(string) string // writes a replacement in the encoding
}

// origin returns the span of the outermost text that a span of the view stands for. It covers
// whole characters of each text between them.
func (v *view) origin(start, end int) (int, int) {
	for ; v.nested > 0; v = v.outer {
		if v.whole {
			return v.start, v.end
		}
		for end > start && end < len(v.text) && v.at(end) == v.at(end-1) {
			end++ // the rest of the same character
		}
		start, end = int(v.from[start]), int(v.from[end])
	}
	return start, end
}

// at returns the offset in the outermost text of the character that a byte of a view that is
// not whole belongs to.
func (v *view) at(i int) int {
	for ; v.nested > 0; v = v.outer {
		i = int(v.from[i])
	}
	return i
}

// spell writes a replacement in the encodings of a view that is not whole.
func (v *view) spell(text string) string {
	for ; v.nested > 0; v = v.outer {
		text = v.encode(text)
	}
	return text
}

// as says in which encodings the text is, outermost first: "in base64 in hex"; "" for the
// text itself.
func (v *view) as() string {
	if v.nested == 0 {
		return ""
	}
	return strings.TrimPrefix(v.outer.as()+" in "+v.name, " ")
}
