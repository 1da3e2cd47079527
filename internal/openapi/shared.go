package openapi

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"sync"

	"assay/internal/crash"
	"assay/specs"
)

// Names returns the providers that have a document, in order. It does not read the
// documents.
func Names(fsys fs.FS) ([]string, error) {
	files, err := fs.Glob(fsys, "*.yaml")
	for i, file := range files {
		files[i] = strings.TrimSuffix(file, ".yaml")
	}
	return files, err
}

// LoadShared reads a provider's document. A document equal to the embedded one is read
// once in the life of the process. All callers get the same Spec and must not change
// it.
func LoadShared(fsys fs.FS, provider string) (*Spec, error) {
	file := provider + ".yaml"
	if known, ok := embedded()[file]; ok {
		if raw, err := fs.ReadFile(fsys, file); err == nil && bytes.Equal(raw, known.raw()) {
			return known.load()
		}
	}
	return Load(fsys, file)
}

// IsEmbedded reports whether a spec comes from the embedded document, or from one equal to
// it.
func IsEmbedded(s *Spec) bool {
	known, ok := embedded()[s.Provider+".yaml"]
	if !ok {
		return false
	}
	own, err := known.load()
	return err == nil && own == s
}

// Compile compiles specs concurrently. Code that plays, judges or simulates calls it
// first. The error lists file and line of every expression that does not compile.
func Compile(all ...*Spec) error {
	faults := make([]error, len(all))
	var group sync.WaitGroup
	for i, s := range all {
		group.Go(func() {
			if crashed := crash.Contain("compiling the specification of "+s.Provider, func() { faults[i] = s.Compile() }); crashed != nil {
				faults[i] = crashed
			}
		})
	}
	group.Wait()
	return errors.Join(faults...)
}

// Compile compiles every operation of the spec.
func (s *Spec) Compile() error {
	var group sync.WaitGroup
	for _, o := range s.Operations {
		// A panic comes again below, where the caller can recover from it.
		group.Go(func() { _ = crash.Contain("compiling "+o.ID, func() { o.viewPlan() }) })
	}
	group.Wait()
	var faults []lineError
	for _, o := range s.Operations {
		faults = append(faults, o.viewPlan().faults...)
	}
	return expressionsError(s.File, faults)
}

// Prepare computes what Compile leaves for later: the pages of places, and the faults
// of the document. Long-running programs call it before the first request.
func (s *Spec) Prepare() {
	for _, o := range s.Operations {
		o.docs()
	}
	s.Faults()
}

// embeddedDocument is a document embedded in the program.
type embeddedDocument struct {
	raw  func() []byte
	load func() (*Spec, error)
}

// embedded returns the embedded documents by file.
var embedded = sync.OnceValue(func() map[string]embeddedDocument {
	all := map[string]embeddedDocument{}
	files, _ := fs.Glob(specs.Files, "*.yaml") // no error: the pattern is valid
	for _, file := range files {
		all[file] = embeddedDocument{
			raw: sync.OnceValue(func() []byte {
				raw, _ := fs.ReadFile(specs.Files, file) // no error: the file is embedded
				return raw
			}),
			load: sync.OnceValues(func() (*Spec, error) { return Load(specs.Files, file) }),
		}
	}
	return all
})
