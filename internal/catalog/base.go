package catalog

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// CredentialsError reports credentials that are not set, by their environment
// variables.
type CredentialsError struct {
	Provider string
	Env      []string
}

func (e *CredentialsError) Error() string {
	return fmt.Sprintf("%s: %s not set", e.Provider, strings.Join(e.Env, ", "))
}

// MissingCredentials returns a *CredentialsError if required credentials of a provider
// have no value. Optional ones may be missing.
func MissingCredentials(s *openapi.Spec, value func(*openapi.Credential) string) error {
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

// Evidence returns what responses from a base URL prove. From loopback they are
// simulated. For a host of the specification, the specification states it. From
// anywhere else they count as the provider's production.
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

// Loopback reports whether a URL points to this machine.
func Loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
