package redact_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/contract"
	"assay/internal/redact"
)

const (
	mobile = "9812345670"
	mail   = "jane.roe@mail.test"
	pan    = "ABCPE1234F"
	name   = "Jane Roe"
	token  = "tok_5f3a9c1e77"
	key    = "live-key-16bytes"
)

func places() []redact.Place {
	return []redact.Place{
		{At: "request#/user/mobile", Personal: "mobile"},
		{At: "request#/user/email", Personal: "email"},
		{At: "request#/user/pan", Personal: "pan"},
		{At: "request#/user/names/*", Personal: "name"},
		{At: "request.query.phone", Personal: "mobile"},
		{At: "request.header.x-key"},
		{At: "response#/token"},
		{At: "response#/next"},
	}
}

func redactor() *redact.Redactor {
	s := redact.New(places(), "Content-Type", "Authorization", "X-Key", "X-Any")
	s.Keep("test-user", "test-key")
	s.Replace(key, "test-key")
	return s
}

func exchange(request, response string) contract.Exchange {
	u, err := url.Parse("https://pay.example.com/order?phone=" + mobile + "&b=2&a=1")
	if err != nil {
		panic(err)
	}
	return contract.Exchange{
		Request:  contract.Request{Method: "POST", URL: u, Header: http.Header{}, Body: []byte(request)},
		Response: contract.Response{Status: 200, Header: http.Header{}, Body: []byte(response)},
	}
}

const asked = `{ "user" : {"mobile":"` + mobile + `","email":"` + mail + `","pan":"` + pan + `","names":["` + name + `"]}, "amount":100.50,"note":"a\u003cb" }`

