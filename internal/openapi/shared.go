package openapi

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"sync"

	"assay/specs"
)

// Names lists the providers that have a document, in order. The documents are not
// read.
func Names(fsys fs.FS) ([]string, error) {
	files, err := fs.Glob(fsys, "*.yaml")
	for i, file := range files {
		files[i] = strings.TrimSuffix(file, ".yaml")
	}
	return files, err
}

// Shared reads a provider's document. One that is the same as the embedded one is
// read once in the life of the process: whoever asks gets the same Spec, and must
// not change it.
func LoadShared(fsys fs.FS, provider string) (*Spec, error) {
	file := provider + ".yaml"
	if known, ok := embedded()[file]; ok {
		if raw, err := fs.ReadFile(fsys, file); err == nil && bytes.Equal(raw, known.raw()) {
			return known.load()
		}
	}
	return Load(fsys, file)
}

// Compile compiles the documents of providers, side by side: everything that looking
// at exchanges of their operations needs. Whoever plays, judges or simulates asks for it
// before. The error names file and line of every expression that does not compile.
func Compile(all ...*Spec) error {
	faults := make([]error, len(all))
	var compiling sync.WaitGroup
	for i, s := range all {
		compiling.Go(func() { faults[i] = s.Compile() })
	}
	compiling.Wait()
	return errors.Join(faults...)
}

// Compile is Operation.Compile of every operation.
func (s *Spec) Compile() error {
	var compiling sync.WaitGroup
	for _, o := range s.Operations {
		compiling.Go(func() { o.viewPlan() })
	}
	compiling.Wait()
	var faults []lineError
	for _, o := range s.Operations {
		faults = append(faults, o.viewPlan().faults...)
	}
	return expressionsError(s.File, faults)
}

// Prepare does now what Compile leaves to when it is needed first: it finds the pages of
// places, and looks for faults. Before somebody waits for a response, that is better.
func (s *Spec) Prepare() {
	for _, o := range s.Operations {
		o.docs()
	}
	s.Faults()
}

// original is an embedded document.
type embeddedDocument struct {
	raw  func() []byte
	load func() (*Spec, error)
}

// embedded are the documents that the program was built with, by file.
var embedded = sync.OnceValue(func() map[string]embeddedDocument {
	all := map[string]embeddedDocument{}
	files, _ := fs.Glob(specs.Files, "*.yaml") // the pattern is well-formed
	for _, file := range files {
		all[file] = embeddedDocument{
			raw: sync.OnceValue(func() []byte {
				raw, _ := fs.ReadFile(specs.Files, file) // what is embedded can be read
				return raw
			}),
			load: sync.OnceValues(func() (*Spec, error) { return Load(specs.Files, file) }),
		}
	}
	return all
})
