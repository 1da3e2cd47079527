package catalog

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
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

// CredentialSizeError reports a credential whose value has a length that no value can
// have. It never holds the value.
type CredentialSizeError struct {
	Provider, Name string
	Bytes          []int // the lengths that it can have
}

func (e *CredentialSizeError) Error() string {
	var sizes []string
	for _, size := range e.Bytes {
		sizes = append(sizes, strconv.Itoa(size))
	}
	last := len(sizes) - 1
	list := sizes[last]
	if last > 0 {
		list = strings.Join(sizes[:last], ", ") + " or " + list
	}
	return fmt.Sprintf("%s.%s: %s has %s bytes", e.Provider, e.Name, noun(e.Name), list)
}

// noun turns the name of a credential into words: merchantKey into "a merchant key".
func noun(name string) string {
	var words []byte
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' && i > 0 {
			words, c = append(words, ' '), c+'a'-'A'
		}
		words = append(words, c)
	}
	if strings.ContainsRune("aeiou", rune(words[0])) {
		return "an " + string(words)
	}
	return "a " + string(words)
}

// CheckCredentials returns a *CredentialSizeError if a value has a length that the
// specification excludes. A missing value is no fault here.
func CheckCredentials(s *openapi.Spec, value func(*openapi.Credential) string) error {
	for i := range s.Credentials {
		c := &s.Credentials[i]
		if text := value(c); text != "" && len(c.Bytes) > 0 && !slices.Contains(c.Bytes, len(text)) {
			return &CredentialSizeError{s.Provider, c.Name, c.Bytes}
		}
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
