// Package cassette replays recorded exchanges. It alone knows go-vcr, whose
// format 1 the files are in.
//
// go-vcr's own recorder goes to the network where a cassette is missing and
// searches it from the top for every request; here a cassette is read from any
// file system, is never written while it plays, and finds an interaction by
// one look into an index, however many there are and in whatever order they
// are asked.
package cassette

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"

	vcr "github.com/dnaeon/go-vcr/v2/cassette"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// Shelf is a folder of cassettes and its manifest.
type Library struct {
	fsys    fs.FS
	entries map[string]Entry
}

// Entry is what the manifest says of a cassette.
type Entry struct {
	SHA256   string            `yaml:"sha256"` // of the file, in hex
	Evidence contract.Evidence `yaml:"evidence"`
	Source   string            `yaml:"source"` // where the response stands, or what it was made from
	Date     string            `yaml:"date"`   // yyyy-mm-dd
	// Next stands there while a cassette is replaced: the file is this entry's or
	// the next one's, whichever sha256 it has. nil: nothing is under way.
	Next *Entry `yaml:"next,omitempty"`
}

// of gives the entry of a file with a sha256: the next one where it is that.
func (e Entry) of(sum string) Entry {
	if e.Next != nil && (e.Next.SHA256 == sum || e.SHA256 == "") {
		e = *e.Next
	}
	e.Next = nil
	return e
}

const manifest = "manifest.yaml"

// Open reads what the manifest says of the cassettes of the named providers; none
// named: of all. A manifest that is missing is an error: without it nobody knows on
// what evidence a response counts.
func Open(fsys fs.FS, providers ...string) (*Library, error) {
	raw, err := fs.ReadFile(fsys, manifest)
	if err != nil {
		return nil, fmt.Errorf("cassettes: %w", err)
	}
	s := &Library{fsys: fsys, entries: map[string]Entry{}}
	text := about(string(raw), providers, "")
	if len(providers) > 0 && strings.TrimSpace(text) == "" && len(raw) > 0 {
		return s, nil // all of it is about others
	}
	if err = s.decode(text); err != nil { // once more with every line in its place
		err = s.decode(about(string(raw), providers, "\n"))
	}
	if err != nil {
		return nil, contract.LocateYAML("cassettes/"+manifest, err)
	}
	var faults []error
	for _, name := range s.Names() {
		if e := s.entries[name]; !known(e.Evidence) && (e.Next == nil || e.SHA256 != "") || e.Next != nil && !known(e.Next.Evidence) {
			faults = append(faults, fmt.Errorf("cassettes/%s: %s: expected evidence to be one of %v", manifest, name, contract.Evidences()))
		}
	}
	return s, errors.Join(faults...)
}

func (s *Library) decode(text string) error {
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	return d.Decode(&s.entries)
}

// about leaves out what a manifest says of other providers, and puts something in the
// place of every line. Only a manifest in the form in which it is written is cut: a
// name on a line, and below it, indented, what is said of the cassette.
func about(manifest string, providers []string, instead string) string {
	if len(providers) == 0 || strings.ContainsAny(manifest, "&*{[|>") {
		return manifest
	}
	var b strings.Builder
	wanted, begun := true, false
	for line := range strings.Lines(manifest) {
		switch provider, _, named := strings.Cut(line, "/"); {
		case strings.HasPrefix(line, " "), strings.TrimSpace(line) == "":
		case line == "---\n" && !begun:
			begun = true
			b.WriteString(line)
			continue
		case named && strings.HasSuffix(line, ":\n") && strings.Trim(provider, "abcdefghijklmnopqrstuvwxyz0123456789") == "":
			wanted = slices.Contains(providers, provider)
		default:
			return manifest
		}
		if wanted {
			b.WriteString(line)
		} else {
			b.WriteString(instead)
		}
	}
	return b.String()
}

func known(e contract.Evidence) bool {
	for _, k := range contract.Evidences() {
		if k == e {
			return true
		}
	}
	return false
}

