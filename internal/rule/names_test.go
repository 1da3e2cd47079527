package rule_test

import (
	"encoding/json"
	"strings"
	"testing"

	"assay/internal/enginetest"
	"assay/internal/judge"
)

// TestNamesAreData has members whose names are personal data. No finding shows one: not in
// its place, its message or its fingerprint.
func TestNamesAreData(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	ex := *e.Play(t.Context(), e.Fixtures.Case("paytm/createOrder/accepted")).Exchange
	for _, name := range []string{"9876501234", "+91 98765 01234", "user_9876501234", "fremd.vogel@mail.test", "4111111111111111", "4111-1111-1111-1111", "BQZPV1234K", "bqzpv1234k", "2341 2341 2346", "HDFC0001234-50100098765432", "OTg3NjUwMTIzNA=="} {
		for _, body := range []string{`{"` + name + `":1}`, `{"body":{"` + name + `":{"` + name + `":[{"` + name + `":"x"}]}}}`} {
			other := ex
			other.Response.Body, other.Request.Body = []byte(body), []byte(body)
			judged, _ := j.Judge(other)
			if len(judged.Findings) == 0 {
				t.Fatalf("%s: no finding", name)
			}
			raw, err := json.Marshal(judged.Findings)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(raw), name) {
				t.Errorf("%s: %s", name, raw)
			}
		}
	}
	ex.Response.Body = []byte(`{"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"sender2":1}}`)
	judged, _ := j.Judge(ex)
	if raw, _ := json.Marshal(judged.Findings); !strings.Contains(string(raw), "response#/body/sender2") {
		t.Errorf("another name is hidden: %s", raw)
	}
}
