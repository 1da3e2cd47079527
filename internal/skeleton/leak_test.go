package skeleton_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/skeleton"
)

// TestNoValues makes skeletons of traffic with a value at many places. No file and no notice
// has it, in no path, name or text.
func TestNoValues(t *testing.T) {
	t.Parallel()
	type call struct{ method, url, header, body string }
	get := func(all ...string) (calls []call) {
		for _, u := range all {
			calls = append(calls, call{method: "GET", url: u})
		}
		return calls
	}
	paths := func(all ...string) []call {
		for i, p := range all {
			all[i] = "https://pay.zed.test" + p
		}
		return get(all...)
	}
	body := func(text string) []call {
		return []call{{method: "GET", url: "https://pay.zed.test/v1/orders", body: text}}
	}
	thrice := func(calls []call) []call { return append(append(calls, calls...), calls...) }
	tests := map[string]struct {
		calls  []call
		values string // separated by blanks
		path   string // of the operation; "": any
	}{
		"e-mail in a path":               {paths("/v1/users/asha%40acme.in/orders"), "asha acme", "/v1/users/{id}/orders"},
		"e-mail as it is":                {paths("/v1/users/asha@acme.in/orders"), "asha acme", "/v1/users/{id}/orders"},
		"UPI address":                    {paths("/v1/pay/asha@okicici/status"), "asha okicici", "/v1/pay/{id}/status"},
		"two UPI addresses":              {paths("/v1/pay/asha@okicici", "/v1/pay/ravi@ybl"), "asha okicici ravi ybl", "/v1/pay/{id}"},
		"e-mail encoded twice":           {paths("/v1/mail/asha%2540acme.in"), "asha acme", "/v1/mail/{id}"},
		"e-mail in base64":               {paths("/v1/by/YXNoYUBhY21lLmlu/orders"), "YXNoYUBhY21lLmlu asha", "/v1/by/{id}/orders"},
		"e-mail as the first segment":    {paths("/asha@acme.in/orders"), "asha acme", "/{id}/orders"},
		"JWT":                            {paths("/v1/by/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhc2hhIn0.c2lnbmF0dXJl"), "eyJ", "/v1/by/{id}"},
		"UUID":                           {paths("/v1/by/0b5f8a52-7a55-4c4e-9b3a-5a5f1b9a0c11"), "0b5f8a52", "/v1/by/{id}"},
		"hexadecimal":                    {paths("/v1/by/deadbeefcafe"), "deadbeef", "/v1/by/{id}"},
		"card number with dashes":        {paths("/v1/by/4111-1111-1111-1111"), "4111", "/v1/by/{id}"},
		"PAN":                            {paths("/v1/by/ABCPZ1234Z"), "abcpz", "/v1/by/{id}"},
		"GSTIN":                          {paths("/v1/by/27ABCPZ1234Z1Z5"), "abcpz", "/v1/by/{id}"},
		"telephone number":               {paths("/v1/by/+919876543210"), "98765", "/v1/by/{id}"},
		"matrix parameter":               {paths("/v1/orders;user=asha"), "asha", "/v1/{id}"},
		"another script":                 {paths("/v1/by/%E0%A4%86%E0%A4%B6%E0%A4%BE"), "%E0 आशा", "/v1/by/{id}"},
		"date of birth":                  {paths("/v1/by/1990-05-17"), "1990", "/v1/by/{id}"},
		"address of a network":           {paths("/v1/by/10.20.30.40"), "10.20", "/v1/by/{id}"},
		"number of two digits":           {paths("/v1/orders/17"), "orders/17", "/v1/orders/{id}"},
		"token without digits":           {paths("/v1/by/SpLxlOBeZqQyBySxWxSbIA"), "splxl", "/v1/by/{id}"},
		"name below users":               {paths("/v1/users/asha/orders"), "asha", "/v1/users/{id}/orders"},
		"names that vary":                {paths("/v1/pay/asha/status", "/v1/pay/ravi/status", "/v1/pay/meera/status"), "asha ravi meera", "/v1/pay/{id}/status"},
		"method that the dialect lacks":  {append(paths("/v1/orders"), call{method: "PROPFIND", url: "https://pay.zed.test/v1/asha@acme.in"}), "asha acme", ""},
		"user and password of the host":  {get("https://asha:hunter2@pay.zed.test/v1/orders"), "asha hunter2", ""},
		"number in the host":             {get("https://acct-91827364.zed.test/v1/orders"), "91827364", ""},
		"another host with a number":     {append(thrice(paths("/v1/orders")), get("https://acct-91827364.zed.test/v1/refunds")...), "91827364", ""},
		"tenants":                        {get("https://asha-stores.zed.test/v1/orders", "https://meera-foods.zed.test/v1/orders"), "asha meera", ""},
		"name of a query":                {paths("/v1/orders?asha%40acme.in=1"), "asha acme", ""},
		"name of a header":               {[]call{{method: "GET", url: "https://pay.zed.test/v1/orders", header: "X-9876543210"}}, "98765", ""},
		"name of a member":               {body(`{"code":"OK","asha@acme.in":1,"YXNoYUBhY21lLmlu":{"a":1},"ABCPZ1234Z":2,"deadbeefcafe":3}`), "asha acme YXNo abcpz deadbeef", ""},
		"name in capitals":               {thrice(body(`{"code":"OK","nickname":"ASHA","payer":"RAM"}`)), "asha \"RAM\"", ""},
		"prefix of references":           {append(body(`{"code":"OK","receipt":"asha_81238123"}`), body(`{"code":"OK","receipt":"asha_81238124"}`)...), "asha", ""},
		"small number":                   {body(`{"code":"OK","age":43}`), ": 43", ""},
		"code of an authorization":       {body(`{"code":"SplxlOBeZQ1YbYS6WxSbIA"}`), "splxl", ""},
		"code that is an e-mail encoded": {body(`{"code":"YXNoYUBhY21lLmlu"}`), "YXNo asha", ""},
	}
	for name, test := range tests {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			var all []skeleton.Recorded
			for _, c := range test.calls {
				u, err := url.Parse(c.url)
				if err != nil {
					t.Fatal(err)
				}
				ex := contract.Exchange{Request: contract.Request{Method: c.method, URL: u, Header: http.Header{}}}
				if c.header != "" {
					ex.Request.Header.Set(c.header, "1")
				}
				ex.Response = contract.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(c.body)}
				if c.body == "" {
					ex.Response.Body = []byte(`{"code":"OK"}`)
				}
				all = append(all, skeleton.Recorded{Exchange: ex})
			}
			p, err := skeleton.FromTraffic("zed", "traffic.ndjson", all)
			if err != nil {
				t.Fatal(err)
			}
			if test.path != "" && (len(p.Operations) != 1 || p.Operations[0].Path != test.path) {
				for _, o := range p.Operations {
					t.Errorf("operation %s, want one with %s", o.Path, test.path)
				}
			}
			files, err := p.Files()
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, f := range files {
				b.WriteString(f.Path + "\n" + string(f.Data))
			}
			b.WriteString(strings.Join(append(p.Left, p.Hosts...), "\n"))
			text := strings.ToLower(b.String())
			for value := range strings.SplitSeq(test.values, " ") {
				if i := strings.Index(text, strings.ToLower(value)); i >= 0 && value != "" && value != ":" {
					t.Errorf("%q is written: …%s…", value, text[max(0, i-60):min(len(text), i+60)])
				}
			}
		})
	}
}

// TestNames keeps the segments of paths that name resources, versions and actions.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/v1/orders", "/api/2/payment-links", "/admin/api/2023-10/orders", "/v2.1/oauth2/token", "/1.1/statuses", "/v1/users/search", "/v1/customers/createCustomer",
		"/merchant/getTxnStatus", "/TRANSACTIONSTATUS", "/v1/payments/upi/collect", "/v1/3ds2/challenge", "/v1/orders:batchGet", "/pg/v1/vpa/validate", "/theia/api/v1/initiateTransaction",
		"/apiv2/x509", "/v1/settlements/recon/combined", "/hdfcbank/netbanking", "/v1/payment_links.json", "/v1/orders/cancel",
	} {
		u, err := url.Parse("https://pay.zed.test" + path)
		if err != nil {
			t.Fatal(err)
		}
		ex := contract.Exchange{Request: contract.Request{Method: "GET", URL: u}, Response: contract.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"code":"OK"}`)}}
		p, err := skeleton.FromTraffic("zed", "traffic.ndjson", []skeleton.Recorded{{Exchange: ex}})
		if err != nil || p.Operations[0].Path != path {
			t.Errorf("%s became %v, %v", path, p.Operations[0].Path, err)
		}
	}
}
