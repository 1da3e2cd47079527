// Package signature signs bodies and verifies signatures as the providers document it.
//
// It has two parts. A Scheme knows bytes and keys: HMAC, PaytmChecksum and PaytringSHA512 are
// the schemes, and ByName finds one by the name that a specification gives in
// x-signature. The rest knows where a signature stands and what it covers: State and
// RequestState verify, SignRequest and SignResponse sign, Forge spoils a signature. The
// specification says where: in the body, a header or the query; over the body, a part of it,
// or a template of parts.
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

	"assay/internal/openapi"
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
	"hmac-sha1":       hmacSHA1,
	"hmac-sha256":     hmacSHA256,
	"hmac-sha512":     hmacSHA512,
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

// Of returns the scheme of a signature, with the encoding that its specification names.
func Of(s *openapi.Signature) (Scheme, error) {
	scheme, err := ByName(s.Scheme)
	if err != nil || s.Encoding == "" {
		return scheme, err
	}
	if encoder, ok := scheme.(interface {
		Encoded(encoding string) (Scheme, bool)
	}); ok {
		if encoded, ok := encoder.Encoded(s.Encoding); ok {
			return encoded, nil
		}
	}
	return nil, fmt.Errorf("signature: %s has no encoding %q", s.Scheme, s.Encoding)
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
