package shape

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// Version is the schema of a shape file.
const Version = "assay.shape/v1"

// Suffix is the suffix of shape files: cassettes/<provider>/<operation>.shape.yaml.
const Suffix = ".shape.yaml"

type document struct {
	Schema    string             `yaml:"schema" json:"schema"`
	Operation string             `yaml:"operation" json:"operation"`
	Codes     map[string][]*Part `yaml:"codes" json:"codes"`
	Requests  []*Part            `yaml:"requests,omitempty" json:"requests,omitempty"`
	Omitted   contract.Omitted   `yaml:"omitted,omitempty" json:"omitted,omitzero"`
}

// Marshal writes a shape as YAML. Equal shapes give equal bytes.
func Marshal(s *Shape) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(document{Version, s.Operation, s.Codes, s.Requests, s.omitted}), e.Close()); err != nil {
		return nil, fmt.Errorf("shape: %w", err)
	}
	return b.Bytes(), nil
}

func encoded(p *Part) []byte {
	raw, err := yaml.Marshal(p)
	if err != nil {
		return nil // a part has texts and numbers only
	}
	return raw
}

// MarshalYAML writes a member on one line.
func (m *Member) MarshalYAML() (any, error) {
	type plain Member
	n := &yaml.Node{}
	if err := n.Encode((*plain)(m)); err != nil {
		return nil, err
	}
	n.Style = yaml.FlowStyle
	return n, nil
}

// Unmarshal reads a shape. Errors have the file, the line or member, and the fault.
func Unmarshal(file string, raw []byte) (*Shape, error) {
	var d document
	r := yaml.NewDecoder(bytes.NewReader(raw))
	r.KnownFields(true)
	switch err := r.Decode(&d); {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s: the file is empty; expected a shape, %s", file, Version)
	case err != nil:
		return nil, contract.LocateYAML(file, err)
	case d.Schema != Version:
		return nil, fmt.Errorf("%s:1: expected schema: %s", file, Version)
	case strings.Count(d.Operation, "/") != 1:
		return nil, fmt.Errorf("%s: expected operation: PROVIDER/OPERATION", file)
	}
	return d.shape(file, "shape:"+file)
}

// shape checks a document and returns its shape.
func (d document) shape(file, origin string) (*Shape, error) {
	s := &Shape{Operation: d.Operation, Codes: map[string][]*Part{}, Requests: d.Requests, omitted: d.Omitted}
	maps.Copy(s.Codes, d.Codes)
	if len(s.Codes)+len(s.Requests) == 0 {
		return nil, fmt.Errorf("%s: codes: empty; expected at least one result code", file)
	}
	var faults []error
	for where, parts := range s.all() {
		if !documentable(where) {
			faults = append(faults, fmt.Errorf("%s: codes: a name is not allowed in a shape: it is malformed or may be personal", file))
			continue
		}
		if len(parts) == 0 && where != "requests" {
			faults = append(faults, fmt.Errorf("%s: %s: empty; expected a part", file, where))
		}
		for _, p := range parts {
			if err := p.complete(origin); err != nil {
				faults = append(faults, fmt.Errorf("%s: %s: %w", file, where, err))
			}
		}
	}
	return s, errors.Join(faults...)
}

func (s *Shape) all() map[string][]*Part {
	all := map[string][]*Part{"requests": s.Requests}
	maps.Copy(all, s.Codes)
	return all
}

// complete checks a part and fills in what a file leaves out.
func (p *Part) complete(origin string) error {
	if p == nil || p.Source == "" || p.Exchanges < 1 {
		return errors.New("expected every part to have source and exchanges")
	}
	if err := p.validate(); err != nil {
		return err
	}
	at := Origin{Name: origin}
	p.observed = Observed{p.Exchanges, at, at}
	whole := NewPart()
	for _, t := range []struct{ to, from *Tally }{
		{&p.Evidence, &whole.Evidence}, {&p.HTTP, &whole.HTTP}, {&p.Media, &whole.Media}, {&p.Headers, &whole.Headers}, {&p.Statuses, &whole.Statuses}, {&p.Messages, &whole.Messages},
	} {
		if *t.to == nil {
			*t.to = *t.from
		}
		t.to.setOrigin(at)
	}
	if p.Latency == nil {
		p.Latency = Latency{}
	}
	if p.Members == nil {
		p.Members = whole.Members
	}
	for pointer, m := range p.Members {
		if m == nil || !IsBody(pointer) && Place(contract.InRequest, pointer).Direction() != contract.InRequest {
			shown := string(pointer)
			if !validPointer(pointer) {
				shown = hole
			}
			return fmt.Errorf("members: %q: expected a JSON pointer and a description", shown)
		}
		for _, t := range []*Tally{&m.Types, &m.Formats, &m.Values} {
			if *t == nil {
				*t = Tally{}
			}
			t.setOrigin(at)
		}
		if m.Replaced != nil {
			m.Replaced.First, m.Replaced.Last = at, at
		}
	}
	return nil
}

// setOrigin sets the origin of every count.
func (t Tally) setOrigin(at Origin) {
	for name, s := range t {
		if s == nil {
			t[name] = &Observed{}
			s = t[name]
		}
		s.First, s.Last = at, at
	}
}

var errPair = errors.New("expected two numbers, the smallest and the largest")

// UnmarshalYAML reads a pair.
func (r *Range) UnmarshalYAML(n *yaml.Node) error {
	var pair []string
	if err := n.Decode(&pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("line %d: %w", n.Line, errPair)
	}
	r.Min, r.Max = pair[0], pair[1]
	return nil
}

// Load reads every shape below a folder, by operation, and merges shapes of the same
// operation. Errors have shown in front of the file name. Shapes without a fault are
// returned with the error. Never change a shape that Load gives: others may have it too.
func Load(fsys fs.FS, shown string) (map[string]*Shape, error) {
	all := map[string]*Shape{}
	var faults []error
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, Suffix) {
			return err
		}
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		s, err := loaded(path.Join(shown, name), raw)
		if err != nil {
			faults = append(faults, err)
			return nil
		}
		if all[s.Operation] != nil {
			s = Merge(all[s.Operation], s)
		}
		all[s.Operation] = s
		return nil
	})
	return all, errors.Join(append(faults, err)...)
}

// Names returns the operations of shapes in order.
func Names(shapes map[string]*Shape) []string { return slices.Sorted(maps.Keys(shapes)) }
