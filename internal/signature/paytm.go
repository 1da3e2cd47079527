package signature

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// PaytmChecksum is Paytm's checksum. A SHA-256 in hex is made of the message, "|" and a
// salt of four characters; the salt follows it. Both are encrypted with AES-CBC under
// the merchant key and a published initial vector. The result is base64 of 108
// characters. The merchant key has 16, 24 or 32 bytes.
//
// Source: npm paytmchecksum 1.5.1, paytm-pg-node-sdk 1.0.6.
type PaytmChecksum struct{}

const (
	paytmVector   = "@@@@&&&&####$$$$"
	paytmSaltSize = 4
	paytmPlain    = sha256.Size*2 + paytmSaltSize
)

// Sign signs message. It reads three bytes of random, whose base64 is the salt.
func (PaytmChecksum) Sign(message []byte, key string, random io.Reader) (string, error) {
	var seed [3]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return "", fmt.Errorf("paytm-checksum: salt: %w", err)
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return "", errors.New("paytm-checksum: the merchant key must have 16, 24 or 32 bytes")
	}
	plain := paytmDigest(message, base64.StdEncoding.EncodeToString(seed[:]))
	padding := block.BlockSize() - len(plain)%block.BlockSize()
	plain = append(plain, bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(block, []byte(paytmVector)).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}

// Verify covers exactly the bytes given: one more space is another message.
func (PaytmChecksum) Verify(message []byte, key, signature string) bool {
	plain, ok := paytmDecrypt(key, signature)
	if !ok {
		return false
	}
	salt := string(plain[len(plain)-paytmSaltSize:])
	return subtle.ConstantTimeCompare(plain, paytmDigest(message, salt)) == 1
}

func paytmDigest(message []byte, salt string) []byte {
	h := sha256.New()
	h.Write(message)
	h.Write([]byte("|" + salt))
	return append([]byte(hex.EncodeToString(h.Sum(nil))), salt...)
}

func paytmDecrypt(key, signature string) ([]byte, bool) {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return nil, false
	}
	sealed, err := base64.StdEncoding.Strict().DecodeString(signature)
	if err != nil || len(sealed) == 0 || len(sealed)%block.BlockSize() != 0 {
		return nil, false
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, []byte(paytmVector)).CryptBlocks(plain, sealed)
	padding := int(plain[len(plain)-1])
	if len(plain)-padding != paytmPlain || padding > block.BlockSize() {
		return nil, false
	}
	if !bytes.Equal(plain[paytmPlain:], bytes.Repeat([]byte{byte(padding)}, padding)) {
		return nil, false
	}
	return plain[:paytmPlain], true
}
