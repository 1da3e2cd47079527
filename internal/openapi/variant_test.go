package openapi_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
)

// tolls is a document with variants.
func tolls(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/variants/tolls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func loadTolls(t testing.TB, document string) *openapi.Spec {
	t.Helper()
	s, err := openapi.Load(fstest.MapFS{"tolls.yaml": {Data: []byte(document)}}, "tolls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func faultsOf(s *openapi.Spec) (all []string) {
	for _, f := range s.Faults() {
		all = append(all, fmt.Sprintf("%d: %s", f.Line, report.Sentence(f.Message)))
	}
	return all
}

// TestVariant reads the row of a response through the scan and through the decoded body:
// they must agree.
func TestVariant(t *testing.T) {
	t.Parallel()
	good := tolls(t)
	byRequest := strings.Replace(good, "if: response.status == 400\n", "if: response.status == 400 && request.body.amount < 100\n", 1)
	costly := strings.Replace(good, "if: response.status == 401", `if: request.body.list.exists(a, request.body.list.exists(b, a == b && a == "x"))`, 1)
	one := strings.Replace(good, `code: DOWN, http: 500`, `code: DOWN, if: response.body.error.reason == "maintenance", http: 500`, 1)
	const duplicate = `{"error":{"code":"REFUSED","description":"d","reason":"input_failed","field":"receipt"}}`
	for name, c := range map[string]struct {
		document, request string
		status            int
		body, want        string
	}{
		"no variants":                 {good, `{}`, 200, `{"id":"1","receipt":"r"}`, "200"},
		"by the status":               {good, `{}`, 401, `{"error":{"code":"REFUSED"}}`, "REFUSED/unauthorized"},
		"by a member":                 {good, `{}`, 400, duplicate, "REFUSED/duplicate-receipt"},
		"an absent member":            {good, `{}`, 400, `{"error":{"code":"REFUSED","field":"receipt"}}`, "REFUSED/invalid-field"},
		"a member of another type":    {good, `{}`, 400, `{"error":{"code":"REFUSED","field":1,"reason":[]}}`, "REFUSED/invalid-field"},
		"none fits":                   {good, `{}`, 403, `{"error":{"code":"REFUSED"}}`, "REFUSED unfit"},
		"another code":                {good, `{}`, 403, `{"error":{"code":"NO"}}`, "NO undocumented"},
		"reads like a row":            {good, `{}`, 400, `{"error":{"code":"REFUSED/duplicate-receipt"}}`, `"REFUSED/duplicate-receipt" undocumented`},
		"reads like no row":           {good, `{}`, 400, `{"error":{"code":"REFUSED/other"}}`, `REFUSED/other undocumented`},
		"by the request":              {byRequest, `{"amount":99}`, 400, `{"error":{"code":"REFUSED"}}`, "REFUSED/invalid-field"},
		"not by the request":          {byRequest, `{"amount":100}`, 400, `{"error":{"code":"REFUSED"}}`, "REFUSED unfit"},
		"no JSON in the request":      {byRequest, `x`, 400, `{"error":{"code":"REFUSED"}}`, "REFUSED unfit"},
		"too costly":                  {costly, `{"list":[` + strings.Repeat(`"aaaaaaaaaaaaaaaaaaaa",`, 3000) + `"b"]}`, 400, `{"error":{"code":"REFUSED"}}`, "REFUSED undecided"},
		"one row with an if":          {one, `{}`, 500, `{"error":{"code":"DOWN","reason":"maintenance"}}`, "DOWN"},
		"at an undocumented status":   {one, `{}`, 503, `{"error":{"code":"DOWN","reason":"maintenance"}}`, "DOWN"},
		"one row with an if, not met": {one, `{}`, 500, `{"error":{"code":"DOWN"}}`, "DOWN unfit"},
	} {
		o := loadTolls(t, c.document).Operation("createOrder")
		if err := o.Compile(); err != nil {
			t.Fatal(err)
		}
		ex := contract.Exchange{
			Request:  contract.Request{Method: "POST", URL: &url.URL{Path: "/v1/orders"}, Body: []byte(c.request)},
			Response: contract.Response{Status: c.status, Body: []byte(c.body)},
		}
		x := openapi.NewView(o, ex, nil, nil)
		scanned, _ := x.ResultCode()
		body, err := contract.Decode(ex.Response.Body)
		if err != nil {
			t.Fatal(err)
		}
		plain := o.ResultCodeOf(ex, body)
		if got := verdictOf(scanned); got != c.want {
			t.Errorf("%s: scanned: %s, want %s", name, got, c.want)
		}
		if got := verdictOf(&plain); got != c.want {
			t.Errorf("%s: decoded: %s, want %s", name, got, c.want)
		}
		x.Done()
	}
}

func verdictOf(m *openapi.ResultCode) string {
	switch {
	case m.Row != nil:
		return m.Name()
	case m.Unfit:
		return m.Name() + " unfit"
	case m.Undecided != nil:
		return m.Name() + " undecided"
	}
	return m.Name() + " undocumented"
}

// TestRowNames finds rows by their names.
func TestRowNames(t *testing.T) {
	t.Parallel()
	o := loadTolls(t, tolls(t)).Operation("createOrder")
	for name, found := range map[string]bool{
		"DOWN": true, "REFUSED/unauthorized": true, "REFUSED": false, "REFUSED/": false, "REFUSED/other": false,
		"DOWN/": false, "REFUSED/unauthorized/": false, "": false, "/unauthorized": false, "REFUSEDunauthorized": false,
	} {
		row := o.Code(name)
		if (row != nil) != found || row != nil && row.Name() != name {
			t.Errorf("%q: found %v, want %v", name, row != nil, found)
		}
	}
	if got := strings.Join(o.RowNames("REFUSED"), " "); got != "REFUSED/unauthorized REFUSED/duplicate-receipt REFUSED/invalid-field" {
		t.Errorf("the rows of REFUSED are %s", got)
	}
}

// TestVariantFaults makes the variants contradict each other.
func TestVariantFaults(t *testing.T) {
	t.Parallel()
	good := tolls(t)
	if all := faultsOf(loadTolls(t, good)); len(all) > 0 {
		t.Fatalf("the document itself has faults: %q", all)
	}
	for name, c := range map[string]struct{ old, replacement, line, want string }{
		"the same variant twice":     {"variant: invalid-field", "variant: unauthorized", "- code: REFUSED\n        variant: unauthorized\n        if: response.status == 400\n", "code REFUSED/unauthorized is listed twice"},
		"a row without a variant":    {"        variant: invalid-field\n", "", "- code: REFUSED\n        if: response.status == 400\n", "code REFUSED has 3 rows, so this one needs a variant"},
		"unreachable":                {"        if: response.status == 401\n", "", "- code: REFUSED\n        variant: duplicate-receipt", "no response can be REFUSED/duplicate-receipt: the row of REFUSED/unauthorized in line"},
		"the same if":                {"if: response.status == 400 && response.body.error.reason == \"input_failed\" && response.body.error.field == \"receipt\"", "if: response.status == 401", "- code: REFUSED\n        variant: duplicate-receipt", "no response can be REFUSED/duplicate-receipt"},
		"no such member":             {"response.body.error.field ==", "response.body.error.feld ==", "if: response.status == 400 && response.body.error.reason", "the if of code REFUSED/duplicate-receipt names response.body.error.feld, which is not documented"},
		"no such header of request":  {"if: response.status == 401", `if: request.headers.nonesuch == "1"`, `if: request.headers.nonesuch`, "the if of code REFUSED/unauthorized names request.headers.nonesuch, which is not documented"},
		"does not compile":           {"if: response.status == 401", `if: response.status = 401`, `if: response.status = 401`, "the if of code REFUSED/unauthorized does not compile"},
		"another variable":           {"if: response.status == 401", `if: authentication == "invalid"`, `if: authentication`, "the if of code REFUSED/unauthorized names authentication; an if sees request and response only"},
		"known()":                    {"if: response.status == 401", `if: known(request.body.receipt)`, `if: known(`, "the if of code REFUSED/unauthorized names known(); an if sees request and response only"},
		"an if that status denies":   {"if: response.status == 401", `if: response.status == 402`, "- code: REFUSED\n        variant: unauthorized", "the example for REFUSED/unauthorized is a response that the table reads as no row of code REFUSED"},
		"an example of another row":  {"reason: input_failed, field: amount", "reason: input_failed, field: receipt", "- code: REFUSED\n        variant: invalid-field", "the example for REFUSED/invalid-field is a response that the table reads as REFUSED/duplicate-receipt"},
		"an example of another code": {"code: REFUSED, description: Authentication failed", "code: DOWN, description: Authentication failed", "                REFUSED/unauthorized:", "the example for REFUSED/unauthorized has the code DOWN"},
		"an example of the code":     {"REFUSED/invalid-field:\n", "REFUSED:\n", "                REFUSED:", "the example for REFUSED has the code REFUSED/invalid-field"},
		"no example can be made":     {`response.body.error.field == "receipt"`, `response.body.error.field.matches("^re.*t$")`, "- code: REFUSED\n        variant: duplicate-receipt", "code REFUSED/duplicate-receipt has no example response, and the schema of its HTTP status gives none that fits its if"},
	} {
		document := with(t, good, c.old, c.replacement)
		want := lineOf(document, c.line) + ": " + c.want
		if all := strings.Join(faultsOf(loadTolls(t, document)), "\n"); !strings.Contains(all, want) {
			t.Errorf("%s: the faults are\n%s\nwant %s", name, all, want)
		}
	}
	// The last row without an if takes what the rows above leave.
	rest := with(t, good, "        if: response.status == 400\n", "")
	if all := faultsOf(loadTolls(t, rest)); len(all) > 0 {
		t.Errorf("with a row for the rest: %q", all)
	}
	for name, c := range map[string]struct{ old, replacement, want string }{
		"an if that status denies":  {"if: response.status == 401", "if: response.status == 402", "the example for REFUSED/unauthorized is a response that the table reads as REFUSED/invalid-field"},
		"an example of another row": {"reason: input_failed, field: amount", "reason: input_failed, field: receipt", "the example for REFUSED/invalid-field is a response that the table reads as REFUSED/duplicate-receipt"},
		"no example can be made":    {`response.body.error.field == "receipt"`, `response.body.error.field.matches("^re.*t$")`, "code REFUSED/duplicate-receipt has no example response"},
	} {
		if all := strings.Join(faultsOf(loadTolls(t, with(t, rest, c.old, c.replacement))), "\n"); !strings.Contains(all, c.want) {
			t.Errorf("with a row for the rest, %s: the faults are\n%s\nwant %s", name, all, c.want)
		}
	}
	for name, c := range map[string]struct{ old, replacement, want string }{
		"a variant that is no name": {"variant: invalid-field", "variant: Invalid Field", "variant"},
		"an if that is no text":     {"if: response.status == 401", "if: true", "if"},
	} {
		if _, err := openapi.Load(fstest.MapFS{"tolls.yaml": {Data: []byte(with(t, good, c.old, c.replacement))}}, "tolls.yaml"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRowExample builds responses of rows without a printed one. The table must read each
// as its row.
func TestRowExample(t *testing.T) {
	t.Parallel()
	good := tolls(t)
	for name, condition := range map[string]string{
		"equal":           `response.status == 400 && response.body.error.reason == "input_failed" && response.body.error.field == "receipt"`,
		"absent":          `response.status == 400 && !has(response.body.error.field)`,
		"one of two":      `response.status == 400 && response.body.error.field in ["receipt", "order"]`,
		"not equal":       `response.status == 400 && response.body.error.reason != "input_failed" && response.body.error.field == "receipt"`,
		"begins":          `response.status == 400 && response.body.error.field.startsWith("rec")`,
		"of the request":  `request.body.receipt == "r-1"`,
		"partly of it":    `request.body.amount > 5 && response.status == 400`,
		"by alternatives": `response.status == 400 && (response.body.error.field == "receipt" || response.body.error.reason == "duplicate")`,
	} {
		document := with(t, good, `response.status == 400 && response.body.error.reason == "input_failed" && response.body.error.field == "receipt"`, condition)
		s := loadTolls(t, document)
		if all := faultsOf(s); len(all) > 0 {
			t.Errorf("%s: %q", name, all)
		}
		o := s.Operation("createOrder")
		row := o.Code("REFUSED/duplicate-receipt")
		e, ok := o.RowExample(row)
		if !ok {
			t.Errorf("%s: none", name)
			continue
		}
		if met, _ := o.ResultCode(contract.Response{Status: e.HTTP, Body: e.Body}); !row.If.Names("request") && met.Row != row {
			t.Errorf("%s: %s is read as %s", name, e.Body, met.Name())
		}
		if met := o.Responses[e.HTTP].Body; !met.Conforms(e.Body) {
			t.Errorf("%s: %s does not conform", name, e.Body)
		}
	}
}

// TestVariantReaders reads many responses through the scan and through the decoded body:
// both must choose the same row, and exactly the row whose if a person would choose.
func TestVariantReaders(t *testing.T) {
	t.Parallel()
	o := loadTolls(t, tolls(t)).Operation("createOrder")
	chosen := map[string]int{}
	for _, status := range []int{200, 400, 401, 402, 500} {
		for _, code := range []string{``, `"code":"REFUSED",`, `"code":"DOWN",`, `"code":"REFUSED/unauthorized",`, `"code":null,`, `"code":7,`} {
			for _, reason := range []string{``, `"reason":"input_failed",`, `"reason":"input\u005ffailed",`, `"reason":null,`, `"reason":{},`} {
				for _, field := range []string{``, `"field":"receipt",`, `"field":"amount",`, `"field":["receipt"],`} {
					body := `{"error":{` + code + reason + field + `"description":"d"}}`
					ex := contract.Exchange{Request: contract.Request{URL: &url.URL{}}, Response: contract.Response{Status: status, Body: []byte(body)}}
					x := openapi.NewView(o, ex, nil, nil)
					scanned, _ := x.ResultCode()
					value, err := contract.Decode(ex.Response.Body)
					if err != nil {
						t.Fatal(err)
					}
					plain := o.ResultCodeOf(ex, value)
					if verdictOf(scanned) != verdictOf(&plain) {
						t.Errorf("HTTP %d %s: scanned %s, decoded %s", status, body, verdictOf(scanned), verdictOf(&plain))
					}
					if want := rowOf(status, code, reason, field); want != "" && want != verdictOf(scanned) {
						t.Errorf("HTTP %d %s: %s, want %s", status, body, verdictOf(scanned), want)
					}
					chosen[verdictOf(scanned)]++
					x.Done()
				}
			}
		}
	}
	for _, name := range []string{"REFUSED/unauthorized", "REFUSED/duplicate-receipt", "REFUSED/invalid-field", "REFUSED unfit", "DOWN"} {
		if chosen[name] == 0 {
			t.Errorf("no response is %s: %v", name, chosen)
		}
	}
}

// rowOf is the row of a response with the code REFUSED; "": it has another code.
func rowOf(status int, code, reason, field string) string {
	switch {
	case code != `"code":"REFUSED",`:
		return ""
	case status == 401:
		return "REFUSED/unauthorized"
	case status != 400:
		return "REFUSED unfit"
	case strings.Contains(reason, "failed") && field == `"field":"receipt",`:
		return "REFUSED/duplicate-receipt"
	}
	return "REFUSED/invalid-field"
}