func TestRedact(t *testing.T) {
	t.Parallel()
	for title, c := range map[string]struct{ request, response, wantRequest, wantResponse string }{
		"at their places": {
			asked, `{"token":"` + token + `","next":"https://pay.test/go/` + token + `?x=1"}`,
			`{ "user" : {"mobile":"0000000001","email":"person1@example.com","pan":"ZZZPZ0001Z","names":["Zzzz Zzy"]}, "amount":100.50,"note":"a\u003cb" }`,
			`{"token":"REDACTED","next":"https://pay.test/REDACTED"}`,
		},
		"where they are echoed": {
			asked, `{"message":"mobile [` + mobile + `], 91` + mobile + `, 98123 45670 and ` + strings.ToUpper(mail) + ` of jane roe","link":"/x?e=` + url.QueryEscape(mail) + `"}`,
			"", `{"message":"mobile [0000000001], 910000000001, 0000000001 and person1@example.com of Zzzz Zzy","link":"/x?e=person1%40example.com"}`,
		},
		"as numbers": {
			`{"user":{"mobile":` + mobile + `}}`, `{"seen":` + mobile + `}`,
			`{"user":{"mobile":1000000001}}`, `{"seen":1000000001}`,
		},
		"inside base64 and JSON in a string": {
			asked, `{"b":"` + base64.StdEncoding.EncodeToString([]byte("to "+mail)) + `","j":"{\"m\":\"` + mobile + `\"}"}`,
			"", `{"b":"` + base64.StdEncoding.EncodeToString([]byte("to person1@example.com")) + `","j":"{\"m\":\"0000000001\"}"}`,
		},
		"a credential anywhere": {
			`{"k":"` + key + `"}`, `{"message":"key ` + key + ` is known"}`, `{"k":"test-key"}`, `{"message":"key test-key is known"}`,
		},
		"what is reserved stays": {
			`{"user":{"mobile":"0000000007","email":"any@example.org","pan":"ZZZPZ0042Z","names":["Zzzx"]}}`, `{"token":"REDACTED"}`,
			`{"user":{"mobile":"0000000007","email":"any@example.org","pan":"ZZZPZ0042Z","names":["Zzzx"]}}`, `{"token":"REDACTED"}`,
		},
		"two people are two, and none is one that is there": {
			`{"user":{"names":["Ann","Bob","Ann","Zzy"],"mobile":"0000000001"}}`, `{}`,
			`{"user":{"names":["Zzy","Zzx","Zzy","Zzy"],"mobile":"0000000001"}}`, `{}`,
		},
		"a body that is not JSON": {
			asked + ",", "<p>" + mobile + "</p>",
			`{ "user" : {"mobile":"0000000001","email":"person1@example.com","pan":"ZZZPZ0001Z","names":["Zzzz Zzy"]}, "amount":100.50,"note":"a\u003cb" },`, "<p>0000000001</p>",
		},
		"words of documents": { // a person called Val must not rename value
			`{"user":{"names":["Val"]},"value":1}`, `{"value":"valid","val":"a Val b"}`,
			`{"user":{"names":["Zzy"]},"value":1}`, `{"value":"valid","val":"a Zzy b"}`,
		},
		"a long value in a name": {
			asked, `{"by":{"` + mail + `":1}}`, "", `{"by":{"person1@example.com":1}}`,
		},
	} {
		s := redactor()
		got := s.Exchange(exchange(c.request, c.response))
		if c.wantRequest != "" && string(got.Request.Body) != c.wantRequest {
			t.Errorf("%s: the request is %s", title, got.Request.Body)
		}
		if string(got.Response.Body) != c.wantResponse {
			t.Errorf("%s: the response is %s", title, got.Response.Body)
		}
		if got.Request.URL.Query().Get("phone") == mobile {
			t.Errorf("%s: the query is %s", title, got.Request.URL)
		}
		again := redactor().Exchange(got)
		if !bytes.Equal(again.Request.Body, got.Request.Body) || !bytes.Equal(again.Response.Body, got.Response.Body) {
			t.Errorf("%s: redacting twice is not redacting once: %s %s", title, again.Request.Body, again.Response.Body)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	for title, c := range map[string]struct{ name, value, want string }{
		"a pair":                  {"Authorization", basic("test-user:" + key), basic("test-user:test-key")},
		"a wrong pair":            {"Authorization", basic("test-user:guess"), basic("test-user:REDACTED-OTHER")},
		"an empty pair":           {"Authorization", basic(":"), basic(":")},
		"no pair":                 {"Authorization", "Basic !", "Basic REDACTED-OTHER"},
		"no colon":                {"Authorization", basic(key), "Basic REDACTED-OTHER"},
		"a pair without padding":  {"Authorization", "Basic dTpwOnE", "Basic REDACTED-OTHER"},
		"a space too many":        {"Authorization", "Basic  " + basic("test-user:" + key)[6:], "Basic REDACTED-OTHER"},
		"a scheme in lower case":  {"Authorization", "basic " + basic("test-user:" + key)[6:], "basic " + basic("test-user:test-key")[6:]},
		"a password with a colon": {"Authorization", basic("test-user:a:b"), basic("test-user:REDACTED-OTHER")},
		"the token":               {"Authorization", "Bearer " + token, "Bearer REDACTED"},
		"another token":           {"Authorization", "Bearer other", "Bearer REDACTED-OTHER"},
		"a bare token":            {"Authorization", token, "REDACTED"},
		"a mark":                  {"Authorization", "Bearer REDACTED", "Bearer REDACTED"},
		"a secret":                {"X-Key", "abc", "REDACTED"},
		"an echo":                 {"X-Any", "for " + mobile, "for 0000000001"},
		"one that no rule needs":  {"Cookie", "a=b", ""},
	} {
		ex := exchange(asked, `{}`)
		ex.Request.Header = http.Header{c.name: {c.value}}
		s := redactor()
		s.Secret(token)
		got := s.Exchange(ex)
		if got.Request.Header.Get(c.name) != c.want {
			t.Errorf("%s: %q, want %q", title, got.Request.Header.Get(c.name), c.want)
		}
		if ex.Request.Header.Get(c.name) != c.value {
			t.Errorf("%s: the caller's header became %q", title, ex.Request.Header.Get(c.name))
		}
	}
}

// TestLeaked hides a value in every encoding, behind any number of bytes, and
// in encodings of encodings.
func TestLeaked(t *testing.T) {
	t.Parallel()
	zip := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	based := base64.StdEncoding.EncodeToString
	ways := map[string]func(string) string{
		"as it is":        func(v string) string { return v },
		"URL":             url.QueryEscape,
		"all of URL":      func(v string) string { return percent(v) },
		"base64":          func(v string) string { return based([]byte(v)) },
		"base64 shift 1":  func(v string) string { return based([]byte("x" + v)) },
		"base64 shift 2":  func(v string) string { return based([]byte("xy" + v + "z")) },
		"base64 for URLs": func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte("??>" + v)) },
		"base64 in lines": func(v string) string { e := based([]byte("abc" + v)); return e[:7] + "\r\n" + e[7:] },
		"hex":             func(v string) string { return hex.EncodeToString([]byte(v)) },
		"upper hex":       func(v string) string { return "f" + strings.ToUpper(hex.EncodeToString([]byte(v))) },
		"JSON":            func(v string) string { return unicode(v) },
		"gzip":            zip,
		"gzip in base64":  func(v string) string { return based([]byte(zip(v))) },
		"JSON in URL":     func(v string) string { return url.QueryEscape(`{"a":"` + unicode(v) + `"}`) },
		"other case":      strings.ToUpper,
	}
	for title, encode := range ways {
		for _, value := range []string{mobile, mail, pan, key, token, name} {
			s := redactor()
			s.Secret(token)
			s.Exchange(exchange(asked, `{}`))
			for i := range 4 {
				text := strings.Repeat("+", i) + encode(value) + " tail"
				if _, leaked := s.Leaked([]byte(text)); !leaked {
					t.Errorf("%s: %q in %q is not found", title, value, text)
				}
			}
		}
	}
	s := redactor()
	s.Exchange(exchange(asked, `{}`))
	for _, text := range []string{"", "nothing", "98123", based([]byte("Janet Roebuck")), "https://pay.example.com/order?a=1", "0000000001 person1@example.com"} {
		if as, leaked := s.Leaked([]byte(text)); leaked {
			t.Errorf("%q is said to leak %s", text, as)
		}
	}
}

