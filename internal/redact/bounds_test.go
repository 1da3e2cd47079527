package redact_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"assay/internal/testsize"
)

// TestBounds redacts exchanges that would take long to search: the search ends, and either it is
// complete, or the place is doubtful and nothing of it is kept.
func TestBounds(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(make([]byte, 4<<20)) // in memory
	_ = z.Close()
	small := base64.StdEncoding.EncodeToString(b.Bytes())
	nested := "x"
	for range 12 {
		nested = base64.StdEncoding.EncodeToString([]byte(nested + strings.Repeat("y", 100)))
	}
	many := make([]string, 500)
	for i := range many {
		many[i] = `"` + strings.Repeat("a", i%90+9) + `"`
	}
	const n = 10
	most := 2 * time.Minute // for machines that are busy, and the race detector
	if testsize.Long() {
		most = 20 * time.Second
	}
	for title, c := range map[string]struct {
		message string
		doubt   bool
	}{
		"many bombs":                 {strings.Repeat(small+" ", 2*n), true},
		"bombs in bombs":             {nest(small), false},
		"nested base64":              {strings.Repeat(nested+" ", 2*n), false},
		"a large text":               {strings.Repeat("all of it is plain. ", 5000*n), false},
		"repetitions of one byte":    {strings.Repeat("a", 6554*n), false},
		"nothing but escapes":        {strings.Repeat(`%41`, 6554*n), false},
		"nothing but percent, twice": {strings.Repeat(`%2541`, 6554*n), false},
		"nothing but digits":         {strings.Repeat("9 8-7 ", 2000*n), false},
	} {
		began := time.Now()
		s := known()
		ex := exchange(`{"x":[`+strings.Join(many, ",")+`],"known":"k"}`, `{"known":"`+strings.ReplaceAll(c.message, `"`, ``)+`"}`)
		got := s.Exchange(ex)
		_, leaked := s.LeakedAt("response#/known", got.Response.Body)
		if took := time.Since(began); took > most {
			t.Errorf("%s: took %s", title, took)
		}
		if c.doubt && len(s.Doubts()) == 0 {
			t.Errorf("%s: no doubt", title)
		}
		if c.doubt && bytes.Contains(got.Response.Body, []byte(small[:40])) {
			t.Errorf("%s: it is kept", title)
		}
		t.Logf("%s: %s, %d doubts, %v", title, time.Since(began), len(s.Doubts()), leaked)
	}
}

func nest(text string) string {
	for range 2 {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(strings.Repeat(text+" ", 8))) // in memory
		_ = z.Close()
		text = base64.StdEncoding.EncodeToString(b.Bytes())
	}
	return text
}
