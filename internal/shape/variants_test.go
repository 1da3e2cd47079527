package shape_test

import (
	"maps"
	"net/url"
	"os"
	"slices"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/shape"
)

// TestVariants learns the rows of a code apart, and reads the shape again.
func TestVariants(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(os.DirFS("../openapi/testdata/variants"), "tolls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := spec.Operation("createOrder")
	var all []contract.Exchange
	for body, status := range map[string]int{
		`{"error":{"code":"REFUSED","description":"Authentication failed"}}`:                            401,
		`{"error":{"code":"REFUSED","description":"x","reason":"input_failed","field":"receipt"}}`:      400,
		`{"error":{"code":"REFUSED","description":"x"}}`:                                                402, // no variant fits
		`{"error":{"code":"REFUSED/invalid-field","description":"a code that reads like a row","x":1}}`: 400,
	} {
		all = append(all, contract.Exchange{
			Request:  contract.Request{Method: "POST", URL: &url.URL{Path: "/v1/orders"}, Body: []byte(`{"amount":100,"receipt":"REFUSED"}`)},
			Response: contract.Response{Status: status, Body: []byte(body)}, Evidence: contract.Sandbox,
		})
	}
	learnt := shape.Learn(o, all...)
	want := []string{"REFUSED", "REFUSED/duplicate-receipt", "REFUSED/unauthorized", "other"}
	if got := slices.Sorted(maps.Keys(learnt.Codes)); !slices.Equal(got, want) {
		t.Errorf("learnt %q, want %q", got, want)
	}
	raw, err := shape.Marshal(learnt)
	if err != nil {
		t.Fatal(err)
	}
	again, err := shape.Unmarshal("tolls/createOrder.shape.yaml", raw)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(again.Codes)); !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

// Without the value that tells its variants apart, a code is not known.
func TestVariantReplaced(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(os.DirFS("../openapi/testdata/variants"), "tolls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := spec.Operation("createOrder")
	for reason, want := range map[string]contract.Omitted{"input_failed": {}, "***": {Exchanges: 1}, "[REDACTED]": {Exchanges: 1}} {
		ex := contract.Exchange{
			Request:  contract.Request{Method: "POST", URL: &url.URL{Path: "/v1/orders"}, Body: []byte(`{"amount":100,"receipt":"R1"}`)},
			Response: contract.Response{Status: 400, Body: []byte(`{"error":{"code":"REFUSED","description":"x","reason":"` + reason + `","field":"receipt"}}`)},
			Recorder: &contract.Recorder{Name: "a recorder"},
		}
		l := shape.NewLearner()
		if err := l.Learn(1, ex, o); err != nil {
			t.Fatal(err)
		}
		if got, _ := l.Omitted(); got != want {
			t.Errorf("%s: omitted %+v, expected %+v", reason, got, want)
		}
	}
}
