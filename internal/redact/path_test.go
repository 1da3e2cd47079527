package redact_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/contract"
	"assay/internal/redact"
	"assay/internal/route"
)

// inPath returns a redactor of /v1/users/{user}/tokens/{token}/{id}: a mobile number, a
// secret, and an id that is kept.
func inPath(t testing.TB) *redact.Redactor {
	t.Helper()
	path, err := route.Parse("/v1/users/{user}/tokens/{token}/{id}")
	if err != nil {
		t.Fatal(err)
	}
	s := redact.New([]redact.Place{{At: "request.path.user", Personal: "mobile"}, {At: "request.path.token"}})
	s.Path(path)
	s.Documents(redact.Documents{
		Described:    func(place contract.Place) bool { return place == contract.RequestPath || place == "request.path.id" },
		Undocumented: func(contract.Place) bool { return false },
		Words:        redact.NewWords(append(path.Words(), "base")...),
	})
	return s
}

func inAddress(t testing.TB, path, echo string) contract.Exchange {
	t.Helper()
	u, err := url.Parse("https://api.example.com" + path)
	if err != nil {
		t.Fatal(err)
	}
	return contract.Exchange{
		Request:  contract.Request{Method: "GET", URL: u, Header: http.Header{}},
		Response: contract.Response{Status: 200, Header: http.Header{}, Body: []byte(`{"echo":"` + echo + `"}`)},
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/v1/users/9812345670/tokens/tok_5f3a9c1e77/o1":         "/v1/users/0000000001/tokens/REDACTED/o1",
		"/base/v1/users/9812345670/tokens/tok_5f3a9c1e77/o1":    "/base/v1/users/0000000001/tokens/REDACTED/o1",
		"/v1/users/9812345670/tokens/tok%2F5f3a%209c1e77/a%2Fb": "/v1/users/0000000001/tokens/REDACTED/a%2Fb",
		// A path that does not end as the template says keeps only what the documents print.
		"/v1/users/9812345670/tokens/tok_5f3a9c1e77/o1/":   "/v1/users/REDACTED/tokens/REDACTED/REDACTED/",
		"/V1/Users/9812345670/tokens/tok_5f3a9c1e77":       "/V1/Users/REDACTED/tokens/REDACTED",
		"/v1/users/9812345670%2Ftokens/tok_5f3a9c1e77/o1":  "/v1/users/REDACTED/tokens/REDACTED/REDACTED",
		"/base/v1/users/9812345670//tokens/tok_5f3a9c1e77": "/base/v1/users/REDACTED//tokens/REDACTED",
	} {
		ex := inAddress(t, path, "tok_5f3a9c1e77 of 9812345670")
		was := ex.Request.URL.String()
		clean := inPath(t).Exchange(ex)
		if got := clean.Request.URL.EscapedPath(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
		if !strings.Contains(path, "%2F5f3a") && strings.Contains(string(clean.Response.Body), "tok_5f3a9c1e77") || strings.Contains(string(clean.Response.Body), "9812345670") && strings.Contains(path, "users/9812345670/tokens/tok") {
			t.Errorf("%s: the response still has %s", path, clean.Response.Body)
		}
		if ex.Request.URL.String() != was {
			t.Errorf("%s: what was given has changed", path)
		}
		if again := inPath(t).Exchange(clean); again.Request.URL.EscapedPath() != want {
			t.Errorf("%s: redacted twice: %s", path, again.Request.URL.EscapedPath())
		}
	}
}

// TestPathNoSecret: whatever the secret and however it is escaped, no path that was
// redacted has it, and the path still has the form of the template.
func TestPathNoSecret(t *testing.T) {
	t.Parallel()
	path, err := route.Parse("/v1/users/{user}/tokens/{token}/{id}")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringN(8, 20, -1).Draw(t, "secret")
		at, err := path.Path(map[string]string{"user": "9812345670", "token": secret, "id": "o1"})
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse("https://h" + at)
		if err != nil {
			t.Fatal(err)
		}
		s := redact.New([]redact.Place{{At: "request.path.user", Personal: "mobile"}, {At: "request.path.token"}})
		s.Path(path)
		clean := s.Request(contract.Request{Method: "GET", URL: u, Header: http.Header{}})
		values, ok := path.Values(nil, clean.URL)
		if !ok || values[1] != "REDACTED" || values[0] == "9812345670" || values[2] != "o1" {
			t.Fatalf("%s became %s", u, clean.URL)
		}
	})
}
