package impact_test

import (
	"fmt"
	"log"

	"assay/internal/catalog"
	"assay/internal/drift"
	"assay/internal/enginetest"
	"assay/internal/impact"
	"assay/internal/report"
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
