package engine_test

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	"assay/internal/adapter"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/testsize"
	"assay/specs"
)

// These tests change one thing in a specification. The run has to fail, and a finding has
// to name what was changed.

// firstWith plays cases of a provider with another specification, all or those given, and
// reports whether any of the results is as wanted. It plays none after that one.
func firstWith(t *testing.T, provider string, root *yaml.Node, wanted func(contract.Result) bool, of ...func(*contract.Case) bool) bool {
	t.Helper()
	e := enginetest.LoadData(t, dataWith(t, provider, root), catalog.Options{})
	return first(t, e, slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(c *contract.Case) bool {
		return len(of) > 0 && !of[0](c)
	}), wanted)
}

// first plays cases, as a run does, up to the first result that is as wanted, and reports
// whether there is one.
func first(t *testing.T, e *engine.Engine, cases []*contract.Case, wanted func(contract.Result) bool) bool {
	t.Helper()
	return slices.ContainsFunc(cases, func(c *contract.Case) bool {
		r := e.Result(t.Context(), c)
		r.Verdict = r.VerdictAt(contract.Error)
		return wanted(r)
	})
}

// runWith runs all cases of a provider with another specification.
func runWith(t *testing.T, provider string, root *yaml.Node) *contract.Report {
	t.Helper()
	e := enginetest.LoadData(t, dataWith(t, provider, root), catalog.Options{})
	return e.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil)
}

// dataWith returns the data of a provider with another specification.
func dataWith(t *testing.T, provider string, root *yaml.Node) catalog.Data {
	t.Helper()
	data := catalog.Embedded()
	data.Specs = fstest.MapFS{provider + ".yaml": {Data: written(t, nil, root)}}
	data.Fixtures = only{data.Fixtures, provider}
	return data
}

// loadedWith returns why a provider does not load with another specification. Only a case
// that states its request can be the reason: it names members of responses.
func loadedWith(t *testing.T, provider string, root *yaml.Node) error {
	t.Helper()
	if adapter.Providers()[provider] != nil {
		return nil
	}
	_, err := catalog.Load(dataWith(t, provider, root), catalog.Options{})
	return err
}

// only is a file system with the folder of one provider.
type only struct {
	fs.FS
	provider string
}

func (o only) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	if name != "." {
		return entries, err
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() != o.provider }), err
}

func red(r *contract.Report, rule, named string) bool {
	return slices.ContainsFunc(r.Results, finds(rule, named))
}

// finds returns a function that reports whether a result fails with a finding of a rule that
// names something.
func finds(rule, named string) func(contract.Result) bool {
	return func(result contract.Result) bool {
		return result.Verdict == contract.Fail && slices.ContainsFunc(result.Findings, func(f contract.Finding) bool {
			return f.Counts() && f.Severity == contract.Error && f.Rule == rule && strings.Contains(report.Sentence(f.Message), named)
		})
	}
}

// written writes a document as JSON, which is YAML that is read and written faster.
func written(t *testing.T, to []byte, n *yaml.Node) []byte {
	t.Helper()
	switch n.Kind {
	case yaml.AliasNode:
		return written(t, to, n.Alias)
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			to = append(append(to, "{,"[min(i, 1)]), quoted(t, n.Content[i].Value)...)
			to = written(t, append(to, ':'), n.Content[i+1])
		}
		return append(to, "{}"[min(len(n.Content), 1):]...)
	case yaml.SequenceNode:
		for i, item := range n.Content {
			to = written(t, append(to, "[,"[min(i, 1)]), item)
		}
		return append(to, "[]"[min(len(n.Content), 1):]...)
	}
	switch n.ShortTag() {
	case "!!int", "!!float", "!!bool", "!!null":
		if !json.Valid([]byte(n.Value)) {
			t.Fatalf("JSON has no %s", n.Value)
		}
		return append(to, n.Value...)
	}
	return append(to, quoted(t, n.Value)...)
}

