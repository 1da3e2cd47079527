package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/engine"
	"assay/internal/impact"
	"assay/internal/shape"
)

// TestAcceptFirst accepts traffic when there is no baseline yet. The same traffic then
// has no changes.
func TestAcceptFirst(t *testing.T) {
	t.Parallel()
	data := catalog.Embedded()
	data.Cassettes = noShapes{data.Cassettes}
	k, err := catalog.Load(data, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(k, engine.Cassettes(k))
	if shapes, err := impact.Baseline(k); err != nil || len(shapes) > 0 {
		t.Fatalf("there is a baseline of %d operations, %v", len(shapes), err)
	}
	selected, err := e.Select([]string{"enkash"})
	if err != nil {
		t.Fatal(err)
	}
	is := e.LearnCases(t.Context(), selected, nil)
	var out bytes.Buffer
	p := &program{stdout: &out, stderr: &out, data: t.TempDir()}
	if err := p.accept(impact.New(k), &shape.ShapeSet{}, is, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "0 changes accepted, and the first baseline of 2 operations") {
		t.Error(out.String())
	}
	for name, one := range is.Shapes {
		kept, err := shape.Load(os.DirFS(filepath.Join(p.data, "cassettes")), "cassettes")
		if err != nil || kept[name] == nil {
			t.Fatalf("%s: %v", name, err)
		}
		if changes, compared := impact.New(k).Drift(kept, map[string]*shape.Shape{name: one}); len(changes) > 0 || compared != 1 {
			t.Errorf("%s: %d changes in %d operations", name, len(changes), compared)
		}
	}
}

// noShapes is a folder of cassettes without its shapes.
type noShapes struct{ fs.FS }

func (u noShapes) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, shape.Suffix) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return u.FS.Open(name)
}

func (u noShapes) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(u.FS, name)
	var left []fs.DirEntry
	for _, one := range all {
		if !strings.HasSuffix(one.Name(), shape.Suffix) {
			left = append(left, one)
		}
	}
	return left, err
}
