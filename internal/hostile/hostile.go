// Package hostile makes bodies that a peer could send to keep a reader busy, for tests.
package hostile

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Values returns JSON values of about a number of bytes, by kind.
func Values(size int) map[string]string {
	list := func(item string) string {
		return "[" + item + strings.Repeat(","+item, size/(len(item)+1)) + "]"
	}
	object := func(member func(i int) string, each int) string {
		var b strings.Builder
		b.WriteByte('{')
		for i := range size / each {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(member(i))
		}
		return b.String() + "}"
	}
	deep := 500
	return map[string]string{
		"many members":              object(func(i int) string { return fmt.Sprintf(`"undocumented member %010d":1`, i) }, 35),
		"many short members":        object(func(i int) string { return fmt.Sprintf(`"%07d":1`, i) }, 12),
		"members of 200 bytes":      object(func(i int) string { return fmt.Sprintf(`"m%07d":"%s"`, i, strings.Repeat("v", 185)) }, 200),
		"many objects":              object(func(i int) string { return fmt.Sprintf(`"8%06d":{"a":{"b":null}}`, i) }, 30),
		"a long text":               `"` + strings.Repeat("x", size) + `"`,
		"a long text of digits":     `"` + strings.Repeat("1", size) + `"`,
		"a long text of é":          `"` + strings.Repeat("é", size/2) + `"`,
		"a long text of escapes":    `"` + strings.Repeat(`\u0041`, size/6) + `"`,
		"a long text of base64":     `"` + strings.Repeat("QUJDRA", size/6) + `"`,
		"a long text of addresses":  `"` + strings.Repeat("a@b.co 4111111111111111 ", size/24) + `"`,
		"a long text of percents":   `"` + strings.Repeat("%25", size/3) + `"`,
		"a long name":               `{"` + strings.Repeat("n", size) + `":1}`,
		"a long name of escapes":    `{"` + strings.Repeat(`\u0041`, size/6) + `":1}`,
		"long names":                object(func(i int) string { return fmt.Sprintf(`"%s%010d":1`, strings.Repeat("~", 1000), i) }, 1015),
		"many numbers":              list("1"),
		"many texts":                list(`"x"`),
		"many objects in a list":    list(`{"a":1,"b":[]}`),
		"many empty lists":          list(`[]`),
		"many nulls":                list(`null`),
		"a number of many digits":   strings.Repeat("9", size),
		"a fraction of many digits": "0." + strings.Repeat("9", size),
		"a huge exponent":           "1e999999999",
		"many huge exponents":       list("1e999999999"),
		"deeply nested lists":       strings.Repeat("[", size/2) + strings.Repeat("]", size/2),
		"deeply nested objects":     strings.Repeat(`{"a":`, size/6) + "1" + strings.Repeat("}", size/6),
		"many nested lists":         list(strings.Repeat("[", deep) + strings.Repeat("]", deep)),
		"members below each other":  strings.Repeat(`{"`+strings.Repeat("n", size/deep)+`":`, deep) + "1" + strings.Repeat("}", deep),
		"names that are data":       object(func(i int) string { return fmt.Sprintf(`"9876%06d":"%016d"`, i%1e6, i) }, 33),
		"texts that are data":       list(`"kanary.vogel@mail.test 4111111111111111"`),
		"escapes everywhere":        object(func(i int) string { return fmt.Sprintf(`"\u006d%07d":"\u00e9\n\ud83d\ude00"`, i) }, 40),
		"white space":               "{" + strings.Repeat(" \n", size/2) + "}",
		"repeated names":            `{"a":1` + strings.Repeat(`,"a":1`, size/6) + "}",
	}
}

// Body is a body with its header.
type Body struct {
	Media, Coding string // of the header; "" for no Coding
	Raw           []byte
	More          http.Header // further fields of the header
}

// Head returns the header of the body.
func (b Body) Head() http.Header {
	h := http.Header{"Content-Type": {b.Media}}
	if b.Coding != "" {
		h.Set("Content-Encoding", b.Coding)
	}
	maps.Copy(h, b.More)
	return h
}

