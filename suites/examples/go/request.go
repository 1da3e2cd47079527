package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"assay/suites"
)

// sign makes Paytm's checksum: SHA-256 of text and salt, then the salt, encrypted with AES-CBC.
func sign(text []byte, key string, random io.Reader) (string, error) {
	var salt [3]byte
	block, err := aes.NewCipher([]byte(key))
	if _, e := io.ReadFull(random, salt[:]); err != nil || e != nil {
		return "", errors.Join(err, e)
	}
	plain := checksum(text, base64.StdEncoding.EncodeToString(salt[:]))
	cipher.NewCBCEncrypter(block, []byte("@@@@&&&&####$$$$")).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}

// verified verifies the signature over the member body as it was received.
func verified(raw []byte, key, signature string) bool {
	var members map[string]json.RawMessage
	sealed, err := base64.StdEncoding.DecodeString(signature)
	block, wrong := aes.NewCipher([]byte(key))
	if err != nil || wrong != nil || len(sealed) != 80 || json.Unmarshal(raw, &members) != nil {
		return false
	}
	cipher.NewCBCDecrypter(block, []byte("@@@@&&&&####$$$$")).CryptBlocks(sealed, sealed)
	return hmac.Equal(sealed, checksum(members["body"], string(sealed[64:68])))
}

// checksum is the text that is encrypted, with padding to five blocks of AES.
func checksum(text []byte, salt string) []byte {
	return append(fmt.Appendf(nil, "%x%s", sha256.Sum256(fmt.Appendf(nil, "%s|%s", text, salt)), salt), bytes.Repeat([]byte{12}, 12)...)
}

// amounts writes each {minor, currency} in options as Paytm does.
func amounts(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = amounts(v[i])
		}
	case map[string]any:
		if minor, ok := v["minor"].(json.Number); ok {
			n, _ := minor.Int64()
			return money(suites.Money{Minor: n, Currency: fmt.Sprint(v["currency"])})
		}
		for name := range v {
			v[name] = amounts(v[name])
		}
	}
	return v
}

func money(m suites.Money) any {
	return map[string]string{"value": m.Decimal(), "currency": m.Currency}
}

// given leaves out what is empty.
func given(members map[string]any) map[string]any {
	maps.DeleteFunc(members, func(_ string, v any) bool {
		notes, is := v.(map[string]string)
		return v == nil || v == "" || is && len(notes) == 0
	})
	return members
}
