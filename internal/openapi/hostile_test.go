package openapi

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/specs"
)

// TestPlacesAreBounded: a response can have as many violations as bytes, each at a
// place almost as long as the response. Some are listed, and none of them claims that the
// response itself has the wrong type.
func TestPlacesAreBounded(t *testing.T) {
	t.Parallel()
	loaded, err := LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range loaded {
		o := s.Operations[0]
		if o.Name() != "ipayments/createOrder" {
			continue
		}
		for _, c := range []struct{ name, item string }{
			{strings.Repeat("k", 20_000), "1"},
			{"k", "1"},
			{strings.Repeat("k", 20_000), `{"a":1}`},
		} {
			body := `{"code":"0x0203","status":"x","data":{"url":"u"},"message":{"` + c.name + `":[` + strings.TrimSuffix(strings.Repeat(c.item+",", 20_000), ",") + "]}}"
			all := o.Responses[200].Violations([]byte(body))
			said := 0
			for _, v := range all {
				said += len(v.At)
			}
			if len(all) == 0 || said > 1<<20 {
				t.Errorf("%d violations, their places take %d bytes", len(all), said)
			}
			if slices.ContainsFunc(all, func(v Violation) bool { return v.At == "response#" }) {
				t.Error("a violation without room for its place claims to be one of the response")
			}
		}
		return
	}
	t.Error("there is no ipayments/createOrder")
}

// TestFormsOfThemselves: the time for a schema whose forms contain it does not double
// with each level of a body.
func TestFormsOfThemselves(t *testing.T) {
	t.Parallel()
	form := func(kind string) *openapi3.SchemaRef {
		return openapi3.NewObjectSchema().WithProperty("kind", openapi3.NewStringSchema().WithEnum(kind)).WithRequired([]string{"kind"}).NewRef()
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		tree := &openapi3.Schema{}
		forms := openapi3.SchemaRefs{form("a"), form("b")}
		for _, f := range forms {
			f.Value.Properties["next"] = &openapi3.SchemaRef{Value: tree}
		}
		if tree.OneOf = forms; keyword == "anyOf" {
			tree.OneOf, tree.AnyOf = nil, forms
		}
		check := compiled(convertSchema(tree), jsonschema.Request{Root: contract.ResponseRoot})
		for inner, want := range map[string]int{`{"kind":"a"}`: 0, `{"kind":"c"}`: 1, "1": 1} {
			body := strings.Repeat(`{"next":`, 200) + inner + strings.Repeat(`,"kind":"b"}`, 200)
			notes := &jsonschema.ScanState{}
			if !check.Read([]byte(body), notes) || len(notes.Violations) != want {
				t.Errorf("%s, %s within: %+v", keyword, inner, notes.Violations)
			}
		}
	}
}

// TestPlacesOfDepartures: a departure without room for its place is reported at the
// whole body, also if the member is absent.
func TestPlacesOfDepartures(t *testing.T) {
	t.Parallel()
	item := openapi3.NewObjectSchema().WithProperty("a", openapi3.NewStringSchema()).WithProperty("b", openapi3.NewStringSchema()).WithRequired([]string{"b"})
	list := openapi3.NewObjectSchema().WithProperty("list", openapi3.NewArraySchema().WithItems(item))
	strict := convertSchema(&openapi3.Schema{Required: []string{"a"}})
	check := compiled(convertSchema(list), jsonschema.Request{Root: contract.ResponseRoot, Strict: []jsonschema.StrictSchema{{Pointer: "/list/*", Schema: strict}}})
	notes := &jsonschema.ScanState{}
	const items = 20_000
	if !check.Read([]byte(`{"list":[`+strings.TrimSuffix(strings.Repeat("{},", items), ",")+"]}"), notes) {
		t.Fatal("this is JSON")
	}
	whole := 0
	for _, d := range notes.Departures {
		switch {
		case d.At == "response#":
			whole++
		case !contract.ResponseBody("/list").Contains(d.At):
			t.Fatalf("%s is not a place in the body", d.At)
		}
	}
	if len(notes.Departures) < items || whole == 0 || whole == items {
		t.Errorf("%d departures, %d of the whole body", len(notes.Departures), whole)
	}
}
