package contract

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestURLs compares the fast ways with the slow ones. It counts allocations, so it is not
// parallel.
func TestURLs(t *testing.T) {
	slow := func(text string) bool {
		u, err := url.Parse(text)
		return err == nil && u.Hostname() != "" && (u.Scheme == "https" || u.Scheme == "http")
	}
	texts := rapid.OneOf(
		rapid.StringMatching(`(https?|HTTP|htp|ftp)://?[a-z0-9.:%@\[\] -]{0,8}[/?#]?[a-z0-9/?=&_~:%#\[ é-]{0,12}`),
		rapid.StringMatching(`[hHtTpPsS:/. ]{0,12}`), rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := texts.Draw(t, "text")
		if got, want := AbsoluteURL(text), slow(text); got != want {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			if got, want := EncodedURL(encoding.EncodeToString([]byte(text))), slow(text); got != want {
				t.Fatalf("%q in base64: %v, want %v", text, got, want)
			}
		}
	})
	long := "https://a.test/" + strings.Repeat("x", 2000)
	if !AbsoluteURL(long) || !EncodedURL(base64.StdEncoding.EncodeToString([]byte(long))) || !EncodedURL("aHR0cHM6Ly9wYXkuZXhhbXBsZS5jb20v...") || EncodedURL("") || AbsoluteURL("") {
		t.Error("a long, cut or empty URL is read otherwise")
	}
	if n := testing.AllocsPerRun(100, func() {
		_ = AbsoluteURL("https://pay.example.com/a/b?c=d") && EncodedURL("aHR0cHM6Ly9wYXkuZXhhbXBsZS5jb20v")
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
