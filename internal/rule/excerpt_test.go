package rule_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// canary is a text that no excerpt may contain.
const canary = "Xq7CanaryValue93"

// TestExcerptCanary puts a value at every hidden place of an exchange, and copies of it
// in several encodings at every other place. No excerpt may contain any of them.
func TestExcerptCanary(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	spellings := map[string]string{
		"as it is": canary, "upper case": strings.ToUpper(canary), "in a sentence": "sorry, " + canary + " is wrong", "escaped": url.QueryEscape("<" + canary + ">"),
		"base64": base64.StdEncoding.EncodeToString([]byte(canary)), "hex": hex.EncodeToString([]byte(canary)),
	}
	for _, name := range []string{"paytm/createOrder/everything", "ipayments/initKyc/accepted", "enkash/createOrder/everything", "paytring/createOrder/accepted"} {
		c := e.Fixtures.Case(name)
		p, play := e.Subject(t.Context(), c)
		if play.Err != nil {
			t.Fatal(play.Err)
		}
		hidden := 0
		for how, spelt := range spellings {
			ex := *play.Exchange
			ex.Request.Body = planted(t, p.Operation, contract.InRequest, ex.Request.Body, spelt, &hidden)
			ex.Response.Body = planted(t, p.Operation, contract.InResponse, ex.Response.Body, spelt, &hidden)
			ex.Response.Header = ex.Response.Header.Clone()
			ex.Response.Header.Set("X-More", canary)
			ex.Response.Header.Set("Content-Type", "application/"+canary)
			own, traffic := *p, *p
			own.View = openapi.NewView(p.Operation, ex, p.View.Credentials, p.Spec.Merchant)
			traffic.Case, traffic.View = nil, openapi.NewView(p.Operation, ex, nil, nil)
			for whose, subject := range map[string]*rule.Subject{"case": &own, "traffic": &traffic} {
				excerpt := rule.Excerpts(subject)
				for _, at := range excerptPlaces(t, ex) {
					x := excerpt(at)
					text := strings.ToLower(x.Sent + x.Received)
					for _, found := range spellings {
						if strings.Contains(text, strings.ToLower(found)) {
							t.Errorf("%s, %s, %s, %s shows it:\n%s\n%s", name, whose, how, at, x.Sent, x.Received)
						}
					}
				}
			}
		}
		if hidden == 0 {
			t.Errorf("%s has no hidden place", name)
		}
	}
}

// planted puts the canary at the hidden places of a body and copies of it at the
// others, and adds an undocumented member.
func planted(t *testing.T, o *openapi.Operation, of contract.Direction, raw []byte, echo string, hidden *int) []byte {
	t.Helper()
	value, err := contract.Decode(raw)
	if err != nil {
		return raw
	}
	var walk func(at contract.Pointer, v any) any
	walk = func(at contract.Pointer, v any) any {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Collect(maps.Keys(v)) {
				v[name] = walk(at.AppendToken(name), v[name])
			}
			v["undocumented"] = canary
			v[canary] = "a name"
			return v
		case []any:
			for i := range v {
				v[i] = walk(at.AppendToken("0"), v[i])
			}
			return v
		case string:
			if o.Redacts(of.Body(at)) {
				*hidden++
				return canary
			}
			return echo
		}
		return v
	}
	made, err := json.Marshal(walk("", value))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// excerptPlaces returns all places of an exchange, and some that do not exist.
func excerptPlaces(t *testing.T, ex contract.Exchange) []contract.Place {
	t.Helper()
	all := []contract.Place{
		contract.ResponseHeader("X-More"), contract.ResponseType, contract.RequestType, contract.RequestAuthorization, contract.RequestPath, contract.ResponseStatus, contract.WholeResponse,
		"request#/a/b", "response#/a/b", "response# request#",
	}
	for name := range ex.Request.URL.Query() {
		all = append(all, contract.Query(name))
	}
	for of, raw := range map[contract.Direction][]byte{contract.InRequest: ex.Request.Body, contract.InResponse: ex.Response.Body} {
		value, _ := contract.Decode(raw)
		var walk func(at contract.Pointer, v any)
		walk = func(at contract.Pointer, v any) {
			if at.LastToken() != canary { // a finding shows the names at its own place
				all = append(all, of.Body(at))
			}
			switch v := v.(type) {
			case map[string]any:
				for name := range v {
					walk(at.AppendToken(name), v[name])
				}
			case []any:
				for _, item := range v {
					walk(at.AppendToken("0"), item)
				}
			}
		}
		walk("", value)
	}
	return all
}

