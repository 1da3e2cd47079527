package signature_test

import (
	"bytes"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
	"assay/specs"
)

// signed is a body signed as a specification demands.
type signedBody struct {
	name   string
	sign   *openapi.Signature
	schema *openapi.Body
	body   string
	own    map[string]string
}

// all returns a signed body for every scheme and direction of the providers that it knows.
func all(t *testing.T) []signedBody {
	t.Helper()
	bodies := map[string]string{
		"paytm/createOrder request":    `{"head":{"signature":"x"},"body":{"mid":"m","orderId":"R1","websiteName":"retail"}}`,
		"paytm/createOrder response":   `{"head":{"signature":"x"},"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"txnToken":"token1"}}`,
		"paytring/createOrder request": `{"key":"k","amount":"100","receipt_id":"R1","cname":"Asha","hash":"x"}`,
	}
	loaded, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	var made []signedBody
	for _, s := range loaded {
		for _, o := range s.Operations {
			add := func(name string, sign *openapi.Signature, of *openapi.Body) {
				body, known := bodies[o.Name()+" "+name]
				if !known { // a provider that came later: its schemes have tests of their own
					return
				}
				made = append(made, signedBody{o.Name() + " " + name, sign, of, string(signature.Sign(sign, []byte(body), s.TestCredentials(), signature.Zeros{})), s.TestCredentials()})
			}
			if o.Sign.Request != nil {
				add("request", o.Sign.Request, o.Request)
			}
			if o.Sign.Response != nil {
				add("response", o.Sign.Response, o.Responses[o.Success().HTTP].Body)
			}
		}
	}
	if len(made) != len(bodies) {
		t.Fatalf("%d of %d bodies belong to a signed operation", len(made), len(bodies))
	}
	return made
}

// TestForgeries applies every forgery to a body of every scheme and direction. The
// signature is then missing or invalid, unless the scheme covers values and not bytes.
func TestForgeries(t *testing.T) {
	t.Parallel()
	harmless := map[string]bool{
		"paytm/createOrder request re-serialised": true, "paytm/createOrder response re-serialised": true, // the compact form is verified too
		"paytring/createOrder request re-serialised": true, "paytring/createOrder request reordered": true, // the hash sorts values by name
	}
	for _, b := range all(t) {
		if got := signature.State(b.sign, []byte(b.body), b.own); got != "valid" {
			t.Errorf("%s: the signature is %s, want valid", b.name, got)
		}
		for _, f := range signature.Forgeries() {
			forged := f.Forge(b.sign, b.schema, []byte(b.body), b.own)
			want := contract.SignatureInvalid
			switch {
			case f.Name == "missing":
				want = contract.SignatureMissing
			case harmless[b.name+" "+f.Name]:
				want = contract.SignatureValid
			}
			if got := signature.State(b.sign, forged, b.own); got != want || bytes.Equal(forged, []byte(b.body)) {
				t.Errorf("%s, %s: the signature is %s, want %s: %s", b.name, f.Name, got, want, forged)
			}
		}
	}
}

// TestNothingToForge applies forgeries to bodies that cannot be forged: none becomes a
// signed body.
func TestNothingToForge(t *testing.T) {
	t.Parallel()
	for _, b := range all(t) {
		for _, body := range []string{"", "null", "[]", "{}", `{"head":7}`, `{"hash":`, `{"head":{},"body":{}}`, `{"head":{"signature":""},"hash":"","body":""}`} {
			for _, f := range signature.Forgeries() {
				forged := f.Forge(b.sign, b.schema, []byte(body), b.own)
				if signature.State(b.sign, forged, b.own) == "valid" {
					t.Errorf("%s, %s: %s became %s, which has a valid signature", b.name, f.Name, body, forged)
				}
			}
		}
		if got := signature.State(nil, []byte(b.body), b.own); got != "none" {
			t.Errorf("%s without a documented signature: %s, want none", b.name, got)
		}
		if got := signature.Sign(&openapi.Signature{Scheme: "none"}, []byte(b.body), b.own, nil); string(got) != b.body {
			t.Errorf("an unknown scheme changes the body to %s: %s", got, b.name)
		}
	}
}

// TestInstead finds the texts that the documents accept in place of a signature.
func TestInstead(t *testing.T) {
	t.Parallel()
	for _, b := range all(t) {
		for _, text := range b.sign.Instead {
			body := contract.Replace([]byte(b.body), b.sign.At, []byte(`"`+text+`"`))
			if got := signature.State(b.sign, body, b.own); got != "instead" {
				t.Errorf("%s with %q: the signature is %s, want instead", b.name, text, got)
			}
		}
	}
}

// TestAlterText wants another text of the same form.
func TestAlterText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"abc": "abb", "a": "b", "A1": "A0", "0": "1", "10.50#": "10.51#", "": "x", "#": "#x", "é": "éx"} {
		if got := signature.AlterText(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
