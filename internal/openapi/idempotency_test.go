package openapi_test

import (
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// kiosk returns the document of an invented provider with x-idempotency.
func kiosk(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/idempotency/kiosk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func loadKiosk(document string) (*openapi.Spec, error) {
	return openapi.Load(fstest.MapFS{"kiosk.yaml": {Data: []byte(document)}}, "kiosk.yaml")
}

// TestIdempotency reads the key of a request at each kind of place.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	good := kiosk(t)
	const at = "at: request.header.idempotency-key"
	for name, c := range map[string]struct{ document, want string }{
		"a header": {good, "h-1"},
		"a query":  {with(t, with(t, good, at, "at: request.query.once"), "{in: header, name: Idempotency-Key,", "{in: query, name: once,"), "q 1"},
		"a member": {with(t, good, at, "at: request#/receipt"), "r-1"},
		"none":     {with(t, good, "      x-idempotency:\n        "+at+"\n        hours: 24\n        conflict: {code: REFUSED, variant: key-reused}\n        x-doc: Idempotent requests\n", ""), ""},
	} {
		s, err := loadKiosk(c.document)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if all := faultsOf(s); len(all) > 0 {
			t.Errorf("%s: faults %q", name, all)
		}
		o := s.Operation("createCharge")
		if i := o.Idempotency; (i == nil) != (name == "none") || i != nil && (i.Hours != 24 || i.Conflict != "REFUSED/key-reused" || i.Doc == "") {
			t.Errorf("%s: read as %+v", name, i)
		}
		x := openapi.NewView(o, contract.Exchange{Request: contract.Request{
			Method: "POST", URL: &url.URL{Path: o.Path, RawQuery: "once=q+1"}, Header: http.Header{"Idempotency-Key": {"h-1"}}, Body: []byte(`{"amount":100,"receipt":"r-1"}`),
		}}, nil, nil)
		if got := x.IdempotencyKey(); got != c.want {
			t.Errorf("%s: the key is %q, want %q", name, got, c.want)
		}
		x.Done()
	}
}

// TestIdempotencyFaults contradicts the document in each way that loading does not refuse.
func TestIdempotencyFaults(t *testing.T) {
	t.Parallel()
	good := kiosk(t)
	before, _, _ := strings.Cut(good, "at: request.header.idempotency-key")
	line := strconv.Itoa(1 + strings.Count(before, "\n")) // of x-idempotency's first member
	for name, c := range map[string]struct{ old, replacement, want string }{
		"no such header":             {"at: request.header.idempotency-key", "at: request.header.x-once", "x-idempotency names request.header.x-once, which no request has"},
		"no such member":             {"at: request.header.idempotency-key", "at: request#/order_id", "x-idempotency names request#/order_id, which no request has"},
		"no such code":               {"conflict: {code: REFUSED, variant: key-reused}", "conflict: {code: REUSED}", "the conflict of x-idempotency names code REUSED, which the table does not list"},
		"a code that needs variants": {"conflict: {code: REFUSED, variant: key-reused}", "conflict: {code: REFUSED}", "names code REFUSED, which the table does not list; a code with variants needs one"},
		"a success":                  {"conflict: {code: REFUSED, variant: key-reused}", `conflict: {code: "200"}`, "the conflict of x-idempotency is code 200, which accepts the request"},
	} {
		s, err := loadKiosk(with(t, good, c.old, c.replacement))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if all := faultsOf(s); !slices.ContainsFunc(all, func(f string) bool { return strings.HasPrefix(f, line+": ") && strings.Contains(f, c.want) }) {
			t.Errorf("%s: faults %q, want one in line %s with %q", name, all, line, c.want)
		}
	}
	for name, c := range map[string]struct{ old, replacement, want string }{
		"a place in a response": {"at: request.header.idempotency-key", "at: response#/id", "/x-idempotency/at"},
		"the whole body":        {"at: request.header.idempotency-key", "at: request#", "/x-idempotency/at"},
		"the path":              {"at: request.header.idempotency-key", "at: request.path.id", "/x-idempotency/at"},
		"no hours":              {"hours: 24", "hours: 0", "/x-idempotency/hours"},
		"half an hour":          {"hours: 24", "hours: 0.5", "/x-idempotency/hours"},
		"no page":               {"        x-doc: Idempotent requests\n", "", "x-doc"},
		"a typo":                {"hours: 24", "hour: 24", "hour"},
	} {
		if _, err := loadKiosk(with(t, good, c.old, c.replacement)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
