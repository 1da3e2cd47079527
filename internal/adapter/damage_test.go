package adapter_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"

	"assay/internal/contract"
	"assay/internal/testsize"
)

// damage is a damaged response.
type damage struct {
	how      string
	response contract.Response
}

// TestDamage damages every response in every way. The outcome is the same as before, or
// unknown. It is a success only if everything that a success needs is still there.
func TestDamage(t *testing.T) {
	t.Parallel()
	for _, w := range wholes(t) {
		t.Run(strings.ReplaceAll(w.name(), "/", "_"), func(t *testing.T) {
			t.Parallel()
			for d := range damages(w) {
				got := w.read(d.response)
				if got.State != contract.Unknown && (got.State != w.row.State || got.Retry != w.row.Retry) {
					t.Errorf("%s: read as %s (retry: %s)", d.how, got.State, got.Retry)
				}
				if wrong := honest(w.spec, w.op, d.response, got); wrong != "" {
					t.Errorf("%s: %s", d.how, wrong)
				}
			}
		})
	}
}

// damages returns all damaged versions of a response.
func damages(w whole) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for _, kind := range kinds() {
			for d := range kind(w) {
				if !yield(d) {
					return
				}
			}
		}
	}
}

// kinds lists the kinds of damage.
func kinds() []func(whole) iter.Seq[damage] {
	return []func(whole) iter.Seq[damage]{truncated, replaced, charset, anyStatus, retyped, twice, huge, tampered, contradicted}
}

// truncated cuts the body at each byte, from both ends. In the short form it does so at every fifth.
func truncated(w whole) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for n := range w.response.Body {
			if n%5 != 0 && !testsize.Full() {
				continue
			}
			if !yield(damage{fmt.Sprintf("cut at byte %d", n), w.with(w.response.Body[:n])}) ||
				n > 0 && !yield(damage{fmt.Sprintf("without its first %d bytes", n), w.with(w.response.Body[n:])}) {
				return
			}
		}
	}
}

// replaced replaces the body, or puts something around it.
func replaced(w whole) iter.Seq[damage] {
	body := string(w.response.Body)
	quoted, _ := json.Marshal(body)
	return func(yield func(damage) bool) {
		for how, text := range map[string]string{
			"nothing": "", "blanks": " \r\n\t", "null": "null", "true": "true", "a number": "0", "a text": `"0000"`, "a list": "[]", "an object": "{}",
			"a page":           "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>",
			"a page around it": "<html><body><pre>" + body + "</pre></body></html>",
			"a comment before": "<!-- ok -->" + body,
			"a list of it":     "[" + body + "]", "a text of it": string(quoted), "a call of it": "callback(" + body + ")",
			"it twice": body + body, "text behind it": body + "<html>", "a brace behind it": body + "}", "a NUL behind it": body + "\x00",
			"XML": `<?xml version="1.0"?><status>S</status>`, "a form": "status=S&code=0000",
			"it with single quotes": strings.ReplaceAll(body, `"`, "'"), "it with a comma too many": strings.TrimSuffix(body, "}") + ",}",
			"it with a comment": "{/* */" + strings.TrimPrefix(body, "{"),
		} {
			if !yield(damage{how + " came", w.with([]byte(text))}) {
				return
			}
		}
	}
}

// charset encodes the body in other character sets than UTF-8.
func charset(w whole) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for how, body := range map[string][]byte{
			"UTF-16": wider(w.response.Body, 0), "UTF-16, the other way": wider(w.response.Body, 1),
			"a mark before it": append([]byte("\ufeff"), w.response.Body...), "a mark of UTF-16 before it": append([]byte{0xff, 0xfe}, w.response.Body...),
		} {
			if !yield(damage{how, w.with(body)}) {
				return
			}
		}
		for i, c := range w.response.Body {
			if c != '"' {
				continue
			}
			for _, stray := range []string{"\x92", "\xff", "\xc0\x80", "\xed\xa0\x80", "\x00", "\n"} {
				body := string(w.response.Body[:i+1]) + stray + string(w.response.Body[i+1:])
				if !yield(damage{fmt.Sprintf("a stray %q at byte %d", stray, i+1), w.with([]byte(body))}) {
					return
				}
			}
		}
		for _, media := range []string{"", "text/html", "text/html; charset=iso-8859-1", "application/json; charset=utf-16", "application/octet-stream"} {
			a := w.response
			a.Header = http.Header{"Content-Type": {media}}
			if !yield(damage{"called " + media, a}) {
				return
			}
		}
	}
}

