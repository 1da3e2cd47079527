package openapi

import (
	"encoding/json"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/specs"
)

// BenchmarkBody compares the check of a response's raw bytes with decoding them by
// encoding/json.
func BenchmarkBody(b *testing.B) {
	loaded, err := LoadAll(specs.Files)
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range loaded {
		for _, o := range s.Operations {
			example, ok := o.Example(o.Success().Code)
			if !ok {
				continue
			}
			check, notes := compiled(convertSchema(o.Responses[example.HTTP].schema), jsonschema.Request{Root: contract.ResponseRoot, Place: o.Responses[example.HTTP].Root.place()}), &jsonschema.ScanState{}
			b.Run(o.Name(), func(b *testing.B) {
				b.ReportAllocs()
				var quick, decode time.Duration
				for b.Loop() {
					from := time.Now()
					for range 100 {
						if !check.Read(example.Body, notes) || !notes.Conforms() {
							b.Fatal("does not conform")
						}
					}
					middle := time.Now()
					for range 100 {
						var v any
						if err := json.Unmarshal(example.Body, &v); err != nil {
							b.Fatal(err)
						}
					}
					quick += middle.Sub(from)
					decode += time.Since(middle)
				}
				b.ReportMetric(float64(quick)/float64(decode), "ratio")
				b.ReportMetric(float64(len(example.Body)*100*b.N)/quick.Seconds()/1e6, "MB/s")
			})
		}
	}
}

// BenchmarkLoad measures the loading of one document.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(specs.Files, "paytm.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
