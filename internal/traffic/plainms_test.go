package traffic

import (
	"math"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPlainMilliseconds compares the fast way with arithmetic on floating-point numbers.
func TestPlainMilliseconds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,9}\.?[0-9]{0,8}(e[0-9])?`).Draw(t, "text")
		got, ok := plainMilliseconds(text)
		if !ok {
			return
		}
		f, err := strconv.ParseFloat(text, 64)
		if want := time.Duration(math.Round(f * float64(time.Millisecond))); err != nil || got != want {
			t.Fatalf("%q is %v, want %v, %v", text, got, want, err)
		}
	})
	for text, want := range map[string]time.Duration{"0": 0, "12": 12 * time.Millisecond, "1.5": 1500 * time.Microsecond, "0.000001": 1, "007": 7 * time.Millisecond} {
		if got, ok := plainMilliseconds(text); !ok || got != want {
			t.Errorf("%q is %v, %v, want %v", text, got, ok, want)
		}
	}
}
