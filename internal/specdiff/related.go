package specdiff

import (
	"net/url"
	"strings"

	"assay/internal/openapi"
)

// Related reports whether two specifications may be of the same provider: they have a
// server host or an operation path in common. File names are not compared.
func Related(a, b *openapi.Spec) bool {
	known := map[string]bool{}
	for _, trait := range traits(a) {
		known[trait] = true
	}
	for _, trait := range traits(b) {
		if known[trait] {
			return true
		}
	}
	return false
}

// traits returns the hosts and paths of a specification.
func traits(s *openapi.Spec) (all []string) {
	for _, server := range s.Servers {
		if u, err := url.Parse(server.URL); err == nil && u.Host != "" {
			all = append(all, "host "+strings.ToLower(u.Host))
		}
	}
	for _, o := range s.Operations {
		all = append(all, "path "+o.Template().Shape())
	}
	return all
}
