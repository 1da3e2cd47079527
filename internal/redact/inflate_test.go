package redact_test

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
	"testing"

	"assay/internal/redact"
)

// TestBeginsBlock tries to inflate noise, and deflated texts of every level, whole and cut
// off: whatever inflates to something is recognised by its beginning.
func TestBeginsBlock(t *testing.T) {
	t.Parallel()
	inflates, noise, refused := 0, 20_000, 0
	r := flate.NewReader(bytes.NewReader(nil))
	again, _ := r.(flate.Resetter)
	try := func(text []byte) {
		if err := again.Reset(bytes.NewReader(text), nil); err != nil {
			t.Fatal(err)
		}
		some := make([]byte, 3)
		n, _ := io.ReadFull(r, some)
		begins := redact.BeginsBlock(text)
		if !begins {
			refused++
		}
		if n > 0 {
			inflates++
			if !begins {
				t.Fatalf("%x inflates to %x, and is not recognised", text, some[:n])
			}
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	bytesOf := func(n, alphabet int) []byte {
		raw := make([]byte, n)
		for i := range raw {
			raw[i] = byte(random.IntN(alphabet))
		}
		return raw
	}
	for range noise {
		try(bytesOf(random.IntN(60), 256))
	}
	if refused < noise/3 {
		t.Errorf("%d of %d texts are refused: the look at the beginning has no use", refused, noise)
	}
	for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
		w, err := flate.NewWriter(io.Discard, level)
		if err != nil {
			t.Fatal(err)
		}
		for size := 0; size < 2000; size += 97 {
			for _, alphabet := range []int{1, 2, 30, 256} {
				var b bytes.Buffer
				w.Reset(&b)
				_, _ = w.Write(bytesOf(size, alphabet)) // in memory
				_ = w.Close()
				try(b.Bytes())
				try(b.Bytes()[:b.Len()/2])
			}
		}
	}
	if inflates < 1000 {
		t.Errorf("only %d texts inflate", inflates)
	}
}
