package jsonschema_test

import (
	"fmt"
	"reflect"
	"testing"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// TestPredictedNames reads an object after another one that had a different name at the same
// place. What the scan predicts from the body before must not change what it observes.
func TestPredictedNames(t *testing.T) {
	t.Parallel()
	names := []string{
		"", "a", "b", "code", "core", "bode", "cod", "codes", "12345", "12346", "123456", "x23456", "12x456", "amountPaid", "amountPaix", "xmountPaid",
		"amoXntPaid", "amountPaidX", "1234567890123", "1234567890124", "x234567890123", "12345678901234", "12345678901235", "anUnusuallyLongName", "anUnusuallyLongNamx",
	}
	s := jsonschema.Anything()
	s.Properties = map[string]*jsonschema.Schema{}
	request := jsonschema.Request{}
	for i, name := range names {
		own := jsonschema.Anything()
		own.Enum = []any{fmt.Sprint(i)} // a name taken for another one violates its enum
		s.Properties[name] = own
		request.Spans = append(request.Spans, contract.Pointer("").AppendToken(name))
	}
	check, err := jsonschema.Compile(s, request)
	if err != nil {
		t.Fatal(err)
	}
	for i, before := range names {
		for j, name := range names {
			for _, form := range []string{`{%q:"%d"}`, `{%q :"%d"}`, `{%q: "%d","z":"a long rest of the body"}`, `{%q:%d,"z":"a long rest of the body"}`, `{%q:`, `{%q`} {
				var used, fresh jsonschema.ScanState
				if !check.Read(fmt.Appendf(nil, `{%q:"%d","z":"a long rest of the body"}`, before, i), &used) || len(used.Violations) > 0 {
					t.Fatalf("%q: %+v", before, used.Violations)
				}
				body := fmt.Appendf(nil, form, name, j)
				if form == `{%q:` || form == `{%q` {
					body = fmt.Appendf(nil, form, name)
				}
				got, want := check.Read(body, &used), check.Read(body, &fresh)
				if got != want || !reflect.DeepEqual(used.Spans, fresh.Spans) || fmt.Sprint(used.Violations) != fmt.Sprint(fresh.Violations) {
					t.Errorf("%s after %q: %v, %v, %v; alone %v, %v, %v", body, before, got, used.Violations, used.Spans, want, fresh.Violations, fresh.Spans)
				}
			}
		}
	}
}
