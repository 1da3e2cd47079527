package drift_test

import (
	"fmt"
	"log"
	"net/http"

	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/shape"
	"assay/specs"
)

// responses returns n exchanges with the same body.
func responses(n int, body string) (all []contract.Exchange) {
	for range n {
		all = append(all, contract.Exchange{Response: contract.Response{Status: http.StatusOK, Body: []byte(body)}})
	}
	return all
}

// A member that was always present is missing now.
func ExampleCompare() {
	spec, err := openapi.Load(specs.Files, "ipayments.yaml")
	if err != nil {
		log.Fatal(err)
	}
	kyc := spec.Operation("initKyc")
	was := shape.Learn(kyc, responses(20, `{"code":"0x0200","status":"SUCCESS","data":{"kid":"KID1"}}`)...)
	is := shape.Learn(kyc, responses(20, `{"code":"0x0200","status":"SUCCESS","data":{}}`)...)
	for _, c := range drift.Compare(was, is, kyc, nil) {
		fmt.Printf("%s %s: %s (was %s, is %s)\n", c.Impact, c.At, report.Sentence(c.Message), c.Was, c.Is)
	}
	// Output:
	// minor response#/data/kid: a member that was present is missing (was 20 of 20, is 0 of 20)
}

// Uses say what an adapter does with a member, and so what its absence does.
func ExampleUses() {
	uses := &drift.Uses{}
	uses.Note("0x0200", "/data/url", drift.Gone, drift.Decides)
	impact, why := uses.By("0x0200", "/data/url", drift.Gone).Impact()
	fmt.Println(impact, "-", report.Sentence(why))
	// Output:
	// breaks - our adapter reads it, and the outcome depends on it
}
