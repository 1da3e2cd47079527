package signature_test

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/fixtures"
	"assay/internal/fixture"
	"assay/internal/signature"
)

// TestVectors compares every scheme with what the providers' own implementations
// compute.
func TestVectors(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(fixtures.Files, "*/signatures.yaml")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, file := range files {
		vectors, err := fixture.Vectors(fixtures.Files, strings.TrimSuffix(file, "/signatures.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vectors {
			if len(v.Headers) > 0 {
				continue // vectors of authorization headers: the adapters' tests use them
			}
			seen[v.Scheme]++
			t.Run(v.ID, func(t *testing.T) {
				t.Parallel()
				compareVector(t, v)
			})
		}
	}
	for _, v := range vectors { // of the RFCs, in TestHMAC
		seen[v.scheme]++
	}
	for _, name := range signature.Names() {
		if seen[name] < 4 {
			t.Errorf("%s has only %d vectors, want 4 or more", name, seen[name])
		}
	}
}

func compareVector(t *testing.T, v fixture.Vector) {
	t.Helper()
	scheme, err := signature.ByName(v.Scheme)
	if err != nil {
		t.Fatal(err)
	}
	if got := scheme.Verify([]byte(v.Message), v.Key, v.Signature); got == v.Wrong {
		t.Errorf("Verify = %v", got)
	}
	if v.Wrong || v.Verify {
		return
	}
	salt, err := base64.StdEncoding.DecodeString(v.Salt)
	if err != nil {
		t.Fatal(err)
	}
	got, err := scheme.Sign([]byte(v.Message), v.Key, bytes.NewReader(salt))
	if err != nil || got != v.Signature {
		t.Errorf("Sign = %s, %v; want %s", got, err, v.Signature)
	}
}

func keys() map[string]string {
	return map[string]string{"paytm-checksum": "0123456789abcdef", "paytring-sha512": "secret_123", "hmac-sha1": "secret_123", "hmac-sha256": "secret_123", "hmac-sha512": "secret_123"}
}

// TestAnyMessage signs random messages. The signature does not verify once a byte of
// message, signature or key differs.
func TestAnyMessage(t *testing.T) {
	t.Parallel()
	for _, name := range signature.Names() {
		scheme, err := signature.ByName(name)
		if err != nil {
			t.Fatal(err)
		}
		key := keys()[name]
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.StringMatching(`[a-zA-Z0-9 &<>é₹]{1,40}`).Draw(t, "text")
			salt := rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "salt")
			message := []byte(`{"a":"` + text + `","n":100}`)
			signed, err := scheme.Sign(message, key, bytes.NewReader(salt))
			if err != nil || !scheme.Verify(message, key, signed) {
				t.Fatalf("%s does not verify its own signature: %v", name, err)
			}
			at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
			other := append([]byte{}, message...)
			other[6+at] ^= 1
			if scheme.Verify(other, key, signed) && string(other) != string(message) {
				t.Fatalf("%s verifies another message", name)
			}
			if scheme.Verify(message, strings.ToUpper(key), signed) {
				t.Fatalf("%s verifies under another key", name)
			}
			wrong := []byte(signed)
			wrong[rapid.IntRange(0, len(wrong)-3).Draw(t, "byte")] ^= 1
			if scheme.Verify(message, key, string(wrong)) {
				t.Fatalf("%s verifies another signature", name)
			}
		})
	}
}

func TestGarbage(t *testing.T) {
	t.Parallel()
	for _, name := range signature.Names() {
		scheme, err := signature.ByName(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, garbage := range []string{"", "x", "====", strings.Repeat("A", 108), strings.Repeat("QUJD", 32), "\x00"} {
			if scheme.Verify([]byte(`{"a":"b"}`), keys()[name], garbage) {
				t.Errorf("%s verifies %q", name, garbage)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "short", strings.Repeat("k", 17)} {
		_, err := signature.PaytmChecksum{}.Sign([]byte("x"), key, bytes.NewReader(make([]byte, 3)))
		if err == nil || (key != "" && strings.Contains(err.Error(), key)) {
			t.Errorf("a key of %d bytes: %v", len(key), err)
		}
		if (signature.PaytmChecksum{}).Verify([]byte("x"), key, strings.Repeat("A", 108)) {
			t.Errorf("a key of %d bytes verifies", len(key))
		}
	}
	for _, size := range []int{16, 24, 32} {
		key := strings.Repeat("k", size)
		signed, err := signature.PaytmChecksum{}.Sign([]byte("x"), key, bytes.NewReader(make([]byte, 3)))
		if err != nil || len(signed) != 108 || !(signature.PaytmChecksum{}).Verify([]byte("x"), key, signed) {
			t.Errorf("a key of %d bytes: %q, %v", size, signed, err)
		}
	}
	if _, err := (signature.PaytmChecksum{}).Sign([]byte("x"), "0123456789abcdef", bytes.NewReader(nil)); err == nil {
		t.Error("signed without salt")
	}
	if _, err := (signature.PaytringSHA512{}).Sign([]byte("[]"), "k", nil); err == nil {
		t.Error("hashed a body that is not an object")
	}
}

func TestUnknownScheme(t *testing.T) {
	t.Parallel()
	_, err := signature.ByName("paytm-checksun")
	if err == nil || !strings.Contains(err.Error(), "paytm-checksum") {
		t.Errorf("%v: does not list the schemes", err)
	}
}
