package specdiff_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"assay/internal/specdiff"
)

// TestIdempotency compares documents that say otherwise how a request may be repeated.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../openapi/testdata/idempotency/kiosk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const (
		at       = "        at: request.header.idempotency-key\n"
		hours    = "        hours: 24\n"
		conflict = "        conflict: {code: REFUSED, variant: key-reused}\n"
		doc      = "        x-doc: Idempotent requests\n"
		all      = "      x-idempotency:\n" + at + hours + conflict + doc
	)
	for name, c := range map[string]struct {
		from, to    string
		there, back string // the change, and the change back
	}{
		"gone":             {all, "", "breaks idempotency-gone  x-idempotency.at", "minor idempotency-new  x-idempotency.at"},
		"another place":    {at, "        at: request#/receipt\n", "breaks idempotency-changed  x-idempotency.at", "breaks idempotency-changed  x-idempotency.at"},
		"fewer hours":      {hours, "        hours: 12\n", "breaks idempotency-changed  x-idempotency.hours", "minor idempotency-changed  x-idempotency.hours"},
		"no hours":         {hours, "", "minor idempotency-changed  x-idempotency.hours", "degrades idempotency-changed  x-idempotency.hours"},
		"another conflict": {conflict, "        conflict: {code: REFUSED, variant: invalid-field}\n", "degrades idempotency-changed  x-idempotency.conflict", "degrades idempotency-changed  x-idempotency.conflict"},
		"no conflict":      {conflict, "", "degrades idempotency-changed  x-idempotency.conflict", "minor idempotency-changed  x-idempotency.conflict"},
		"another page":     {doc, "        x-doc: Repeats\n", "", ""},
	} {
		after := strings.Replace(string(raw), c.from, c.to, 1)
		if after == string(raw) {
			t.Fatalf("%s: nothing was edited", name)
		}
		for want, documents := range map[*string][2]string{&c.there: {string(raw), after}, &c.back: {after, string(raw)}} {
			changes, err := specdiff.Compare(read(t, "kiosk", []byte(documents[0])), read(t, "kiosk", []byte(documents[1])), specdiff.Uses{})
			if err != nil {
				t.Fatal(err)
			}
			var wanted []string
			if *want != "" {
				wanted = []string{*want}
			}
			if got := summaries(changes); !slices.Equal(got, wanted) {
				t.Errorf("%s: got %q, want %q", name, got, wanted)
			}
		}
	}
}
