// Package cassette reads, replays and writes recorded exchanges in format 1 of go-vcr.
//
// A Library is a folder of cassettes with a manifest: for each cassette its sha256, the
// evidence that its responses carry, their source and their date. Replay makes a Player,
// an http.RoundTripper that responds from one cassette. It never uses the network, never
// writes while it plays, and finds an interaction by an index, in any order and in
// constant time. A request without a matching interaction is a *MissError.
//
// Save replaces cassettes so that a kill at any moment leaves each file and its manifest
// entry in agreement: the entry first holds the old and the new values (next), since two
// files cannot be replaced in one step.
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

// Library is a folder of cassettes and its manifest.
type Library struct {
	fsys    fs.FS
	entries map[string]Entry
}

// Entry is the manifest's entry for a cassette.
type Entry struct {
	SHA256   string            `yaml:"sha256"` // of the file, in hex
	Evidence contract.Evidence `yaml:"evidence"`
	Source   string            `yaml:"source"` // the page that prints the response, or how it was made
	Date     string            `yaml:"date"`   // yyyy-mm-dd
	// Next is the new entry while a cassette is being replaced. The sha256 of the file
	// shows which of the two applies. nil: no replacement is under way.
	Next *Entry `yaml:"next,omitempty"`
}

// forSum returns the entry that applies to a file with this sha256: e or its next one.
func (e Entry) forSum(sum string) Entry {
	if e.Next != nil && (e.Next.SHA256 == sum || e.SHA256 == "") {
		e = *e.Next
	}
	e.Next = nil
	return e
}

const manifest = "manifest.yaml"

// Open reads the manifest entries of the named providers, or of all if none is named.
// A missing manifest is an error: it says how strong the evidence of a response is.
func Open(fsys fs.FS, providers ...string) (*Library, error) {
	raw, err := fs.ReadFile(fsys, manifest)
	if err != nil {
		return nil, fmt.Errorf("cassettes: %w", err)
	}
	s := &Library{fsys: fsys, entries: map[string]Entry{}}
	text := entriesOf(string(raw), providers, "")
	if len(providers) > 0 && strings.TrimSpace(text) == "" && len(raw) > 0 {
		return s, nil // every entry belongs to another provider
	}
	if err = s.decode(text); err != nil { // decode again with all lines in place, so that the error has the right line
		err = s.decode(entriesOf(string(raw), providers, "\n"))
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

// entriesOf removes the entries of other providers from the text of a manifest; each of
// their lines is replaced by instead. It cuts only the form that MarshalManifest writes:
// a name on a line and indented lines below it. Any other manifest is returned whole.
func entriesOf(manifest string, providers []string, instead string) string {
	if len(providers) == 0 || strings.ContainsAny(manifest, "&*{[|>") {
		return manifest
	}
	var b strings.Builder
	wanted, started := true, false
	for line := range strings.Lines(manifest) {
		switch provider, _, named := strings.Cut(line, "/"); {
		case strings.HasPrefix(line, " "), strings.TrimSpace(line) == "":
		case line == "---\n" && !started:
			started = true
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

// Names lists the cassettes of the manifest in alphabetical order.
func (s *Library) Names() []string {
	names := make([]string, 0, len(s.entries))
	for name := range s.entries {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Entry returns the manifest's entry for a cassette.
func (s *Library) Entry(name string) (Entry, bool) {
	e, ok := s.entries[name]
	if ok && e.Next != nil {
		raw, _ := fs.ReadFile(s.fsys, name+".yaml") // a missing file has no sum
		e = e.forSum(Sum(raw))
	}
	return e, ok
}

// Has reports whether the cassette's file exists, readable or not.
func (s *Library) Has(name string) bool {
	_, err := fs.Stat(s.fsys, name+".yaml")
	return !errors.Is(err, fs.ErrNotExist)
}

// Cassette is one cassette file.
type Cassette struct {
	Name         string
	Entry        Entry
	Listed       bool   // the manifest has an entry for it
	SHA256       string // of the bytes read
	interactions []*vcr.Interaction
	lines        func() []int // of the interactions, read again when a finding asks
}

// Load reads one cassette. The error is fs.ErrNotExist for a missing file, and has file
// and line for one that does not parse.
func (s *Library) Load(name string) (*Cassette, error) {
	file := name + ".yaml"
	raw, err := fs.ReadFile(s.fsys, file)
	if err != nil {
		return nil, fmt.Errorf("cassettes/%s: %w", file, err)
	}
	t := &Cassette{Name: name, SHA256: Sum(raw)}
	t.Entry, t.Listed = s.entries[name]
	t.Entry = t.Entry.forSum(t.SHA256)
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

// Line returns the line on which the interaction with this origin begins, or 0 if it is
// unknown.
func (t *Cassette) Line(origin string) int {
	for i, line := range t.lines() {
		if t.origin(i) == origin {
			return line
		}
	}
	return 0
}

// Sum returns the sha256 of a cassette's bytes in hex, as the manifest has it.
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
		return nil, fmt.Errorf("line 1: expected a go-vcr cassette of version 1; this file has version %d", c.Version)
	case len(c.Interactions) == 0:
		return nil, errors.New("line 1: expected at least one interaction")
	}
	for i, in := range c.Interactions {
		if in == nil || in.Method == "" || in.URL == "" || in.Code == 0 {
			return nil, fmt.Errorf("line %d: interaction %d: expected request.method, request.url and response.code", lineOf(raw, i), i+1)
		}
		if _, err := url.Parse(in.URL); err != nil {
			return nil, fmt.Errorf("line %d: interaction %d: request.url does not parse", lineOf(raw, i), i+1)
		}
	}
	return c.Interactions, nil
}

// lineOf returns the line on which interaction i begins.
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

// Exchanges returns the interactions of the cassette as exchanges.
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
