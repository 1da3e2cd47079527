package contract_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"assay/fixtures"
	"assay/internal/contract"
	"assay/specs"
)

// TestPlace checks every method on every form of a place.
func TestPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		made       contract.Place
		of         contract.Direction
		pointer    contract.Pointer
		inBody     bool
		kind, name string
		field      string
		path       string
	}{
		"request#":                     {contract.RequestBody(""), contract.InRequest, "", true, "", "", "", ""},
		"response#":                    {contract.ResponseRoot, contract.InResponse, "", true, "", "", "", ""},
		"response#/":                   {contract.ResponseRoot.Member(""), contract.InResponse, "/", true, "", "", "", ""},
		"request#/body/orderId":        {contract.RequestBody("/body/orderId"), contract.InRequest, "/body/orderId", true, "", "", "orderId", "body->orderId"},
		"response#/a~1b/~0c/0":         {contract.ResponseRoot.Member("a/b").Member("~c").Item(0), contract.InResponse, "/a~1b/~0c/0", true, "", "", "0", "a/b->~c->0"},
		"response#/list/*/x":           {contract.ResponseBody("/list").Items().Member("x"), contract.InResponse, "/list/*/x", true, "", "", "x", "list->*->x"},
		"request.query.mid":            {contract.Query("mid"), contract.InRequest, "", false, "query", "mid", "mid", "query->mid"},
		"request.query.a.b":            {contract.Query("a.b"), contract.InRequest, "", false, "query", "a.b", "a.b", "query->a.b"},
		"request.query.":               {contract.Query(""), contract.InRequest, "", false, "query", "", "", "query"},
		"request.path.id":              {contract.Parameter("path", "id"), contract.InRequest, "", false, "path", "id", "id", "path->id"},
		"request.header.api-key":       {contract.Parameter("header", "Api-Key"), contract.InRequest, "", false, "header", "api-key", "api-key", "header->api-key"},
		"request.header.authorization": {contract.RequestAuthorization, contract.InRequest, "", false, "header", "authorization", "authorization", "header->authorization"},
		"request.header.content-type":  {contract.RequestHeader("Content-Type"), contract.InRequest, "", false, "header", "content-type", "content-type", "header->content-type"},
		"request.method":               {contract.RequestMethod, contract.InRequest, "", false, "method", "", "method", "method"},
		"request.path":                 {contract.RequestPath, contract.InRequest, "", false, "path", "", "path", "path"},
		"response.status":              {contract.ResponseStatus, contract.InResponse, "", false, "status", "", "status", "status"},
		"response.header.content-type": {contract.ResponseType, contract.InResponse, "", false, "header", "content-type", "content-type", "header->content-type"},
		"response":                     {contract.WholeResponse, contract.InResponse, "", false, "", "", "", ""},
		"specs/paytm.yaml:7":           {contract.OutsidePlace("specs/paytm.yaml:7"), "", "", false, "", "", "", ""},
		"createOrder response.status":  {contract.ResponseStatus.Of("createOrder"), "", "", false, "", "", "", ""},
		"requested#/x":                 {contract.OutsidePlace("requested#/x"), "", "", false, "", "", "", ""},
	} {
		p := want.made
		if string(p) != text {
			t.Errorf("%q is made as %q", text, p)
		}
		if pointer, inBody := p.Pointer(); pointer != want.pointer || inBody != want.inBody || p.Direction() != want.of {
			t.Errorf("%s: direction %q, pointer %q, %t", text, p.Direction(), pointer, inBody)
		}
		if kind, name := p.Named(); kind != want.kind || name != want.name || p.All() != (text == "request.query.") {
			t.Errorf("%s: %q %q, all %t", text, kind, name, p.All())
		}
		if p.Field() != want.field || p.Path() != want.path {
			t.Errorf("%s: field %q, path %q", text, p.Field(), p.Path())
		}
	}
}

