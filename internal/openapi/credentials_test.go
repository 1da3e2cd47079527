package openapi_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
)

// formshop returns the text of a document with forms, header signatures and every security
// scheme.
func formshop(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "cmd", "assay", "testdata", "forms", "specs", "formshop.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func loadShop(text string) (*openapi.Spec, error) {
	return openapi.Load(fstest.MapFS{"formshop.yaml": {Data: []byte(text)}}, "formshop.yaml")
}

// TestCredentialFaults changes the document: it does not load, or has a fault.
func TestCredentialFaults(t *testing.T) {
	t.Parallel()
	whole := formshop(t)
	for name, c := range map[string]struct{ old, by, want string }{
		"good":                             {"", "", ""},
		"an unlisted credential":           {"x-credential: token", "x-credential: unlisted", "x-credential names unlisted"},
		"an API key without its place":     {"in: header, name: X-Shop-Key, ", "", "missing"},
		"an API key without a credential":  {"name: X-Shop-Key, x-credential: apiKey", "name: X-Shop-Key", "x-credential"},
		"basic with a place":               {"scheme: basic,", "scheme: basic, in: header,", ""},
		"an unknown scheme of security":    {"- basic: []", "- basik: []", "undefined security scheme \"basik\""},
		"a name without a header":          {"at: request.header.x-shop-signature", "at: request.query.sign", "named of x-signature has no effect without a header in at"},
		"a time without a name":            {"          named: v1\n", "", "the name in timestamp of x-signature has no effect without named"},
		"a tolerance without a time":       {"over: \"{timestamp}.{body}\"\n          timestamp: t\n", "over: \"{body}\"\n", "tolerance of x-signature has no effect without timestamp"},
		"a part without a time":            {"          timestamp: t\n          tolerance: 300\n", "", "{timestamp} in over of x-signature has no effect without timestamp"},
		"a part that nothing documents":    {"{timestamp}.{body}", "{timestamp}.{request.header.x-nothing}", "covers or reads request.header.x-nothing, which is not documented"},
		"a member that nothing documents":  {"{response#/amount}", "{response#/amounts}", "x-signature names response#/amounts, which is not documented"},
		"a part that is no name":           {"{timestamp}.{body}", "{timestamp}.{bodies}", "{bodies} is neither body"},
		"a brace that does not close":      {"{timestamp}.{body}", "{timestamp}.{body", "a { without its }"},
		"a place of the other side":        {"at: request.header.x-shop-signature", "at: response.header.x-shop-signature", "x-signature/request/at"},
		"another encoding":                 {"encoding: base64", "encoding: base32", "encoding"},
		"a tolerance of nothing":           {"tolerance: 300", "tolerance: 0", "tolerance"},
		"a key that is not in the listing": {"tolerance: 300\n          key: signingKey", "tolerance: 300\n          key: another", "the key of x-signature, another, is not in x-credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(whole, c.old) {
				t.Fatalf("the document has no %s", c.old)
			}
			s, err := loadShop(strings.Replace(whole, c.old, c.by, 1))
			if err != nil {
				if c.want != "" && !strings.Contains(err.Error(), c.want) || name == "good" {
					t.Errorf("%v; want %s", err, c.want)
				}
				return
			}
			var all []string
			for _, f := range s.Faults() {
				all = append(all, report.Sentence(f.Message))
			}
			if text := strings.Join(all, "\n"); !strings.Contains(text, c.want) || (c.want == "") != (text == "") || name == "basic with a place" {
				t.Errorf("%q; want %s", text, c.want)
			}
		})
	}
}

// TestAuthorize sends the credentials of each scheme, and reads their state again.
func TestAuthorize(t *testing.T) {
	t.Parallel()
	s, err := loadShop(formshop(t))
	if err != nil {
		t.Fatal(err)
	}
	own := s.TestCredentials()
	u, err := url.Parse("https://api.formshop.example.com/x?a=1&shop_key=old&b=%zz")
	if err != nil {
		t.Fatal(err)
	}
	r := contract.Request{URL: u}
	for id, want := range map[string]string{
		"basic": "Basic dGVzdC11c2VyLWZvcm1zaG9wOnRlc3QtcGFzc3dvcmQtZm9ybXNob3A=", "token": "Bearer test-token-formshop", "key": "test-api-key-formshop", "keyInQuery": "test-api-key-formshop",
	} {
		var a *openapi.Authorization
		for _, o := range s.Operations {
			if i := slices.IndexFunc(o.Authorizations(), func(a *openapi.Authorization) bool { return a.ID == id }); i >= 0 {
				a = o.Authorizations()[i]
			}
		}
		made, ok := a.Authorize(r, own, "")
		if got := a.Values(made); !ok || !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, %t", id, got, ok)
		}
		if _, ok := a.Authorize(r, map[string]string{}, ""); ok {
			t.Errorf("%s: authorized without credentials", id)
		}
		if left := a.Values(a.With(made, "")); len(left) > 0 {
			t.Errorf("%s: %q is left", id, left)
		}
	}
	if r.Header != nil || r.URL.RawQuery != "a=1&shop_key=old&b=%zz" {
		t.Error("the request itself was changed")
	}
}

