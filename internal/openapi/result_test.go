package openapi_test

import (
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/specs"
)

// TestNumericCode reads codes that are numbers, through the scan and through the decoded body: a
// whole number may be written in several ways, and a text in one.
func TestNumericCode(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(specs.Files, "enkash.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := s.Operation("createToken")
	for written, want := range map[string]string{
		"200": "200", "200.0": "200", "2e2": "200", "2000e-1": "200", "0": "0", "0.0": "0", "-0": "0", "0e5": "0", "-7": "-7", "-7.0": "-7",
		"1.5": "1.5", "123456789012345678901234": "123456789012345678901234", `"200"`: "200", `"200.0"`: "200.0", `"2e2"`: "2e2", "true": "true",
	} {
		response := contract.Response{Status: 200, Body: []byte(`{"token":"t","resultCode":` + written + `}`)}
		decoded, ok := o.ResultCode(response)
		x := openapi.NewView(o, contract.Exchange{Response: response}, nil, nil)
		scanned, scannedToo := x.ResultCode()
		if !ok || !scannedToo || decoded.Code != want || scanned.Code != want || (decoded.Row != nil) != (want == "200" || want == "0") || decoded.Row != scanned.Row {
			t.Errorf("%s is %q and %q, want %q", written, decoded.Code, scanned.Code, want)
		}
		x.Done()
	}
}
