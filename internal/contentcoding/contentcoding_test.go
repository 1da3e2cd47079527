package contentcoding_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"assay/internal/contentcoding"
)

// coders put codings on.
func coders() map[string]func(io.Writer) io.WriteCloser {
	return map[string]func(io.Writer) io.WriteCloser{
		"gzip":   func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"x-gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"br":     func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
			if err != nil {
				panic(err)
			}
			return z
		},
		"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		"raw deflate": func(w io.Writer) io.WriteCloser {
			z, err := flate.NewWriter(w, flate.BestCompression)
			if err != nil {
				panic(err)
			}
			return z
		},
	}
}

func coded(t *testing.T, with func(io.Writer) io.WriteCloser, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := with(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func named(values ...string) http.Header {
	return http.Header{"Content-Encoding": values}
}

func TestDecode(t *testing.T) {
	for _, body := range []string{`{"a":1}`, "", "x", strings.Repeat(`{"amount":1000,"currency":"INR"}`, 5000)} {
		for name, with := range coders() {
			said := strings.TrimPrefix(name, "raw ")
			raw := coded(t, with, []byte(body))
			got, err := contentcoding.Decode(named(said), raw, len(body))
			if err != nil || string(got) != body {
				t.Errorf("%s of %d bytes: %v, %d bytes", name, len(body), err, len(got))
			}
			if len(body) == 0 {
				continue
			}
			if _, err := contentcoding.Decode(named(said), raw, len(body)-1); !errors.Is(err, contentcoding.ErrLarge) {
				t.Errorf("%s with a byte too much: %v", name, err)
			}
			if _, err := contentcoding.Decode(named(said), raw[:len(raw)-1], len(body)); !errors.Is(err, contentcoding.ErrDamaged) {
				t.Errorf("%s without its last byte: %v", name, err)
			}
			if got, err := contentcoding.Decode(named("identity, "+strings.ToUpper(said), "GZIP"), coded(t, coders()["gzip"], raw), 1<<20); err != nil || string(got) != body {
				t.Errorf("%s in gzip: %v", name, err)
			}
		}
	}
	if _, err := contentcoding.Decode(named("compress"), []byte("x"), 10); !errors.Is(err, contentcoding.ErrUnknown) {
		t.Error(err)
	}
	if got, err := contentcoding.Decode(http.Header{}, []byte("x"), 0); err != nil || string(got) != "x" {
		t.Error("a body without a coding:", err)
	}
}

// TestWindow has zstd name a window that a content coding may not have.
func TestWindow(t *testing.T) {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(2*contentcoding.Window), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, io.LimitReader(repeating{}, 3*contentcoding.Window)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := contentcoding.Decode(named("zstd"), b.Bytes(), 4*contentcoding.Window); !errors.Is(err, contentcoding.ErrDamaged) {
		t.Error(err)
	}
}

type repeating struct{}

func (repeating) Read(p []byte) (int, error) { return copy(p, "all the same, "), nil }

// TestRecorded has bodies with a coding that is still on, and with one that the
// recorder has taken off.
func TestRecorded(t *testing.T) {
	const body = `{"code":"0x0200","message":"…"}`
	for name, with := range coders() {
		said := named(strings.TrimPrefix(name, "raw "))
		got, had, err := contentcoding.DecodeRecorded(said, coded(t, with, []byte(body)), 1000)
		if err != nil || !had || string(got) != body {
			t.Errorf("%s, still on: %v %t %q", name, err, had, got)
		}
		for _, plain := range []string{body, "3", "\x01\x02 of no coding"} {
			if got, had, err := contentcoding.DecodeRecorded(said, []byte(plain), 1000); err != nil || had || string(got) != plain {
				t.Errorf("%s, taken off: %v %t %q", name, err, had, got)
			}
		}
		if _, _, err := contentcoding.DecodeRecorded(said, coded(t, with, []byte(body)), 3); !errors.Is(err, contentcoding.ErrLarge) {
			t.Errorf("%s of too much: %v", name, err)
		}
	}
	if got, had, err := contentcoding.DecodeRecorded(http.Header{}, []byte{0x1f, 0x8b}, 10); err != nil || had || len(got) != 2 {
		t.Error("no coding is named:", err)
	}
}

// TestMany lists codings, in one header and in many: more than four are refused before
// anything is decoded, whatever they are.
func TestMany(t *testing.T) {
	t.Parallel()
	body := []byte("hello")
	packed := coded(t, coders()["gzip"], body)
	for name, c := range map[string]struct {
		header http.Header
		body   []byte
		want   error
	}{
		"one":                       {named("gzip"), packed, nil},
		"gzip, then identity":       {named("gzip, identity"), packed, nil},
		"four":                      {named("gzip", "identity", "identity, identity"), packed, nil},
		"five":                      {named("gzip", "identity", "identity", "identity,identity"), packed, contentcoding.ErrMany},
		"five of a kind":            {named("gzip,gzip,gzip,gzip,gzip"), packed, contentcoding.ErrMany},
		"identity 4,000 times":      {named(strings.Repeat("identity,", 4000)), body, contentcoding.ErrMany},
		"identity in 4,000 headers": {http.Header{"Content-Encoding": slices.Repeat([]string{"identity"}, 4000)}, body, contentcoding.ErrMany},
		"unknown, five times":       {named("a,b,c,d,e"), body, contentcoding.ErrMany},
	} {
		got, err := contentcoding.Decode(c.header, c.body, 100)
		recorded, _, recordedErr := contentcoding.DecodeRecorded(c.header, c.body, 100)
		if !errors.Is(err, c.want) || !errors.Is(recordedErr, c.want) || !errors.Is(contentcoding.Check(c.header), c.want) {
			t.Errorf("%s: %v, %v, %v; want %v", name, err, recordedErr, contentcoding.Check(c.header), c.want)
		}
		if c.want == nil && (!bytes.Equal(got, body) || !bytes.Equal(recorded, body)) {
			t.Errorf("%s: %q, %q", name, got, recorded)
		}
	}
}
