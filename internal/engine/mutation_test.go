package engine_test

import (
	"maps"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/golden"
	"assay/internal/openapi"
)

// TestChangedRowTurnsRed changes each row of each table of codes where
// TestChangedOutcomeTurnsRed does not, and removes it: the run fails, or the
// specification does not load.
func TestChangedRowTurnsRed(t *testing.T) {
	t.Parallel()
	var changed []string
	kinds := slices.Sorted(maps.Keys(changes()))
	for _, s := range enginetest.Load(t).Specs {
		for _, o := range s.Operations {
			for _, code := range o.Codes {
				for _, how := range kinds {
					changed = append(changed, o.Name()+" "+code.Code+" "+how)
				}
				t.Run(o.ID+"_"+code.Code, func(t *testing.T) {
					t.Parallel()
					if !passesIn(t, enginetest.Load(t), o, code.Code) {
						t.Fatalf("%s %s fails unchanged", o.Name(), code.Code)
					}
					for _, how := range kinds {
						root := parsed(t, s.Provider+".yaml")
						changes()[how](root, at(root, code.Line))
						if passes(t, s.Provider, root, o, code.Code) {
							t.Errorf("%s %s: no rule reports %s", o.Name(), code.Code, how)
						}
					}
				})
			}
		}
	}
	golden.Set(t, "testdata/proved/rows.txt", changed)
}

// changes lists the changes of a row.
func changes() map[string]func(root, row *yaml.Node) {
	return map[string]func(root, row *yaml.Node){
		"another code":        func(_, row *yaml.Node) { set(row, "code", "9"+member(row, "code").Value) },
		"another status":      func(_, row *yaml.Node) { set(row, "status", "ELSEWHERE") },
		"another HTTP status": func(_, row *yaml.Node) { set(row, "http", "299") },
		"no row":              func(root, row *yaml.Node) { drop(root, row) },
	}
}

// passes reports whether a changed specification loads and the cases of an operation that
// expect a code, or an equal one, still pass.
func passes(t *testing.T, provider string, root *yaml.Node, o *openapi.Operation, code string) bool {
	t.Helper()
	k, err := catalog.Load(dataWith(t, provider, root), catalog.Options{})
	if err != nil {
		return false // it does not load
	}
	return passesIn(t, engine.New(k, engine.Cassettes(k)), o, code)
}

// passesIn reports whether the cases that want a code pass in an engine.
func passesIn(t *testing.T, e *engine.Engine, o *openapi.Operation, code string) bool {
	t.Helper()
	wanting := slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(c *contract.Case) bool {
		return c.Provider() != o.Provider || c.Operation() != o.ID || !o.Equal(c.Want.Code, code)
	})
	if len(wanting) == 0 {
		t.Fatalf("no case wants %s of %s", code, o.Name())
	}
	return !first(t, e, wanting, func(r contract.Result) bool { return r.Verdict != contract.Pass })
}

// set sets a member of a mapping, and adds it if there is none.
func set(n *yaml.Node, name, value string) {
	if there := member(n, name); there != nil {
		there.Value = value
		return
	}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
}

// drop removes a node from its list.
func drop(n, gone *yaml.Node) {
	n.Content = slices.DeleteFunc(n.Content, func(c *yaml.Node) bool { return n.Kind == yaml.SequenceNode && c == gone })
	for _, c := range n.Content {
		drop(c, gone)
	}
}
