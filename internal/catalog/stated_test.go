package catalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/catalog"
)

// overlaid loads the provider till of the command's tests, with one more case.
func overlaid(t *testing.T, name, text string) error {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../cmd/assay/testdata/till")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "fixtures", filepath.FromSlash(name)+".yaml")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("about: x\nsource: y\n"+text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := catalog.Embedded().Over(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = catalog.Load(data, catalog.Options{Wants: catalog.Named("till", "paytring")})
	return err
}

// TestStatedNames checks the names in the requests that cases state, with file and line.
func TestStatedNames(t *testing.T) {
	t.Parallel()
	const want = "\nwant: {code: \"200\"}"
	for name, c := range map[string]struct{ file, text, want string }{
		"an order":             {"till/createOrder/c", "order: {reference: a}" + want, "c.yaml:3: no adapter has till/createOrder, and order is for an adapter; state the request instead"},
		"options":              {"till/createOrder/c", "options: {a: 1}" + want, "c.yaml:3: no adapter has till/createOrder, and options is for an adapter"},
		"a parameter":          {"till/orderStatus/c", "request:\n  query: {ordr: a}" + want, "c.yaml:4: request.query: till/orderStatus documents no query ordr (send adds what no document lists); did you mean order?"},
		"a header":             {"till/orderStatus/c", "request:\n  query: {order: a}\n  headers: {Till-Trase: a}" + want, "c.yaml:5: request.headers: till/orderStatus documents no header Till-Trase (send adds what no document lists); did you mean Till-Trace?"},
		"a member":             {"till/createOrder/c", "request:\n  body:\n    amount: 100\n    recipt: a" + want, "c.yaml:6: request.body: till/createOrder documents no member /recipt (send adds what no document lists); did you mean receipt?"},
		"a path":               {"till/createOrder/c", "request:\n  path: {id: a}" + want, "c.yaml:4: request.path: the path of till/createOrder has no parameter id"},
		"no body":              {"till/orderStatus/c", "request:\n  query: {order: a}\n  body: {a: 1}" + want, "c.yaml:5: request.body: till/orderStatus documents no request body"},
		"a place before":       {"till/orderStatus/c", "after: till/createOrder/accepted\nrequest:\n  query: {order: !after response#/di}" + want, "c.yaml:5: !after: till/createOrder documents no response#/di in a body; did you mean response#/id?"},
		"a code":               {"till/createOrder/c", "request: {}\nwant: {code: DUPLICTE}", "till/createOrder lists no code DUPLICTE; did you mean DUPLICATE?"},
		"a rule about clients": {"till/createOrder/c", "request: {}\nwant: {code: DENIED, findings: [{rule: outcome-agrees}]}", "the rule outcome-agrees does not apply to this case"},
		"nothing wrong":        {"till/createOrder/c", "request:\n  headers: {content-type: text/plain}\n  body: {amount: 100}" + want, ""},
		"beside an adapter":    {"paytring/createOrder/c", "request:\n  body: {amuont: 100}\nwant: {code: \"200\"}", "did you mean amount?"},
	} {
		err := overlaid(t, c.file, c.text)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