// Heads returns headers of about a number of bytes, by kind.
func Heads(size int) map[string]http.Header {
	many := http.Header{}
	for i := range size / 50 {
		many[fmt.Sprintf("X-Hostile-%07d", i)] = []string{"4111111111111111"}
	}
	return map[string]http.Header{
		"many fields":           many,
		"a long field":          {"X-Hostile": {strings.Repeat("9876501234 ", size/11)}},
		"a long name":           {"X-" + strings.Repeat("n", size): {"x"}},
		"a field many times":    {"Set-Cookie": slices.Repeat([]string{"session=4111111111111111; Path=/"}, size/40)},
		"a long media type":     {"Content-Type": {"application/json" + strings.Repeat("; a=b", size/5)}},
		"a long authentication": {"Www-Authenticate": {"Basic " + strings.Repeat("QTpC", size/4)}},
	}
}

// Bodies returns bodies that are no JSON, or not as they are sent, by kind. They have about
// a number of bytes, also after decoding.
func Bodies(size int) map[string]Body {
	text := func(media, part string) Body {
		return Body{Media: media, Raw: []byte(strings.Repeat(part, size/len(part)))}
	}
	wide := strings.Repeat("\x00x", size/2) // UTF-16
	var names strings.Builder
	for i := range size / 23 {
		fmt.Fprintf(&names, "a[%07d][b]=9%07d&", i, i)
	}
	return map[string]Body{
		"a page":                      text("text/html", "<p>kanary.vogel@mail.test <a href='https://h.test/?t=4111111111111111'>x</a></p>\n"),
		"a form":                      text("application/x-www-form-urlencoded", "mobile=%2B919876501234&"),
		"a form of short names":       text("application/x-www-form-urlencoded", "a&"),
		"a form of new names":         {Media: "application/x-www-form-urlencoded", Raw: []byte(names.String())},
		"a form of deep names":        text("application/x-www-form-urlencoded", "a"+strings.Repeat("[b]", 63)+"=1&"),
		"a form of brackets":          {Media: "application/x-www-form-urlencoded", Raw: []byte("a" + strings.Repeat("[b]", size/3))},
		"a form in JSON's media type": text("application/json", "a%20b=1&"),
		"a gzip bomb":                 {Media: "application/json", Coding: "gzip", Raw: Zipped(size)},
		"a gzip bomb of members":      {Media: "application/json", Coding: "gzip", Raw: squeezed([]byte(Values(size)["many short members"]))},
		"gzip without a header":       {Media: "application/json", Raw: Zipped(size)},
		"bytes":                       text("application/octet-stream", "\xff\x00\x80"),
		"not UTF-8":                   text("application/json", "\"\xff\xfe\","),
		"UTF-16":                      {Media: "application/json; charset=utf-16", Raw: []byte("\xfe\xff" + wide)},
		"a wrong charset":             {Media: "application/json; charset=ebcdic-cp-us", Raw: []byte(`{"a":"` + strings.Repeat("\xc1", size) + `"}`)},
		"JSON after JSON":             text("application/json", "{}"),
		"an open text":                text("application/json", `"\\`),
		"XML":                         text("application/xml", "<a><b>x</b>"),
		"base64":                      {Media: "text/plain", Raw: []byte(strings.Repeat("eyJhIjoiNDExMTExMTExMTExMTExMSJ9", size/32))},
		"addresses":                   text("text/plain", "https://h.test/"+url.QueryEscape("?m=9876501234")+" "),
	}
}

// Zipped returns a gzip stream that decodes to a JSON text of a number of bytes.
func Zipped(size int) []byte { return squeezed([]byte(`{"a":"` + strings.Repeat("x", size) + `"}`)) }

func squeezed(plain []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(plain) // a bytes.Buffer never fails
	_ = w.Close()
	return b.Bytes()
}
