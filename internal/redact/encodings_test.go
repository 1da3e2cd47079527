package redact_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"assay/internal/contract"
	"assay/internal/redact"
)

// each writes every rune of a text in a form.
func each(form string, text string) string {
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, form, r)
	}
	return b.String()
}

// eachByte writes every byte of a text in a form.
func eachByte(form string, text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, form, text[i])
	}
	return b.String()
}

func pressed(w io.WriteCloser, b *bytes.Buffer, text string) string {
	_, _ = io.WriteString(w, text) // in memory
	_ = w.Close()
	return b.String()
}

func utf16Bytes(text string, bom, little bool) string {
	all := utf16.Encode([]rune(text))
	if bom {
		all = append([]uint16{0xfeff}, all...)
	}
	var raw []byte
	for _, unit := range all {
		pair := []byte{byte(unit >> 8), byte(unit)}
		if little {
			pair[0], pair[1] = pair[1], pair[0]
		}
		raw = append(raw, pair...)
	}
	return string(raw)
}

func fullWidth(text string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r - 0x20 + 0xff00
		}
		return r
	}, text)
}

func between(separator string) func(string) string {
	return func(text string) string { return strings.Join(strings.Split(text, ""), separator) }
}

// writers write a text in the encodings of redact.Encodings, each in several ways.
func writers() map[string]map[string]func(string) string {
	based := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	deflate := func(text string) string {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, 9) // the level is valid
		return pressed(w, &b, text)
	}
	framed := func(text string) string {
		var b bytes.Buffer
		return pressed(zlib.NewWriter(&b), &b, text)
	}
	zip := func(text string) string {
		var b bytes.Buffer
		return pressed(gzip.NewWriter(&b), &b, text)
	}
	return map[string]map[string]func(string) string{
		"upper and lower case": {"upper": strings.ToUpper, "lower": strings.ToLower},
		"Unicode forms: NFC, NFD, full width, digits of any script": {
			"NFD": norm.NFD.String, "NFKD": norm.NFKD.String, "full width": fullWidth,
			"Devanagari digits": func(text string) string {
				return strings.Map(func(r rune) rune {
					if r >= '0' && r <= '9' {
						return r - '0' + '०'
					}
					return r
				}, text)
			},
		},
		"no-break and repeated spaces, invisible characters": {
			"no-break": func(text string) string { return strings.ReplaceAll(text, " ", "\u00a0") },
			"repeated": func(text string) string { return strings.ReplaceAll(text, " ", "  ") },
			"narrow":   func(text string) string { return strings.ReplaceAll(text, " ", "\u202f") },
			"joiners":  between("\u200b"), "marks": between("\u200e"), "hyphens": between("\u00ad"),
		},
		"separators between letters and digits": {"dots": between("."), "spaces": between(" "), "hyphens": between("-"), "slashes": between("/"), "dashes": between("\u2013")},
		"URL encoding": {
			"query": url.QueryEscape, "path": url.PathEscape, "all": func(text string) string { return eachByte("%%%02X", text) },
			"lower": func(text string) string { return eachByte("%%%02x", text) }, "units": func(text string) string { return each("%%u%04X", text) },
			"twice": func(text string) string { return url.QueryEscape(eachByte("%%%02X", text)) },
		},
		"JSON escapes": {
			"u": func(text string) string { return each(`\u%04x`, text) }, "U": func(text string) string { return each(`\U%08x`, text) },
			"braces": func(text string) string { return each(`\u{%x}`, text) }, "x": func(text string) string { return eachByte(`\x%02x`, text) },
			"X": func(text string) string { return eachByte(`\x%02X`, text) }, "octal": func(text string) string { return eachByte(`\%03o`, text) },
			"twice": func(text string) string { return strings.ReplaceAll(each(`\u%04x`, text), `\`, `\\`) },
		},
		"HTML entities": {
			"decimal": func(text string) string { return each("&#%d;", text) }, "hex": func(text string) string { return each("&#x%x;", text) },
			"zeros": func(text string) string { return each("&#%07d;", text) },
			"named": func(text string) string {
				return strings.NewReplacer("é", "&eacute;", "@", "&commat;", ".", "&period;", "_", "&lowbar;", "-", "&hyphen;").Replace(text)
			},
		},
		"base64": {
			"standard": based, "URL": func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte("??>" + text)) },
			"shifted": func(text string) string { return "x" + based("z"+text) }, "twice": func(text string) string { return based(based(text)) },
			"in lines": func(text string) string { e := based("abc" + text); return e[:7] + "\r\n" + e[7:] },
		},
		"base32": {
			"standard": func(text string) string { return base32.StdEncoding.EncodeToString([]byte(text)) },
			"lower":    func(text string) string { return strings.ToLower(base32.StdEncoding.EncodeToString([]byte(text))) },
			"shifted":  func(text string) string { return base32.StdEncoding.EncodeToString([]byte("abc" + text)) },
		},
		"hex": {
			"lower": func(text string) string { return hex.EncodeToString([]byte(text)) }, "upper": func(text string) string { return eachByte("%02X", text) },
			"colons": func(text string) string { return strings.TrimSuffix(eachByte("%02x:", text), ":") }, "spaces": func(text string) string { return strings.TrimSpace(eachByte("%02x ", text)) },
			"literals": func(text string) string { return strings.TrimSuffix(eachByte("0x%02x, ", text), ", ") },
		},
		"gzip":    {"in base64": func(text string) string { return based(zip(text)) }, "in hex": func(text string) string { return hex.EncodeToString([]byte(zip(text))) }, "behind others": func(text string) string { return based("abc" + zip(text)) }},
		"deflate": {"in base64": func(text string) string { return based(deflate(text)) }, "zlib": func(text string) string { return based(framed(text)) }, "zlib behind others": func(text string) string { return based("\xff\xfe\xfd\xfc" + framed(text)) }},
		"UTF-16": {
			"big": func(text string) string { return based(utf16Bytes(text, false, false)) }, "little": func(text string) string { return based(utf16Bytes(text, false, true)) },
			"marked": func(text string) string { return based(utf16Bytes(text, true, true)) }, "in hex": func(text string) string { return hex.EncodeToString([]byte(utf16Bytes(text, true, false))) },
		},
	}
}

// secrets are values of each kind, as people and servers write them.
func secrets() []string {
	return []string{"9812345670", "ABCPE1234F", "kanary.vogel@mail.test", "Renée Vogel", "4111111111111111", "tok_5f3a9c1e77", "live-key-16bytes"}
}

// TestEncodings puts values in every encoding at every place of an exchange. Nothing is
// left of them: not in any encoding, and not as it is.
func TestEncodings(t *testing.T) {
	t.Parallel()
	ways := writers()
	for _, e := range redact.Encodings() {
		if len(ways[e.Name]) == 0 {
			t.Errorf("%s is not tested", e.Name)
		}
		for way, write := range ways[e.Name] {
			for _, value := range secrets() {
				written := write(value)
				if strings.Contains(e.Name, "space") && !strings.Contains(value, " ") && written == value || way == "named" && written == value {
					continue
				}
				for place, ex := range everywhere(t, value, "to "+written+" end", written) {
					s := redactor()
					s.Secret(value)
					got := s.Exchange(ex)
					text := texts(got)
					if strings.Contains(text, written) || strings.Contains(text, value) {
						t.Errorf("%s, %s, %s: %q is left: %s", e.Name, way, place, value, text)
						continue
					}
					if as, leaked := s.Leaked([]byte(text)); leaked {
						t.Errorf("%s, %s, %s: %q is left %s: %s", e.Name, way, place, value, as, text)
					}
				}
			}
		}
	}
}

// everywhere returns exchanges that have a text at each place. The value is at its own
// place in the request.
func everywhere(t *testing.T, value, text, name string) map[string]contract.Exchange {
	t.Helper()
	raw := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	all := map[string]contract.Exchange{}
	add := func(place, request, response string, change func(*contract.Exchange)) {
		ex := exchange(request, response)
		if change != nil {
			change(&ex)
		}
		all[place] = ex
	}
	own := raw(map[string]any{"token": value})
	add("a member", own, raw(map[string]any{"a": map[string]any{"b": []any{text}}}), nil)
	add("a message", own, raw(map[string]any{"message": text}), nil)
	add("the request", raw(map[string]any{"note": text}), raw(map[string]any{"token": value}), nil)
	add("a name", own, raw(map[string]any{name: 1}), nil)
	add("no JSON", own, "<p>"+text+"</p>", nil)
	add("a header", own, "{}", func(ex *contract.Exchange) { ex.Response.Header = http.Header{"X-Any": {text}} })
	add("the query", own, "{}", func(ex *contract.Exchange) { ex.Request.URL.RawQuery = "a=" + url.QueryEscape(text) })
	add("the path", own, "{}", func(ex *contract.Exchange) { ex.Request.URL.Path = "/a/" + name })
	return all
}

// texts returns everything that is kept of an exchange.
func texts(ex contract.Exchange) string {
	query, _ := url.QueryUnescape(ex.Request.URL.RawQuery) // what does not decode is not searched
	all := []string{ex.Request.URL.Path, query, string(ex.Request.Body), string(ex.Response.Body)}
	for _, header := range []http.Header{ex.Request.Header, ex.Response.Header} {
		for name, values := range header {
			all = append(all, name+": "+strings.Join(values, ","))
		}
	}
	return strings.Join(all, "\n")
}

// TestEncodingsArePrinted holds README.md and SECURITY.md to the table.
// TestLeaked_needs checks texts for which only one of the classes of bytes shows that they
// must be decoded.
func TestLeaked_needs(t *testing.T) {
	t.Parallel()
	const value = "key>>>???key98"
	withoutNull := func(write func(text string) []byte) []byte {
		for i := range 1000 {
			raw := write(fmt.Sprint(i, " ", value, " end"))
			if raw = raw[:len(raw)-6]; bytes.IndexByte(raw, 0) < 0 && !utf8.Valid(raw) { // without the end of the data
				return raw
			}
		}
		t.Fatal("every text has a null")
		return nil
	}
	deflated := func(level int) func(text string) []byte {
		return func(text string) []byte {
			var b bytes.Buffer
			w, err := flate.NewWriter(&b, level)
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			if err = errors.Join(err, w.Close()); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	bengali := "\u0985\u09ae\u09bf\u09a4\u09be\u09ad"
	var wide []byte
	for _, unit := range utf16.Encode([]rune(bengali)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	var many strings.Builder
	for i := range 400 {
		fmt.Fprint(&many, i*i, " ")
	}
	for name, text := range map[string]string{
		"base64 for URLs":            base64.RawURLEncoding.EncodeToString([]byte("abc" + value)),
		"escapes among other bytes":  strings.Repeat("\xff\xfe\xfd", 40) + eachByte("%%%02x", value),
		"deflate, cut, without null": base64.StdEncoding.EncodeToString(withoutNull(deflated(flate.BestCompression))),
		"deflate, not compressed":    base64.StdEncoding.EncodeToString(deflated(flate.NoCompression)(value)),
		"deflate with a code":        base64.StdEncoding.EncodeToString(deflated(flate.BestCompression)(many.String() + value)),
		"deflate with a code, early": base64.StdEncoding.EncodeToString(deflated(flate.HuffmanOnly)(value + many.String())),
		"UTF-16 without null":        base64.StdEncoding.EncodeToString(wide),
		"halves of a character":      "%u006b%uD83D%uDE00 is the key",
		"halves of one, in JSON":     `\u006b\uD83D\uDE00 is the key`,
		"halves of a character, two": "%u0020%u006b%uD83D%uDE00 is the key",
		"pairs of hex":               eachByte("0x%02x, ", value),
	} {
		s := redact.New(nil)
		s.Secret(value)
		s.Secret(bengali)
		s.Secret("k\U0001f600 is the key")
		if _, leaked := s.Leaked([]byte(text)); !leaked {
			t.Errorf("%s: nothing is found in %q", name, text)
		}
	}
}

// TestManyValues checks that each of many values is found, whatever it begins with.
func TestManyValues(t *testing.T) {
	t.Parallel()
	s := redact.New(nil)
	var values []string
	for i := range 40 {
		values = append(values, fmt.Sprintf("%c%c%d secret", 'a'+i%26, 'z'-i/2, 1000+i))
		s.Secret(values[i])
	}
	for _, value := range values {
		for _, text := range []string{value, strings.ReplaceAll(value, " ", "-.-"), "to " + eachByte("%%%02x", value)} {
			if _, leaked := s.Leaked([]byte(text)); !leaked {
				t.Errorf("%q is not found", text)
			}
		}
	}
}

// TestNestedPlace checks that a value in base64 within URL encoding is replaced where it stands.
func TestNestedPlace(t *testing.T) {
	t.Parallel()
	const value = "9812345670"
	inner := base64.StdEncoding.EncodeToString([]byte("key " + value))
	written := eachByte("%%%02x", "to ") + eachByte("%%%02x", inner) + eachByte("%%%02x", " end")
	s := redact.New(nil)
	s.Secret(value)
	raw, err := json.Marshal(map[string]string{"a": written})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(s.Exchange(exchange(string(raw), "{}")).Request.Body, &got); err != nil {
		t.Fatal(err)
	}
	for i := 0; i+8 <= len(inner); i++ {
		if part := eachByte("%%%02x", inner[i:i+8]); strings.Contains(got["a"], part) {
			t.Fatalf("%s is left in %s", part, got["a"])
		}
	}
	if !strings.HasPrefix(got["a"], eachByte("%%%02x", "to ")) || !strings.HasSuffix(got["a"], eachByte("%%%02x", "end")) {
		t.Errorf("more is replaced than the value: %s", got["a"])
	}
}

func TestEncodingsArePrinted(t *testing.T) {
	t.Parallel()
	var names []string
	for _, e := range redact.Encodings() {
		names = append(names, e.Name)
	}
	for _, file := range []string{"README.md", "SECURITY.md"} {
		raw, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Join(names, "; ")
		if file == "SECURITY.md" {
			want = "| encoding | example |\n|---|---|\n"
			for _, e := range redact.Encodings() {
				want += fmt.Sprintf("| %s | %s |\n", e.Name, e.Example)
			}
		}
		if !strings.Contains(string(raw), want) {
			t.Errorf("%s does not have the encodings:\n%s", file, want)
		}
	}
}

// TestWholeCharacters has a value in URL encoding in JSON escapes. An escape that holds the end
// of the value and the next character is replaced, too.
func TestWholeCharacters(t *testing.T) {
	t.Parallel()
	const value = "9812345670"
	for _, before := range []string{"", "a"} {
		written := each(`\u%04x`, before+eachByte("%%%02x", value)+"!!")
		s := redact.New(nil)
		s.Secret(value)
		raw, err := json.Marshal(map[string]string{"a": written})
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(s.Exchange(exchange(string(raw), "{}")).Request.Body, &got); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got["a"], `\u0030`) || strings.Contains(got["a"], `\u0039`) {
			t.Errorf("a digit of the value is left in %s", got["a"])
		}
	}
}
