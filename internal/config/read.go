package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"assay/internal/nearest"
)

// maxSize is the most bytes that a file may have.
const maxSize = 1 << 20

// Error lists everything that is wrong with a file, each with its line.
type Error struct{ Faults []string }

func (e *Error) Error() string { return strings.Join(e.Faults, "\n") }

// Read reads a file. The error is an *Error if the file can be read, but is wrong. No
// error quotes a value of the member keys, which may be a credential in the wrong place.
func Read(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, err
	}
	return Parse(path, raw)
}

// Parse reads the text of the file at a path.
func Parse(path string, raw []byte) (*File, error) {
	r := &reader{file: &File{Path: path, Keys: map[string]map[string]Variable{}, settings: map[string]Setting{}}}
	if root := r.document(raw); root != nil {
		r.top(root)
	}
	if len(r.faults) > 0 {
		return nil, &Error{r.faults}
	}
	return r.file, nil
}

type reader struct {
	file   *File
	faults []string
}

func (r *reader) from(n *yaml.Node) string { return fmt.Sprintf("%s:%d", r.file.Path, max(n.Line, 1)) }

func (r *reader) fault(n *yaml.Node, format string, args ...any) {
	r.faults = append(r.faults, r.from(n)+": "+fmt.Sprintf(format, args...))
}

var lineOfError = regexp.MustCompile(`\bline (\d+)\b`)

// document returns the root of the only document, or nil if there is none.
func (r *reader) document(raw []byte) *yaml.Node {
	if len(raw) > maxSize {
		r.fault(&yaml.Node{}, "is over %d bytes", maxSize)
		return nil
	}
	var document, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(raw))
	err := d.Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil // an empty file sets nothing
	}
	if err == nil {
		if err = d.Decode(&more); errors.Is(err, io.EOF) {
			return document.Content[0]
		} else if err == nil {
			r.fault(&more, "begins a second document; expected one")
			return nil
		}
	}
	at := &yaml.Node{}
	if m := lineOfError.FindStringSubmatch(err.Error()); m != nil {
		at.Line, _ = strconv.Atoi(m[1])
	}
	r.fault(at, "is not YAML") // the error of the library may quote a value
	return nil
}

// members calls visit for each member of a mapping with a name of known.
func (r *reader) members(n *yaml.Node, what string, known []string, visit func(name string, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		of := "names and values"
		if known != nil {
			of = strings.Join(known, ", ")
		}
		r.fault(n, "%s: expected a mapping of %s%s", what, of, got(n))
		return
	}
	met := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		switch {
		case known != nil && !slices.Contains(known, name.Value):
			near := nearest.DidYouMean(name.Value, known)
			if near == "" {
				near = "; expected one of " + strings.Join(known, ", ")
			}
			r.fault(name, "%s has no member %q%s", what, name.Value, near)
		case met[name.Value]:
			r.fault(name, "%s has the member %q twice", what, name.Value)
		default:
			visit(name.Value, value)
		}
		met[name.Value] = true
	}
}

func (r *reader) top(root *yaml.Node) {
	known := append(names(Keys()), "keys", "commands", "watch", "$schema")
	r.members(root, Name, known, func(name string, value *yaml.Node) {
		switch name {
		case "$schema":
			r.text(value, name)
		case "keys":
			r.keys(value)
		case "watch":
			r.watch(value)
		case "commands":
			r.members(value, "commands", commands(), r.section)
		default:
			r.member("", name, value)
		}
	})
}

// section reads the settings of one command.
func (r *reader) section(command string, n *yaml.Node) {
	own := slices.DeleteFunc(Keys(), func(k Key) bool { return !slices.Contains(k.Commands, command) })
	r.members(n, command, names(own), func(name string, value *yaml.Node) { r.member(command, name, value) })
}

// member reads a setting, or several that stand together under one name.
func (r *reader) member(command, name string, value *yaml.Node) {
	var below []string
	for _, k := range Keys() {
		if k.Name == name {
			r.setting(command, k, value)
			return
		}
		if group, rest, _ := strings.Cut(k.Name, "/"); group == name {
			below = append(below, rest)
		}
	}
	r.members(value, name, below, func(rest string, value *yaml.Node) { r.member(command, name+"/"+rest, value) })
}

