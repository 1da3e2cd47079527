package openapi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/crash"
)

// Inspect reads one document as Load does, but does not stop at the first kind of fault.
// The error lists file and line of everything that prevents a check. If there is an
// error, the spec has the parts that could be read all the same, so that their faults
// can be listed too; use it for nothing else. It is nil if nothing could be read.
func Inspect(fsys fs.FS, file string) (*Spec, error) {
	raw, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, fmt.Errorf("specs: %w", err)
	}
	return Read(file, raw)
}

// Read is Inspect for a document that is in memory. Errors name it as specs/file.
func Read(file string, raw []byte) (*Spec, error) {
	name := "specs/" + file
	if fault, found := unreadable(string(raw)); found {
		return nil, joinErrors(name, []lineError{fault})
	}
	var document yaml.Node
	if err := yaml.Unmarshal(raw, &document); err != nil {
		return nil, contract.LocateYAML(name, err)
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:1: expected an OpenAPI document (a mapping)", name)
	}
	root := document.Content[0]
	text := written{raw: raw}
	whole, noJSON := toJSON(root)
	if noJSON == nil {
		text.standard = standardJSON(root)
	}
	openapi := text.parse()
	faults := validateDialect(root, whole, noJSON)
	doc, err := openapi()
	if err != nil {
		refusals := locate(root, doc, err)
		if aboutPaths(err) && len(pathFaults(root)) > 0 {
			refusals = slices.DeleteFunc(refusals, func(f lineError) bool { return f.text == oneLine(err) })
		}
		faults = append(faults, others(refusals, faults, line(root))...)
	}
	if len(faults) > 0 && (doc == nil || doc.Info == nil || doc.Paths == nil || cyclic(root)) {
		return nil, joinErrors(name, faults)
	}
	sum := sha256.Sum256(raw)
	r := &reader{file: name, root: root, doc: doc, spec: &Spec{
		Provider: strings.TrimSuffix(path.Base(file), ".yaml"),
		File:     name,
		Title:    doc.Info.Title,
		SHA256:   hex.EncodeToString(sum[:]),
		Merchant: map[string]bool{},
		written:  text,
	}}
	r.spec.routes = sync.OnceValue(r.spec.index)
	if len(faults) > 0 {
		return r.readFaulty(faults)
	}
	r.keepExact()
	r.read()
	r.spec.Faults = sync.OnceValue(r.examine)
	return r.spec, joinErrors(name, r.errors)
}

// readFaulty reads what it can of a document that has faults. Parts that the faults make
// unreadable cost the whole spec: no other part is known to be complete then.
func (r *reader) readFaulty(faults []lineError) (*Spec, error) {
	if crash.Contain("reading a faulty specification", func() { r.keepExact(); r.read() }) != nil {
		return nil, joinErrors(r.file, faults)
	}
	r.spec.Faults = sync.OnceValue(func() (found []Fault) {
		if crash.Contain("examining a faulty specification", func() { found = r.examine() }) != nil {
			return nil
		}
		return found
	})
	return r.spec, joinErrors(r.file, append(faults, r.errors...))
}

// cyclic reports whether a schema contains itself for the same value. Whoever follows
// such a schema does not come to an end.
func cyclic(root *yaml.Node) bool {
	c := &schemaCheck{root: root, onlyCycles: true}
	c.everything(root, "")
	return len(c.faults) > 0
}