// TestParsePlace parses places as users write them, and checks the errors for other
// texts.
func TestParsePlace(t *testing.T) {
	t.Parallel()
	read := 0
	for _, folder := range []fs.FS{specs.Files, fixtures.Files} {
		err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
				return err
			}
			raw, err := fs.ReadFile(folder, name)
			if err != nil {
				return err
			}
			var root yaml.Node
			if err := yaml.Unmarshal(raw, &root); err != nil {
				return err
			}
			for _, text := range ats(&root) {
				if p, err := contract.ParsePlace(text); err != nil || string(p) != text {
					t.Errorf("%s: %q, %v", name, p, err)
				}
				read++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 150 {
		t.Errorf("%d places were read only", read)
	}
	for _, wrong := range []string{
		"", "request", "requst#/a", "request#a", "request#/a~2", "response.body.x", "response.query.x", "request.query", "request.query.", "request.header.", "request.header.Api-Key", "response.status.x", "/body/a", "paytm.yaml",
	} {
		if p, err := contract.ParsePlace(wrong); err == nil || p != "" || !strings.Contains(err.Error(), "expected") {
			t.Errorf("%q: %q, %v", wrong, p, err)
		}
	}
}

// ats lists the texts of the members "at" of a document that are places. In results and
// signatures "at" is a pointer, and in a case a time.
func ats(n *yaml.Node) (all []string) {
	for i, below := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "at" {
			for _, one := range append([]*yaml.Node{below}, below.Content...) {
				if one.Kind == yaml.ScalarNode && strings.IndexAny(one.Value, "ra") == 0 {
					all = append(all, one.Value)
				}
			}
			continue
		}
		all = append(all, ats(below)...)
	}
	return all
}

// names are names with and without characters that a pointer escapes.
func names() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "~", "/", "~1", "~0", "a/b", "*", "0", "12", "#", "a.b", "é"}), rapid.StringMatching(`[a-z0-9~/#. ]{0,6}`))
}

// TestPlace_properties checks that pointers and places agree.
func TestPlace_properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tokens := rapid.SliceOfN(names(), 0, 5).Draw(t, "tokens")
		pointer := contract.PointerTo(tokens...)
		if !pointer.IsValid() || !slices.Equal(contract.TokensOf(pointer), tokens) {
			t.Fatalf("%q is %q", tokens, pointer)
		}
		of := rapid.SampledFrom(contract.Directions()).Draw(t, "direction")
		p := of.Body("")
		for _, token := range tokens {
			p = p.Member(token)
		}
		again, err := contract.ParsePlace(string(p))
		if back, inBody := p.Pointer(); err != nil || again != p || !inBody || back != pointer || p.Direction() != of || p != of.Body(pointer) {
			t.Fatalf("%q is %q, %v", pointer, p, err)
		}
		if contract.GeneralPointer(pointer) != contract.GeneralPointer(contract.GeneralPointer(pointer)) || p.General() != of.Body(contract.GeneralPointer(pointer)) {
			t.Fatalf("%q is %q in general", p, p.General())
		}
		if len(tokens) == 0 {
			if _, part := p.Above(); part {
				t.Fatalf("%q is part of something", p)
			}
			return
		}
		above, part := p.Above()
		below, under := p.Under(above)
		if !part || !under || !above.Contains(p) || p.Contains(above) || above.Below(below) != p || p.Field() != tokens[len(tokens)-1] || above != of.Body(pointer.Parent()) {
			t.Fatalf("%q stands in %q, at %q", p, above, below)
		}
		other := contract.PointerTo(rapid.SliceOfN(names(), 0, 5).Draw(t, "other")...)
		if got, want := contract.ComparePointers(pointer, other), slices.Compare(strings.Split(string(pointer), "/"), strings.Split(string(other), "/")); got != want {
			t.Fatalf("%q and %q compare as %d, want %d", pointer, other, got, want)
		}
	})
}

func TestPlace_First(t *testing.T) {
	t.Parallel()
	for place, want := range map[contract.Place]contract.Place{
		contract.Places("request#/a", "response#/b"): "request#/a", "request#/a": "request#/a", "response#/a name": "response#/a name", "": "",
	} {
		if got := place.First(); got != want {
			t.Errorf("%q: %q, want %q", place, got, want)
		}
	}
}
