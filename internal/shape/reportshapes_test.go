package shape_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/contract"
	"assay/internal/shape"
)

// TestMarshalReport writes shapes into a report, reads them and writes them again. They
// have the content of their files.
func TestMarshalReport(t *testing.T) {
	t.Parallel()
	o, other := operation(t, "ipayments", "initKyc"), operation(t, "ipayments", "createOrder")
	rapid.Check(t, func(t *rapid.T) {
		was := map[string]*shape.Shape{o.Name(): shape.Learn(o, drawn(t, o, "one")...), other.Name(): shape.Learn(other, drawn(t, other, "two")...)}
		carried, err := shape.MarshalReport(was)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.MarshalIndent(contract.Drift{Schema: contract.DriftSchema, New: contract.DriftSide{Unreadable: 2, Unmatched: 3}, Shapes: carried}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		is, err := shape.FromReport("r.json", raw)
		if err != nil || len(is.Shapes) != 2 || is.Unreadable != 2 || is.Unmatched != 3 {
			t.Fatalf("%v: %+v", err, is)
		}
		for name, s := range was {
			if x, y := written(t, s), written(t, is.Shapes[name]); x != y {
				t.Fatalf("\n%s\n%s", x, y)
			}
		}
	})
}

// TestFromReport reads reports with and without faults.
func TestFromReport(t *testing.T) {
	t.Parallel()
	one := `{"schema":"assay.shape/v1","operation":"a/b","codes":{"0":[{"source":"x","exchanges":2}]}}`
	for text, want := range map[string]string{
		`{`:                           "f: unexpected end",
		`{"shapes":null}`:             "f: the report contains no shapes",
		`{"shapes":[7]}`:              "f: shapes: 1: ",
		`{"shapes":[` + one + `,{}]}`: "f: shapes: 2: expected schema assay.shape/v1",
		`{"shapes":[{"codez":1}]}`:    `f: shapes: 1: json: unknown field "codez"`,
		strings.Replace(`{"shapes":[`+one+`]}`, `2}`, `0}`, 1):                                 "f: shapes: 1: a/b: 0: expected every part to have source and exchanges",
		strings.Replace(`{"shapes":[`+one+`]}`, `2}`, `2,"members":{"/x":{"length":[1]}}}`, 1): "f: shapes: 1: expected two numbers, the smallest and the largest",
	} {
		if _, err := shape.FromReport("f", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s gives %v, want %s", text, err, want)
		}
	}
	if _, err := shape.FromReport("f", []byte(`{}`)); !errors.Is(err, shape.ErrNoShapes) {
		t.Errorf("a report without shapes: %v", err)
	}
	for text, unreadable := range map[string]int64{
		`{"shapes":[` + one + `],"results":[{"verdict":"error"},{"verdict":"pass"},{"verdict":"error"}]}`:                           2,
		`{"shapes":[` + one + `],"results":[{"verdict":"error"}],"traffic":{"unreadable":150}}`:                                     150,
		`{"shapes":[` + one + `],"traffic":{"partial":true}}`:                                                                       1,
		`{"shapes":[` + one + `,` + one + `],"new":{"unreadable":4},"old":{"unreadable":9},"results":[{"verdict":"inconclusive"}]}`: 4,
	} {
		r, err := shape.FromReport("f", []byte(text))
		if err != nil || r.Unreadable != unreadable || r.Shapes["a/b"].Exchanges() != 2 {
			t.Errorf("%s: %+v, %v", text, r, err)
		}
	}
}
