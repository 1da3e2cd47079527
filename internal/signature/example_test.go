package signature_test

import (
	"fmt"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// A scheme verifies the bytes as they were sent: the same JSON with other spaces has
// another signature.
func ExampleByName() {
	scheme, err := signature.ByName("paytm-checksum")
	if err != nil {
		fmt.Println(err)
		return
	}
	signed, err := scheme.Sign([]byte(`{"orderId":"A1"}`), "fake-key-16bytes", signature.Zeros{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scheme.Verify([]byte(`{"orderId":"A1"}`), "fake-key-16bytes", signed))
	fmt.Println(scheme.Verify([]byte(`{"orderId": "A1"}`), "fake-key-16bytes", signed))

	_, err = signature.ByName("rot13")
	fmt.Println(err)
	// Output:
	// true
	// false
	// signature: no scheme "rot13"; there are hmac-sha1, hmac-sha256, hmac-sha512, paytm-checksum, paytring-sha512
}

// State finds the signature in a body, and the part that it covers, where the
// specification says.
func ExampleState() {
	sign := &openapi.Signature{
		Scheme: "paytring-sha512",
		At:     contract.Pointer("/hash"),
		Key:    "secret",
	}
	keys := map[string]string{"secret": "fake-secret"}
	body := signature.Sign(sign, []byte(`{"amount":"100","hash":""}`), keys, signature.Zeros{})

	fmt.Println(signature.State(sign, body, keys))
	fmt.Println(signature.State(sign, []byte(`{"amount":"999","hash":"00"}`), keys))
	fmt.Println(signature.State(sign, []byte(`{"amount":"100"}`), keys))
	fmt.Println(signature.State(sign, body, nil))
	// Output:
	// valid
	// invalid
	// missing
	// unverified
}
