package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Most tests of data folders change a file or two of the 200 that export writes, and making
// files is slow. So export runs once, and each folder gets links to what it wrote. The
// specifications and waivers are copied, because scripts write into them. Everything else is replaced,
// never written into: the tests fail if what export wrote has changed at their end.
// testdata/script/data.txtar tests export itself.

// exportedTo is the folder of what export wrote; withState makes and removes it.
var exportedTo string

// exportOnce runs export and returns a digest of what it wrote.
var exportOnce = sync.OnceValues(func() (string, error) {
	var said bytes.Buffer
	if code := run(context.Background(), []string{"export", exportedTo}, nil, io.Discard, &said); code != exitConforms {
		return "", fmt.Errorf("export: exit code %d: %s", code, said.String())
	}
	return textsBelow(exportedTo)
})

// textsBelow identifies the names and texts of the files below a folder.
func textsBelow(dir string) (string, error) {
	all := sha256.New()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		_, _ = fmt.Fprintf(all, "%s %x\n", path, sha256.Sum256(raw)) // a digest takes everything
		return err
	})
	return string(all.Sum(nil)), err
}

// exportedUnchanged returns an error if a test wrote into what the others share.
func exportedUnchanged() error {
	if _, err := os.Stat(exportedTo); errors.Is(err, fs.ErrNotExist) {
		return nil // no test needed it
	}
	was, err := exportOnce()
	is, read := textsBelow(exportedTo)
	if err == nil && read == nil && was != is {
		err = errors.New("a test wrote into a file of the data that all tests share: it should replace it")
	}
	return errors.Join(err, read)
}

// exportInto makes a folder as export does.
func exportInto(dir string) error {
	if _, err := exportOnce(); err != nil {
		return err
	}
	return filepath.WalkDir(exportedTo, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, strings.TrimPrefix(path, exportedTo))
		switch {
		case entry.IsDir():
			return os.MkdirAll(to, 0o755)
		case filepath.Base(filepath.Dir(path)) != "specs" && entry.Name() != "waivers.yaml" && os.Link(path, to) == nil:
			return nil
		}
		raw, err := os.ReadFile(path)
		return errors.Join(err, os.WriteFile(to, raw, 0o644))
	})
}

// export makes a folder as the command export does.
func export(t *testing.T, dir string) {
	t.Helper()
	if err := exportInto(dir); err != nil {
		t.Fatal(err)
	}
}

// exportForScript is export for scripts: exported DIR.
func exportForScript(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: exported DIR")
	}
	ts.Check(exportInto(ts.MkAbs(args[0])))
}

// replaced puts a file in the place of another one.
func replaced(path string, raw []byte) error {
	return errors.Join(os.Remove(path), os.WriteFile(path, raw, 0o600))
}
