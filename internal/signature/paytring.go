package signature

import (
	"bytes"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
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

// The forms of Paytring's hash. The official SDKs differ in how they write values that
// are not strings; paytringforms.go has the table.
const (
	formDocumented = "documented" // as Sign writes it
	formStrings    = "strings"    // the Go and Python SDKs
	formNode       = "node"       // the Node SDKs
	formPHP        = "php"        // the PHP SDK
)

// paytringForms are the forms in the order in which Form tries them. Sign uses the first.
var paytringForms = []struct {
	name string
	text func(raw json.RawMessage) (text string, hashed bool)
}{
	{formDocumented, documentedText},
	{formStrings, stringText},
	{formNode, nodeText},
	{formPHP, phpText},
}

// Sign includes numbers as their decimal text, and booleans. The page says so. random is
// not used.
func (PaytringSHA512) Sign(message []byte, key string, _ io.Reader) (string, error) {
	members, names, err := paytringMembers(message)
	if err != nil {
		return "", err
	}
	return paytringHash(members, names, key, documentedText), nil
}

// Verify accepts the hash in every form that an official SDK computes.
func (s PaytringSHA512) Verify(message []byte, key, signature string) bool {
	return s.Form(message, key, signature) != ""
}

// Form returns which form of the hash the signature is: documented, strings, node or php;
// "" if it is none of them. Of several forms with the same hash it is the first.
func (PaytringSHA512) Form(message []byte, key, signature string) string {
	members, names, err := paytringMembers(message)
	if err != nil {
		return ""
	}
	for _, form := range paytringForms {
		if hash := paytringHash(members, names, key, form.text); subtle.ConstantTimeCompare([]byte(hash), []byte(signature)) == 1 {
			return form.name
		}
	}
	return ""
}

// paytringMembers returns the members of a message that the hash can include, and their
// names, sorted.
func paytringMembers(message []byte) (members map[string]json.RawMessage, names []string, err error) {
	if json.NewDecoder(bytes.NewReader(message)).Decode(&members) != nil || members == nil {
		return nil, nil, errors.New("paytring-sha512: the body is not a JSON object")
	}
	for name := range members {
		if name != "hash" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return members, names, nil
}

func paytringHash(members map[string]json.RawMessage, names []string, key string, textOf func(json.RawMessage) (string, bool)) string {
	var joined strings.Builder
	for _, name := range names {
		if text, hashed := textOf(members[name]); hashed {
			joined.WriteString(text)
			joined.WriteByte('|')
		}
	}
	joined.WriteString(key)
	sum := sha512.Sum512([]byte(joined.String()))
	return hex.EncodeToString(sum[:])
}
