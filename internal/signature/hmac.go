package signature

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"
)

// HMAC is the keyed hash of RFC 2104, over exactly the bytes that are given. It is written
// in one way only, because a provider may compare texts: hex in lower case is not hex-upper,
// and base64 has its padding.
type HMAC struct {
	hash     func() hash.Hash
	encoding string
}

// The hashes, written in lower-case hex unless Encoded says otherwise.
var (
	hmacSHA1   = HMAC{sha1.New, "hex"}
	hmacSHA256 = HMAC{sha256.New, "hex"}
	hmacSHA512 = HMAC{sha512.New, "hex"}
)

// encodings are the ways to write the bytes of a signature.
var encodings = map[string]func([]byte) string{
	"hex":       hex.EncodeToString,
	"hex-upper": func(sum []byte) string { return strings.ToUpper(hex.EncodeToString(sum)) },
	"base64":    base64.StdEncoding.EncodeToString,
	"base64url": base64.RawURLEncoding.EncodeToString,
}

// Encoded returns the scheme with another encoding. ok is false if there is none of that name.
func (h HMAC) Encoded(encoding string) (s Scheme, ok bool) {
	_, ok = encodings[encoding]
	return HMAC{h.hash, encoding}, ok
}

// Sign returns the HMAC of message. random is not used.
func (h HMAC) Sign(message []byte, key string, _ io.Reader) (string, error) {
	if key == "" {
		return "", errors.New("hmac: the key is empty")
	}
	m := hmac.New(h.hash, []byte(key))
	m.Write(message)
	return encodings[h.encoding](m.Sum(nil)), nil
}

// Verify compares in constant time. With an empty key nothing is a signature: anybody
// could make it.
func (h HMAC) Verify(message []byte, key, signature string) bool {
	right, err := h.Sign(message, key, nil)
	return err == nil && subtle.ConstantTimeCompare([]byte(right), []byte(signature)) == 1
}

// exact marks a scheme that does not also cover the compact form of JSON.
func (HMAC) exact() {}
