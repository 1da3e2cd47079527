package specdiff

import (
	"net/url"
	"regexp"
	"strings"

	"assay/internal/openapi"
)

// Related tells whether two specifications can be of one provider: whether they
// have the host of a server or the path of an operation in common. No document
// says whose it is, and what its file is called proves nothing.
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

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// traits are what tells one provider from another.
func traits(s *openapi.Spec) (all []string) {
	for _, server := range s.Servers {
		if u, err := url.Parse(server.URL); err == nil && u.Host != "" {
			all = append(all, "host "+strings.ToLower(u.Host))
		}
	}
	for _, o := range s.Operations {
		all = append(all, "path "+parameter.ReplaceAllString(o.Path, "{}"))
	}
	return all
}
