package rule_test

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
)

func TestAuthentication(t *testing.T) {
	t.Parallel()
	bearer := &openapi.Authorization{Scheme: "bearer"}
	bare := &openapi.Authorization{Scheme: "bearer", Bare: true}
	basic := &openapi.Authorization{Scheme: "basic", User: "key", Password: "secret"}
	end := time.Date(2022, time.December, 31, 23, 59, 59, 0, time.UTC)
	issued := contract.Token{Value: "abc", Expires: end}
	before := end.Add(-time.Second)
	for name, c := range map[string]struct {
		of     *openapi.Authorization
		header string
		token  contract.Token
		now    time.Time
		want   contract.AuthenticationState
	}{
		"nothing_is_documented":  {nil, "Bearer abc", issued, before, "none"},
		"no_header":              {bearer, "", issued, before, "missing"},
		"the_issued_token":       {bearer, "Bearer abc", issued, before, "valid"},
		"another_token":          {bearer, "Bearer abd", issued, before, "invalid"},
		"any_token":              {bearer, "Bearer abd", contract.Token{}, before, "valid"},
		"no_token":               {bearer, "Bearer ", contract.Token{}, before, "invalid"},
		"at_its_end":             {bearer, "Bearer abc", issued, end, "expired"},
		"after_its_end":          {bearer, "Bearer abc", issued, end.Add(time.Hour), "expired"},
		"another_after_its_end":  {bearer, "Bearer abd", issued, end, "invalid"},
		"without_an_end":         {bearer, "Bearer abc", contract.Token{Value: "abc"}, end, "valid"},
		"bare":                   {bare, "abc", issued, before, "valid"},
		"bare_after_its_end":     {bare, "abc", issued, end, "expired"},
		"bare_and_another":       {bare, "abd", issued, before, "invalid"},
		"bare_and_not_accepted":  {bearer, "abc", issued, before, "invalid"},
		"basic":                  {basic, "Basic dTpw", contract.Token{}, end, "valid"},
		"basic_with_another_key": {basic, "Basic dTpx", contract.Token{}, end, "invalid"},
	} {
		if c.want == "valid" {
			twice := contract.Request{Header: http.Header{"Authorization": {c.header, c.header + "x"}}}
			if got := rule.Authentication(&openapi.Operation{Authorization: c.of}, twice, map[string]string{"key": "u", "secret": "p"}, c.token, c.now); got != "invalid" {
				t.Errorf("%s and another: %s", name, got)
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := contract.Request{Header: http.Header{}}
			if c.header != "" {
				r.Header.Set("Authorization", c.header)
			}
			got := rule.Authentication(&openapi.Operation{Authorization: c.of}, r, map[string]string{"key": "u", "secret": "p"}, c.token, c.now)
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestBasicNeighbours checks headers that resemble Basic authorization.
func TestBasicNeighbours(t *testing.T) {
	t.Parallel()
	of := &openapi.Operation{Authorization: &openapi.Authorization{Scheme: "basic", User: "key", Password: "secret"}}
	pair := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, c := range map[string]struct {
		header         string
		known, unknown contract.AuthenticationState
	}{
		"a pair":                {pair("u:p:q"), "valid", "unverified"}, // only the first colon parts the two
		"in lower case":         {"basic dTpwOnE=", "valid", "unverified"},
		"in upper case":         {"BASIC dTpwOnE=", "valid", "unverified"},
		"with a newline":        {"Basic dTpw\nOnE=", "valid", "unverified"}, // which the decoder passes over
		"another password":      {pair("u:p"), "invalid", "unverified"},
		"another user":          {pair("v:p:q"), "invalid", "unverified"},
		"an empty user":         {pair(":p:q"), "invalid", "unverified"},
		"an empty password":     {pair("u:"), "invalid", "unverified"},
		"two empty ones":        {pair(":"), "invalid", "unverified"},
		"no colon":              {pair("up"), "invalid", "invalid"},
		"nothing":               {pair(""), "invalid", "invalid"},
		"the scheme alone":      {"Basic", "invalid", "invalid"},
		"without a space":       {"BasicdTpwOnE=", "invalid", "invalid"},
		"with two spaces":       {"Basic  dTpwOnE=", "invalid", "invalid"},
		"with a space behind":   {"Basic dTpwOnE= ", "invalid", "invalid"},
		"with a space before":   {" Basic dTpwOnE=", "invalid", "invalid"},
		"with a tab":            {"Basic\tdTpwOnE=", "invalid", "invalid"},
		"without padding":       {"Basic dTpwOnE", "invalid", "invalid"},
		"in the other alphabet": {"Basic dTp-fn4_", "invalid", "invalid"},
		"not encoded":           {"Basic u:p:q", "invalid", "invalid"},
		"another scheme":        {"Basics dTpwOnE=", "invalid", "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := contract.Request{Header: http.Header{"Authorization": {c.header}}}
			now := time.Unix(1, 0)
			if got := rule.Authentication(of, r, map[string]string{"key": "u", "secret": "p:q"}, contract.Token{}, now); got != c.known {
				t.Errorf("with credentials: %s, want %s", got, c.known)
			}
			if got := rule.Authentication(of, r, map[string]string{"key": "u:p", "secret": "q"}, contract.Token{}, now); got != c.known {
				t.Errorf("with a colon in the user: %s, want %s", got, c.known)
			}
			if got := rule.Authentication(of, r, nil, contract.Token{}, now); got != c.unknown {
				t.Errorf("without credentials: %s, want %s", got, c.unknown)
			}
		})
	}
}
