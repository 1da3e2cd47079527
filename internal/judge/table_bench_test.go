package judge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"slices"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/testsize"
	"assay/specs"
)

// ratio measures two functions by turns in one process and returns the median of the ratios of
// their times.
func ratio(one, other func()) float64 {
	const times = 40
	var all []float64
	for range testsize.Benchmark(101, 3) { // measurements of each side
		from := time.Now()
		for range times {
			one()
		}
		middle := time.Now()
		for range times {
			other()
		}
		all = append(all, float64(middle.Sub(from))/float64(time.Since(middle)))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// must measures a function that has to return true every time.
func must(b *testing.B, what string, f func() bool) func() {
	b.Helper()
	return func() {
		if !f() {
			b.Fatal(what)
		}
	}
}

// sample is a conforming exchange, and the functions to measure.
type sample struct {
	name          string
	ex            contract.Exchange
	rejected      map[string]contract.Exchange // by fault; see rejections
	bodies        func() bool                  // validates both bodies
	judge, signed *judge.Judge
	filter        func() bool // kin-openapi's own validation of request and response
}

// BenchmarkTable prints the time to judge an exchange, as a multiple of decoding its bodies
// with encoding/json into any. For exchanges with one fault it prints the slowest; another
// has three faults. It runs on one core: on another core, the garbage collection of decoding
// would cost nothing.
func BenchmarkTable(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	e := enginetest.LoadData(b, catalog.Embedded(), catalog.Options{})
	for b.Loop() {
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(t, "\nEXCHANGE\tBYTES\tBODIES\tWITH RULES\tALLOCATIONS\tUNDOCUMENTED MEMBER\tREJECTED\tTHREE FAULTS\tALLOCATIONS\tSIGNED\tKIN-OPENAPI")
		for _, name := range listed() {
			s := newSample(b, e, name)
			decode := s.decoded(b)
			rules := must(b, "rules", func() bool { r, ok := s.judge.Judge(s.ex); return ok && len(r.Findings) == 0 })
			signed := must(b, "signed", func() bool { r, ok := s.signed.Judge(s.ex); return ok && len(r.Findings) == 0 })
			_, _ = fmt.Fprintf(t, "%s\t%d\t%.2f ×\t%.2f ×\t%.0f\t%.2f ×\t%.2f ×\t%.2f ×\t%.0f\t%.2f ×\t%.0f × slower\n", name, len(s.ex.Request.Body)+len(s.ex.Response.Body),
				ratio(must(b, "bodies", s.bodies), decode), ratio(rules, decode), testing.AllocsPerRun(100, rules),
				ratio(s.explained(b, undocumentedMember), decode), s.worst(b), ratio(s.explained(b, threeFaults), decode), testing.AllocsPerRun(100, s.explained(b, threeFaults)),
				ratio(signed, decode), ratio(must(b, "filter", s.filter), rules))
		}
		_ = t.Flush() // there is nowhere to report it
	}
}

// listed returns the cases of the table.
func listed() []string {
	return []string{"paytm/createOrder/everything", "paytm/createOrder/accepted", "ipayments/createOrder/accepted", "ipayments/initKyc/accepted", "paytring/createOrder/accepted", "enkash/createOrder/accepted"}
}

// decoded decodes both bodies with encoding/json into any.
func (s *sample) decoded(b *testing.B) func() {
	b.Helper()
	return must(b, "decode", func() bool {
		var request, response any
		return json.Unmarshal(s.ex.Request.Body, &request) == nil && json.Unmarshal(s.ex.Response.Body, &response) == nil
	})
}

func newSample(b *testing.B, e *engine.Engine, name string) *sample {
	b.Helper()
	c := e.Fixtures.Case(name)
	play := e.Play(b.Context(), c)
	if play.Err != nil {
		b.Fatal(play.Err)
	}
	s := &sample{name: name, ex: *play.Exchange}
	of := e.Spec(c.Provider())
	o := of.Operation(c.Operation())
	s.rejected = rejections(b, o, s.ex)
	asked, responded := o.Request, o.Responses[s.ex.Response.Status].Body
	s.bodies = func() bool { return asked.Conforms(s.ex.Request.Body) && responded.Conforms(s.ex.Response.Body) }
	keys := map[string]map[string]string{}
	for _, one := range e.Specs {
		keys[one.Provider] = one.TestCredentials()
	}
	var err error
	if s.judge, err = judge.New(e.Catalog, judge.Options{}); err != nil {
		b.Fatal(err)
	}
	if s.signed, err = judge.New(e.Catalog, judge.Options{Keys: keys}); err != nil {
		b.Fatal(err)
	}
	s.filter = filtered(b, c.Provider(), s.ex)
	return s
}

// filtered returns a function that validates an exchange with kin-openapi.
func filtered(b *testing.B, provider string, ex contract.Exchange) func() bool {
	b.Helper()
	raw, err := specs.Files.ReadFile(provider + ".yaml")
	if err != nil {
		b.Fatal(err)
	}
	loaded, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		b.Fatal(err)
	}
	router, err := legacy.NewRouter(loaded, openapi3.DisableExamplesValidation())
	if err != nil {
		b.Fatal(err)
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true, SkipSettingDefaults: true}
	return func() bool {
		r, err := http.NewRequestWithContext(context.Background(), ex.Request.Method, ex.Request.URL.String(), bytes.NewReader(ex.Request.Body))
		if err != nil {
			return false
		}
		r.Header = ex.Request.Header
		var route *routers.Route
		var parameters map[string]string
		if route, parameters, err = router.FindRoute(r); err != nil {
			return false
		}
		in := &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route, Options: options}
		if openapi3filter.ValidateRequest(r.Context(), in) != nil {
			return false
		}
		out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: ex.Response.Status, Header: ex.Response.Header, Options: options}
		return openapi3filter.ValidateResponse(r.Context(), out.SetBodyBytes(ex.Response.Body)) == nil
	}
}
