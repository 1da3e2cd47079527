package judge_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

// resultText returns the result of an exchange as text.
func resultText(t *testing.T, r contract.Result) string {
	t.Helper()
	return resultWritten(t, r, json.Marshal)
}

func resultWritten(t *testing.T, r contract.Result, write func(any) ([]byte, error)) string {
	t.Helper()
	said := report.ResultOf(r)
	for i := range said.Findings {
		said.Findings[i].Args = nil // the message contains them
	}
	raw, err := write(said)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		raw = append(raw, f.Detail...)
	}
	return string(raw)
}

// damaged returns an exchange with changes of status, header, query and body.
func damaged(ex contract.Exchange) map[string]contract.Exchange {
	all := map[string]contract.Exchange{}
	for _, status := range []int{200, 400, 401, 418, 500, 502} {
		other := ex
		other.Response.Status = status
		all[fmt.Sprintf("status %d", status)] = other
	}
	other := ex
	other.Request.Method = http.MethodPut
	all["another method"] = other
	for side, h := range map[string]http.Header{"request": ex.Request.Header, "response": ex.Response.Header} {
		with := func(how string, changed http.Header) {
			other := ex
			if side == "request" {
				other.Request.Header = changed
			} else {
				other.Response.Header = changed
			}
			all[side+" header "+how] = other
		}
		for name := range h {
			without, empty, lower := h.Clone(), h.Clone(), h.Clone()
			delete(without, name)
			empty[name] = []string{""}
			delete(lower, name)
			lower[strings.ToLower(name)] = h[name] // not the form of net/http
			with("without "+name, without)
			with("with nothing in "+name, empty)
			with("with "+name+" otherwise written", lower)
		}
		for _, kind := range []string{"text/html", "application/json; charset=utf-8", "APPLICATION/JSON", "application/json;", ";"} {
			changed := h.Clone()
			changed["Content-Type"] = []string{kind}
			with(kind, changed)
		}
	}
	for _, query := range []string{"", "a=1", ex.Request.URL.RawQuery + "&a=1&b=2", ex.Request.URL.RawQuery + "&" + ex.Request.URL.RawQuery, "%zz", "mid=%41&orderId="} {
		other, changed := ex, *ex.Request.URL
		changed.RawQuery = query
		other.Request.URL = &changed
		all["query "+query] = other
	}
	for how, change := range damages() {
		other := ex
		other.Request.Body = change(ex.Request.Body)
		all["request "+how] = other
		other = ex
		other.Response.Body = change(ex.Response.Body)
		all["response "+how] = other
	}
	return all
}

// damages returns changed versions of a whole body.
func damages() map[string]func([]byte) []byte {
	all := map[string]func([]byte) []byte{
		"cut":       func(b []byte) []byte { return b[:len(b)/2] },
		"twice":     func(b []byte) []byte { return slices.Concat(b, b) },
		"blank":     func(b []byte) []byte { return slices.Concat([]byte(" \n"), b, []byte("\t ")) },
		"not UTF-8": func(b []byte) []byte { return bytes.Replace(b, []byte(`":"`), []byte("\":\"\xff"), 1) },
		"escaped":   func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("a"), []byte(`\u0061`)) },
		"a name twice": func(b []byte) []byte {
			return bytes.Replace(b, []byte("{"), []byte(`{"assayTwice":1,"assayTwice":2,`), 1)
		},
		"another everywhere": func(b []byte) []byte {
			return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("{}"), []byte(`{"o":1}`)), []byte(`{"`), []byte(`{"assayUndocumented":{"a":[1,null]},"`))
		},
		"many more": func(b []byte) []byte {
			more := []byte("{")
			for i := range 40 {
				more = fmt.Appendf(more, `"assay%d":%d,`, i, i)
			}
			return bytes.Replace(b, []byte("{"), more, 1)
		},
		"numbers for texts": func(b []byte) []byte { return replaceTexts(b, "12") },
		"null for texts":    func(b []byte) []byte { return replaceTexts(b, "null") },
		"objects for texts": func(b []byte) []byte { return replaceTexts(b, `{"a":[]}`) },
		"large numbers":     func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(`":1`), []byte(`":1e400`)) },
	}
	for _, whole := range []string{"", "null", "[]", "{}", `""`, "7", "true", "[{}]", `{"a":{"b":[]}}`, "\ufeff{}"} {
		all["all "+whole] = func([]byte) []byte { return []byte(whole) }
	}
	return all
}

// replaceTexts replaces every text member by a value, and other texts by a text.
func replaceTexts(body []byte, value string) []byte {
	var all []byte
	for i, part := range bytes.Split(body, []byte(`":"`)) {
		if i > 0 {
			all = fmt.Appendf(all, `":%s,"assay%d":"`, value, i)
		}
		all = append(all, part...)
	}
	return all
}
