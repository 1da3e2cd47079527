package check_test

import (
	"net/http"
	"testing"
	"time"

	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/spec"
)

func TestAuthentication(t *testing.T) {
	t.Parallel()
	bearer := &spec.Authorization{Scheme: "bearer"}
	bare := &spec.Authorization{Scheme: "bearer", Bare: true}
	basic := &spec.Authorization{Scheme: "basic", User: "key", Password: "secret"}
	end := time.Date(2022, time.December, 31, 23, 59, 59, 0, time.UTC)
	issued := contract.Token{Value: "abc", Expires: end}
	before := end.Add(-time.Second)
	for name, c := range map[string]struct {
		of     *spec.Authorization
		header string
		token  contract.Token
		now    time.Time
		want   string
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
			if got := check.Authentication(&spec.Operation{Authorization: c.of}, twice, map[string]string{"key": "u", "secret": "p"}, c.token, c.now); got != "invalid" {
				t.Errorf("%s and another: %s", name, got)
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := contract.Request{Header: http.Header{}}
			if c.header != "" {
				r.Header.Set("Authorization", c.header)
			}
			got := check.Authentication(&spec.Operation{Authorization: c.of}, r, map[string]string{"key": "u", "secret": "p"}, c.token, c.now)
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