// Names lists the cassettes of the manifest in order.
func (s *Library) Names() []string {
	names := make([]string, 0, len(s.entries))
	for name := range s.entries {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Entry tells what the manifest says of a cassette.
func (s *Library) Entry(name string) (Entry, bool) {
	e, ok := s.entries[name]
	if ok && e.Next != nil {
		raw, _ := fs.ReadFile(s.fsys, name+".yaml") // one that is not there has no sum
		e = e.of(Sum(raw))
	}
	return e, ok
}

// Has tells whether there is a cassette of a name, readable or not.
func (s *Library) Has(name string) bool {
	_, err := fs.Stat(s.fsys, name+".yaml")
	return !errors.Is(err, fs.ErrNotExist)
}

// Tape is one cassette, read.
type Cassette struct {
	Name         string
	Entry        Entry
	Listed       bool   // the manifest has an entry for it
	SHA256       string // of the bytes read
	interactions []*vcr.Interaction
	lines        func() []int // of the interactions, read again when a finding asks
}

// Load reads one cassette. A file that is not there is fs.ErrNotExist; one
// that does not parse is an error with file and line.
func (s *Library) Load(name string) (*Cassette, error) {
	file := name + ".yaml"
	raw, err := fs.ReadFile(s.fsys, file)
	if err != nil {
		return nil, fmt.Errorf("cassettes/%s: %w", file, err)
	}
	t := &Cassette{Name: name, SHA256: Sum(raw)}
	t.Entry, t.Listed = s.entries[name]
	t.Entry = t.Entry.of(t.SHA256)
	if t.interactions, err = parse(name, raw); err != nil {
		return nil, contract.LocateYAML("cassettes/"+file, err)
	}
	t.lines = sync.OnceValue(func() []int {
		raw, err := fs.ReadFile(s.fsys, file)
		if err != nil || Sum(raw) != t.SHA256 {
			return nil // it has changed since
		}
		return linesOf(raw)
	})
	return t, nil
}

// Line is the line of the file on which the interaction with an origin begins; 0 if it
// is unknown.
func (t *Cassette) Line(origin string) int {
	for i, line := range t.lines() {
		if t.origin(i) == origin {
			return line
		}
	}
	return 0
}

// Sum is the sha256 of a cassette's bytes as the manifest writes it.
func Sum(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func parse(name string, raw []byte) ([]*vcr.Interaction, error) {
	c := vcr.New(name)
	c.Version = 0
	if err := yaml.Unmarshal(raw, c); err != nil {
		return nil, err
	}
	switch {
	case c.Version != 1:
		return nil, fmt.Errorf("line 1: expected a go-vcr cassette of version 1, this says %d", c.Version)
	case len(c.Interactions) == 0:
		return nil, errors.New("line 1: expected at least one interaction")
	}
	for i, in := range c.Interactions {
		if in == nil || in.Method == "" || in.URL == "" || in.Code == 0 {
			return nil, fmt.Errorf("line %d: interaction %d: expected request.method, request.url and response.code", lineOf(raw, i), i+1)
		}
		if _, err := url.Parse(in.URL); err != nil {
			return nil, fmt.Errorf("line %d: interaction %d: its url does not parse", lineOf(raw, i), i+1)
		}
	}
	return c.Interactions, nil
}

// lineOf finds the line on which an interaction begins.
func lineOf(raw []byte, interaction int) int {
	if lines := linesOf(raw); interaction < len(lines) {
		return lines[interaction]
	}
	return 1
}

// linesOf finds the lines on which the interactions begin.
func linesOf(raw []byte) []int {
	var document struct {
		Interactions []yaml.Node `yaml:"interactions"`
	}
	if yaml.Unmarshal(raw, &document) != nil {
		return nil
	}
	var all []int
	for i := range document.Interactions {
		all = append(all, document.Interactions[i].Line)
	}
	return all
}

// Exchanges gives what the cassette holds as values.
func (t *Cassette) Exchanges() []contract.Exchange {
	var all []contract.Exchange
	for i, in := range t.interactions {
		u, _ := url.Parse(in.URL) // parsed once already
		all = append(all, contract.Exchange{
			Request:  contract.Request{Method: in.Method, URL: u, Header: in.Request.Headers.Clone(), Body: []byte(in.Request.Body)},
			Response: contract.Response{Status: in.Code, Header: in.Response.Headers.Clone(), Body: []byte(in.Response.Body), Duration: in.Duration},
			Origin:   t.origin(i),
			Evidence: t.Entry.Evidence,
		})
	}
	return all
}

// origin names an interaction: "cassette:paytm/createOrder/least#1".
func (t *Cassette) origin(i int) string { return fmt.Sprintf("cassette:%s#%d", t.Name, i+1) }
