package shape_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/shape"
	"assay/specs"
)

// What a recorder leaves out, cuts or replaces is counted, and is not learnt.
func TestOmitted(t *testing.T) {
	t.Parallel()
	const usual = `{"resultCode":200,"resultMessage":"Token generated successfully.","token":"T0123456789abcdef","expiry":1654041600}`
	o := operation(t, "enkash", "createToken")
	body := contract.ResponseRoot
	for name, c := range map[string]struct {
		body    string
		omitted []contract.Place
		live    bool
		want    contract.Omitted
		lacks   string // what the shape must not have
	}{
		"whole":                        {body: usual},
		"cut":                          {body: usual[:30], omitted: []contract.Place{body}, want: contract.Omitted{Exchanges: 1}},
		"cut and still JSON":           {body: `{"resultCode":200}`, omitted: []contract.Place{body}, want: contract.Omitted{Exchanges: 1}},
		"body not known":               {omitted: []contract.Place{body}, want: contract.Omitted{Exchanges: 1}},
		"body replaced":                {body: `[REDACTED]`, want: contract.Omitted{Exchanges: 1}},
		"body replaced, as JSON":       {body: `"***"`, want: contract.Omitted{Exchanges: 1}},
		"short, one value replaced":    {body: `{"resultCode":200,"more":"***"}`, want: contract.Omitted{Values: 1}},
		"start of a page":              {body: `<html>`},
		"no JSON":                      {body: `Bad Gateway`},
		"code replaced":                {body: strings.Replace(usual, `:200`, `:"[REDACTED]"`, 1), want: contract.Omitted{Exchanges: 1}},
		"code replaced by our mark":    {body: strings.Replace(usual, `:200`, `:"REDACTED"`, 1), want: contract.Omitted{Exchanges: 1}},
		"number replaced":              {body: strings.Replace(usual, `:1654041600`, `:"[REDACTED]"`, 1), want: contract.Omitted{Values: 1}, lacks: "/expiry: {types"},
		"number replaced by our mark":  {body: strings.Replace(usual, `:1654041600`, `:"REDACTED"`, 1), want: contract.Omitted{Values: 1}, lacks: "/expiry: {types"},
		"message replaced":             {body: strings.Replace(usual, `Token generated successfully.`, `<redacted>`, 1), want: contract.Omitted{Values: 1}, lacks: "messages"},
		"message replaced by stars":    {body: strings.Replace(usual, `Token generated successfully.`, `***`, 1), want: contract.Omitted{Values: 1}, lacks: "/resultMessage: {types"},
		"secret replaced":              {body: strings.Replace(usual, `T0123456789abcdef`, `***`, 1), lacks: "/token: {types: {string: 1}, formats"},
		"secret replaced by our mark":  {body: strings.Replace(usual, `T0123456789abcdef`, `REDACTED`, 1)},
		"undocumented, by our mark":    {body: strings.Replace(usual, `{`, `{"more":"REDACTED",`, 1)},
		"undocumented, by another":     {body: strings.Replace(usual, `{`, `{"more":"xxxx",`, 1), want: contract.Omitted{Values: 1}, lacks: "/more: {types"},
		"a type that documents print":  {body: strings.Replace(usual, `{`, `{"more":"<string>",`, 1)},
		"sent by a provider, not read": {body: strings.Replace(usual, `:1654041600`, `:"[REDACTED]"`, 1), live: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ex := exchange(o, c.body)
			if ex.Omitted = c.omitted; !c.live {
				ex.Recorder = &contract.Recorder{Name: "a recorder"}
			}
			l := shape.NewLearner()
			if err := l.Learn(1, ex, o); err != nil {
				t.Fatal(err)
			}
			got, by := l.Omitted()
			if got != c.want {
				t.Errorf("omitted %+v, expected %+v", got, c.want)
			}
			if (by != nil) != (got.Exchanges > 0) {
				t.Errorf("the recorder is %v", by)
			}
			s := l.Shapes()[o.Name()]
			if left := got.Exchanges > 0; left != (s == nil) || left == (l.Exchanges == 1) {
				t.Fatalf("learnt %v of %d exchanges", s, l.Exchanges)
			}
			if s == nil {
				return
			}
			raw := written(t, s)
			if c.lacks != "" && strings.Contains(raw, c.lacks) {
				t.Errorf("the shape has %q:\n%s", c.lacks, raw)
			}
			read, err := shape.Unmarshal("x.shape.yaml", []byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			if read.Omitted() != c.want || s.Omitted() != c.want {
				t.Errorf("the shape omits %+v, read again %+v, expected %+v", s.Omitted(), read.Omitted(), c.want)
			}
		})
	}
}

// A request without its body is left out; its response is learnt.
func TestOmittedRequest(t *testing.T) {
	t.Parallel()
	o := operation(t, "enkash", "createToken")
	const response = `{"resultCode":200,"resultMessage":"Token generated successfully.","token":"T0123456789abcdef","expiry":1654041600}`
	learn := func(body string, omitted ...contract.Place) (contract.Omitted, *shape.Shape) {
		ex := exchange(o, response)
		ex.Request.Body, ex.Omitted, ex.Recorder = []byte(body), omitted, &contract.Recorder{Name: "a recorder"}
		l, second := shape.NewLearner(), shape.NewLearner()
		_ = second.Learn(2, ex, o) // the response is small
		l.Merge(second)
		got, _ := l.Omitted()
		return got, l.Shapes()[o.Name()]
	}
	if got, s := learn(`{"accessKey":"A","secretKey":"S"}`); got != (contract.Omitted{}) || len(s.Requests) != 1 {
		t.Errorf("a whole request: omitted %+v, requests %v", got, s.Requests)
	}
	if got, s := learn(`{"accessKey`, contract.RequestBody("")); got != (contract.Omitted{Requests: 1}) || len(s.Requests) != 0 || !slices.Equal(slices.Collect(maps.Keys(s.Codes)), []string{"200"}) {
		t.Errorf("a cut request: omitted %+v, shape %+v", got, s)
	}
	if got, s := learn(`[FILTERED]`); got != (contract.Omitted{Requests: 1}) || len(s.Requests) != 0 {
		t.Errorf("a replaced request: omitted %+v, shape %+v", got, s)
	}
}

// A value that the documents print as masked comes from the provider so.
func TestMaskedByProvider(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(specs.Files, "enkash.yaml") // a copy
	if err != nil {
		t.Fatal(err)
	}
	o := spec.Operation("createToken")
	ex := exchange(o, `{"resultCode":200,"resultMessage":"98****10","token":"T0123456789abcdef","expiry":1654041600000}`)
	ex.Recorder = &contract.Recorder{Name: "a recorder"}
	if got := shape.Learn(o, ex).Omitted(); got != (contract.Omitted{Values: 1}) {
		t.Errorf("without an example: omitted %+v", got)
	}
	m := o.Responses[200].Member("/resultMessage")
	m.Examples = append(m.Examples, "77****01")
	if got := shape.Learn(o, ex).Omitted(); got != (contract.Omitted{}) {
		t.Errorf("with an example: omitted %+v", got)
	}
}
