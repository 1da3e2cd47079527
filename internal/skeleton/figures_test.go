package skeleton_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/openapi"
	"assay/internal/route"
	"assay/internal/sandbox"
	"assay/internal/skeleton"
	"assay/internal/testsize"
)

// figure counts what a skeleton has as a person wrote it.
type figure struct{ right, of int }

func (f *figure) add(right bool) {
	f.of++
	if right {
		f.right++
	}
}

func (f figure) share() float64 {
	if f.of == 0 {
		return 1
	}
	return float64(f.right) / float64(f.of)
}

func (f figure) String() string { return fmt.Sprintf("%d of %d", f.right, f.of) }

// TestFigures compares skeletons, made from 200 exchanges with our own sandbox, with the
// specifications that people wrote. -v prints the figures.
func TestFigures(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	for _, data := range written(t) {
		k, err := catalog.Load(data, catalog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all := wellFormed(t, k)
		for _, s := range k.Specs {
			if len(all[s.Provider]) == 0 {
				continue
			}
			t.Run(s.Provider, func(t *testing.T) { compare(t, s, all[s.Provider]) })
		}
	}
}

// written returns the data with specifications by hand: the embedded one, and the
// providers for tests of the command.
func written(t *testing.T) []catalog.Data {
	t.Helper()
	all := []catalog.Data{catalog.Embedded()}
	root := filepath.Join("..", "..", "cmd", "assay", "testdata", "providers")
	if dir := os.Getenv("SKELETON_PROVIDERS"); dir != "" {
		root = dir
	}
	if _, err := os.Stat(filepath.Join(root, "specs")); err == nil {
		all = append(all, catalog.Data{Specs: os.DirFS(filepath.Join(root, "specs")), Fixtures: os.DirFS(filepath.Join(root, "fixtures")), Cassettes: noCassettes})
	}
	return all
}

// wellFormed plays the cases of every provider until there are 200 exchanges.
func wellFormed(t *testing.T, k *catalog.Catalog) map[string][]contract.Exchange {
	t.Helper()
	box, err := sandbox.New(k.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()
	source, err := engine.Network(k, *engine.Simulated(k.Specs, server.URL))
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(k, source)
	all := map[string][]contract.Exchange{}
	for added := true; added; {
		added = false
		for _, c := range k.Fixtures.Cases {
			if c.Fault != "" || len(all[c.Provider()]) >= 200 {
				continue
			}
			if play := e.Play(context.Background(), c); play.Exchange != nil {
				all[c.Provider()] = append(all[c.Provider()], sent(c.Provider(), *play.Exchange))
				added = true
			}
		}
	}
	return all
}

// compare counts, and asserts the least shares.
func compare(t *testing.T, hand *openapi.Spec, all []contract.Exchange) {
	t.Helper()
	p, err := skeleton.FromTraffic("shop", "traffic.ndjson", recorded(all))
	if err != nil {
		t.Fatal(err)
	}
	sound(t, p, all)
	files, err := p.Files()
	if err != nil {
		t.Fatal(err)
	}
	made, err := openapi.Load(data(t, files).Specs, "shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var members, types, optional, paths, codes figure
	for _, o := range hand.Operations {
		of := exchangesOf(hand, o, all)
		if len(of) == 0 {
			continue
		}
		m := operationOf(made, of[0].Request)
		if m == nil {
			t.Errorf("no operation for %s %s", o.Method, o.Path)
			continue
		}
		paths.add(shapeOf(o.Path) == shapeOf(m.Path))
		there := observed(of, o)
		for _, place := range o.Places() {
			if strings.HasPrefix(string(place.At), "request.path.") || !there[place.At] {
				continue
			}
			i := slices.IndexFunc(m.Places(), func(other openapi.MemberAt) bool { return other.At == place.At })
			if members.add(i >= 0); i < 0 {
				t.Logf("%s: no %s", o.ID, place.At)
				continue
			}
			found := m.Places()[i]
			types.add(sameTypes(place.Types, found.Types))
			if !sameTypes(place.Types, found.Types) {
				t.Logf("%s: %s is %v, not %v", o.ID, place.At, place.Types, found.Types)
			}
			optional.add(place.Required == found.Required)
			if place.Required != found.Required {
				t.Logf("%s: %s is required: %v", o.ID, place.At, place.Required)
			}
		}
		done := map[string]bool{}
		for _, ex := range of {
			want, ok := o.ResultCode(o.AsJSON(ex).Response)
			if !ok || done[want.Code] {
				continue
			}
			done[want.Code] = true
			got, _ := m.ResultCode(m.AsJSON(ex).Response)
			codes.add(got.Code == want.Code && got.Row != nil)
		}
	}
	t.Logf("%s, %d exchanges: members %s, types %s, optionality %s, ids in paths %s, codes %s", hand.Provider, len(all), members, types, optional, paths, codes)
	for _, least := range []struct {
		name  string
		of    figure
		share float64
	}{{"members", members, 0.9}, {"types", types, 0.85}, {"optionality", optional, 0.5}, {"ids in paths", paths, 1}, {"codes", codes, 0.9}} {
		if least.of.share() < least.share {
			t.Errorf("%s: %s, fewer than %v", least.name, least.of, least.share)
		}
	}
}

func exchangesOf(s *openapi.Spec, o *openapi.Operation, all []contract.Exchange) (of []contract.Exchange) {
	for _, ex := range all {
		if operationOf(s, ex.Request) == o {
			of = append(of, ex)
		}
	}
	return of
}

func operationOf(s *openapi.Spec, r contract.Request) *openapi.Operation {
	for _, o := range s.Operations {
		if o.Method == r.Method && slices.ContainsFunc(append(s.Paths(o), o.Template()), func(t route.Template) bool { return t.Matches(r.URL) }) {
			return o
		}
	}
	return nil
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

func shapeOf(path string) string { return parameter.ReplaceAllString(path, "{}") }

// observed lists the places that at least one exchange has.
func observed(all []contract.Exchange, o *openapi.Operation) map[contract.Place]bool {
	there := map[contract.Place]bool{}
	for _, ex := range all {
		ex = o.AsJSON(ex)
		for of, raw := range map[contract.Direction][]byte{contract.InRequest: ex.Request.Body, contract.InResponse: ex.Response.Body} {
			body, _ := contract.Decode(raw)
			contract.Visit(body, "", func(at contract.Pointer, _ any) { there[of.Body(contract.GeneralPointer(at))] = true })
		}
		for _, p := range o.Parameters {
			if len(p.Values(ex.Request)) > 0 {
				there[p.Place()] = true
			}
		}
	}
	return there
}

// sameTypes compares types. What may be a number can always have been whole, and of several
// types only one may have been seen.
func sameTypes(hand, made []string) bool {
	for _, one := range made {
		if len(hand) > 0 && !slices.Contains(hand, one) && (one != "integer" || !slices.Contains(hand, "number")) {
			return false
		}
	}
	return len(made) > 0
}
