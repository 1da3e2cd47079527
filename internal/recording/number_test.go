package recording_test

import (
	"math/big"
	"net/http"
	"os"
	"strings"
	"testing"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/testsize"
)

// TestRecorderNumbers records exchanges whose reference is a number, in every way to write one,
// with an echo of it in other members. It is replaced everywhere by a number of the same kind, as
// a text would be.
func TestRecorderNumbers(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	for _, c := range []struct {
		reference, echo string // as JSON
	}{
		{`4711`, `"order 4711 refused"`},
		{`"4711"`, `4711`},
		{`4711`, `4711`},
		{`90817263`, `90817263`},
		{`908172635463728190`, `"908172635463728190"`},
		{`90817263546372819082736455463728190827364`, `"90817263546372819082736455463728190827364"`},
		{`90817.0`, `90817`},
		{`90817.00`, `"90817"`},
		{`9.0817e4`, `90817`},
		{`9.0817E+4`, `"90817"`},
		{`90817000e-3`, `90817`},
		{`-90817`, `-90817`},
		{`-90817`, `"90817"`},
		{`9081.7`, `9081.7`},
		{`908`, `908`},
		{`7`, `7`},
		{`200`, `200`}, // also a status and a result code: these stay
		{`"200"`, `"200"`},
		{`"324"`, `324`},
	} {
		for _, name := range []string{"paytring/createOrder/accepted", "paytm/createOrder/accepted", "enkash/createOrder/accepted", "ipayments/createOrder/accepted"} {
			s := e.Spec(strings.SplitN(name, "/", 2)[0])
			if e.Fixtures.Case(name) == nil {
				t.Fatalf("%s is no case", name)
			}
			ex := *e.Play(t.Context(), e.Fixtures.Case(name)).Exchange
			o := s.Operation("createOrder")
			for _, m := range o.Places() {
				if pointer, ok := m.At.Pointer(); m.Means == "reference" && ok {
					ex.Request.Body = contract.Replace(ex.Request.Body, pointer, []byte(c.reference))
				}
			}
			ex.Response.Body = append([]byte(`{"echo":`+c.echo+`,`), ex.Response.Body[1:]...)
			judged, _ := j.Judge(ex)
			dir := t.TempDir()
			written, left, err := recorder(t, e, s.Provider, dir, s.TestCredentials()).Keep(ex, judged)
			if written == "" || err != nil || len(left) > 0 {
				t.Errorf("%s, %s and %s: %q, %v, %v", name, c.reference, c.echo, written, left, err)
				continue
			}
			var digits string
			if n, ok := new(big.Rat).SetString(strings.Trim(c.reference, `"`)); ok && n.IsInt() {
				digits = n.Num().Text(10)
			}
			all := files(t, dir)
			if digits = strings.Trim(digits, "-"); len(digits) > 3 && strings.Contains(all, digits) {
				t.Errorf("%s, %s: %s is kept:\n%s", name, c.reference, digits, all)
			}
			shelf, err := cassette.Open(os.DirFS(dir))
			if err != nil {
				t.Fatal(err)
			}
			tape, err := shelf.Load(written)
			if err != nil {
				t.Fatal(err)
			}
			again, _ := j.Judge(tape.Exchanges()[0])
			if again.Code != judged.Code || len(again.Findings) != len(judged.Findings) {
				t.Errorf("%s, %s: code %s, %v; was %s, %v", name, c.reference, again.Code, again.Findings, judged.Code, judged.Findings)
			}
		}
	}
}

// TestRecorderNumbersInForms records requests that are forms. What their fields hold is looked for
// in the response, as values of JSON members are.
func TestRecorderNumbersInForms(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	ex := *e.Play(t.Context(), e.Fixtures.Case("paytring/createOrder/accepted")).Exchange
	for _, media := range []string{"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8"} {
		ex.Request.Header = http.Header{"Content-Type": {media}}
		ex.Request.Body = []byte("key=test_123&amount=100&cname=Kanary+Vogelsang&phone=9812345670&receipt_id=90817263&email=kanary%40mail.test&note=canary-token-1&callback_url=https%3A%2F%2Fm.test%2F%3Fs%3Dcanary-2")
		ex.Response.Body = []byte(`{"status":false,"error":{"code":400,"message":"order 90817263 of KANARY VOGELSANG, 9812345670, kanary@mail.test, canary-token-1"},"order_id":"90817263"}`)
		judged, _ := j.Judge(ex)
		dir := t.TempDir()
		written, left, err := recorder(t, e, "paytring", dir, e.Spec("paytring").TestCredentials()).Keep(ex, judged)
		if written == "" || err != nil || len(left) > 0 {
			t.Fatalf("%q, %v, %v", written, left, err)
		}
		all := strings.ToLower(files(t, dir))
		for _, canary := range []string{"90817263", "kanary", "vogel", "9812345670", "canary"} {
			if strings.Contains(all, canary) {
				t.Errorf("%s is in a file:\n%s", canary, all)
			}
		}
	}
}
