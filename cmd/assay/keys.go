package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/catalog"
	"assay/internal/lazy"
	"assay/internal/openapi"
)

// readKeys reads the file of --keys. It reads the file only once, because it may be a
// pipe.
func readKeys(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, &exit{exitUsage, "--keys: " + err.Error(), ""}
	}
	return raw, nil
}

// loadKeys gives the credentials by provider and name: those of the key file, otherwise
// those of the environment. No error quotes the file, because any part of it could be a
// secret in the wrong place.
func (p *program) loadKeys(path string, raw []byte, specs []*openapi.Spec) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for _, s := range specs {
		all[s.Provider] = map[string]string{}
		for _, c := range s.Credentials {
			if value := p.getenv(c.Env); value != "" {
				all[s.Provider][c.Name] = value
			}
		}
	}
	if path != "" {
		if line, wrong := parseKeys(raw, specs, all); wrong != "" {
			return nil, &exit{exitUsage, fmt.Sprintf("--keys: %s:%s: %s", path, line, wrong), "a key file has a provider on one line and, indented below it, NAME: VALUE for each credential; `assay list providers --json` lists the names"}
		}
	}
	p.knowKeys(all)
	for _, s := range specs {
		if err := catalog.CheckCredentials(s, func(c *openapi.Credential) string { return all[s.Provider][c.Name] }); err != nil {
			return nil, &exit{exitUsage, err.Error(), "correct it in the environment; `assay list providers` names the variables"}
		}
	}
	return all, nil
}

// providersOf gives the providers in a key file. If the file is not a valid key file,
// it gives all providers, so that loadKeys can report the error.
func providersOf(raw []byte, known []string) []string {
	var document map[string]yaml.Node
	if yaml.Unmarshal(raw, &document) != nil {
		return known
	}
	named := slices.Collect(maps.Keys(document))
	if slices.ContainsFunc(named, func(name string) bool { return !slices.Contains(known, name) }) {
		return known
	}
	return named
}

var yamlLine = lazy.Regexp(`\bline (\d+)\b`)

// parseKeys adds the credentials of a key file to all. If the file is wrong, it gives
// the line and a message that quotes nothing from the file.
func parseKeys(raw []byte, specs []*openapi.Spec, all map[string]map[string]string) (line, wrong string) {
	var document, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(raw))
	err := d.Decode(&document)
	if err == nil {
		if err := d.Decode(&more); !errors.Is(err, io.EOF) {
			return "1", "has more than one document"
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		line = "1"
		if m := yamlLine().FindStringSubmatch(err.Error()); m != nil {
			line = m[1]
		}
		return line, "is not YAML"
	}
	if len(document.Content) == 0 {
		return "1", "is empty"
	}
	var names []string
	for _, s := range specs {
		names = append(names, s.Provider)
	}
	return visitMembers(document.Content[0], names, func(provider string, below *yaml.Node) (string, string) {
		s := specs[slices.Index(names, provider)]
		var known []string
		for _, c := range s.Credentials {
			known = append(known, c.Name)
		}
		return visitMembers(below, known, func(name string, value *yaml.Node) (string, string) {
			if value.Kind != yaml.ScalarNode || value.Tag == "!!null" || value.Value == "" {
				return lineOf(value), "expected the value of a credential"
			}
			all[provider][name] = value.Value
			if err := catalog.CheckCredentials(s, func(c *openapi.Credential) string { return all[provider][c.Name] }); err != nil {
				return lineOf(value), err.Error()
			}
			return "", ""
		})
	})
}

// visitMembers calls visit for each member of a mapping, until something is wrong. Each
// name must be one of known.
func visitMembers(n *yaml.Node, known []string, visit func(name string, value *yaml.Node) (line, wrong string)) (line, wrong string) {
	expected := "expected one of " + strings.Join(known, ", ")
	if n.Kind != yaml.MappingNode {
		return lineOf(n), expected
	}
	met := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		switch {
		case !slices.Contains(known, name.Value):
			return lineOf(name), expected
		case met[name.Value]:
			return lineOf(name), "duplicate name " + name.Value
		}
		met[name.Value] = true
		if line, wrong := visit(name.Value, value); wrong != "" {
			return line, wrong
		}
	}
	return "", ""
}

func lineOf(n *yaml.Node) string { return fmt.Sprint(max(n.Line, 1)) }

// permissionWarning gives a warning if other users can read the key file, otherwise "".
func permissionWarning(path string) string {
	info, err := os.Stat(path)
	if path == "" || err != nil || runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 {
		return ""
	}
	return fmt.Sprintf("warning: --keys: other users can read %s; chmod 600 prevents it", path)
}
