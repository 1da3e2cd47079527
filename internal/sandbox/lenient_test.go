package sandbox_test

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/specs"
)

// These are parts of a valid order to Paytm that the tests change.
const (
	kind  = `"requestType":"PAYMENT"`
	price = `"price":{"currency":"INR","value":"199.00"}`
)

// changed sends a good order to Paytm with one text changed, signed again, and
// gives the code that comes back.
func (w *world) changed(name, old, replacement string, prefer ...string) string {
	w.t.Helper()
	s, o := w.op("paytm/createOrder")
	r := w.recorded("paytm/createOrder/" + name)
	if !bytes.Contains(r.Body, []byte(old)) {
		w.t.Fatalf("%q does not stand in %s", old, name)
	}
	r.Body = bytes.Replace(r.Body, []byte(old), []byte(replacement), 1)
	r.Body = signature.Sign(o.Sign.Request, r.Body, s.TestCredentials(), rand.Reader)
	response, err := w.ask("paytm", r, prefer...)
	if err != nil {
		w.t.Fatal(err)
	}
	met, ok := o.ResultCode(response)
	if !ok {
		w.t.Fatalf("%d %s", response.Status, response.Body)
	}
	return met.Code
}

// TestLenient accepts what the side of a reading that was not taken would, when
// it is asked to, and nothing else.
func TestLenient(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lenient          bool
		prefer           string
		old, replacement string
		code             string
	}{
		"strict":                      {false, "", kind, `"requestType":"Payment"`, "1011"},
		"strict, asked to be":         {false, "handling=strict", kind, `"requestType":"Payment"`, "1011"},
		"asked to be lenient":         {false, "handling=lenient", kind, `"requestType":"Payment"`, "0000"},
		"lenient":                     {true, "", kind, `"requestType":"Payment"`, "0000"},
		"lenient, asked to be":        {true, "handling=lenient", kind, `"requestType":"Payment"`, "0000"},
		"lenient, asked for strict":   {true, "handling=strict", kind, `"requestType":"Payment"`, "1011"},
		"what is good":                {true, "", kind, kind, "0000"},
		"what neither side accepts":   {true, "", kind, `"requestType":"payment"`, "1011"},
		"what is of no ambiguity":     {true, "", `"currency":"INR"`, `"currency":"inr"`, "1011"},
		"what is absent":              {true, "", kind + ",", "", "1007"},
		"something else besides":      {true, "", kind + `,"mid":"216820000002516036253"`, `"requestType":"Payment"`, "1007"},
		"not signed, where it has to": {true, "merchant.checksum=true", `"signature":`, `"signatur":`, "2005"},
	} {
		w := newWorld(t, sandbox.Options{Lenient: c.lenient})
		var prefer []string
		if c.prefer != "" {
			prefer = []string{c.prefer}
		}
		if code := w.changed("accepted", c.old, c.replacement, prefer...); code != c.code {
			t.Errorf("%s: responded %s, want %s", name, code, c.code)
		}
	}
}

// TestLenientPlaces puts a lenient where Paytm's document has none: at the items
// of a list, by $ref, on a reading of the provider as a whole, and where a
// condition is violated and the schema is not.
func TestLenientPlaces(t *testing.T) {
	t.Parallel()
	const (
		c1    = "          strict: {type: object}\n"
		c9    = "          strict: {required: [head]}\n"
		paths = "paths:\n"
		whole = "x-ambiguities:\n  - {id: C99, at: request#/body/goodsInfo/*/price, sources: [{source: a, text: b}, {source: c, text: d}], chosen: a, why: it is first, lenient: {type: integer}}\n"
	)
	for name, c := range map[string]struct{ at, add, asked, old, sent, code string }{
		"none":                  {c1, "", "everything", price, `"price":7`, "1001"},
		"at items":              {c1, "          lenient: {type: integer}\n", "everything", price, `"price":7`, "0000"},
		"at items, another":     {c1, "          lenient: {type: integer}\n", "everything", price, `"price":true`, "1001"},
		"by $ref":               {c1, "          lenient: {$ref: \"#/components/schemas/GoodsInfo\"}\n", "everything", price, `"price":7`, "1001"},
		"by $ref in an allOf":   {c1, "          lenient: {allOf: [{$ref: \"#/components/schemas/GoodsInfo\"}]}\n", "everything", price, `"price":7`, "1001"},
		"the provider's":        {paths, whole, "everything", price, `"price":7`, "0000"},
		"the provider's, other": {paths, whole, "everything", price, `"price":true`, "1001"},
		"of a condition":        {c9, "          lenient: {type: object}\n", "website-missing", kind, kind, "1007"},
	} {
		raw, err := specs.Files.ReadFile("paytm.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(raw, []byte(c.at)) {
			t.Fatalf("%q does not stand in the document", c.at)
		}
		added := c.at + c.add
		if c.at == paths {
			added = c.add + c.at
		}
		s, err := openapi.Load(fstest.MapFS{"paytm.yaml": {Data: bytes.Replace(raw, []byte(c.at), []byte(added), 1)}}, "paytm.yaml")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		w := serving(t, []*openapi.Spec{s}, sandbox.Options{Lenient: true})
		if code := w.changed(c.asked, c.old, c.sent); code != c.code {
			t.Errorf("%s: responded %s, want %s", name, code, c.code)
		}
	}
}

// TestUnsigned wants no provider that signs nothing asked to leave it out: the
// response would be as good as any.
func TestUnsigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	for _, s := range w.specs {
		for _, o := range s.Operations {
			response, err := w.ask(s.Provider, w.recorded(o.Name()+"/accepted"), "fault=unsigned")
			if err != nil {
				t.Fatal(err)
			}
			refused := response.Status == http.StatusBadRequest && strings.Contains(string(response.Body), "none is signed")
			if signs := o.Sign.Response != nil; refused == signs {
				t.Errorf("%s: %d %s", o.Name(), response.Status, response.Body)
			}
		}
	}
}
