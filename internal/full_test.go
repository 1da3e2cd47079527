package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sized matches the functions of package testsize that make a test do less in make test.
var sized = regexp.MustCompile(`^(Full|Some|SkipUnlessFull)$`)

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
			}
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ValueSpec: // a variable that a test uses
					if name == "" {
						name = n.Names[0].Name
					}
				case *ast.SelectorExpr:
					if of, ok := n.X.(*ast.Ident); ok && of.Name == "testsize" && sized.MatchString(n.Sel.Name) {
						sizes = append(sizes, name)
					}
				case *ast.Ident:
					named[name] = append(named[name], n.Name)
				}
				return true
			})
		}
	}
	return named, sizes
}

// depend returns the tests of a package whose work depends on package testsize.
func depend(t *testing.T, paths []string) (tests []string) {
	t.Helper()
	named, sizes := uses(t, paths)
	reached := map[string]bool{}
	for len(sizes) > 0 {
		name := sizes[0]
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

// TestMakeFull checks that make test-full runs every test that does less in make test, and no
// other.
func TestMakeFull(t *testing.T) {
	t.Parallel()
	watch(t)
	makefile := text(t, "../Makefile")
	variable := func(name string) string {
		found := regexp.MustCompile(`(?m)^` + name + ` +:= (.*)$`).FindStringSubmatch(makefile)
		if found == nil {
			t.Fatalf("the Makefile has no %s", name)
		}
		return strings.ReplaceAll(found[1], "$$", "$")
	}
	folders := map[string][]string{}
	for _, path := range sources(t) {
		if strings.HasSuffix(path, "_test.go") {
			folder := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
			folders["./"+folder] = append(folders["./"+folder], path)
		}
	}
	var packages, tests []string
	for _, pkg := range slices.Sorted(maps.Keys(folders)) {
		if found := depend(t, folders[pkg]); len(found) > 0 {
			packages, tests = append(packages, pkg), append(tests, found...)
		}
	}
	slices.Sort(tests)
	if got, want := variable("FULL_PACKAGES"), strings.Join(packages, " "); got != want {
		t.Errorf("FULL_PACKAGES in the Makefile is\n%s\nwant\n%s", got, want)
	}
	if got, want := variable("FULL"), "^("+strings.Join(slices.Compact(tests), "|")+")$"; got != want {
		t.Errorf("FULL in the Makefile is\n%s\nwant\n%s", got, want)
	}
}
