package traffic

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"assay/internal/contract"
)

// Append appends an exchange as a line of exchange.schema.json with its newline:
// headers in order of their names, a body as a string if it is UTF-8 and in base64
// otherwise. Origin and Evidence are not written. On error dst is returned unchanged.
func Append(dst []byte, ex contract.Exchange) ([]byte, error) {
	if err := writable(ex); err != nil {
		return dst, err
	}
	out := append(dst, `{"schema":"`+Version+`","request":{"method":`...)
	out = appendText(out, ex.Request.Method)
	out = append(out, `,"url":`...)
	out = appendText(out, ex.Request.URL.String())
	out = appendMessage(out, ex.Request.Header, ex.Request.Body)
	out = append(out, `},"response":{"status":`...)
	out = strconv.AppendInt(out, int64(ex.Response.Status), 10)
	out = appendMessage(out, ex.Response.Header, ex.Response.Body)
	if ex.Response.Duration > 0 {
		out = append(out, `,"durationMs":`...)
		out = appendMilliseconds(out, ex.Response.Duration)
	}
	return append(out, "}}\n"...), nil
}

// writable returns an error for an exchange that no line can hold.
func writable(ex contract.Exchange) error {
	switch {
	case ex.Request.URL == nil || ex.Request.URL.String() == "":
		return fmt.Errorf("traffic: the request has no URL")
	case ex.Request.Method == "":
		return fmt.Errorf("traffic: the request has no method")
	case ex.Response.Status < 100 || ex.Response.Status > 999:
		return fmt.Errorf("traffic: the response has the status %d; expected 100 to 999", ex.Response.Status)
	case !utf8.ValidString(ex.Request.Method) || !utf8.ValidString(ex.Request.URL.String()):
		return fmt.Errorf("traffic: the request's method or URL is not UTF-8")
	}
	for _, header := range []http.Header{ex.Request.Header, ex.Response.Header} {
		for name, values := range header {
			if !utf8.ValidString(name) || slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) }) {
				return fmt.Errorf("traffic: the header %q is not UTF-8", strings.ToValidUTF8(name, "?"))
			}
		}
	}
	return nil
}

// appendMessage appends the members that request and response share.
func appendMessage(dst []byte, header http.Header, body []byte) []byte {
	dst = append(dst, `,"headers":{`...)
	first := true
	for _, name := range sortedNames(header) {
		if len(header[name]) == 0 {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(appendText(dst, name), ':')
		dst = appendValues(dst, header[name])
	}
	dst = append(dst, '}')
	switch {
	case len(body) == 0:
	case utf8.Valid(body):
		dst = append(dst, `,"body":`...)
		dst = appendText(dst, body)
	default:
		dst = append(dst, `,"bodyBase64":"`...)
		dst = append(base64.StdEncoding.AppendEncode(dst, body), '"')
	}
	return dst
}

func appendValues(dst []byte, values []string) []byte {
	if len(values) == 1 {
		return appendText(dst, values[0])
	}
	for i, v := range values {
		dst = append(dst, "[,"[min(i, 1)])
		dst = appendText(dst, v)
	}
	return append(dst, ']')
}

// appendText appends a JSON string. The text must be UTF-8.
func appendText[T string | []byte](dst []byte, text T) []byte {
	dst, _ = jsontext.AppendQuote(dst, text) // it fails only for text that is not UTF-8
	return dst
}

// appendMilliseconds appends a duration exactly, to the nanosecond, without a float.
func appendMilliseconds(dst []byte, d time.Duration) []byte {
	dst = strconv.AppendInt(dst, int64(d/time.Millisecond), 10)
	if rest := d % time.Millisecond; rest > 0 {
		dst = append(dst, strings.TrimRight(fmt.Sprintf(".%06d", rest), "0")...)
	}
	return dst
}
