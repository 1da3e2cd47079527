package engine_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/engine"
)

// rounds is how often each side of a comparison is measured, in turns.
const rounds = 101

// compare measures what is looked at against json.Unmarshal of the same bytes
// into any, in turns in one process, and reports the median of the ratios.
func compare(b *testing.B, bodies [][]byte, look func() bool) {
	b.Helper()
	const times = 50
	var ratios []float64
	allocs := testing.AllocsPerRun(20, func() { look() })
	for b.Loop() {
		for range rounds {
			from := time.Now()
			for range times {
				if !look() {
					b.Fatal("the exchange is not judged as it should be")
				}
			}
			middle := time.Now()
			for range times {
				for _, body := range bodies {
					var value any
					if err := json.Unmarshal(body, &value); err != nil {
						b.Fatal(err)
					}
				}
			}
			ratios = append(ratios, float64(middle.Sub(from))/float64(time.Since(middle)))
		}
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "×Unmarshal")
	b.ReportMetric(allocs, "allocs/exchange")
}

// BenchmarkJudge measures conforming exchanges, without and with keys to verify
// with, and one that is rejected and explained.
func BenchmarkJudge(b *testing.B) {
	e, err := engine.New(engine.Embedded(), engine.Options{})
	if err != nil {
		b.Fatal(err)
	}
	keys := map[string]map[string]string{}
	for _, s := range e.Specs {
		keys[s.Provider] = s.TestCredentials()
	}
	for _, name := range []string{"paytm/createOrder/everything", "paytm/createOrder/accepted", "paytring/createOrder/accepted", "ipayments/createOrder/accepted", "enkash/createOrder/accepted"} {
		play := e.Play(b.Context(), e.Fixtures.Case(name))
		if play.Err != nil {
			b.Fatal(play.Err)
		}
		ex := *play.Exchange
		bodies := [][]byte{ex.Request.Body, ex.Answer.Body}
		for kind, how := range map[string]engine.Judging{"rules": {}, "signed": {Keys: keys}} {
			j, err := e.Judge(how)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(name+"/"+kind, func(b *testing.B) {
				compare(b, bodies, func() bool { r, ok := j.Judge(ex); return ok && len(r.Findings) == 0 })
			})
			if kind == "rules" {
				bad := ex
				bad.Answer.Body = contract.Replace(ex.Answer.Body, "", append(slices.Clone(ex.Answer.Body[:len(ex.Answer.Body)-1]), `,"assayExtra":1}`...))
				b.Run(name+"/rejected", func(b *testing.B) {
					compare(b, bodies, func() bool { r, ok := j.Judge(bad); return ok && len(r.Findings) > 0 })
				})
			}
		}
	}
}
