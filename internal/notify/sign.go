package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// secretPrefix marks a secret of Standard Webhooks.
const secretPrefix = "whsec_"

// The sizes of a secret in bytes.
const (
	minSecret = 24
	maxSecret = 64
)

// readSecret reads a secret as Standard Webhooks writes it.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func readSecret(text string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(text, secretPrefix)
	if !ok {
		return nil, errors.New("it does not begin with " + secretPrefix)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	switch {
	case err != nil:
		return nil, errors.New("what follows " + secretPrefix + " is not base64") // the error quotes a byte
	case len(key) < minSecret || len(key) > maxSecret:
		return nil, errors.New("expected 24 to 64 bytes in base64")
	}
	return key, nil
}

// sign gives the value of webhook-signature: a signature by each key.
func sign(keys [][]byte, id string, at time.Time, body []byte) string {
	all := make([]string, len(keys))
	for i, key := range keys {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		h.Write(body)
		all[i] = "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
	}
	return strings.Join(all, " ")
}
