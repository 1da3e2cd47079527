package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"assay/internal/catalog"
	"assay/internal/lazy"
)

// minSecret is the length in bytes from which the value of a credential is searched in
// outputs: a shorter one is also a part of harmless words.
const minSecret = 4

// credentialVariable matches the variables of assay that hold a credential.
var credentialVariable = lazy.Regexp(`^ASSAY_.*(?:KEY|TOKEN|SECRET|PASS|PWD|AUTH|CREDENTIAL|SALT|_MID|_CODE)`)

// knownCredentials is what a command has learnt about credentials.
type knownCredentials struct {
	mu                           sync.Mutex
	variables, values, published map[string]bool
}

// secrets returns the values of the credentials that this process knows, the longest first:
// those of the environment, under the names of the specifications, of assay.yaml and of others
// like them, and those of --keys. No output may have one of them. The published test
// credentials are no secrets.
func (p *program) secrets() []string {
	all := map[string]bool{}
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); credentialVariable().MatchString(name) {
			all[value] = true
		}
	}
	if p.config != nil {
		for _, credentials := range p.config.Keys {
			for _, variable := range credentials {
				all[os.Getenv(variable.Name)] = true
			}
		}
	}
	p.known.mu.Lock()
	defer p.known.mu.Unlock()
	for name := range p.known.variables {
		all[os.Getenv(name)] = true
	}
	maps.Copy(all, p.known.values)
	maps.DeleteFunc(all, func(value string, _ bool) bool { return len(value) < minSecret || p.known.published[value] })
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
}

// knowCredentials notes the variables and the test credentials of the loaded specifications.
func (p *program) knowCredentials(k *catalog.Catalog) {
	p.known.mu.Lock()
	defer p.known.mu.Unlock()
	if p.known.variables == nil {
		p.known.variables, p.known.published = map[string]bool{}, map[string]bool{}
	}
	for _, s := range k.Specs {
		for _, c := range s.Credentials {
			p.known.variables[p.variable(c.Env)] = true
			p.known.published[c.Test] = true
		}
	}
}

// knowKeys notes the credentials of --keys.
func (p *program) knowKeys(all map[string]map[string]string) {
	p.known.mu.Lock()
	defer p.known.mu.Unlock()
	if p.known.values == nil {
		p.known.values = map[string]bool{}
	}
	for _, credentials := range all {
		for _, value := range credentials {
			p.known.values[value] = true
		}
	}
}
