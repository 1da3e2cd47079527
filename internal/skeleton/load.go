package skeleton

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Files renders a skeleton: the specification, the cases and a README. It loads the
// specification, and fails if that is not possible.
func (p *Provider) Files() ([]File, error) {
	if err := p.complete(); err != nil {
		return nil, err
	}
	all, err := p.files()
	if err != nil {
		return nil, err
	}
	if _, err := load(all[0]); err != nil {
		return nil, err
	}
	return append(all, File{"README.md", p.readme()}), nil
}

// load reads the specification.
func load(file File) (*openapi.Spec, error) {
	name := path.Base(file.Path)
	spec, err := openapi.Load(single{name, file.Data}, name)
	if err != nil {
		return nil, fmt.Errorf("the skeleton does not load: %w", err)
	}
	var faults []error
	for _, o := range spec.Operations {
		if err := o.Compile(); err != nil {
			faults = append(faults, err)
		}
	}
	return spec, errors.Join(faults...)
}

// complete makes the examples and cases of rows that were not seen, from the schemas.
func (p *Provider) complete() error {
	missing := false
	for _, o := range p.Operations {
		for _, row := range o.Codes {
			missing = missing || row.Seen == 0
		}
	}
	if !missing {
		return nil
	}
	all, err := p.files()
	if err != nil {
		return err
	}
	spec, err := load(all[0])
	if err != nil {
		return err
	}
	for i, o := range spec.Operations {
		p.Operations[i].completeFrom(o)
	}
	return nil
}

func (o *Operation) completeFrom(read *openapi.Operation) {
	for _, row := range o.Codes {
		a := o.response(row.HTTP)
		if row.Seen > 0 || a == nil || a.Schema == nil || a.has(row.Name()) {
			continue
		}
		if e, ok := read.Responses[row.HTTP].Root.Sample(); ok {
			e, _ = normal(e)
			if set, ok := o.withCode(e, row); ok {
				a.Examples = append(a.Examples, Example{row.Name(), set})
			}
		}
	}
	if len(o.Cases) > 0 || len(o.Codes) == 0 {
		return
	}
	o.Cases = append(o.Cases, o.built("sample", "a request with every member, made from the schemas", o.Codes[0], read))
	for _, row := range o.Codes {
		o.Cases = append(o.Cases, o.built(o.caseName(row), "TODO: a request that gets "+row.Name(), row, read))
	}
}

func (r *Response) has(row string) bool {
	for _, e := range r.Examples {
		if e.Row == row {
			return true
		}
	}
	return false
}

// withCode puts the code of a row into a sample.
func (o *Operation) withCode(sample any, row *Code) (any, bool) {
	for _, at := range o.CodeAt {
		above, ok := contract.Lookup(sample, at.Parent())
		object, isObject := above.(map[string]any)
		if !ok || !isObject {
			continue
		}
		if _, there := object[at.LastToken()]; there {
			if _, isText := object[at.LastToken()].(string); isText {
				object[at.LastToken()] = row.Code
			} else {
				object[at.LastToken()] = formValue(row.Code)
			}
			return sample, true
		}
	}
	return sample, row.Code == fmt.Sprint(row.HTTP)
}

// normal makes a sample what a decoded body is.
func normal(v any) (any, error) {
	raw, err := contract.Encode(v)
	if err != nil {
		return nil, fmt.Errorf("skeleton: %w", err)
	}
	return contract.Decode(raw)
}

// built makes a case from the schemas.
func (o *Operation) built(name, about string, row *Code, read *openapi.Operation) *Case {
	c := &Case{Name: name, About: about, Source: row.Doc, Path: map[string]any{}, Query: map[string]any{}, Headers: map[string]any{}, Code: row.Code, Variant: row.Variant}
	for _, p := range read.Parameters {
		v, ok := p.Sample()
		if !ok && p.In == "path" {
			v, ok = "TODO", true
		}
		if !ok || p.In != "path" && !p.Required {
			continue
		}
		switch v, _ := normal(v); p.In {
		case "path":
			c.Path[p.Name] = v
		case "query":
			c.Query[p.Name] = v
		case "header":
			c.Headers[p.Name] = v
		}
	}
	if read.Request != nil && read.Request.Root != nil {
		if v, ok := read.Request.Root.Sample(); ok {
			c.Body, _ = normal(v)
		}
	}
	return c
}

// single is a file system with one file.
type single struct {
	name string
	data []byte
}

// Open opens nothing: the file is read by ReadFile.
func (f single) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadFile returns the file.
func (f single) ReadFile(name string) ([]byte, error) {
	if name != f.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.data, nil
}
