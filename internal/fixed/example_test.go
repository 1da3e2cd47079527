package fixed_test

import (
	"encoding/hex"
	"fmt"
	"io"

	"assay/internal/fixed"
)

// The same name always has the same random bytes.
func ExampleRandom() {
	for _, name := range []string{"paytm/createOrder/accepted", "paytm/createOrder/accepted", "paytm/createOrder/duplicate"} {
		b := make([]byte, 8)
		_, _ = io.ReadFull(fixed.Random(name), b) // never fails
		fmt.Println(hex.EncodeToString(b), name)
	}
	// Output:
	// 9bcf875549afe428 paytm/createOrder/accepted
	// 9bcf875549afe428 paytm/createOrder/accepted
	// 79bb5a29394585da paytm/createOrder/duplicate
}
