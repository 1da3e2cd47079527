package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// placeText matches the text of a place, or its beginning. It matches neither names in CEL
// expressions, such as request.body.orderId, nor words in messages.
var placeText = regexp.MustCompile(`^(request|response)(#.*|\.(query|header|path)\..*|\.method|\.path|\.status)$`)

// textFunctions are the functions of package strings that split or change a text.
var textFunctions = []string{
	"Cut", "CutPrefix", "CutSuffix", "HasPrefix", "HasSuffix", "TrimPrefix", "TrimSuffix", "Split", "SplitN", "Index", "IndexByte", "LastIndex", "LastIndexByte", "Replace", "ReplaceAll", "Count",
}

// TestPlaceTexts checks that only contract/place.go and contract/pointer.go write or split
// the text of places and pointers. Other code uses their constructors and methods; tests
// may write places.
func TestPlaceTexts(t *testing.T) {
	t.Parallel()
	watch(t)
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		own := filepath.Dir(path) == filepath.Join("..", "internal", "contract") && slices.Contains([]string{"place.go", "pointer.go"}, d.Name())
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || own {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files++
		for _, at := range placeTexts(file) {
			t.Errorf("%s: writes or splits the text of a place or pointer: use the constructors and methods in contract", set.Position(at))
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// placeTexts returns where a file writes or splits the text of a place or pointer.
func placeTexts(file *ast.File) (all []token.Pos) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && placeText.MatchString(text) {
				all = append(all, n.Pos())
			}
		case *ast.CallExpr:
			if splitsPlace(n) || concatenatesPlace(n) {
				all = append(all, n.Pos())
			}
		}
		return true
	})
	return all
}

// splitsPlace reports whether a call is like strings.Cut(string(f.At), "#"). Places and
// pointers are types, so such a call always has the conversion.
func splitsPlace(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 || !slices.Contains(textFunctions, f.Sel.Name) {
		return false
	}
	if of, isName := f.X.(*ast.Ident); !isName || of.Name != "strings" {
		return false
	}
	text, ok := call.Args[0].(*ast.CallExpr)
	if !ok || len(text.Args) != 1 {
		return false
	}
	to, ok := text.Fun.(*ast.Ident)
	if !ok || to.Name != "string" {
		return false
	}
	name := ""
	switch from := text.Args[0].(type) {
	case *ast.Ident:
		name = from.Name
	case *ast.SelectorExpr:
		name = from.Sel.Name
	}
	return slices.Contains([]string{"at", "place", "pointer"}, strings.ToLower(name))
}

// concatenatesPlace reports whether a call is like contract.Place(side + "#" + pointer).
func concatenatesPlace(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) != 1 || f.Sel.Name != "Place" && f.Sel.Name != "Pointer" {
		return false
	}
	of, ok := f.X.(*ast.Ident)
	_, sum := call.Args[0].(*ast.BinaryExpr)
	return ok && of.Name == "contract" && sum
}

// TestPlaceTexts_faults lists code that TestPlaceTexts reports.
func TestPlaceTexts_faults(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]int{
		`strings.Cut(string(f.At), "#")`:               1,
		`strings.HasPrefix(string(place), "request.")`: 1,
		`contract.Place(side + "#" + pointer)`:         1,
		`"response#" + pointer`:                        1,
		`at == "request.header.authorization"`:         1,
		`strings.Cut(name, "#")`:                       0,
		`contract.ResponseBody(pointer)`:               0,
		`errors.New("response.status is missing")`:     0,
		`"request.body.orderId"`:                       0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n\nvar _ = "+code+"\n", parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(placeTexts(file)); got != want {
			t.Errorf("%s: found %d times, want %d", code, got, want)
		}
	}
}
