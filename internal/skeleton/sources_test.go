package skeleton_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/skeleton"
	"assay/internal/traffic"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// from makes a skeleton of a file in testdata.
func from(t *testing.T, name string, wanted ...string) *skeleton.Provider {
	t.Helper()
	var p *skeleton.Provider
	var err error
	var all []contract.Exchange
	switch filepath.Ext(name) {
	case ".yaml":
		p, err = skeleton.FromDocument("shop", name, read(t, name), wanted)
	case ".json":
		if p, err = skeleton.FromDocument("shop", name, read(t, name), wanted); skeleton.IsCollection(read(t, name)) {
			p, err = skeleton.FromCollection("shop", name, read(t, name))
		}
	default:
		readErr := traffic.Read(t.Context(), []string{filepath.Join("testdata", name)}, nil, traffic.Options{}, func(e *traffic.Entry) error {
			ex, err := e.Exchange()
			all = append(all, ex)
			return err
		})
		if readErr != nil {
			t.Fatal(readErr)
		}
		p, err = skeleton.FromTraffic("shop", name, recorded(all))
	}
	if err != nil {
		t.Fatal(err)
	}
	ofAPI := slices.DeleteFunc(all, func(ex contract.Exchange) bool { return ex.Request.URL.Host != "api.booth.example.com" })
	if len(ofAPI) > 0 {
		sound(t, p, ofAPI)
	}
	return p
}

// TestSources makes skeletons of each kind of source. Each loads without faults.
func TestSources(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"openapi30.yaml": {"POST /links createLink: 201 bad_amount bad_currency duplicate_reference", "GET /links/{link_id} getLink: 200 bad_amount bad_currency duplicate_reference"},
		"openapi31.json": {"POST /refunds createRefund: processed queued"},
		"collection.json": {
			"POST /v1/orders createOrder: 201 AMOUNT_MISSING", "GET /v1/orders/{orderId} getOrder: 200", "POST /v1/orders/{id}/capture capture: 200",
		},
		"traffic.ndjson": {"POST /v1/payments createPayment: PAID PENDING AMOUNT_MISSING", "GET /v1/payments/{paymentId}/refunds/{id} getPaymentRefund: DONE"},
		"traffic.har":    {"POST /v1/payments createPayment: PAID PENDING AMOUNT_MISSING", "GET /v1/payments/{paymentId}/refunds/{id} getPaymentRefund: DONE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := from(t, name)
			var got []string
			for _, o := range p.Operations {
				text := o.Method + " " + o.Path + " " + o.ID + ":"
				for _, c := range o.Codes {
					text += " " + c.Name()
				}
				got = append(got, text)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s", strings.Join(got, "\n"))
			}
			sound(t, p, nil)
		})
	}
}

// TestMarks checks that what was inferred is marked, and that no code has an outcome.
func TestMarks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"openapi30.yaml", "openapi31.json", "collection.json", "traffic.ndjson", "traffic.har"} {
		p := from(t, name)
		files, err := p.Files()
		if err != nil {
			t.Fatal(err)
		}
		s, err := openapi.Load(data(t, files).Specs, "shop.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range s.Operations {
			if !o.Assumed {
				t.Errorf("%s: nothing of %s is assumed", name, o.ID)
			}
			for _, c := range o.Codes {
				if c.Documented() || c.State != contract.Unknown || c.Accepted() {
					t.Errorf("%s: the code %s counts as documented", name, c.Name())
				}
			}
			if strings.HasPrefix(name, "openapi") {
				continue
			}
			for _, m := range o.Places() {
				// an API key has no parameter of its own
				if pointer, inBody := m.At.Pointer(); !m.Assumed && (inBody && pointer != "" && pointer.LastToken() != contract.Every || !inBody && !m.Secret) {
					t.Errorf("%s: %s of %s is not assumed", name, m.At, o.ID)
				}
			}
		}
	}
}

// TestRedacted checks that no value of the sources is in a skeleton.
func TestRedacted(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{
		"collection.json": {"meera", "Hk29", "4200", "kkk", "give an amount"},
		"traffic.ndjson":  {"Asha", "Rao", "98765", "pay_8", "8Kd02", "ORDER-0", "abcdef", "17672256", "4201", "7000001"},
		"traffic.har":     {"Asha", "Rao", "98765", "pay_8", "8Kd02", "ORDER-0", "k-1122", "17672256", "4201", "7000001"},
	} {
		p := from(t, name)
		files, err := p.Files()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			for _, value := range values {
				if strings.Contains(string(f.Data), value) {
					t.Errorf("%s: %s has %q", name, f.Path, value)
				}
			}
		}
	}
}

// TestOperations chooses operations of a document.
func TestOperations(t *testing.T) {
	t.Parallel()
	if p := from(t, "openapi30.yaml", "GET /links/{link_id}"); len(p.Operations) != 1 || p.Operations[0].ID != "getLink" {
		t.Errorf("%d operations", len(p.Operations))
	}
	_, err := skeleton.FromDocument("shop", "openapi30.yaml", read(t, "openapi30.yaml"), []string{"nothing"})
	if err == nil || !strings.Contains(err.Error(), "create_link, get_link") {
		t.Error(err)
	}
}

// TestBlank loads the template.
func TestBlank(t *testing.T) {
	t.Parallel()
	files, err := skeleton.Blank("shop")
	if err != nil {
		t.Fatal(err)
	}
	s, err := openapi.Load(data(t, files).Specs, "shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Faults() {
		t.Errorf("line %d: %s", f.Line, f.Message.Key())
	}
	if !s.Assumed() {
		t.Error("nothing is assumed")
	}
}

// TestEmptyVariable reads a collection with a variable that people fill in: in a case it is a
// placeholder, and not an empty text.
func TestEmptyVariable(t *testing.T) {
	t.Parallel()
	p, err := skeleton.FromCollection("shop", "collection.json", []byte(`{"info": {"name": "Shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		"variable": [{"key": "base", "value": "https://api.shop.example.com"}, {"key": "MERCHANT", "value": ""}],
		"item": [{"name": "Create an order", "request": {"method": "POST", "url": {"raw": "{{base}}/orders"}, "header": [{"key": "Content-Type", "value": "application/json"}],
			"body": {"mode": "raw", "raw": "{\"merchant\": \"{{MERCHANT}}\", \"amount\": 1}"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	files, err := p.Files()
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for _, f := range files {
		if strings.HasPrefix(f.Path, "fixtures/") {
			if cases++; !strings.Contains(string(f.Data), "merchant: ") || strings.Contains(string(f.Data), `merchant: ""`) {
				t.Errorf("%s:\n%s", f.Path, f.Data)
			}
		}
	}
	if cases == 0 {
		t.Error("there are no cases")
	}
}
