package signature_test

import (
	"fmt"

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
	// signature: no scheme "rot13"; there are paytm-checksum, paytring-sha512
}
