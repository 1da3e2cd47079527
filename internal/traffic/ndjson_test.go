package traffic_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"assay/internal/traffic"
)

// TestLines reads lines of all lengths: what is cut from the window at once, what
// is longer than that, and than the window, with blank lines between them. Each
// has the number and the text that it has where the whole is split.
func TestLines(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for n := range 1500 {
		length := random.IntN(2000)
		switch {
		case n%200 == 7:
			length = 60_000 + random.IntN(10_000) // about as much as is cut at once
		case n%400 == 9:
			length = 300_000
		case n%700 == 11:
			length = 1_100_000 // too large
		}
		text.WriteString(strings.Replace(lineOf(n), `"headers":{}`, `"headers":{"a":"`+strings.Repeat("x", length)+`"}`, 1))
		text.WriteString([]string{"\n", "\r\n", "\n\n", "\n \t\r\n", " \n"}[random.IntN(5)])
	}
	text.WriteString(lineOf(1500))
	var want []string
	for i, line := range strings.Split(text.String(), "\n") {
		switch where := fmt.Sprintf("stdin:%d", i+1); {
		case len(line) >= 1<<20:
			want = append(want, where+": it is larger than 1048576 bytes and was skipped")
		case strings.TrimSpace(line) != "":
			_, url, _ := strings.Cut(line, "https://pay.example.com")
			url, _, _ = strings.Cut(url, `"`)
			want = append(want, fmt.Sprintf("%s: %s ndjson:-#%d", where, url, len(want)+1))
		}
	}
	for how, in := range map[string]io.Reader{
		"whole":     strings.NewReader(text.String()),
		"in halves": iotest.HalfReader(strings.NewReader(text.String())),
		"at once":   iotest.DataErrReader(strings.NewReader(text.String())),
		"gzip":      strings.NewReader(string(gzipped(t, text.String()))),
	} {
		var got []string
		err := traffic.Read(t.Context(), []string{"-"}, in, traffic.Limited(traffic.Options{}, 1<<20), func(e *traffic.Entry) error {
			ex, err := e.Exchange()
			if err != nil {
				got = append(got, err.Error())
			} else {
				got = append(got, fmt.Sprintf("%s: %s %s", e.Where(), ex.Request.URL.Path, ex.Origin))
			}
			return nil
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v; got\n%s\nwant\n%s", how, err, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestBatches gives what was read when the reading is ended, and nothing behind
// an error of whom it is given to.
func TestBatches(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	in := io.MultiReader(strings.NewReader(lineOf(1)+"\n"+lineOf(2)+"\n{"), during(func(p []byte) (int, error) {
		cancel()
		return copy(p, "}"), nil
	}))
	var got []string
	err := traffic.Batches(ctx, []string{"-"}, in, traffic.Options{}, func(b *traffic.Batch) error {
		for i := range b.Entries {
			got = append(got, b.Entries[i].Origin())
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || !slices.Equal(got, []string{"ndjson:-#1", "ndjson:-#2"}) {
		t.Errorf("%v, and given are %q", err, got)
	}
	enough, times := errors.New("enough"), 0
	err = traffic.Batches(t.Context(), []string{"-"}, strings.NewReader(strings.Repeat(lineOf(1)+"\n", 1000)), traffic.Options{}, func(b *traffic.Batch) error {
		if times++; len(b.Entries) == 0 || len(b.Entries) == 1000 {
			t.Errorf("%d are given at a time", len(b.Entries))
		}
		return enough
	})
	if !errors.Is(err, enough) || times != 1 {
		t.Errorf("%v after %d", err, times)
	}
}

// during is a reader that something happens in.
type during func([]byte) (int, error)

func (d during) Read(p []byte) (int, error) { return d(p) }
