package openapi_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/view"
	"assay/specs"
)

func all(t *testing.T) []*openapi.Spec {
	t.Helper()
	loaded, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func operation(t *testing.T, name string) (*openapi.Spec, *openapi.Operation) {
	t.Helper()
	provider, id, _ := strings.Cut(name, "/")
	for _, s := range all(t) {
		if s.Provider == provider && s.Operation(id) != nil {
			return s, s.Operation(id)
		}
	}
	t.Fatalf("there is no %s", name)
	return nil, nil
}

// TestAttributes counts the documented request attributes. Each has one place on the
// page, however often its schema is used.
func TestAttributes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		count int
		// uncounted are members that the page does not list as attributes.
		uncounted []contract.Pointer
	}{
		"enkash/createOrder":    {17, []contract.Pointer{"/customerInfo/address/streetName", "/customerInfo/address/city", "/customerInfo/address/state", "/customerInfo/address/country", "/customerInfo/address/zipcode"}},
		"ipayments/createOrder": {10, nil},
		"ipayments/initKyc":     {5, nil},
		"paytm/createOrder":     {67, []contract.Pointer{"/head", "/body"}},
		"paytring/createOrder":  {46, nil},
	} {
		_, o := operation(t, name)
		docs := map[string]bool{}
		for _, m := range o.Request.Members() {
			if !slices.Contains(c.uncounted, m.Pointer) {
				docs[m.Doc] = true
			}
		}
		if len(docs) != c.count {
			t.Errorf("%s documents %d attributes; the page lists %d", name, len(docs), c.count)
		}
	}
}

// TestCodes counts the documented result codes, and the codes that were only observed.
func TestCodes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]int{
		"enkash/createOrder":    {1, 1},
		"enkash/createToken":    {2, 0},
		"ipayments/createOrder": {9, 0},
		"ipayments/initKyc":     {9, 0},
		"paytm/createOrder":     {14, 0},
		"paytring/createOrder":  {2, 2},
	} {
		_, o := operation(t, name)
		documented, seen := 0, 0
		for _, c := range o.Codes {
			if c.SeenIn == "" {
				documented++
			} else {
				seen++
			}
		}
		if documented != want[0] || seen != want[1] {
			t.Errorf("%s: %d documented codes and %d seen, want %v", name, documented, seen, want)
		}
	}
}

// TestAmbiguities counts the ambiguities of each page.
func TestAmbiguities(t *testing.T) {
	t.Parallel()
	for provider, want := range map[string]int{"enkash": 16, "ipayments": 22, "paytm": 20, "paytring": 26} {
		for _, s := range all(t) {
			if s.Provider != provider {
				continue
			}
			ids := map[string]bool{}
			for _, o := range s.Operations {
				for _, r := range s.AllAmbiguities(o) {
					ids[r.ID] = true
				}
			}
			if len(ids) != want {
				t.Errorf("%s has %d ambiguities, want %d", provider, len(ids), want)
			}
		}
	}
}

func TestViolations(t *testing.T) {
	t.Parallel()
	_, o := operation(t, "paytm/createOrder")
	good := `{"body":{"requestType":"PAYMENT","mid":"1","orderId":"o","txnAmount":{"value":"1.00","currency":"INR"},"userInfo":{"custId":"c"}}}`
	for name, c := range map[string]struct {
		old, replacement string
		at               contract.Pointer
		keyword, path    string
	}{
		"missing":            {`"mid":"1",`, ``, "/body/mid", "required", "body->mid"},
		"missing in allOf":   {`"value":"1.00",`, ``, "/body/txnAmount/value", "required", "body->txnAmount->value"},
		"null":               {`"mid":"1"`, `"mid":null`, "/body/mid", "type", "body->mid"},
		"a number":           {`"mid":"1"`, `"mid":1`, "/body/mid", "type", "body->mid"},
		"a number in allOf":  {`"1.00"`, `1.00`, "/body/txnAmount/value", "type", "body->txnAmount->value"},
		"outside its list":   {`"PAYMENT"`, `"Payment"`, "/body/requestType", "enum", "body->requestType"},
		"another type there": {`"PAYMENT"`, `7`, "/body/requestType", "type", "body->requestType"},
		"a pattern":          {`"1.00"`, `"1.001"`, "/body/txnAmount/value", "pattern", "body->txnAmount->value"},
		"too long":           {`"orderId":"o"`, `"orderId":"` + strings.Repeat("o", 51) + `"`, "/body/orderId", "maxLength", "body->orderId"},
		"empty":              {`"orderId":"o"`, `"orderId":""`, "/body/orderId", "minLength", "body->orderId"},
		"an address":         {`"custId":"c"`, `"custId":"c","email":"x"`, "/body/userInfo/email", "format", "body->userInfo->email"},
		"in an alternative":  {`"custId":"c"}`, `"custId":"c"},"goodsInfo":[{"price":{"value":"1"}}]`, "/body/goodsInfo/0/price/currency", "required", "body->goodsInfo->0->price->currency"},
		"no alternative":     {`"custId":"c"}`, `"custId":"c"},"goodsInfo":[{"price":7}]`, "/body/goodsInfo/0/price", "type", "body->goodsInfo->0->price"},
		"no JSON":            {`}}}`, `}}`, "", "syntax", ""},
	} {
		body := strings.Replace(good, c.old, c.replacement, 1)
		found := o.Request.Violations([]byte(body))
		if !slices.ContainsFunc(found, func(v openapi.Violation) bool {
			return v.At == contract.RequestBody(c.at) && v.Keyword == c.keyword && v.At.Path() == c.path
		}) {
			t.Errorf("%s: %+v, want %s at %s (%s)", name, found, c.keyword, c.at, c.path)
		}
		if name != "empty" && len(found) != 1 {
			t.Errorf("%s: %d violations of one fault: %+v", name, len(found), found)
		}
	}
	if found := o.Request.Violations([]byte(good)); len(found) != 0 {
		t.Errorf("the good one: %+v", found)
	}
	if found := o.Request.Violations([]byte(`{"body":{"orderId":"` + strings.Repeat("!", 60) + `"}}`)); len(found) != 6 {
		t.Errorf("want every violation, got %+v", found)
	}
}

