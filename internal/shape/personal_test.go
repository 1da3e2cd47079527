package shape_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/contract"
	"assay/internal/shape"
)

// TestLearn_request learns responses that repeat parts of the request, and names that
// look like values: the shape contains none of them.
func TestLearn_request(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	const body = `{"code":"0x0200","status":"SUCCESS","message":"Request Init","data":{"url":"https://x.example/","kid":"KID"}}`
	learnt := func(body string, header http.Header) string {
		ex := exchange(o, body)
		ex.Request.Body = []byte(`{"pan":"AAAAA0000A","name":"Asha Zacanary","email":"payer@shop.example","mobile":"0000000001","merchantCode":"MIDTEST00001"}`)
		ex.Request.Header = http.Header{
			"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("hunterkey:zosecret")), "Basic " + base64.StdEncoding.EncodeToString([]byte("nocolonatall"))}, "Cookie": {"session=cookiemonster"},
		}
		for name, values := range header {
			ex.Response.Header[name] = values
		}
		return strings.ToLower(written(t, shape.Learn(o, ex)))
	}
	for _, change := range [][2]string{
		{"Request Init", "sorry zacanary we failed"},
		{"SUCCESS", "ZACANARY"},
		{"0x0200", "ZACANARY"},
		{`"kid"`, `"zacanary"`},
		{`"kid"`, `"hunterkey"`},
		{`"kid"`, `"cookiemonster"`},
		{"0x0200", "zosecret"},
		{`"kid"`, `"nocolonatall"`},
		{`"kid"`, `"order_PiYroDYlo4NgGZ"`},
		{`"kid"`, `"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"`},
		{`"kid"`, `"tokAbcDefGhiJklMnoPqrStuVwxZq"`},
		{`"kid"`, `"p98123-45678"`},
		{`"kid"`, `"abcpe1234f"`},
		{"0x0200", "abcpe1234f"},
	} {
		if got := strings.ToLower(strings.Trim(change[1], `"`)); strings.Contains(learnt(strings.Replace(body, change[0], change[1], 1), nil), strings.TrimSuffix(strings.TrimPrefix(got, "sorry "), " we failed")) {
			t.Errorf("%s is kept", got)
		}
	}
	for _, h := range []http.Header{{"X-Trace-Abcpe1234f": {"v"}}, {"X-98123-45678": {"v"}}, {"X-Zacanary": {"v"}}, {"Content-Type": {"application/ABCPE1234F"}}, {"Content-Type": {"application/zacanary"}}} {
		if got := learnt(body, h); strings.Contains(got, "abcpe") || strings.Contains(got, "98123") || strings.Contains(got, "zacanary") {
			t.Errorf("%v is kept:\n%s", h, got)
		}
	}
	for _, name := range []string{"addressLine2", "oauth2Token", "sha256Sum", "is_3ds_enabled", "merchantUniqueReferenceNumber", "udf10"} {
		if got := learnt(strings.Replace(body, `"kid"`, fmt.Sprintf("%q", name), 1), http.Header{"X-Request-Id": {"v"}, "Content-Type": {"application/vnd.api+json"}}); !strings.Contains(got, "/data/"+strings.ToLower(name)+":") || !strings.Contains(got, "x-request-id") || !strings.Contains(got, "vnd.api+json") {
			t.Errorf("%s is not kept:\n%s", name, got)
		}
	}
}

// TestLearn_unreadable learns responses to requests that cannot be parsed, and personal
// values that only the response has.
func TestLearn_unreadable(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "createOrder")
	const response = `{"code":"0x0200","status":"SUCCESS","message":"Order created successful.","data":{"orderId":"O1","url":"https://pay.example/x","bankHolderName":"","accountNo":"","ifsc":""}}`
	quoted := []string{
		strings.Replace(response, "Order created successful.", "dear priyanka the order was made", 1),
		strings.Replace(response, `"orderId"`, `"priyanka":1,"orderId"`, 1), strings.Replace(response, "0x0200", "priyanka", 1), strings.Replace(response, "SUCCESS", "Priyanka", 1),
	}
	keeps := func(request, body string, header http.Header) string {
		ex := exchange(o, body)
		ex.Request.Body = []byte(request)
		for name, values := range header {
			ex.Response.Header[name] = values
		}
		return strings.ToLower(written(t, shape.Learn(o, ex)))
	}
	for _, request := range []string{"name=Priyanka+Deshmukh&x=1", "\ufeff{\"name\":\"Priyanka\"}", `{"name":"Priyanka Des`, `{"name":"Priyanka","name":"x"}`, `{"name":"Priyanka"} and more`} {
		for _, body := range quoted {
			if strings.Contains(keeps(request, body, nil), "priyanka") {
				t.Errorf("%q: the shape has a text of the request: %s", request, body)
			}
		}
	}
	for _, body := range quoted {
		if body = strings.Replace(body, `"bankHolderName":""`, `"bankHolderName":"Priyanka Deshmukh"`, 1); strings.Contains(keeps(`{}`, body, nil), "priyanka") {
			t.Errorf("the shape has the account holder: %s", body)
		}
	}
	person := `{"note":"x","customer":{"name":"Priyanka Deshmukh"}}`
	for _, header := range []http.Header{{"X-Priyankadeshmukh": {"1"}}, {"Content-Type": {"application/vnd.priyankadeshmukh+json"}}} {
		if strings.Contains(keeps(person, response, header), "priyanka") {
			t.Errorf("the shape has a personal value of %v", header)
		}
	}
	for _, body := range []string{strings.Replace(response, `"orderId"`, `"SEJKUEMxOTgwRw":1,"orderId"`, 1), strings.Replace(response, "SUCCESS", "SEJKUEMxOTgwRw", 1), strings.Replace(response, "0x0200", "SEJKUEMxOTgwRw", 1)} {
		if strings.Contains(keeps(`{}`, body, nil), "sejkuemxotgwrw") {
			t.Errorf("the shape has a PAN in base64: %s", body)
		}
	}
}

