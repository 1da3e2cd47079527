package redact_test

import (
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/redact"
)

// TestBlank takes values out of undocumented places, leaves every other byte,
// and changes nothing of what it was given.
func TestBlank(t *testing.T) {
	t.Parallel()
	for title, c := range map[string]struct{ body, want string }{
		"places":     {`{ "known":"a", "x":"secret", "in":{"x":[ "secret", 7, true, null, {"y":"secret"} ]} }`, `{ "known":"a", "x":"REDACTED", "in":{"x":[ "REDACTED", 0, true, null, {"y":"REDACTED"} ]} }`},
		"no JSON":    {`<p>secret`, `<p>zzzzzz`},
		"two values": {`{} "secret"`, `{} "zzzzzz"`},
		"nothing":    {``, ``},
	} {
		ex := exchange(c.body, c.body)
		was := ex.Request.URL.String()
		got := blank(ex, func(place contract.Place) bool {
			return strings.Contains(string(place), "/x") || place.Field() == "phone"
		})
		if string(got.Request.Body) != c.want || string(got.Response.Body) != c.want {
			t.Errorf("%s: %s and %s, want %s", title, got.Request.Body, got.Response.Body, c.want)
		}
		if got.Request.URL.RawQuery != "a=1&b=2&phone=REDACTED" {
			t.Errorf("%s: query %s", title, got.Request.URL.RawQuery)
		}
		if ex.Request.URL.String() != was || string(ex.Request.Body) != c.body {
			t.Errorf("%s: what was given has changed", title)
		}
	}
	ex := exchange("{}", "{}")
	if got := blank(ex, func(contract.Place) bool { return false }); got.Request.URL.RawQuery != ex.Request.URL.RawQuery {
		t.Errorf("a query in which all is known became %s", got.Request.URL.RawQuery)
	}
}

// blank redacts an exchange of which nothing is known but which places have documents.
func blank(ex contract.Exchange, unknown func(contract.Place) bool) contract.Exchange {
	s := redact.New(nil)
	s.Documents(redact.Documents{
		Described: func(place contract.Place) bool { return !unknown(place) }, Undocumented: unknown,
		Words: redact.NewWords("known"),
	})
	return s.Exchange(ex)
}

// known returns a redactor whose documents have the members known and text, and nothing
// else. text is a free text.
func known() *redact.Redactor {
	s := redact.New([]redact.Place{{At: "request#/text", Personal: redact.FreeText}}, "Content-Type", "X-Any")
	unknown := func(place contract.Place) bool {
		pointer, inBody := place.Pointer()
		return inBody && pointer != "/known" && pointer != "/text" && pointer != "/message" && pointer != "/kept"
	}
	s.Documents(redact.Documents{
		Described:    func(place contract.Place) bool { return place.Field() == "known" },
		Undocumented: unknown,
		Keeps:        func(place contract.Place) bool { return place.Field() == "kept" },
		Words:        redact.NewWords("known text message kept", "the payment is pending"),
	})
	return s
}
