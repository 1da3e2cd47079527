package redact_test

import (
	"testing"

	"assay/internal/redact"
)

func TestReplaced(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"***", "98****10", "Basic ****", "xxxx", "XXXX-XXXX", "####", "•••", "█████", "[REDACTED]", "<redacted>", "FILTERED", "<API_KEY>", "{{token}}", "${KEY}", "%{key}", "%5BREDACTED%5D", "__REDACTED__", "[email redacted]",
		"REDACTED", "Filtered", "masked", "hidden", "removed", "SANITIZED", "sanitised", "censored", "omitted", "stripped", "obfuscated", "anonymized", "anonymised", "suppressed", "withheld",
	} {
		if !redact.Replaced(text) {
			t.Errorf("%q is not known as replaced", text)
		}
	}
	for _, text := range []string{"", "x", "Success", "https://shop.example/", "4111111111111111", "An item was removed from the cart", "xx", "**", "expired", "child"} {
		if redact.Replaced(text) {
			t.Errorf("%q counts as replaced", text)
		}
	}
	for body, want := range map[string]bool{"[REDACTED]": true, `"***"`: true, "<redacted>": true, "<RESPONSE_BODY>": true, "<html>": false, "<HTML>": false, "": false, `{"a":"***"}`: false} {
		if redact.ReplacedBody([]byte(body)) != want {
			t.Errorf("ReplacedBody(%q) is not %v", body, want)
		}
	}
}