// TestReasonsHoldNoValues searches every reason for a canary value.
func TestReasonsHoldNoValues(t *testing.T) {
	t.Parallel()
	const canary = "canary-9f8e7d"
	_, o := operation(t, "paytm/createOrder")
	body := `{"body":{"requestType":"` + canary + `","mid":"","orderId":"!` + canary + `","txnAmount":"` + canary + `","userInfo":{"custId":" ` + canary + `","email":"` + canary + `","mobile":"` + canary + `"},"goodsInfo":[{"price":{"value":"` + canary + `"}}]}}`
	found := o.Request.Violations([]byte(body))
	if len(found) < 7 {
		t.Errorf("only %d violations", len(found))
	}
	for _, v := range found {
		if strings.Contains(report.Sentence(view.Reason(&v))+string(v.At), canary) {
			t.Errorf("%s: %s", v.At, report.Sentence(view.Reason(&v)))
		}
	}
	u, err := url.Parse("https://x.example.com/?mid=")
	if err != nil {
		t.Fatal(err)
	}
	params := openapi.NewView(o, contract.Exchange{Request: contract.Request{URL: u}}, nil, nil).ParameterViolations()
	if len(params) != 2 || params[0].Keyword != "minLength" || params[1].Keyword != "required" || params[1].At != "request.query.orderId" {
		t.Errorf("parameters: %+v", params)
	}
}

func TestUndocumented(t *testing.T) {
	t.Parallel()
	_, o := operation(t, "paytm/createOrder")
	body := `{"x":1,"body":{"extendInfo":{"any":{"thing":1}},"goodsInfo":[{},{"price":{"y":1},"extendInfo":"text"}],"txnAmount":{"z":1}}}`
	got := string(contract.Places(o.Request.Undocumented([]byte(body))...))
	if want := "request#/body/goodsInfo/1/price/y request#/body/txnAmount/z request#/x"; got != want {
		t.Errorf("undocumented: %s, want %s", got, want)
	}
}

func TestMet(t *testing.T) {
	t.Parallel()
	_, o := operation(t, "paytm/createOrder")
	for body, want := range map[string]struct {
		code string
		row  bool
		ok   bool
	}{
		`{"body":{"resultInfo":{"resultCode":"324","resultStatus":"F"}}}`: {"324", true, true},
		`{"body":{"resultInfo":{"resultCode":324}}}`:                      {"324", true, true}, // as decimal text
		`{"body":{"resultInfo":{"resultCode":"0324"}}}`:                   {"0324", false, true},
		`{"body":{"resultInfo":{"resultCode":null}}}`:                     {"", false, true},
		`{"body":{}}`: {"200", false, true}, // no code: the HTTP status is the code
		`<html>`:      {"", false, false},
		`{"body":`:    {"", false, false},
	} {
		met, ok := o.ResultCode(contract.Response{Status: 200, Body: []byte(body)})
		if met.Code != want.code || (met.Row != nil) != want.row || ok != want.ok {
			t.Errorf("%s: %+v, %v", body, met, ok)
		}
	}
}

// TestCompile compiles every operation.
func TestCompile(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		for _, o := range s.Operations {
			if err := o.Compile(); err != nil {
				t.Errorf("%s: %v", o.Name(), err)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	s, o := operation(t, "paytm/createOrder")
	if s.Match(http.MethodPost, &url.URL{Path: o.Path}) != o {
		t.Error("the operation's own path does not match")
	}
	if s.Match(http.MethodGet, &url.URL{Path: o.Path}) != nil || s.Match(http.MethodPost, &url.URL{Path: o.Path + "/"}) != nil {
		t.Error("another method or path matches")
	}
}

func TestRedacts(t *testing.T) {
	t.Parallel()
	_, o := operation(t, "paytm/createOrder")
	for place, want := range map[contract.Place]bool{
		"request#/body/userInfo/mobile": true, "request#/body/userInfo": true, "request#/body/txnAmount/value": false, "request#/not/documented": true,
		"request#/body/extendInfo/udf1": true, "request.query.mid": false, "request.query.other": true, "response#/body/txnToken": true, "response#/body/resultInfo/resultCode": false, "request.method": false,
	} {
		if got := o.Redacts(place); got != want {
			t.Errorf("Redacts(%s) = %v", place, got)
		}
	}
}
