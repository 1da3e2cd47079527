package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"assay/internal/catalog"
	"assay/internal/config"
	"assay/internal/contract"
)

// nameVariables finds, for the credentials of the loaded specifications, the variables
// that assay.yaml names in place of those of the specification. A provider or credential
// that does not exist is an error.
func (p *program) nameVariables(k *catalog.Catalog) error {
	defer p.knowCredentials(k) // under the names that assay.yaml gives the variables
	for _, v := range p.hosts {
		provider, _, _ := strings.Cut(v.text, "=")
		if v.from != fromFlag && !slices.Contains(k.Providers(), provider) {
			return &exit{exitUsage, fmt.Sprintf("%s: hosts: there is no provider %q%s", v.from, provider, catalog.DidYouMean(provider, k.Providers())), catalog.Choices(provider, k.Providers(), "assay list providers")}
		}
	}
	if p.config == nil {
		return nil
	}
	for _, provider := range slices.Sorted(maps.Keys(p.config.Keys)) {
		credentials := p.config.Keys[provider]
		if !slices.Contains(k.Providers(), provider) {
			return unknownKey(credentials, "provider", provider, k.Providers())
		}
		s := k.Spec(provider)
		if s == nil {
			continue
		}
		var known []string
		for _, c := range s.Credentials {
			known = append(known, c.Name)
		}
		for _, name := range slices.Sorted(maps.Keys(credentials)) {
			c := s.Credential(name)
			if c == nil {
				return unknownKey(map[string]config.Variable{name: credentials[name]}, "credential of "+provider, name, known)
			}
			if p.variables == nil {
				p.variables = map[string]string{}
			}
			p.variables[c.Env] = credentials[name].Name
		}
	}
	return nil
}

// noteHosts says where the live requests of cases go, unless the command line says it.
func (p *program) noteHosts(cases []*contract.Case) {
	for _, v := range p.hosts {
		provider, url, _ := strings.Cut(v.text, "=")
		if v.from != fromFlag && slices.ContainsFunc(cases, func(c *contract.Case) bool { return c.Provider() == provider }) {
			note(p.stderr, "%s: requests to %s go to %s", v.from, provider, masked(url))
		}
	}
}

// unknownKey is the error for a name in the member keys that does not exist.
func unknownKey(at map[string]config.Variable, kind, name string, known []string) error {
	from := config.Name
	for _, v := range at {
		from = v.From
	}
	return &exit{exitUsage, fmt.Sprintf("%s: keys: there is no %s %q%s", from, kind, name, catalog.DidYouMean(name, known)), catalog.Choices(name, known, "assay list providers --json")}
}

// variable is the variable that holds a credential: the one of assay.yaml, or that of the
// specification.
func (p *program) variable(env string) string { return cmp.Or(p.variables[env], env) }

// getenv gives the value of a credential.
func (p *program) getenv(env string) string { return os.Getenv(p.variable(env)) }