// TestAlternatives judges requests against ways to authorize them.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	basic := &openapi.Authorization{ID: "basic", Scheme: openapi.Basic, User: "u", Password: "p"}
	key := &openapi.Authorization{ID: "key", Scheme: openapi.APIKey, In: "header", Name: "X-Key", Credential: "k"}
	token := &openapi.Authorization{ID: "token", Scheme: openapi.Bearer, Credential: "t"}
	own := map[string]string{"u": "user", "p": "pass", "k": "key-1", "t": "token-1"}
	const good = "Basic dXNlcjpwYXNz"
	for name, c := range map[string]struct {
		ways      [][]*openapi.Authorization
		authorize string
		keys      []string
		own       map[string]string
		want      contract.AuthenticationState
		by        string
	}{
		"the first":                  {[][]*openapi.Authorization{{basic}, {key}}, good, nil, own, "valid", "basic"},
		"the second":                 {[][]*openapi.Authorization{{basic}, {key}}, "", []string{"key-1"}, own, "valid", "key"},
		"the second beside a wrong":  {[][]*openapi.Authorization{{basic}, {key}}, "Basic x", []string{"key-1"}, own, "valid", "key"},
		"none":                       {[][]*openapi.Authorization{{basic}, {key}}, "", nil, own, "missing", "basic"},
		"a wrong key":                {[][]*openapi.Authorization{{basic}, {key}}, "", []string{"key-2"}, own, "invalid", "key"},
		"a key in another case":      {[][]*openapi.Authorization{{key}}, "", []string{"KEY-1"}, own, "invalid", "key"},
		"a key twice":                {[][]*openapi.Authorization{{key}}, "", []string{"key-1", "key-1"}, own, "invalid", "key"},
		"an empty key":               {[][]*openapi.Authorization{{key}}, "", []string{""}, own, "missing", "key"},
		"a key that was not given":   {[][]*openapi.Authorization{{key}}, "", []string{"key-1"}, nil, "unverified", "key"},
		"both":                       {[][]*openapi.Authorization{{key, token}}, "Bearer token-1", []string{"key-1"}, own, "valid", "key"},
		"one of both":                {[][]*openapi.Authorization{{key, token}}, "Bearer token-1", nil, own, "missing", "key"},
		"one of both wrong":          {[][]*openapi.Authorization{{key, token}}, "Bearer token-2", []string{"key-1"}, own, "invalid", "token"},
		"the other scheme":           {[][]*openapi.Authorization{{token}}, good, nil, own, "invalid", "token"},
		"a token in lower case":      {[][]*openapi.Authorization{{token}}, "bearer token-1", nil, own, "valid", "token"},
		"a token without its scheme": {[][]*openapi.Authorization{{token}}, "token-1", nil, own, "invalid", "token"},
		"a user without a password":  {[][]*openapi.Authorization{{{ID: "user", Scheme: openapi.Basic, User: "u"}}}, "Basic dXNlcjo=", nil, own, "valid", "user"},
		"a password too many":        {[][]*openapi.Authorization{{{ID: "user", Scheme: openapi.Basic, User: "u"}}}, good, nil, own, "invalid", "user"},
		"nothing is needed":          {[][]*openapi.Authorization{{}, {key}}, "", nil, own, "none", ""},
		"nothing but a wrong key":    {[][]*openapi.Authorization{{}, {key}}, "", []string{"key-2"}, own, "invalid", "key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &openapi.Operation{Security: c.ways, Authorization: key}
			r := contract.Request{Header: http.Header{"X-Key": c.keys}}
			if c.authorize != "" {
				r.Header.Set("Authorization", c.authorize)
			}
			got, by := o.Authentication(r, c.own, contract.Token{}, time.Time{})
			if got != c.want || by == nil != (c.by == "") || by != nil && by.ID != c.by {
				t.Errorf("%s by %v; want %s by %s", got, by, c.want, c.by)
			}
		})
	}
}
