package catalog

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// CredentialsError is credentials that are not set, by the names of their
// environment variables.
type CredentialsError struct {
	Provider string
	Env      []string
}

func (e *CredentialsError) Error() string {
	return fmt.Sprintf("%s: %s not set", e.Provider, strings.Join(e.Env, ", "))
}

// Lacking tells which credentials of a provider have no value, a
// *CredentialsError. Those that may be left out are not missed.
func Lacking(s *openapi.Spec, value func(*openapi.Credential) string) error {
	missing := &CredentialsError{Provider: s.Provider}
	for i := range s.Credentials {
		if c := &s.Credentials[i]; value(c) == "" && !c.Optional {
			missing.Env = append(missing.Env, c.Env)
		}
	}
	if len(missing.Env) > 0 {
		return missing
	}
	return nil
}

// Evidence is what a response from a base proves: one from loopback was made by a
// program here, one from a host of the specification what that says of it, and
// one from anywhere else is taken for the provider's own.
func Evidence(s *openapi.Spec, base string) contract.Evidence {
	u, err := url.Parse(base)
	if err == nil && Loopback(u) {
		return contract.Simulated
	}
	for _, server := range s.Servers {
		if server.URL == strings.TrimSuffix(base, "/") {
			return server.Evidence
		}
	}
	for _, server := range s.Servers {
		if at, parsed := url.Parse(server.URL); err == nil && parsed == nil && strings.EqualFold(at.Host, u.Host) {
			return server.Evidence
		}
	}
	return contract.Production
}

// Loopback tells whether a URL is of this machine.
func Loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
