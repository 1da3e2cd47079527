package adapter_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// codeAt returns the pointer to the code in a body; ok is false if the HTTP status is the
// code.
func codeAt(w whole) (pointer contract.Pointer, ok bool) {
	met, _ := w.op.ResultCode(w.response)
	return met.CodeAt.Pointer()
}

// recoded returns a response with another code; ok is false if the HTTP status is the code.
func recoded(w whole, value any) (response contract.Response, ok bool) {
	pointer, ok := codeAt(w)
	if !ok {
		return w.response, false
	}
	return w.edited(pointer, func(object map[string]any, name string) { object[name] = value }), true
}

// documented reports whether a response has a documented code, in its documented type.
func documented(o *openapi.Operation, response contract.Response) bool {
	met, ok := o.ResultCode(response)
	if !ok || met.Row == nil || !met.Agrees(response) {
		return false
	}
	for _, v := range o.Responses[response.Status].Violations(response.Body) {
		if "response#"+v.At == met.CodeAt {
			return false
		}
	}
	return true
}

// TestUndocumentedCode gives every response an undocumented code, often one similar to a
// documented code. The outcome is unknown, to be retried only after an inquiry.
func TestUndocumentedCode(t *testing.T) {
	t.Parallel()
	every := wholes(t)
	rapid.Check(t, func(t *rapid.T) {
		w := every[rapid.IntRange(0, len(every)-1).Draw(t, "whole")]
		response, ok := recoded(w, code(w.row.Code).Draw(t, "code"))
		if !ok {
			response.Status = rapid.IntRange(100, 999).Draw(t, "HTTP status")
		}
		if documented(w.op, response) {
			t.Skip("a code there is")
		}
		if got := w.read(response); got.State != contract.Unknown || got.Retry != contract.AfterInquiry {
			t.Fatalf("%s: an undocumented code is read as %s (retry: %s)", w.name(), got.State, got.Retry)
		}
	})
}

// code draws a value to replace a code: similar to a documented one, or any other.
func code(real string) *rapid.Generator[any] {
	texts := rapid.Custom(func(t *rapid.T) any { return miss(t, real) })
	numbers := rapid.Custom(func(t *rapid.T) any { return json.Number(number(t, real)) })
	return rapid.OneOf(
		texts, texts, numbers,
		rapid.Just[any](nil), rapid.Just[any](true), rapid.Just[any]([]any{real}), rapid.Just[any](map[string]any{"code": real}),
		rapid.Map(rapid.String(), func(s string) any { return s }),
	)
}

// miss draws a text similar to a code.
func miss(t *rapid.T, real string) string {
	blank := rapid.SampledFrom([]string{" ", "\t", "\n", "\u00a0", "\u200b", "\x00", "0", ".", ".0", "+", "-"}).Draw(t, "blank")
	i := rapid.IntRange(0, len(real)-1).Draw(t, "at")
	return rapid.SampledFrom([]string{
		real, strings.ToUpper(real), strings.ToLower(real), blank + real, real + blank, real[:i] + blank + real[i:],
		real[:i] + real[i+1:], strings.TrimLeft(real, "0x"), "0" + real, real + real, wide(real),
		real[:i] + rapid.StringMatching("[0-9A-Za-z]").Draw(t, "digit") + real[i+1:],
		fmt.Sprintf("%04s", real), "0x" + real, strings.Replace(real, "0x", "", 1), `"` + real + `"`,
	}).Draw(t, "miss")
}

// wide writes full-width digits, which a wrong comparison accepts as digits.
func wide(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, text)
}

// number draws a JSON number, similar to a code or any other.
func number(t *rapid.T, real string) string {
	digits := strings.TrimLeft(strings.TrimPrefix(real, "0x"), "0")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		digits = "0" // a code can be a word
	}
	return rapid.SampledFrom([]string{
		digits, "-" + digits, digits + ".0", digits + "e0", digits + "E+0", "1" + digits + "0", "1" + digits, digits + ".5",
		"0", "-0", "0.0", "0e0", "200", "1e2", fmt.Sprint(rapid.Int64().Draw(t, "any")), strings.Repeat("9", 400),
	}).Draw(t, "number")
}

// TestUnlistedCodes tries ten thousand codes of the form of an operation's codes. It finds
// rows in an adapter's table that are not documented.
func TestUnlistedCodes(t *testing.T) {
	t.Parallel()
	for _, w := range firsts(t) {
		t.Run(strings.ReplaceAll(w.name(), "/", "_"), func(t *testing.T) {
			t.Parallel()
			pointer, ok := codeAt(w)
			if !ok {
				return // its codes are HTTP statuses: see TestEveryStatus
			}
			raw, _ := contract.Raw(w.response.Body, pointer)
			for n := range 2_000 {
				response := w.with(w.signed(contract.Replace(w.response.Body, pointer, like(raw, n))))
				if got := w.read(response); got.State != contract.Unknown && !documented(w.op, response) {
					t.Errorf("the code %s is read as %s", like(raw, n), got.State)
				}
			}
		})
	}
}

// like writes a number in the form of a code.
func like(code json.RawMessage, n int) json.RawMessage {
	switch {
	case code[0] != '"':
		return json.RawMessage(fmt.Sprint(n))
	case strings.HasPrefix(string(code), `"0x`):
		return json.RawMessage(fmt.Sprintf(`"0x%04x"`, n))
	case len(code) > len(`"324"`):
		return json.RawMessage(fmt.Sprintf(`"%04d"`, n))
	}
	return json.RawMessage(fmt.Sprintf(`"%d"`, n))
}

// firsts returns one response of each operation for each HTTP status, status text and
// length of the code.
func firsts(t testing.TB) []whole {
	var some []whole
	seen := map[string]bool{}
	for _, w := range wholes(t) {
		if kind := fmt.Sprint(w.op.Name(), w.response.Status, w.row.Status, len(w.row.Code)); !seen[kind] {
			seen[kind] = true
			some = append(some, w)
		}
	}
	return some
}

// TestEveryStatus gives every response every HTTP status. With another status than the
// documented one the outcome is unknown.
func TestEveryStatus(t *testing.T) {
	t.Parallel()
	for _, w := range wholes(t) {
		for status := 100; status < 1000; status++ {
			response := w.response
			response.Status = status
			got := w.read(response)
			if met, _ := w.op.ResultCode(response); status != w.row.HTTP && met.Row != nil && met.Row.HTTP == status {
				continue // it is another variant of the code
			}
			if known := status == w.row.HTTP && w.row.State != contract.Unknown; known != (got.State != contract.Unknown) {
				t.Errorf("%s with HTTP status %d (%s) is read as %s", w.name(), status, http.StatusText(status), got.State)
			}
		}
	}
}