func (r *reader) setting(command string, k Key, n *yaml.Node) {
	s := Setting{From: r.from(n)}
	before := len(r.faults)
	switch k.Kind {
	case List:
		list := []*yaml.Node{n}
		if n.Kind == yaml.SequenceNode {
			list = n.Content
		}
		for _, one := range list {
			s.Texts = append(s.Texts, r.file.at(r.text(one, k.Name), k.Paths))
		}
	case Hosts:
		r.members(n, k.Name, nil, func(provider string, value *yaml.Node) {
			s.Texts = append(s.Texts, provider+"="+r.text(value, k.Name+": "+provider))
		})
	case Number, Whole, Time:
		s.Texts = []string{r.quantity(n, k)}
	default:
		s.Texts = []string{r.file.at(r.text(n, k.Name), k.Paths)}
	}
	if len(r.faults) > before {
		return
	}
	for _, text := range s.Texts {
		if wrong := k.Fault(command, text); wrong != "" {
			r.fault(n, "%s: %s", k.Name, wrong)
		}
	}
	r.file.settings[strings.TrimPrefix(command+" "+k.Name, " ")] = s
}

// text reads a text that is not empty.
func (r *reader) text(n *yaml.Node, what string) string {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" || n.Value == "" || strings.ContainsRune(n.Value, 0) {
		r.fault(n, "%s: expected a text%s", what, got(n))
		return ""
	}
	return n.Value
}

// quantity reads a number or a time over zero.
func (r *reader) quantity(n *yaml.Node, k Key) string {
	tags := map[Kind][]string{Whole: {"!!int"}, Number: {"!!int", "!!float"}, Time: {"!!str"}}
	expected, ok := quantity(k.Kind, n.Value)
	if n.Kind != yaml.ScalarNode || !slices.Contains(tags[k.Kind], n.Tag) || !ok {
		r.fault(n, "%s: expected %s%s", k.Name, expected, got(n))
	}
	return n.Value
}

// quantity reports whether a text is over zero, if its kind is a number or a time. It also
// gives what the kind expects.
func quantity(kind Kind, text string) (expected string, ok bool) {
	switch kind {
	case Whole:
		v, err := strconv.Atoi(text)
		return "a whole number over 0", err == nil && v > 0
	case Number:
		v, err := strconv.ParseFloat(text, 64)
		return "a number over 0", err == nil && v > 0
	case Time:
		v, err := time.ParseDuration(text)
		return "a time over 0, such as 30s", err == nil && v > 0
	}
	return "", true
}

// got names the type of what stands in the wrong place.
func got(n *yaml.Node) string {
	switch kinds := map[string]string{"!!int": "a number", "!!float": "a number", "!!bool": "true or false", "!!null": "nothing", "!!timestamp": "a date"}; {
	case n.Kind == yaml.MappingNode:
		return ", got a mapping"
	case n.Kind == yaml.SequenceNode:
		return ", got a list"
	case kinds[n.Tag] != "":
		return ", got " + kinds[n.Tag]
	}
	return ""
}

// variable matches the names of environment variables. They have a _, so that hardly any
// credential looks like one.
var variable = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)

// keys reads the variables of credentials.
func (r *reader) keys(n *yaml.Node) {
	r.members(n, "keys", nil, func(provider string, below *yaml.Node) {
		r.file.Keys[provider] = map[string]Variable{}
		r.members(below, "keys: "+provider, nil, func(name string, value *yaml.Node) {
			if value.Kind != yaml.ScalarNode || !variable.MatchString(value.Value) {
				r.fault(value, "keys: expected the name of an environment variable in capitals with an underscore, such as PAYTM_KEY; a credential never stands in this file")
				return
			}
			r.file.Keys[provider][name] = Variable{value.Value, r.from(value)}
		})
	})
}

// names gives the names that a mapping may have for some keys.
func names(keys []Key) []string {
	var all []string
	for _, k := range keys {
		if name, _, _ := strings.Cut(k.Name, "/"); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// commands gives the commands that may have settings of their own.
func commands() []string {
	var all []string
	for _, k := range Keys() {
		for _, c := range k.Commands {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}
