package impact_test

import (
	"fmt"
	"log"
	"net/http"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/enginetest"
	"assay/internal/impact"
	"assay/internal/report"
	"assay/internal/shape"
)

// The Paytm adapter needs the token of an order: a response without it breaks us.
func ExampleImpact_Uses() {
	all, err := enginetest.Disk(catalog.Options{})
	if err != nil {
		log.Fatal(err)
	}
	uses := impact.New(all).Uses(all.Spec("paytm").Operation("createOrder"))
	rating, why := uses.By("0000", "/body/txnToken", drift.Gone).Impact()
	fmt.Println(rating, "-", report.Sentence(why))
	// Output:
	// breaks - our adapter reads it, and the outcome depends on it
}

// The status is a number now, and the iPayments adapter decides on its text.
func ExampleImpact_Drift() {
	all, err := enginetest.Disk(catalog.Options{})
	if err != nil {
		log.Fatal(err)
	}
	kyc := all.Spec("ipayments").Operation("initKyc")
	response := contract.Exchange{Response: contract.Response{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   []byte(`{"code":"0x0200","message":"Request Init","status":1,"data":{"url":"https://kyc.example.com/a"}}`),
	}}
	is := map[string]*shape.Shape{kyc.Name(): shape.Learn(kyc, response)}
	changes, compared := impact.New(all).Drift(impact.Documented(all), is)
	fmt.Println("operations compared:", compared)
	for _, c := range changes {
		fmt.Printf("%s %s: %s; %s\n", c.Impact, c.At, report.Sentence(c.Message), report.Sentence(c.Why))
	}
	// Output:
	// operations compared: 1
	// breaks response#/status: is integer, and was string; our adapter reads it, and the outcome depends on it
}