// TestExcerpt checks the content of an excerpt: the line of the value, its neighbours,
// and a description if the value is hidden.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	p, play := e.Subject(t.Context(), e.Fixtures.Case("paytm/createOrder/accepted"))
	if play.Err != nil {
		t.Fatal(play.Err)
	}
	for at, want := range map[contract.Place]string{
		"response#/body/resultInfo/resultCode": "POST /aoa-acquiring-biz/v2/order|HTTP 200\nat response#/body/resultInfo\n  {\n>   \"resultCode\": \"0000\"\n    \"resultMsg\": \"Success\"\n    \"resultStatus\": \"S\"\n  }",
		"response#/body/txnToken":              "POST /aoa-acquiring-biz/v2/order|HTTP 200\nat response#/body\n  {\n>   \"txnToken\": <string, hidden>\n    \"resultInfo\": {…} 3 members\n  }",
		"response#/body/missing/below":         "POST /aoa-acquiring-biz/v2/order|HTTP 200\nat response#/body\n  {\n    \"resultInfo\": {…} 3 members\n    \"txnToken\": <string, hidden>\n  }",
		"request#/body/userInfo/mobile":        "POST /aoa-acquiring-biz/v2/order\nat request#/body/userInfo\n  {\n>   \"mobile\": <string, hidden>\n    \"custId\": \"CUST_001\"\n  }|HTTP 200",
		"request.query.mid":                    "POST /aoa-acquiring-biz/v2/order\nmid=216820000002516036253|HTTP 200",
		"response.header.x-more":               "POST /aoa-acquiring-biz/v2/order|HTTP 200\nx-more: <absent>",
		"response.header.content-type":         "POST /aoa-acquiring-biz/v2/order|HTTP 200\ncontent-type: application/json",
		"response.status":                      "POST /aoa-acquiring-biz/v2/order|HTTP 200",
	} {
		x := rule.ExcerptAt(p, at)
		if got := x.Sent + "|" + x.Received; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", at, got, want)
		}
	}
}

