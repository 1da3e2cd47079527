package internal_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sized matches the functions of package testsize that make a test do less in make test.
var sized = regexp.MustCompile(`^(Full|Some|SkipUnlessFull)$`)

// attacks finds the tests of hostile peers, each with its first line.
var attacks = regexp.MustCompile(`(?m)^func (TestAttack\w*)\(.*\) \{\n\t(.*)$`)

// sets finds the tests of the sets in testdata/proved.
var sets = regexp.MustCompile(`(?m)^func (Test\w*)\(.*\) \{\n(?:(?:[^}\n].*)?\n)*?.*golden\.Set\(t, "testdata/proved/`)

// uses maps each function of a package's tests to the functions of the package that it names.
// sizes are those that name a function of sized.
func uses(t *testing.T, paths []string) (named map[string][]string, sizes []string) {
	t.Helper()
	named = map[string][]string{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			name := ""
			if f, ok := d.(*ast.FuncDecl); ok {
				name = f.Name.Name
				if f.Recv != nil { // who names the type may call the method
					name = strings.TrimLeft(types.ExprString(f.Recv.List[0].Type), "*")
				}
			}
			var visit func(n ast.Node) bool
			visit = func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ValueSpec: // a variable that a test uses
					if name == "" {
						name = n.Names[0].Name
					}
				case *ast.SelectorExpr:
					if of, ok := n.X.(*ast.Ident); ok && of.Name == "testsize" && sized.MatchString(n.Sel.Name) {
						sizes = append(sizes, name)
					}
					ast.Inspect(n.X, visit) // not the name of a field or method
					return false
				case *ast.Ident:
					if !local(n) {
						named[name] = append(named[name], n.Name)
					}
				}
				return true
			}
			ast.Inspect(d, visit)
		}
	}
	return named, sizes
}

// local reports whether a name is a parameter or a variable of a function.
func local(n *ast.Ident) bool {
	if n.Obj == nil { // of another file
		return false
	}
	switch n.Obj.Decl.(type) {
	case *ast.Field, *ast.AssignStmt:
		return true
	}
	return false
}

// inProcesses names the test that starts a process with a type whose methods use testsize.
func inProcesses() map[string]string { return map[string]string{"worldClock": "TestWatchMonth"} }

// depend returns the tests of a package whose work depends on package testsize.
func depend(t *testing.T, paths []string) (tests []string) {
	t.Helper()
	named, sizes := uses(t, paths)
	reached := map[string]bool{}
	for len(sizes) > 0 {
		name := cmp.Or(inProcesses()[sizes[0]], sizes[0])
		if sizes = sizes[1:]; reached[name] {
			continue
		}
		reached[name] = true
		for user, names := range named {
			if slices.Contains(names, name) {
				sizes = append(sizes, user)
			}
		}
	}
	for name := range reached {
		if strings.HasPrefix(name, "Test") && name != "TestMain" || strings.HasPrefix(name, "Fuzz") {
			tests = append(tests, name)
		}
	}
	return tests
}

// fullScripts returns the names of the scripts with steps for the full form.
func fullScripts(t *testing.T) (names []string) {
	t.Helper()
	all, err := filepath.Glob("../cmd/assay/testdata/script/*.txtar")
	if err != nil || len(all) == 0 {
		t.Fatalf("%d scripts, %v", len(all), err)
	}
	for _, path := range all {
		if script := text(t, path); strings.Contains("\n"+script, "\n[full]") || strings.Contains("\n"+script, "\n[!full]") {
			names = append(names, strings.TrimSuffix(filepath.Base(path), ".txtar"))
		}
	}
	return names
}

// TestMakeFull checks that make test-full runs every test that does less in make test, and no
// other; and that make test runs no attack, and all of the sets in testdata/proved.
func TestMakeFull(t *testing.T) {
	t.Parallel()
	watch(t)
	folders := map[string][]string{}
	for _, path := range sources(t) {
		if strings.HasSuffix(path, "_test.go") {
			folder := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
			folders["./"+folder] = append(folders["./"+folder], path)
		}
	}
	var packages, tests []string
	for _, pkg := range slices.Sorted(maps.Keys(folders)) {
		found := depend(t, folders[pkg])
		if len(found) > 0 {
			packages, tests = append(packages, pkg), append(tests, found...)
		}
		for _, path := range folders[pkg] {
			for _, set := range sets.FindAllStringSubmatch(text(t, path), -1) {
				if slices.Contains(found, set[1]) {
					t.Errorf("%s: %s does less in make test, or nothing; what testdata/proved lists is covered there too", path, set[1])
				}
			}
			for _, attack := range attacks.FindAllStringSubmatch(text(t, path), -1) {
				if attack[2] != "testsize.SkipUnlessFull(t)" && attack[2] != "if !testsize.Long() {" {
					t.Errorf("%s: %s begins with neither testsize.SkipUnlessFull(t) nor testsize.Long()", path, attack[1])
				}
			}
		}
	}
	tests = slices.DeleteFunc(tests, func(name string) bool { return name == "TestScripts" })
	slices.Sort(tests)
	if got, want := variable(t, "FULL_PACKAGES"), strings.Join(packages, " "); got != want {
		t.Errorf("FULL_PACKAGES in the Makefile is\n%s\nwant\n%s", got, want)
	}
	if got, want := variable(t, "FULL"), "^("+strings.Join(slices.Compact(tests), "|")+")$|^TestScripts$/^("+strings.Join(fullScripts(t), "|")+")$"; got != want {
		t.Errorf("FULL in the Makefile is\n%s\nwant\n%s", got, want)
	}
}
