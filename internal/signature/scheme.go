// Package signature signs bodies and verifies signatures as the providers document it.
//
// It has two parts. A Scheme knows bytes and keys: PaytmChecksum and PaytringSHA512 are
// the schemes, and ByName finds one by the name that a specification gives in
// x-signature. State, Sign and Forge know where in a body a signature stands and which
// part it covers; the specification says so.
//
// A scheme covers the bytes exactly as they are sent. Encoding them a second time
// changes them, and a correct signature no longer verifies.
//
// The merchant's key never appears in an error.
//
// Adapters use the schemes only. So the code that finds and judges a signature in a
// body is not the code that put it there.
package signature

import (
	"fmt"
	"io"
	"sort"
	"strings"
)

// Scheme signs bytes and verifies signatures.
type Scheme interface {
	// Sign returns the signature of message. random supplies the salt; a scheme without
	// a salt does not read it.
	Sign(message []byte, key string, random io.Reader) (string, error)
	// Verify reports whether signature is a signature of message under key. It covers
	// the bytes as given. A signature that cannot be decoded is wrong; it is not an
	// error.
	Verify(message []byte, key, signature string) bool
}

// schemes maps names to schemes. It does not change after start.
var schemes = map[string]Scheme{
	"paytm-checksum":  PaytmChecksum{},
	"paytring-sha512": PaytringSHA512{},
}

// ByName returns the scheme with that name. The error for an unknown name lists the
// names.
func ByName(name string) (Scheme, error) {
	if s, ok := schemes[name]; ok {
		return s, nil
	}
	return nil, fmt.Errorf("signature: no scheme %q; there are %s", name, strings.Join(Names(), ", "))
}

// Names returns the names of all schemes, sorted.
func Names() []string {
	var names []string
	for name := range schemes {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
