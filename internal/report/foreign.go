package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/lazy"
	"assay/internal/redact"
)

// Text that assay did not write is foreign: names of members and headers, result codes,
// hosts, paths, names of files, and errors that quote one of them. Whoever sends it must
// not control a terminal, a pipeline that reads lines, or a web page, and must not bring
// personal data into a report. So every output passes it through one of these functions:
//
//	Foreign   one such text: it is redacted, cut and escaped
//	Visible   a line with such texts that have been through Foreign: it is escaped
//	Errors    the text of an error, of several lines
//	Named     one such text for JSON, which escapes it: it is redacted and cut
//	Encode    a document or line of JSON

// The longest foreign text that outputs show, and the longest line of an error, in
// characters.
const (
	maxForeign  = 200
	maxLine     = 1000
	maxSearched = 4000 // of a longer text only the beginning and the end are searched and shown
	maxNumber   = 5    // the most words that a number consists of
)

// Foreign makes a text from outside safe to show on a line: what looks like personal data
// is redacted, the middle of a long text is cut out, and characters that are not visible
// are escaped as in Go.
func Foreign(text string) string { return Visible(Named(text)) }

// Named redacts and cuts a text from outside, for a format that escapes it.
func Named(text string) string {
	searched := contract.Shorten(text, maxSearched)
	if clean := redact.Name(tokens(searched)); clean != searched {
		return contract.Shorten(clean, maxForeign)
	}
	return contract.Shorten(text, maxForeign)
}

// tokens redacts the names in a place or a pointer that are written with ~0 or ~1.
func tokens(text string) string {
	if !strings.Contains(text, "~") {
		return text
	}
	all := strings.Split(text, "/")
	for i, one := range all {
		plain := strings.NewReplacer("~1", "/", "~0", "~").Replace(one)
		if clean := redact.Name(plain); clean != plain {
			all[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(clean)
		}
	}
	return strings.Join(all, "/")
}

// place makes a place safe to show. Its names come from outside.
func place(at contract.Place) string { return Foreign(string(at)) }

// foreigns applies Foreign to each text of a list.
func foreigns(all []string) []string { return mapped(all, Foreign) }

// Visible makes one line safe for terminals and for the logs of pipelines. Invisible
// characters, those that change the direction of writing, and bytes that are not UTF-8 are
// escaped as in Go. So is the start of what GitHub and others take for a command: a colon
// at the start of a line, where another may follow, and ## anywhere.
func Visible(text string) string {
	if !strings.ContainsFunc(text, special) && !commands(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		rest := text[i:]
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(rest, string(utf8.RuneError)), r < utf8.RuneSelf && invisible(r):
			b.WriteString(escapeByte(text[i]))
		case invisible(r) && r > 0xffff:
			_, _ = fmt.Fprintf(&b, `\U%08x`, r) // a strings.Builder never fails
		case invisible(r):
			_, _ = fmt.Fprintf(&b, `\u%04x`, r)
		case r == '#' && strings.HasSuffix(text[:i], "#"), r == ':' && strings.TrimSpace(text[:i]) == "":
			b.WriteString(escapeByte(text[i]))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func escapeByte(c byte) string {
	switch c {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	return fmt.Sprintf(`\x%02x`, c)
}

func commands(text string) bool {
	return strings.Contains(text, "##") || strings.Contains(text, ":") && strings.HasPrefix(strings.TrimSpace(text), ":")
}

// special reports whether a character may have to be escaped.
func special(r rune) bool { return r == utf8.RuneError || invisible(r) }

// invisible reports whether a reader could not see a character.
func invisible(r rune) bool { return contract.Invisible(r) }

// line writes a message on one line.
func line(m contract.Message) string { return lines(Sentence(m)) }

// lines makes a text of our own safe for a terminal. Further lines are indented.
func lines(text string) string {
	all := strings.Split(text, "\n")
	for i := range all {
		all[i] = Visible(all[i])
	}
	return strings.Join(all, "\n  ")
}

// Errors makes the text of an error safe to show. It keeps the line breaks, which separate
// several errors.
func Errors(text string) string {
	all := strings.Split(redact.PrivateKeys(text), "\n")
	for i, one := range all {
		all[i] = Visible(contract.Shorten(words(contract.Shorten(one, maxSearched)), maxLine))
	}
	return strings.Join(all, "\n")
}

// escapes are the escapes of Go, which hide where a word begins.
var escapes = lazy.Regexp(`\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})`)

// nines are the largest number with so many digits. A comparison writes it for times, and it
// is no person's number.
var nines = lazy.Regexp(`\b9{8,}\b`)

// words redacts a line that has words of ours and texts from outside, some of them in
// quotes. It keeps nines: lines that are stored go through here again.
func words(text string) string {
	var b strings.Builder
	done := 0
	for _, at := range nines().FindAllStringIndex(text, -1) {
		b.WriteString(unescaped(text[done:at[0]]) + text[at[0]:at[1]])
		done = at[1]
	}
	return b.String() + unescaped(text[done:])
}

// unescaped is words for a text without nines.
func unescaped(text string) string {
	var b strings.Builder
	done := 0
	for _, at := range escapes().FindAllStringIndex(text, -1) {
		b.WriteString(phrase(text[done:at[0]]) + text[at[0]:at[1]])
		done = at[1]
	}
	b.WriteString(phrase(text[done:]))
	return b.String()
}

// phrase redacts words without escapes.
func phrase(text string) string {
	clean := redact.Name(text)
	all := strings.Split(text, " ")
	if clean == text || len(all) <= maxNumber || strings.Contains(clean, " ") {
		return clean
	}
	// One of the words is encoded, so Name replaced all of them.
	for i := range all {
		all[i] = redact.Name(all[i])
	}
	return strings.Join(all, " ")
}

// Encode writes JSON as every JSON output of assay is written: one line, or indented, and
// no character in it is invisible.
func Encode(value any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return escapedJSON(b.Bytes()), nil
}

// escapedJSON escapes the characters of a JSON text that are invisible, and ##, as Visible
// does. encoding/json escapes only the control characters below the space.
func escapedJSON(raw []byte) []byte {
	if !bytes.ContainsFunc(raw, func(r rune) bool { return r > ' ' && invisible(r) }) && !bytes.Contains(raw, []byte("##")) {
		return raw
	}
	var b bytes.Buffer
	for i, r := range string(raw) {
		switch {
		case r == '#' && i > 0 && raw[i-1] == '#':
			b.WriteString(`\u0023`)
		case r <= ' ' || !invisible(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			_, _ = fmt.Fprintf(&b, `\u%04x\u%04x`, high, low) // a bytes.Buffer never fails
		default:
			_, _ = fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}
