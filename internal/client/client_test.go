package client_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/client"
	"assay/internal/contract"
	"assay/internal/fixed"
	"assay/internal/openapi"
	"assay/internal/signature"
)

func box(t testing.TB) (*openapi.Spec, *openapi.Operation) {
	t.Helper()
	s, err := openapi.Load(os.DirFS("testdata"), "box.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s, s.Operation("close")
}

func stated(body string) *contract.StatedRequest {
	return &contract.StatedRequest{Path: map[string]contract.StatedText{"id": {Text: "a b/1"}}, Body: []byte(body)}
}

const conforming = `{"owner":"box_test_key","amount":100}`

// ask makes a request with the merchant's credentials.
func ask(t testing.TB, of *contract.StatedRequest, refused bool, before *contract.Exchange) (*http.Request, error) {
	t.Helper()
	s, o := box(t)
	operation := client.Operation(s, o, contract.Setup{
		BaseURL: "https://api.box.example.com", Credentials: map[string]string{"key": "mine", "secret": "hidden"},
		Now: func() time.Time { return time.UnixMilli(1700000000123) }, Random: fixed.Random("box"),
	})
	return operation.Request(contract.Call{Input: client.NewInput(o, of, refused), After: before})
}

// TestRequest makes everything that the case does not state from the specification.
func TestRequest(t *testing.T) {
	t.Parallel()
	of := stated(conforming)
	of.Query = map[string][]contract.StatedText{"tag": {{Text: "x y"}}}
	of.Headers = map[string][]contract.StatedText{"box-id": {{After: "response#/id"}}}
	r, err := ask(t, of, false, &contract.Exchange{Response: contract.Response{Body: []byte(`{"id":"earlier"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.Method+" "+r.URL.String(), "PUT https://api.box.example.com/v1/boxes/a%20b%2F1/lid?tag=x+y"; got != want {
		t.Errorf("the request line is %s, want %s", got, want)
	}
	if user, password, ok := r.BasicAuth(); !ok || user != "mine" || password != "hidden" {
		t.Errorf("the authorization is %q %q", user, password)
	}
	if r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Box-Id") != "earlier" || r.Header.Get("Box-Time") != "1700000000" {
		t.Errorf("the headers are %v", r.Header)
	}
	if !strings.HasPrefix(string(raw), `{"owner":"mine","amount":100,"at":1700000000123,"hash":"`) {
		t.Errorf("the body is %s", raw)
	}
	_, o := box(t)
	if got := signature.State(o.Sign.Request, raw, map[string]string{"secret": "hidden"}); got != contract.SignatureValid {
		t.Errorf("the signature is %s", got)
	}
}

// TestRequestRefused makes no request that the specification excludes, unless the case is
// about that. No refusal holds a value.
func TestRequestRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*contract.StatedRequest)
		want   string
	}{
		"an amount below the least": {func(of *contract.StatedRequest) { of.Body = []byte(`{"owner":"canary","amount":99}`) }, "box: request#/amount must be at least 100"},
		"a missing member":          {func(of *contract.StatedRequest) { of.Body = []byte(`{"amount":100}`) }, "box: request#/owner"},
		"no body":                   {func(of *contract.StatedRequest) { of.Body = nil }, "box: request#"},
		"no parameter of the path":  {func(of *contract.StatedRequest) { of.Path = nil }, "box: request.path.id is missing"},
		"two dots in the path":      {func(of *contract.StatedRequest) { of.Path["id"] = contract.StatedText{Text: ".."} }, "box: request.path.id is missing, or"},
		"nothing came before":       {func(of *contract.StatedRequest) { of.Path["id"] = contract.StatedText{After: "response#/id"} }, "box: response#/id of the case before is missing"},
	} {
		of := stated(conforming)
		c.change(of)
		_, err := ask(t, of, false, nil)
		var refused *contract.RefusedError
		if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	of := stated(`{"owner":"a","amount":99}`)
	if _, err := ask(t, of, true, nil); err != nil {
		t.Errorf("a case about a refusal: %v", err)
	}
}

// TestInput finds references and personal data where the specification says.
func TestInput(t *testing.T) {
	t.Parallel()
	_, o := box(t)
	of := stated(`{"mail":"a@mail.test","refs":[{"ref":"r-1"},{"ref":"r-2"}],"number":120}`)
	of.Headers = map[string][]contract.StatedText{"box-id": {{Text: "r-1"}}}
	input := client.NewInput(o, of, false)
	if got, want := input.References(), []string{"a b/1", "r-1", "120", "r-2"}; !slices.Equal(sorted(got), sorted(want)) {
		t.Errorf("the references are %q, want %q", got, want)
	}
	if got := input.People(); len(got) != 1 || got[0] != (contract.Personal{Kind: "email", Text: "a@mail.test"}) {
		t.Errorf("the people are %v", got)
	}
	renamed := input.Renamed(func(reference string) string { return strings.Map(func(c rune) rune { return c + 1 }, reference) })
	if got := renamed.References(); len(got) != 4 || !slices.Contains(got, "s.2") || !slices.Contains(got, "231") {
		t.Errorf("the new references are %q", got)
	}
	if got := input.References(); !slices.Contains(got, "r-1") {
		t.Errorf("renaming changed the input: %q", got)
	}
}

func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }
