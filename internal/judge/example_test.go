package judge_test

import (
	"context"
	"fmt"
	"strings"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/judge"
)

// Judge recorded traffic, one JSON line for each exchange.
func ExampleJudge_Check() {
	c, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	j, err := judge.New(c, judge.Options{Recorded: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	traffic := strings.NewReader(`{"schema":"assay.exchange/v1","request":{"method":"GET","url":"https://shop.example.com/","headers":{}},"response":{"status":200,"headers":{}}}` + "\n")
	tally, err := j.Check(context.Background(), []string{"-"}, traffic, judge.CheckOptions{FailOn: contract.Error})
	if err != nil {
		fmt.Println(err)
		return
	}
	counts := tally.Report(c, "v0.1.0", 10).Traffic
	fmt.Println(counts.Exchanges, "exchange,", counts.Unmatched, "unmatched")
	// Output:
	// 1 exchange, 1 unmatched
}
