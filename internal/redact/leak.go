package redact

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Leaked reports whether a text still contains a learned value, and in which encoding:
// "as it is", "in base64", or several nested ones. It never says which value.
func (s *Redactor) Leaked(text []byte) (encoding string, leaked bool) {
	values := s.needles()
	look(text, func(view []byte, as string) bool {
		for _, n := range values {
			if as != plain && utf8.RuneCountInString(n.value) < sure {
				continue
			}
			if len(spans(string(view), n.value)) > 0 {
				encoding, leaked = as, true
				return false
			}
		}
		return true
	})
	return encoding, leaked
}

// Distinct reports whether a file still contains a learned value that is unlikely by
// chance: a long one, or one with digits.
func (s *Redactor) Distinct(file []byte) bool {
	for _, n := range s.needles() {
		if utf8.RuneCountInString(n.value) >= long && len(spans(string(file), n.value)) > 0 {
			return true
		}
	}
	return false
}

const (
	plain   = "as it is"
	sure    = 5       // a value of so many characters hardly occurs by chance in bytes
	inside  = 3       // the most nested encodings
	inflate = 1 << 20 // the most bytes read of a compressed text
)

// look calls visit with a text and each of its decodings until visit returns true.
func look(text []byte, visit func(view []byte, as string) bool) {
	seen := map[string]bool{}
	var deeper func(view []byte, as string, depth int) bool
	deeper = func(view []byte, as string, depth int) bool {
		if seen[string(view)] || len(view) < shortest {
			return true
		}
		seen[string(view)] = true
		if !visit(view, cmp.Or(as, plain)) {
			return false
		}
		if depth == inside {
			return true
		}
		for _, read := range decoders() {
			for _, inner := range read.of(view) {
				if !deeper(inner, strings.TrimSpace(as+" in "+read.name), depth+1) {
					return false
				}
			}
		}
		return true
	}
	deeper(text, "", 0)
}

// Decodings returns the texts that a text contains in base64, hex, URL encoding and
// other encodings, also nested.
func Decodings(text string) []string {
	var all []string
	look([]byte(text), func(view []byte, as string) bool {
		if as != plain && utf8.Valid(view) {
			all = append(all, string(view))
		}
		return true
	})
	return all
}

type decoder struct {
	name string
	of   func([]byte) [][]byte
}

func decoders() []decoder {
	return []decoder{
		{"URL encoding", unescapedURL}, {"JSON escapes", unescapedJSON}, {"gzip", decompress}, {"base64", decodeBase64}, {"hex", decodeHex},
	}
}

var percent = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

func unescapedURL(view []byte) [][]byte {
	if !percent.Match(view) && !bytes.ContainsRune(view, '+') {
		return nil
	}
	return [][]byte{percent.ReplaceAllFunc(bytes.ReplaceAll(view, []byte("+"), []byte(" ")), func(m []byte) []byte {
		b, _ := hex.DecodeString(string(m[1:])) // the expression matches only valid hex
		return b
	})}
}

var escapes = regexp.MustCompile(`(\\u[0-9A-Fa-f]{4}|\\["\\/bfnrt])+`)

func unescapedJSON(view []byte) [][]byte {
	if !escapes.Match(view) {
		return nil
	}
	return [][]byte{escapes.ReplaceAllFunc(view, func(m []byte) []byte {
		var text string
		if json.Unmarshal([]byte(`"`+string(m)+`"`), &text) != nil {
			return m
		}
		return []byte(text)
	})}
}

func decompress(view []byte) [][]byte {
	var all [][]byte
	for rest := view; ; rest = rest[1:] {
		at := bytes.Index(rest, []byte{0x1f, 0x8b, 8})
		if at < 0 {
			return all
		}
		rest = rest[at:]
		z, err := gzip.NewReader(bytes.NewReader(rest))
		if err != nil {
			continue
		}
		inner, _ := io.ReadAll(io.LimitReader(z, inflate)) // reads what is there: the rest may be cut off
		all = append(all, inner)
	}
}

var (
	based = regexp.MustCompile(`[A-Za-z0-9+/_-](?:[\r\n]*[A-Za-z0-9+/_-]){7,}`)
	hexed = regexp.MustCompile(`[0-9A-Fa-f]{8,}`)
	space = strings.NewReplacer("\r", "", "\n", "", "-", "+", "_", "/")
)

// decodeBase64 decodes every run of base64, whatever stands before it.
func decodeBase64(view []byte) [][]byte {
	var all [][]byte
	for _, run := range based.FindAllString(string(view), -1) {
		run = space.Replace(run)
		for shift := 0; shift < 4 && shift < len(run); shift++ {
			whole := run[shift:]
			if len(whole)%4 == 1 {
				whole = whole[:len(whole)-1]
			}
			if inner, err := base64.RawStdEncoding.DecodeString(whole); err == nil {
				all = append(all, inner)
			}
		}
	}
	return all
}

func decodeHex(view []byte) [][]byte {
	var all [][]byte
	for _, run := range hexed.FindAll(view, -1) {
		for shift := range 2 {
			whole := run[shift:]
			if inner, err := hex.DecodeString(string(whole[:len(whole)/2*2])); err == nil {
				all = append(all, inner)
			}
		}
	}
	return all
}
