package signature_test

import (
	"crypto/sha512"
	"encoding/hex"
	"testing"

	"assay/internal/signature"
)

// TestPaytringForms has the texts that the official SDKs hash for values that are not
// strings, and the form that they are.
func TestPaytringForms(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, value, text, form string }{
		{"text", `"x"`, "a|x|z|", "documented"},
		{"empty text", `""`, "a||z|", "documented"},
		{"a longer text", `"x"`, "a|xx|z|", ""},
		{"integer", `100`, "a|100|z|", "documented"},
		{"integer left out", `100`, "a|z|", "strings"},
		{"large integer", `9876543210`, "a|9876543210|z|", "documented"},
		{"negative", `-1`, "a|-1|z|", "documented"},
		{"float as written", `1.50`, "a|1.50|z|", "documented"},
		{"float in Node", `1.50`, "a|1.5|z|", "node"},
		{"whole float", `100.0`, "a|100|z|", "node"},
		{"exponent", `1e2`, "a|100|z|", "node"},
		{"large exponent in Node", `1e21`, "a|1e+21|z|", "node"},
		{"small exponent in Node", `0.0000001`, "a|1e-7|z|", "node"},
		{"sum of floats in Node", `0.30000000000000004`, "a|0.30000000000000004|z|", "documented"},
		{"sum of floats in PHP", `0.30000000000000004`, "a|0.3|z|", "php"},
		{"large float in PHP", `1.0e+25`, "a|1.0E+25|z|", "php"},
		{"float of 15 digits in PHP", `100000000000000.0`, "a|1.0E+14|z|", "php"},
		{"small float in PHP", `0.000012`, "a|1.2E-5|z|", "php"},
		{"small plain float in PHP", `1.2e-4`, "a|0.00012|z|", "node"},
		{"a number that is too large", `1e999999999`, "a|1e999999999|z|", "documented"},
		{"true", `true`, "a|true|z|", "documented"},
		{"true in PHP", `true`, "a|1|z|", "php"},
		{"false", `false`, "a|false|z|", "documented"},
		{"false in PHP", `false`, "a||z|", "php"},
		{"boolean left out", `false`, "a|z|", "strings"},
		{"null left out", `null`, "a|z|", "documented"},
		{"null in Node and PHP", `null`, "a||z|", "node"},
		{"null as text", `null`, "a|null|z|", ""},
		{"object left out", `{"b":1}`, "a|z|", "documented"},
		{"object in Node", `{"b":1}`, "a|[object Object]|z|", "node"},
		{"empty list left out", `[]`, "a|z|", "documented"},
		{"empty list in Node", `[]`, "a||z|", "node"},
		{"list in Node", `["b",[1,true,null],{"c":2}]`, "a|b,1,true,,[object Object]|z|", "node"},
		{"list as JSON", `["b"]`, `a|["b"]|z|`, ""},
		{"escapes", `"\u20b9\""`, "a|₹\"|z|", "documented"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sum := sha512.Sum512([]byte(test.text + "secret_123"))
			hash := hex.EncodeToString(sum[:])
			message := []byte(`{ "n": ` + test.value + `, "z":"z", "hash":"` + hash + `", "a": "a"}`)
			scheme := signature.PaytringSHA512{}
			if got := scheme.Form(message, "secret_123", hash); got != test.form {
				t.Errorf("the form is %q, want %q", got, test.form)
			}
			if scheme.Verify(message, "secret_123", hash) != (test.form != "") {
				t.Error("Verify does not agree with Form")
			}
			if signed, err := scheme.Sign(message, "secret_123", nil); err != nil || (signed == hash) != (test.form == "documented") {
				t.Errorf("Sign returns %s, %v", signed, err)
			}
			if scheme.Verify(message, "secret_124", hash) {
				t.Error("verifies with another key")
			}
		})
	}
}

// TestPaytringForms_mixed combines values of which each form writes another text.
func TestPaytringForms_mixed(t *testing.T) {
	t.Parallel()
	message := []byte(`{"amount":100,"autocapture":true,"cname":"A","notes":{"udf1":"b"},"pg":null,"tpv":[{"ifsc":"c"}]}`)
	for form, text := range map[string]string{
		"documented": "100|true|A|", "strings": "A|", "node": "100|true|A|[object Object]||[object Object]|", "php": "100|1|A||",
	} {
		sum := sha512.Sum512([]byte(text + "k"))
		if got := (signature.PaytringSHA512{}).Form(message, "k", hex.EncodeToString(sum[:])); got != form {
			t.Errorf("the hash of %s is found to be %q", form, got)
		}
	}
}
