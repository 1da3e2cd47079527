package sandbox_test

import (
	"bytes"
	"regexp"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/specs"
)

// TestIDs prints an id with characters that JSON escapes, and others that it does not:
// another id has them in the same places, and other letters and digits.
func TestIDs(t *testing.T) {
	t.Parallel()
	raw, err := specs.Files.ReadFile("ipayments.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const printed, odd = "orderId: order_PiYroDYlo4NgGZ", `orderId: "order_é\"aa11\n<&>bb\\nZZ\u2028cc"`
	if !bytes.Contains(raw, []byte(printed)) {
		t.Fatalf("%q does not stand in the document", printed)
	}
	s, err := openapi.Load(fstest.MapFS{"ipayments.yaml": {Data: bytes.Replace(raw, []byte(printed), []byte(odd), 1)}}, "ipayments.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := serving(t, []*openapi.Spec{s}, sandbox.Options{})
	response, err := w.ask("ipayments", w.recorded("ipayments/createOrder/accepted"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := contract.ReadMembers(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := m.String("/data/orderId")
	if !regexp.MustCompile("^order_é\"[a-z]{2}[0-9]{2}\n<&>[a-z]{2}\\\\[a-z][A-Z]{2}\u2028[a-z]{2}$").MatchString(id) || id == "order_é\"aa11\n<&>bb\\nZZ\u2028cc" {
		t.Errorf("the id is %q: %s", id, response.Body)
	}
}
