// Package signature holds the signing schemes of the providers, by the names
// that specifications use for them in x-signature.
//
// A scheme is given the bytes it covers just as they travel: encoding them a
// second time would break a signature that was right. Keys are the merchant's
// and never stand in an error.
package signature

import (
	"fmt"
	"io"
	"sort"
	"strings"
)

// Scheme signs bytes and verifies signatures.
type Scheme interface {
	// Sign computes the signature of message; random supplies salt, and is not
	// read by schemes that have none.
	Sign(message []byte, key string, random io.Reader) (string, error)
	// Verify tells whether signature is one of message under key. A signature
	// that cannot even be decoded is a wrong one, not an error.
	Verify(message []byte, key, signature string) bool
}

// schemes by their names. Nothing changes them.
var schemes = map[string]Scheme{
	"paytm-checksum":  PaytmChecksum{},
	"paytring-sha512": PaytringSHA512{},
}

// Named gives the scheme of a name, or an error that lists the names there are.
func ByName(name string) (Scheme, error) {
	if s, ok := schemes[name]; ok {
		return s, nil
	}
	return nil, fmt.Errorf("signature: no scheme %q; there are %s", name, strings.Join(Names(), ", "))
}

// Names lists the schemes.
func Names() []string {
	var names []string
	for name := range schemes {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