// wider encodes in UTF-16, in both byte orders.
func wider(body []byte, low int) []byte {
	var all []byte
	for _, unit := range utf16.Encode([]rune(string(body))) {
		pair := [2]byte{}
		pair[low], pair[1-low] = byte(unit), byte(unit>>8)
		all = append(all, pair[:]...)
	}
	return all
}

// transport gives the response every HTTP status.
func anyStatus(w whole) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for status := -1; status < 1000; status++ {
			a := w.response
			a.Status = status
			if !yield(damage{fmt.Sprintf("HTTP status %d", status), a}) {
				return
			}
		}
	}
}

// retyped drops each member, renames it, and gives it every other type.
func retyped(w whole) iter.Seq[damage] {
	values := map[string]any{
		"null": nil, "true": true, "false": false, "0": json.Number("0"), "7": json.Number("7"), `""`: "", `" "`: " ", `"0"`: "0", "a text": "assay",
		"[]": []any{}, "{}": map[string]any{}, "[null]": []any{nil}, "[[]]": []any{[]any{}},
	}
	return func(yield func(damage) bool) {
		for _, pointer := range w.members() {
			give := func(how string, change func(object map[string]any, name string)) bool {
				return yield(damage{how + " " + string(pointer), w.edited(pointer, change)})
			}
			rename := func(to func(string) string) func(map[string]any, string) {
				return func(object map[string]any, name string) {
					value := object[name]
					delete(object, name)
					object[to(name)] = value
				}
			}
			ok := give("without", func(object map[string]any, name string) { delete(object, name) }) &&
				give("in capitals:", rename(strings.ToUpper)) && give("with a blank behind its name:", rename(func(s string) string { return s + " " })) &&
				give("within a list:", func(object map[string]any, name string) { object[name] = []any{object[name]} }) &&
				give("within an object:", func(object map[string]any, name string) { object[name] = map[string]any{name: object[name]} }) &&
				give("as a text:", func(object map[string]any, name string) { object[name] = fmt.Sprint(object[name]) }) &&
				give("as a number:", func(object map[string]any, name string) { object[name] = numeric(object[name]) })
			for how, value := range values {
				ok = ok && give("with "+how+" at", func(object map[string]any, name string) { object[name] = value })
			}
			if !ok {
				return
			}
		}
	}
}

// numeric converts a value to the number that it resembles.
func numeric(value any) any {
	text := strings.TrimLeft(strings.TrimPrefix(fmt.Sprint(value), "0x"), "0")
	if text != "" && strings.Trim(text, "0123456789") == "" {
		return json.Number(text)
	}
	return json.Number("0")
}

// twice repeats each member before itself, as a gateway that merges two responses might.
// Readers could understand such bytes in two ways, even if the signature is valid.
func twice(w whole) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for _, pointer := range w.members() {
			own, _ := contract.Raw(w.response.Body, pointer)
			for _, value := range []string{"null", `""`, "0", "true", "false", "{}", `"F"`, string(own)} {
				body := w.spliced(pointer.Parent(), fmt.Sprintf("%q:%s", pointer.LastToken(), value))
				escaped := w.spliced(pointer.Parent(), fmt.Sprintf(`"\u%04x%s":%s`, pointer.LastToken()[0], pointer.LastToken()[1:], value))
				if !yield(damage{"twice, and once " + value + ": " + string(pointer), w.with(w.signed(body))}) ||
					!yield(damage{"twice, once in escapes, and once " + value + ": " + string(pointer), w.with(w.signed(escaped))}) {
					return
				}
			}
		}
	}
}

// huge replaces each member by numbers and nestings that overflow, or adds them beside it.
func huge(w whole) iter.Seq[damage] {
	values := map[string]string{
		"1e999999999": "1e999999999", "-1e999999999": "-1e999999999", "1e-999999999": "1e-999999999", "a thousand nines": strings.Repeat("9", 1000),
		"a thousand zeros": "0." + strings.Repeat("0", 1000), "past int64": "9223372036854775808", "past float64's whole numbers": "9007199254740993", "-0": "-0",
		"100 lists": strings.Repeat("[", 100) + strings.Repeat("]", 100), "100000 lists": strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"600 objects": strings.Repeat(`{"a":`, 600) + "1" + strings.Repeat("}", 600), "lists without an end": strings.Repeat("[", 20_000),
	}
	return func(yield func(damage) bool) {
		for _, pointer := range w.members() {
			for how, value := range values {
				in := contract.Replace(w.response.Body, pointer, json.RawMessage(value))
				beside := w.spliced(pointer.Parent(), `"assay":`+value)
				if !yield(damage{"with " + how + " at " + string(pointer), w.with(w.signed(in))}) ||
					!yield(damage{"with " + how + " beside " + string(pointer), w.with(w.signed(beside))}) {
					return
				}
			}
		}
	}
}
