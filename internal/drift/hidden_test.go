package drift_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/shape"
	"assay/specs"
)

// operation returns an operation of the embedded specifications.
func operation(t testing.TB, provider, id string) *openapi.Operation {
	t.Helper()
	all, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if o := s.Operation(id); s.Provider == provider && o != nil {
			return o
		}
	}
	t.Fatalf("there is no %s/%s", provider, id)
	return nil
}

// exchange returns an exchange with a response body.
func exchange(o *openapi.Operation, body string) contract.Exchange {
	return contract.Exchange{
		Request:  contract.Request{Method: o.Method, URL: &url.URL{Scheme: "https", Host: "provider.example", Path: o.Path}, Header: http.Header{}},
		Response: contract.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body), Duration: time.Millisecond},
		Origin:   "test",
	}
}

// times returns the same exchange n times, with different durations.
func times(n int, ex contract.Exchange) []contract.Exchange {
	var all []contract.Exchange
	for i := range n {
		ex.Response.Duration = time.Duration(i+1) * time.Microsecond
		ex.Origin = fmt.Sprintf("test#%d", i+1)
		all = append(all, ex)
	}
	return all
}

func written(t testing.TB, s *shape.Shape) string {
	t.Helper()
	raw, err := shape.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestHidden learns confidential values in every place, and searches the shape and the
// reported changes for them.
func TestHidden(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	secrets := []string{"ABCPE1234F", "Asha", "payer@shop.example", "9988776655", "SECRETTOKEN", "2000 1000", "Meera", "ROHAN", "pune", "Pune"}
	body := func(at string) string {
		return fmt.Sprintf(`{"pan":"ABCPE1234F","name":"Asha","email":"payer@shop.example","mobile":"9988776655","at":%q}`, at)
	}
	var all []contract.Exchange
	for _, response := range []string{
		`{"code":"0x0200","status":"SUCCESS","message":"Asha with ABCPE1234F of payer@shop.example is known","data":{"url":"https://x.example/SECRETTOKEN","kid":"SECRETTOKEN"}}`,
		`{"code":"0x0203","status":"Asha","message":{"Asha":["Asha has 9988776655"]},"data":{"payer@shop.example":1,"ABCPE1234F":2,"9988776655":{"Asha":"Asha"}}}`,
		`{"code":"ABCPE1234F","status":"ABCPE1234F","message":"the value 'Asha' is wrong","note":"Asha","list":["Asha",9988776655]}`,
		`{"code":"0x0202","status":"FAILURE","message":"Asha","url":"SECRETTOKEN"}`,
		`{"code":"0x0202","status":"FAILURE","message":"Dear Meera, your number 44 is wrong, ROHAN","url":"SECRETTOKEN"}`,
		`{"code":"0x0202","status":"FAILURE","message":"the town of pune is wrong","town":"Pune"}`,
	} {
		ex := exchange(o, response)
		ex.Request.Body = []byte(body("2000 1000"))
		ex.Request.Header.Set("Authorization", "Basic SECRETTOKEN")
		ex.Response.Header.Set("Set-Cookie", "SECRETTOKEN")
		ex.Request.URL.RawQuery = "token=SECRETTOKEN"
		all = append(all, times(25, ex)...)
	}
	is := shape.Learn(o, all...)
	text := written(t, is)
	was := shape.Learn(o, times(25, exchange(o, `{"code":"0x0200","status":"SUCCESS","message":"Request Init","data":{"url":"https://x.example/","kid":"KID1"}}`))...)
	var b bytes.Buffer
	r := &contract.Drift{Compared: []string{o.Name()}, FailOn: contract.Breaks, Changes: drift.Compare(was, is, o, nil)}
	for _, format := range report.Drifts().Names() {
		if err := report.Drifts().Write(&b, format, r, report.How{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s stands in the shape:\n%s", secret, text)
		}
		if strings.Contains(b.String(), secret) {
			t.Errorf("%s stands in a report:\n%s", secret, b.String())
		}
	}
	if len(r.Changes) < 3 {
		t.Errorf("only %d changes were found", len(r.Changes))
	}
}