// TestExcerptOfTraffic checks that traffic shows documented codes and messages, references,
// amounts and times. It hides free text and every copy of an undocumented value.
func TestExcerptOfTraffic(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	p, play := e.Subject(t.Context(), e.Fixtures.Case("paytm/createOrder/accepted"))
	if play.Err != nil {
		t.Fatal(play.Err)
	}
	const order, result = "request#/body/orderId", "response#/body/resultInfo/resultMsg"
	for name, c := range map[string]struct {
		at           contract.Place
		old, changed string // in the body of the place's direction
		want, not    string // lines of the excerpt
	}{
		"a reference":                      {order, "", "", `>   "orderId": "`, ""},
		"an amount":                        {"request#/body/txnAmount/value", "", "", `>   "value": "1.00"`, ""},
		"a free text":                      {"request#/body/userInfo/custId", "", "", `>   "custId": <string, hidden>`, "CUST_001"},
		"an empty free text":               {"request#/body/userInfo/custId", `"CUST_001"`, `""`, `>   "custId": ""`, ""},
		"an empty parameter":               {"request.query.none", "", "", `none=<empty>`, ""},
		"a documented message":             {result, "", "", `>   "resultMsg": "Success"`, ""},
		"another message":                  {result, `"Success"`, `"Dear Yolanda"`, `>   "resultMsg": <string, hidden>`, "Yolanda"},
		"a number in a free text":          {result, `"Success"`, `9123456780`, `>   "resultMsg": <number, hidden>`, "9123456780"},
		"a flag in a free text":            {result, `"Success"`, `true`, `>   "resultMsg": true`, ""},
		"an undocumented code":             {"response#/body/resultInfo/resultCode", `"0000"`, `"0001"`, `>   "resultCode": "0001"`, ""},
		"a code that is no word":           {"response#/body/resultInfo/resultCode", `"0000"`, `"to Yolanda"`, `>   "resultCode": <string, hidden>`, "Yolanda"},
		"a key in an enumeration":          {"request#/body/requestType", `"PAYMENT"`, `"Zq1300kwvXh2564jt"`, `>   "requestType": <string, hidden>`, "Zq13"},
		"a password in an enumeration":     {"request#/body/requestType", `"PAYMENT"`, `"ZqkwvXhjtBnRw"`, `>   "requestType": <string, hidden>`, "Zqkw"},
		"a number in an enumeration":       {"request#/body/requestType", `"PAYMENT"`, `123456`, `>   "requestType": <number, hidden>`, "123456"},
		"a long word in an enumeration":    {"request#/body/requestType", `"PAYMENT"`, `"correcthorsebatterystaplexy"`, `>   "requestType": <string, hidden>`, "horse"},
		"a word in an enumeration":         {"request#/body/requestType", `"PAYMENT"`, `"PRE_AUTH"`, `>   "requestType": "PRE_AUTH"`, ""},
		"a copy of a token":                {order, `"R-1"`, `"sesame-of-a-shop"`, `>   "orderId": <string, hidden>`, "sesame"},
		"a copy of a password":             {order, `"R-1"`, `"s3cr3t-pass"`, `>   "orderId": <string, hidden>`, "s3cr3t"},
		"a copy of a cookie":               {order, `"R-1"`, `"c00kie-value"`, `>   "orderId": <string, hidden>`, "c00kie"},
		"a copy of an undocumented member": {order, `"R-1",`, `"R-1234567","more":"R-1234567",`, `>   "orderId": <string, hidden>`, "R-1234567"},
		"an undocumented member":           {"request#/body/more", `"R-1",`, `"R-1","more":"Xavier",`, `>   "more": <string, hidden>`, "Xavier"},
		"an undocumented parameter":        {"request.query.more", "", "", `more=<hidden>`, "Xavier"},
		"an address as an amount":          {"request#/body/txnAmount/value", `"1.00"`, `"x@shop.test"`, `>   "value": <string, hidden>`, "shop"},
		"a long text":                      {order, `"R-1"`, `"` + strings.Repeat("R", 1001) + `"`, `>   "orderId": <string, 1001 bytes>`, "RRR"},
		"a large body":                     {order, `"R-1",`, `"R-1","more":"` + strings.Repeat("x", 256<<10) + `",`, "<not shown: too large>", "R-1"},
		"very many hidden values":          {order, `"R-1",`, `"R-1","more":["a"` + strings.Repeat(`,"a"`, 300) + `],`, "<not shown: too large>", "R-1"},
		"no values at the place":           {contract.ResponseStatus, `"Success"`, `"` + strings.Repeat("x", 256<<10) + `"`, "HTTP 200", "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ex := *play.Exchange
			ex.Request.Header = ex.Request.Header.Clone()
			ex.Request.Header.Set("Authorization", "Bearer sesame-of-a-shop")
			ex.Request.Header.Set("Cookie", "a=b; id=c00kie-value")
			if name == "a copy of a password" {
				(&http.Request{Header: ex.Request.Header}).SetBasicAuth("shop", "s3cr3t-pass")
			}
			u := *ex.Request.URL
			u.RawQuery += "&more=Xavier&none="
			ex.Request.URL = &u
			ex.Request.Body = contract.Replace(ex.Request.Body, "/body/orderId", []byte(`"R-1"`))
			body := &ex.Request.Body
			if c.at.Direction() == contract.InResponse {
				body = &ex.Response.Body
			}
			if !strings.Contains(string(*body), c.old) {
				t.Fatalf("%s is not in %s", c.old, *body)
			}
			*body = []byte(strings.Replace(string(*body), c.old, c.changed, 1))
			subject := &rule.Subject{Spec: p.Spec, Operation: p.Operation, View: openapi.NewView(p.Operation, ex, nil, nil)}
			x := rule.ExcerptAt(subject, c.at)
			if text := x.Sent + "\n" + x.Received; !strings.Contains(text, c.want) || c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("got\n%s\nwant %q and not %q", text, c.want, c.not)
			}
		})
	}
}
