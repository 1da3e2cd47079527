package fixed_test

import (
	"bytes"
	"fmt"
	"io"

	"assay/internal/fixed"
)

// The same name always has the same random bytes.
func ExampleRandom() {
	one, another := make([]byte, 8), make([]byte, 8)
	_, _ = io.ReadFull(fixed.Random("paytm/createOrder/accepted"), one)     // never fails
	_, _ = io.ReadFull(fixed.Random("paytm/createOrder/accepted"), another) // never fails
	fmt.Println(bytes.Equal(one, another))
	// Output:
	// true
}
