package conform_test

import (
	"slices"
	"testing"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/enginetest"
)

// BenchmarkConform plays all cases of Paytm with the adapter, with damage and failures, but
// without the failures for which a client waits.
func BenchmarkConform(b *testing.B) {
	e := enginetest.Load(b)
	cases := slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(c *contract.Case) bool { return c.Provider() != "paytm" })
	for b.Loop() {
		s := conform.New(e, conform.Options{Client: adapterClient{engine: e}}.WithWaits(giveUp))
		r := s.Run(b.Context(), cases, contract.Error, "test", nil)
		if !r.Client.Conformant {
			b.Fatal(r.Client.Why)
		}
		b.ReportMetric(float64(r.Client.Calls), "calls")
	}
}