// TestLearn_readable reads what a Learner wrote.
func TestLearn_readable(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	deep := `1`
	for range 40 {
		deep = `{"` + strings.Repeat("abcdefgh", 5) + `":` + deep + `}`
	}
	for _, body := range []string{
		deep, `{"code":"SEJKUEMxOTgwRw","status":"SEJKUEMxOTgwRw","message":"SEJKUEMxOTgwRw","SEJKUEMxOTgwRw":"SEJKUEMxOTgwRw"}`,
		`{"code":"12345678","status":"a@b.example","message":"12345678 a@b.example","12345678":{"a@b.example":[{"ABCPE1234F":1}]}}`,
	} {
		raw, err := shape.Marshal(shape.Learn(o, exchange(o, body)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := shape.Unmarshal("a file", raw); err != nil {
			t.Errorf("%.60s: %v", body, err)
		}
	}
}

// TestLearn_order learns the same exchanges in any order, with requests that contain
// what others use as a name.
func TestLearn_order(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	var all []contract.Exchange
	for i, asked := range []string{"zork", "other person", "kelp zork", "mossy"} {
		for j, name := range []string{"zork", "kelp", "mossy"} {
			ex := exchange(o, fmt.Sprintf(`{"code":"0x0200","status":"SUCCESS","message":"a %s failed","data":{%q:{"a":%d},"kid":"K"}}`, name, name, i+j))
			ex.Request.Body = fmt.Appendf(nil, `{"name":%q}`, asked)
			all = append(all, ex)
		}
	}
	want := written(t, shape.Learn(o, all...))
	rapid.Check(t, func(t *rapid.T) {
		if got := written(t, shape.Learn(o, rapid.Permutation(all).Draw(t, "order")...)); got != want {
			t.Fatalf("another order:\n%s\n%s", want, got)
		}
	})
}

// TestLearn_secret learns responses that repeat the value of a secret member of theirs: no
// shape has it.
func TestLearn_secret(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "createOrder")
	const response = `{"code":"0x0200","status":"SUCCESS","message":"Order created successful.","data":{"orderId":"O1","url":"qwokkazebrawombat"}}`
	for _, change := range [][2]string{
		{`"SUCCESS"`, `"qwokkazebrawombat"`},
		{`"SUCCESS"`, `"QWOKKAZEBRAWOMBAT"`},
		{"0x0200", "qwokkazebrawombat"},
		{"Order created successful.", "go to qwokkazebrawombat now"},
		{`"orderId"`, `"qwokkazebrawombat"`},
		{`"orderId"`, `"Qwokkazebrawombat":{"a":1},"orderId"`},
		{`"orderId"`, `"cXdva2themVicmF3b21iYXQ":1,"orderId"`},
		{"", ""},
	} {
		for _, header := range []http.Header{nil, {"X-Qwokkazebrawombat": {"v"}}, {"Content-Type": {"application/vnd.qwokkazebrawombat+json"}}} {
			ex := exchange(o, strings.Replace(response, change[0], change[1], 1))
			ex.Request.Body = []byte(`{}`)
			for name, values := range header {
				ex.Response.Header[name] = values
			}
			if got := strings.ToLower(written(t, shape.Learn(o, ex))); strings.Contains(got, "qwokka") || strings.Contains(got, "cxdva2") {
				t.Errorf("%s, %v: the shape has a secret:\n%s", change[1], header, got)
			}
		}
	}
}
