package rule_test

import (
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
)

// TestHiddenCredentials sends a credential of the merchant as the name of a member and of a
// parameter, and gets it as a result code, a status and a header: no finding has it.
func TestHiddenCredentials(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	for _, secret := range []string{"kq9zxw7lpr2vt5bn", "kQ9zXw7LpR2vT5bN", "ab/cd~efgh/ijkl8", "quokkaquokkaquok"} {
		p, play := e.Subject(t.Context(), e.Fixtures.Case("paytm/createOrder/accepted"))
		if play.Err != nil {
			t.Fatal(play.Err)
		}
		ex := *play.Exchange
		u := *ex.Request.URL
		q := u.Query()
		q.Set(secret, "1")
		u.RawQuery, ex.Request.URL = q.Encode(), &u
		for _, body := range []*[]byte{&ex.Request.Body, &ex.Response.Body} {
			*body = []byte(strings.Replace(string(*body), `"body":{`, `"body":{"`+secret+`":{"`+secret+`":1},`, 1))
		}
		ex.Response.Body = []byte(strings.NewReplacer(`"0000"`, `"`+secret+`"`, `"S"`, `"`+secret+`"`).Replace(string(ex.Response.Body)))
		for _, traffic := range []bool{true, false} {
			own := *p
			own.View = openapi.NewView(p.Operation, ex, map[string]string{"mid": "216820000002516036253", "merchantKey": secret}, p.Spec.Merchant)
			if traffic {
				own.Case = nil
			}
			findings := rule.Each(e.RulesFor(&own), &own).Findings
			own.Excerpts(findings)
			places := 0
			for _, f := range findings {
				text := string(f.At) + "\n" + report.Sentence(f.Message)
				if f.Excerpt != nil {
					text += f.Excerpt.Sent + f.Excerpt.Received
				}
				if text = strings.ToLower(text); strings.Contains(text, strings.ToLower(secret)) || strings.Contains(text, strings.ToLower(contract.Pointer("").AppendToken(secret).LastToken())) {
					t.Errorf("%s: %s", f.Rule, text)
				}
				if strings.Contains(string(f.At), "REDACTED") {
					places++
				}
			}
			if places == 0 {
				t.Errorf("%s: no finding is at the name", secret)
			}
		}
	}
}
