package signature_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// vectors are keys, messages and HMACs from RFC 2202 section 3 and RFC 4231 sections 4.2 to 4.8.
var vectors = []struct{ name, scheme, key, message, hex string }{
	{"RFC 2202 1", "hmac-sha1", strings.Repeat("\x0b", 20), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"},
	{"RFC 2202 2", "hmac-sha1", "Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
	{"RFC 2202 3", "hmac-sha1", strings.Repeat("\xaa", 20), strings.Repeat("\xdd", 50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
	{"RFC 2202 6", "hmac-sha1", strings.Repeat("\xaa", 80), "Test Using Larger Than Block-Size Key - Hash Key First", "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
	{"RFC 4231 1", "hmac-sha256", strings.Repeat("\x0b", 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
	{"RFC 4231 2", "hmac-sha256", "Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
	{"RFC 4231 3", "hmac-sha256", strings.Repeat("\xaa", 20), strings.Repeat("\xdd", 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
	{"RFC 4231 6", "hmac-sha256", strings.Repeat("\xaa", 131), "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
	{"RFC 4231 1", "hmac-sha512", strings.Repeat("\x0b", 20), "Hi There", "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
	{"RFC 4231 2", "hmac-sha512", "Jefe", "what do ya want for nothing?", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
	{"RFC 4231 3", "hmac-sha512", strings.Repeat("\xaa", 20), strings.Repeat("\xdd", 50), "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
	{"RFC 4231 6", "hmac-sha512", strings.Repeat("\xaa", 131), "Test Using Larger Than Block-Size Key - Hash Key First", "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
}

func TestHMAC(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.scheme+" "+v.name, func(t *testing.T) {
			sum, err := hex.DecodeString(v.hex)
			if err != nil {
				t.Fatal(err)
			}
			written := map[string]string{
				"": v.hex, "hex": v.hex, "hex-upper": strings.ToUpper(v.hex),
				"base64": base64.StdEncoding.EncodeToString(sum), "base64url": base64.RawURLEncoding.EncodeToString(sum),
			}
			for encoding, want := range written {
				scheme, err := signature.Of(&openapi.Signature{Scheme: v.scheme, Encoding: encoding})
				if err != nil {
					t.Fatal(err)
				}
				if got, err := scheme.Sign([]byte(v.message), v.key, nil); got != want || err != nil {
					t.Errorf("%s: %s, %v", encoding, got, err)
				}
				for other, text := range written {
					if got := scheme.Verify([]byte(v.message), v.key, text); got != (text == want) {
						t.Errorf("%s in %s: %t", encoding, other, got)
					}
				}
				for name, wrong := range map[string]string{
					"cut": want[:len(want)-1], "empty": "", "longer": want + "0", "a character more": " " + want,
					"forged": signature.AlterText(want), "another alphabet": strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(want) + "!",
				} {
					if scheme.Verify([]byte(v.message), v.key, wrong) {
						t.Errorf("%s: %s is a signature", encoding, name)
					}
				}
				if scheme.Verify([]byte(v.message+"x"), v.key, want) || scheme.Verify([]byte(v.message), v.key+"x", want) {
					t.Errorf("%s: another message or key", encoding)
				}
			}
		})
	}
}

func TestHMACWithoutKey(t *testing.T) {
	scheme, err := signature.ByName("hmac-sha256")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scheme.Sign([]byte("x"), "", nil); err == nil {
		t.Error("an empty key signs")
	}
	if scheme.Verify([]byte("x"), "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad") {
		t.Error("an empty key verifies")
	}
	for _, s := range []openapi.Signature{{Scheme: "hmac-sha256", Encoding: "base32"}, {Scheme: "paytm-checksum", Encoding: "hex"}, {Scheme: "hmac-md5"}} {
		if _, err := signature.Of(&s); err == nil {
			t.Errorf("%s in %q is a scheme", s.Scheme, s.Encoding)
		}
	}
}

// outsides are signatures in each place outside of the body, and over each kind of part.
func outsides() map[string]*openapi.Signature {
	body, timed := []openapi.SignedPart{{Name: "body"}}, []openapi.SignedPart{{Name: "timestamp"}, {Text: ".", Name: "body"}}
	parts := []openapi.SignedPart{{Name: "method"}, {Text: " ", Name: "path"}, {Text: "?", Name: "request.query.mode"}, {Text: "\n", Name: "request#/note"}, {Text: "|", Name: "request.header.x-id"}}
	return map[string]*openapi.Signature{
		"in a header":           {Outside: "request.header.x-sig"},
		"in the query":          {Outside: "request.query.sig"},
		"over a member":         {Outside: "request.header.x-sig", Over: "/order"},
		"over a template":       {Outside: "request.header.x-sig", Template: body},
		"over parts":            {Outside: "request.header.x-sig", Template: parts},
		"named":                 {Outside: "request.header.x-sig", Named: "v1", TimeNamed: "t", Template: timed, Tolerance: time.Minute},
		"with a time elsewhere": {Outside: "request.header.x-sig", Time: "request.header.x-time", Template: timed, Tolerance: time.Minute},
		"in the body":           {At: "/sig", Template: parts},
	}
}

func request(form bool) contract.Request {
	u, _ := url.Parse("https://api.example.com/a%20b?mode=x&b=2") // a constant
	r := contract.Request{Method: "POST", URL: u, Header: http.Header{"Content-Type": {"application/json"}, "X-Id": {"7"}}, Body: []byte(`{"order": {"id": 1}, "note": "a b", "sig": ""}`)}
	if form {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body = []byte("order=1&note=a+b&sig=")
	}
	return r
}

// TestOutside signs a request at each place, verifies it, and then changes it.
func TestOutside(t *testing.T) {
	now, own := time.Unix(1_700_000_000, 0), map[string]string{"k": "key-of-a-merchant"}
	for name, s := range outsides() {
		for _, form := range []bool{false, true} {
			t.Run(name+map[bool]string{true: " of a form"}[form], func(t *testing.T) {
				s := *s
				s.Of, s.Scheme, s.Key = contract.InRequest, "hmac-sha256", "k"
				state := func(r contract.Request, own map[string]string, now time.Time) contract.SignatureState {
					return signature.ExchangeState(&s, contract.Exchange{Request: r}, own, now)
				}
				before := request(form)
				if s.Outside != "" && state(before, own, now) != contract.SignatureMissing {
					t.Error("an unsigned request is signed")
				}
				r := signature.SignRequest(&s, before, own, now, signature.Zeros{})
				if got := state(r, own, now.Add(time.Second)); got != contract.SignatureValid {
					t.Fatalf("%s: %v %s %s", got, r.Header, r.URL, r.Body)
				}
				if got := state(r, map[string]string{"k": "another"}, now); got != contract.SignatureInvalid {
					t.Errorf("with another key: %s", got)
				}
				if got := state(r, nil, now); got != contract.SignatureUnverified {
					t.Errorf("without a key: %s", got)
				}
				want := contract.SignatureValid
				if s.Tolerance > 0 {
					want = contract.SignatureExpired
				}
				for _, later := range []time.Duration{2 * time.Minute, -2 * time.Minute} {
					if got := state(r, own, now.Add(later)); got != want {
						t.Errorf("at %s: %s", later, got)
					}
				}
				if got := state(r, own, time.Time{}); got != contract.SignatureValid {
					t.Errorf("at an unknown time: %s", got)
				}
				if !bytes.Equal(before.Body, request(form).Body) || before.Header.Get("X-Sig") != "" || before.URL.RawQuery != "mode=x&b=2" {
					t.Error("the request itself was changed")
				}
				for _, f := range signature.ForgeriesOf(&s) {
					forged := f.ForgeRequest(&s, nil, r, own)
					same := bytes.Equal(forged.Body, r.Body) && forged.URL.String() == r.URL.String() && forged.Header.Get("X-Sig") == r.Header.Get("X-Sig")
					if got := state(forged, own, now); same != (got == contract.SignatureValid) && !strings.Contains("re-serialised reordered", f.Name) {
						t.Errorf("%s: %s, unchanged %t", f.Name, got, same)
					}
				}
			})
		}
	}
}
