package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"assay/cassettes"
	"assay/fixtures"
	"assay/specs"
)

// Data is the folders that a run reads.
type Data struct{ Specs, Fixtures, Cassettes fs.FS }

// Embedded returns the data that is built into the program.
func Embedded() Data { return Data{specs.Files, fixtures.Files, cassettes.Files} }

func (d Data) folders() map[string]fs.FS {
	return map[string]fs.FS{"specs": d.Specs, "fixtures": d.Fixtures, "cassettes": d.Cassettes}
}

// Over lays the folders specs, fixtures and cassettes of a directory over the data. A
// file in the directory replaces the file of the same name. A directory with none of
// the folders is an error.
func (d Data) Over(dir string) (Data, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return d, fmt.Errorf("--data: %w", err)
	}
	if !info.IsDir() {
		return d, fmt.Errorf("--data: %s is not a directory", dir)
	}
	root := os.DirFS(dir)
	found := false
	lay := func(name string, below fs.FS) fs.FS {
		if _, err := fs.Stat(root, name); err != nil {
			return below
		}
		found = true
		above, err := fs.Sub(root, name)
		if err != nil {
			return below
		}
		laid := overlay{above, below, path.Join(filepath.ToSlash(dir), name)}
		if name == "cassettes" {
			return recordings{laid}
		}
		return laid
	}
	merged := Data{lay("specs", d.Specs), lay("fixtures", d.Fixtures), lay("cassettes", d.Cassettes)}
	if !found {
		return d, fmt.Errorf("--data: %s has none of the folders specs, fixtures and cassettes; `assay export %s` writes them", dir, dir)
	}
	return merged, nil
}

// OverSpecs lays the specifications of a directory over the data; files limits them to some
// names, such as paytm.yaml. Without files it takes all.
func (d Data) OverSpecs(dir string, files ...string) Data {
	above := os.DirFS(dir)
	if len(files) > 0 {
		above = some{above, files}
	}
	d.Specs = overlay{above, d.Specs, filepath.ToSlash(dir)}
	return d
}

// some is the files of a directory that have one of the names.
type some struct {
	of    fs.FS
	names []string
}

func (s some) Open(name string) (fs.File, error) {
	if !slices.Contains(s.names, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.of.Open(name)
}

// ReadDir lists the directory itself.
func (s some) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(s.of, name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return !slices.Contains(s.names, e.Name()) }), err
}

// Files returns the names of all specifications, cases and waivers, such as
// specs/paytm.yaml, in order. The files of cassettes are not among them.
func (d Data) Files() ([]string, error) {
	var all []string
	specs, err := fs.Glob(d.Specs, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range specs {
		all = append(all, "specs/"+name)
	}
	err = fs.WalkDir(d.Fixtures, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(name, ".yaml") && path.Base(name) != "signatures.yaml" {
			all = append(all, "fixtures/"+name)
		}
		return err
	})
	return all, err
}

// Open opens a file of the data by its name, such as specs/paytm.yaml.
func (d Data) Open(name string) (fs.File, error) {
	folder, file, _ := strings.Cut(name, "/")
	fsys := d.folders()[folder]
	if fsys == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return fsys.Open(file)
}

// Export writes the data into a directory and returns the number of files. It is an
// error if the directory has one of the folders already, so no file is overwritten. The
// folders are written to a temporary directory and moved, so no folder is ever
// incomplete.
func (d Data) Export(dir string) (int, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return 0, fmt.Errorf("export: %s is a file, not a directory", dir)
	}
	for name := range d.folders() {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return 0, fmt.Errorf("export: %s already exists; choose another directory, or move it away", filepath.Join(dir, name))
		} else if !errors.Is(err, fs.ErrNotExist) {
			return 0, fmt.Errorf("export: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	aside, err := os.MkdirTemp(dir, ".assay-*")
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	n := 0
	for name, fsys := range d.folders() {
		written, err := copyFiles(fsys, filepath.Join(aside, name))
		if err != nil {
			return 0, errors.Join(fmt.Errorf("export: %w", err), os.RemoveAll(aside))
		}
		n += written
	}
	for name := range d.folders() {
		if err := os.Rename(filepath.Join(aside, name), filepath.Join(dir, name)); err != nil {
			return 0, errors.Join(fmt.Errorf("export: %w", err), os.RemoveAll(aside))
		}
	}
	return n, os.Remove(aside)
}

// copyFiles copies the YAML files of a file system, and its README, into a directory.
func copyFiles(fsys fs.FS, dir string) (int, error) {
	n := 0
	err := fs.WalkDir(fsys, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") && path != "README.md" {
			return err
		}
		raw, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		n++
		return os.WriteFile(to, raw, 0o644) // public data, for people to read and edit
	})
	return n, err
}

// overlay reads a file from above or, if it is not there, from below.
type overlay struct {
	above, below fs.FS
	dir          string // the directory of above, as the user gave it
}

// Path returns the path of a file of the data as the user gave it. For specs/paytm.yaml
// with --data mine that is mine/specs/paytm.yaml, if the file exists. embedded reports
// whether the file is inside the program.
func (d Data) Path(name string) (given string, embedded bool) {
	folder, file, _ := strings.Cut(name, "/")
	for fsys := d.folders()[folder]; ; {
		if r, ok := fsys.(recordings); ok {
			fsys = r.overlay
		}
		o, isOverlay := fsys.(overlay)
		if !isOverlay {
			if fsys != nil {
				_, err := fs.Stat(fsys, file)
				embedded = err == nil
			}
			return name, embedded
		}
		if _, err := fs.Stat(o.above, file); err == nil {
			return path.Join(o.dir, file), false
		}
		fsys = o.below
	}
}

func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.above.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.below.Open(name)
	}
	return f, err
}

// ReadDir merges the entries of both directories.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	entries := map[string]fs.DirEntry{}
	found := false
	for _, fsys := range []fs.FS{o.below, o.above} {
		list, err := fs.ReadDir(fsys, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		found = found || err == nil
		for _, e := range list {
			entries[e.Name()] = e
		}
	}
	if !found {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	merged := make([]fs.DirEntry, 0, len(entries))
	for _, e := range entries {
		merged = append(merged, e)
	}
	sort.Slice(merged, func(i, j int) bool { return merged[i].Name() < merged[j].Name() })
	return merged, nil
}
