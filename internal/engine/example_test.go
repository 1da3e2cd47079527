package engine_test

import (
	"context"
	"fmt"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
)

// Play one case from its cassette and print its verdict.
func ExampleEngine_Run() {
	c, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := engine.New(c, engine.Cassettes(c))
	selected := []*contract.Case{c.Fixtures.Case("paytm/createOrder/duplicate")}
	if err := e.Ready(selected); err != nil {
		fmt.Println(err)
		return
	}
	report := e.Run(context.Background(), selected, contract.Error, "v0.1.0", nil)
	for _, r := range report.Results {
		fmt.Println(r.Case, r.Verdict, r.Code)
	}
	// Output:
	// paytm/createOrder/duplicate pass 324
}
