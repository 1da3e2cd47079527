package signature

import (
	"bytes"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"sort"
	"strings"
)

// PaytringSHA512 is Paytring's hash of a JSON object. It takes the values of the
// top-level members that are neither objects nor arrays, without "hash" itself. They
// are sorted by member name and joined with "|"; "|" and the secret follow. The hash is
// the SHA-512 of that text in lower-case hex.
//
// Source: https://docs.paytring.com/api-reference/endpoint/order Body / hash ("all
// non-object key values"), and the official SDKs.
type PaytringSHA512 struct{}

// Sign includes numbers as their decimal text, and booleans. The page says so, and the
// Node and PHP SDKs do so. random is not used.
func (PaytringSHA512) Sign(message []byte, key string, _ io.Reader) (string, error) {
	return paytringHash(message, key, true)
}

// Verify accepts the hash with or without numbers and booleans: the official Go SDK
// omits every value that is not a string.
func (PaytringSHA512) Verify(message []byte, key, signature string) bool {
	for _, numbers := range []bool{true, false} {
		hash, err := paytringHash(message, key, numbers)
		if err == nil && subtle.ConstantTimeCompare([]byte(hash), []byte(signature)) == 1 {
			return true
		}
	}
	return false
}

func paytringHash(message []byte, key string, numbers bool) (string, error) {
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(message))
	d.UseNumber()
	if d.Decode(&members) != nil || members == nil {
		return "", errors.New("paytring-sha512: the body is not a JSON object")
	}
	var names []string
	for name := range members {
		names = append(names, name)
	}
	sort.Strings(names)
	var joined strings.Builder
	for _, name := range names {
		text, ok := paytringText(members[name], numbers)
		if ok && name != "hash" {
			joined.WriteString(text + "|")
		}
	}
	sum := sha512.Sum512([]byte(joined.String() + key))
	return hex.EncodeToString(sum[:]), nil
}

func paytringText(value any, numbers bool) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), numbers
	case bool:
		if v {
			return "true", numbers
		}
		return "false", numbers
	}
	return "", false
}
