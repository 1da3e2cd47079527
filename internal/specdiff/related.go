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

// serverKey returns the address of a server in one spelling: the scheme and the host have
// no case, and the port of the scheme and a slash at the end say nothing.
func serverKey(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	u.Host = strings.ToLower(u.Host)
	if port := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]; port != "" {
		u.Host = strings.TrimSuffix(u.Host, port)
	}
	return strings.TrimRight(u.String(), "/")
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