func quoted(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := contract.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// parsed reads a specification. A test may change the result.
func parsed(t *testing.T, file string) *yaml.Node {
	t.Helper()
	known, _ := documents.LoadOrStore(file, sync.OnceValues(func() (*yaml.Node, error) {
		raw, err := fs.ReadFile(specs.Files, file)
		if err != nil {
			return nil, err
		}
		var document yaml.Node
		return &document, yaml.Unmarshal(raw, &document)
	}))
	read, _ := known.(func() (*yaml.Node, error))
	document, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return cloned(document.Content[0], map[*yaml.Node]*yaml.Node{})
}

var documents sync.Map // by file

// TestWritten holds a specification that was written to the one that was read, with the same
// members in the same order.
func TestWritten(t *testing.T) {
	t.Parallel()
	for _, s := range enginetest.Load(t).Specs {
		root := parsed(t, s.Provider+".yaml")
		var again yaml.Node
		if err := yaml.Unmarshal(written(t, nil, root), &again); err != nil {
			t.Fatal(err)
		}
		if at := otherwise(root, again.Content[0]); at != nil {
			t.Errorf("%s:%d is written as something else", s.File, at.Line)
		}
	}
}

// otherwise returns the first node that differs from that of another document.
func otherwise(n, other *yaml.Node) *yaml.Node {
	var value, otherValue any
	if n.Kind == yaml.ScalarNode && (n.Decode(&value) != nil || other.Decode(&otherValue) != nil || value != otherValue) || n.Kind != other.Kind || len(n.Content) != len(other.Content) {
		return n
	}
	for i, one := range n.Content {
		if at := otherwise(one, other.Content[i]); at != nil {
			return at
		}
	}
	return nil
}

// cloned copies a node and all below it. An alias refers to a copy, too.
func cloned(n *yaml.Node, known map[*yaml.Node]*yaml.Node) *yaml.Node {
	if n == nil || known[n] != nil {
		return known[n]
	}
	c := *n
	known[n] = &c
	c.Alias = cloned(n.Alias, known)
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, one := range n.Content {
		c.Content[i] = cloned(one, known)
	}
	return &c
}

func member(n *yaml.Node, names ...string) *yaml.Node {
	for _, name := range names {
		var next *yaml.Node
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				next = n.Content[i+1]
			}
		}
		n = next
	}
	return n
}

// requiredNames finds every required name in the schemas of responses.
func requiredNames(root *yaml.Node) []*yaml.Node {
	var found []*yaml.Node
	seen := map[*yaml.Node]bool{}
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if ref := member(n, "$ref"); ref != nil {
			n = member(root, strings.Split(strings.TrimPrefix(ref.Value, "#/"), "/")...)
		}
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		if list := member(n, "required"); list != nil && list.Kind == yaml.SequenceNode {
			for _, name := range list.Content {
				if member(n, "properties", name.Value) != nil {
					found = append(found, name)
				}
			}
		}
		for _, c := range n.Content {
			visit(c)
		}
	}
	paths := member(root, "paths")
	for i := 1; i < len(paths.Content); i += 2 {
		for j := 1; j < len(paths.Content[i].Content); j += 2 {
			visit(member(paths.Content[i].Content[j], "responses"))
		}
	}
	return found
}

// conditionMembers finds every member that a condition requires in responses. If all members
// are documented as optional, these are what a success needs.
func conditionMembers(e *engine.Engine, provider string) []contract.Pointer {
	var pointers []contract.Pointer
	for _, o := range e.Spec(provider).Operations {
		for _, r := range o.Rules {
			if r.On == contract.InResponse && r.At != "" && !slices.Contains(pointers, r.At) {
				pointers = append(pointers, r.At)
			}
		}
	}
	return pointers
}

// TestRenamedConditionTurnsRed renames each member that a condition requires in a
// response.
func TestRenamedConditionTurnsRed(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	e := enginetest.Load(t)
	for _, s := range e.Specs {
		for _, pointer := range conditionMembers(e, s.Provider) {
			root := parsed(t, s.Provider+".yaml")
			name := pointer.LastToken()
			renameAll(root, name)
			if r := runWith(t, s.Provider, root); !red(r, "spec-sound", name) {
				t.Errorf("%s: no finding names %s, which was renamed", s.Provider, name)
			}
		}
	}
}