func percent(text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, "%%%02x", text[i])
	}
	return b.String()
}

func unicode(text string) string {
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, `\u%04X`, r)
	}
	return b.String()
}

// TestSurrogates holds every surrogate to the shape of its value and to the
// reserved range, for any value.
func TestSurrogates(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"pan", "name", "email", "mobile", "account", "address"} {
		rapid.Check(t, func(t *rapid.T) {
			value := rapid.StringN(1, 40, -1).Draw(t, "value")
			raw, err := json.Marshal(map[string]string{"v": value})
			if err != nil {
				t.Fatal(err)
			}
			s := redact.New([]redact.Place{{At: "request#/v", Personal: kind}})
			ex := exchange(string(raw), "{}")
			got := map[string]string{}
			if err := json.Unmarshal(s.Exchange(ex).Request.Body, &got); err != nil {
				t.Fatal(err)
			}
			if !redact.Reserved(kind, got["v"]) {
				t.Fatalf("%s %q becomes %q, which is not reserved", kind, value, got["v"])
			}
			if redact.Reserved(kind, value) && got["v"] != value {
				t.Fatalf("%s %q is reserved and becomes %q", kind, value, got["v"])
			}
			if kind != "email" && len([]rune(got["v"])) != len([]rune(value)) {
				t.Fatalf("%s %q becomes %q, which has another length", kind, value, got["v"])
			}
		})
	}
}

func TestLooks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"pan ABCPE1234F":      "a PAN",
		"pan ZZZPZ0001Z":      "",
		"ABCDE1234F":          "", // no holder has the kind D
		"XABCPE1234F":         "",
		"2341 2341 2346":      "an Aadhaar number",
		"234123412346":        "an Aadhaar number",
		"234123412347":        "",
		"034123412346":        "",
		"4111 1111 1111 1111": "a card number",
		"4111-1111-1111-1111": "a card number",
		"4111111111111112":    "",
		"1111111111111117":    "",
		"Authorization: Bearer " + strings.Repeat("a", 20):          "a bearer token",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln":                 "a bearer token",
		"-----BEGIN RSA PRIVATE KEY-----":                           "a private key",
		base64.StdEncoding.EncodeToString([]byte("pan ABCPE1234F")): "a PAN",
		"an order of 1.00 INR":                                      "",
	} {
		if got := strings.Join(redact.Detect(text), ", "); got != want {
			t.Errorf("%q looks like %q, want %q", text, got, want)
		}
	}
}

// FuzzSearch searches any text, with documents and without: never a panic, and what is
// redacted is not found again.
func FuzzSearch(f *testing.F) {
	for _, ways := range writers() {
		for _, write := range ways {
			f.Add([]byte("to " + write(mobile) + " end"))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		raw, err := contract.Encode(string(text))
		if err != nil {
			t.Skip()
		}
		for _, body := range []string{string(text), `{"message":` + string(raw) + `,` + string(raw) + `:1}`} {
			for _, s := range []*redact.Redactor{redactor(), known()} {
				s.Secret(mobile)
				got := s.Exchange(exchange(asked, body))
				if json.Valid([]byte(body)) && !json.Valid(got.Response.Body) {
					t.Errorf("%q became %q", body, got.Response.Body)
				}
				if strings.Contains(string(got.Response.Body), mobile) {
					t.Errorf("%q still holds the value: %q", body, got.Response.Body)
				}
			}
		}
	})
}

// FuzzRedact redacts any bodies: never a panic, the values gone from valid JSON,
// and what was valid JSON still is.
func FuzzRedact(f *testing.F) {
	f.Add(asked, `{"m":"`+mobile+`"}`)
	f.Add(`[[[`, `{"a":{"a":1},"a":2}`)
	f.Fuzz(func(t *testing.T, request, response string) {
		s := redactor()
		got := s.Exchange(exchange(request, response))
		if json.Valid([]byte(response)) && !json.Valid(got.Response.Body) {
			t.Errorf("%q became %q", response, got.Response.Body)
		}
		if strings.Contains(string(got.Response.Body), mobile) {
			t.Errorf("%q still holds the mobile of the query", got.Response.Body)
		}
	})
}