// renameAll renames every property and required entry of a name.
func renameAll(n *yaml.Node, name string) {
	properties := member(n, "properties")
	for i := 0; properties != nil && i < len(properties.Content); i += 2 {
		if properties.Content[i].Value == name {
			properties.Content[i].Value += "Renamed"
		}
	}
	if list := member(n, "required"); list != nil && list.Kind == yaml.SequenceNode {
		for _, c := range list.Content {
			if c.Value == name {
				c.Value += "Renamed"
			}
		}
	}
	for _, c := range n.Content {
		renameAll(c, name)
	}
}

// TestRenamedMemberTurnsRed renames each mandatory member of each response, in the short form
// four of a provider.
func TestRenamedMemberTurnsRed(t *testing.T) {
	t.Parallel()
	for _, s := range enginetest.Load(t).Specs {
		t.Run(s.Provider, func(t *testing.T) {
			t.Parallel()
			n := len(requiredNames(parsed(t, s.Provider+".yaml")))
			if n == 0 && len(conditionMembers(enginetest.Load(t), s.Provider)) == 0 {
				t.Fatal("no response has a required member, and no condition requires one")
			}
			for _, i := range testsize.Some(numbers(n), 4) {
				root := parsed(t, s.Provider+".yaml")
				name := requiredNames(root)[i]
				before := name.Value
				rename(root, name)
				if err := loadedWith(t, s.Provider, root); err != nil && strings.Contains(err.Error(), before) {
					continue // a case takes the member for its own request
				}
				if !firstWith(t, s.Provider, root, finds("fields-required", before+"Renamed")) {
					t.Errorf("no finding names %s (line %d), which was renamed", before, name.Line)
				}
			}
		})
	}
}

// numbers returns the numbers from 0, n in all.
func numbers(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// rename renames the member that an entry of a required list names.
func rename(root, name *yaml.Node) {
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		list, properties := member(n, "required"), member(n, "properties")
		if list != nil && properties != nil && slices.Contains(list.Content, name) {
			for i := 0; i < len(properties.Content); i += 2 {
				if properties.Content[i].Value == name.Value {
					properties.Content[i].Value += "Renamed"
				}
			}
		}
		for _, c := range n.Content {
			visit(c)
		}
	}
	visit(root)
	name.Value += "Renamed"
}

// TestChangedOutcomeTurnsRed gives each code of each table another meaning. A change in an
// adapter makes the same difference. The short form changes one field of every second row, in
// turn.
func TestChangedOutcomeTurnsRed(t *testing.T) {
	t.Parallel()
	for _, s := range enginetest.Load(t).Specs {
		if adapter.Providers()[s.Provider] == nil {
			continue // no client reads its responses
		}
		t.Run(s.Provider, func(t *testing.T) {
			t.Parallel()
			for _, o := range s.Operations {
				for row, code := range o.Codes {
					for field, other := range map[string]string{"outcome": different(string(code.State)), "retry": otherRetry(code.Retry)} {
						if !testsize.Full() && (row%2 == 1 || (field == "retry") == (row%4 == 0)) {
							continue
						}
						root := parsed(t, s.Provider+".yaml")
						row := at(root, code.Line)
						member(row, field).Value = other
						if !firstWith(t, s.Provider, root, finds("outcome-agrees", "code "+code.Name()+" "), casesExpecting(o, code.Name())) {
							t.Errorf("%s %s: no finding names the code with another %s", o.Name(), code.Name(), field)
						}
					}
				}
			}
		})
	}
}

// casesExpecting returns the cases of an operation that expect a code, or an equal one.
func casesExpecting(o *openapi.Operation, code string) func(*contract.Case) bool {
	return func(c *contract.Case) bool { return c.Operation() == o.ID && o.Equal(c.Want.Row(), code) }
}

func different(state string) string {
	if state == string(contract.Pending) {
		return string(contract.Succeeded)
	}
	return string(contract.Pending)
}

func otherRetry(a contract.Retry) string {
	if a == contract.Never {
		return string(contract.SameReference)
	}
	return string(contract.Never)
}

// at finds the mapping of a code that begins on a line.
func at(n *yaml.Node, line int) *yaml.Node {
	if n.Kind == yaml.MappingNode && n.Line == line && member(n, "code") != nil {
		return n
	}
	for _, c := range n.Content {
		if found := at(c, line); found != nil {
			return found
		}
	}
	return nil
}
