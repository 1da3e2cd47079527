package specdiff_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"assay/internal/openapi"
	"assay/internal/specdiff"
)

// TestVariants compares documents whose variants differ.
func TestVariants(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../openapi/testdata/variants/tolls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	row := func(variant string) string {
		start := strings.Index(good, "      - code: REFUSED\n        variant: "+variant+"\n")
		end := start + 1 + strings.Index(good[start+1:], "\n      - ") + 1
		return good[start:end]
	}
	knows := specdiff.Uses{Codes: func(*openapi.Operation) []string { return []string{"200", "REFUSED", "DOWN"} }}
	another := strings.NewReplacer("variant: duplicate-receipt", "variant: closed", `"receipt"`, `"closed"`, "outcome: duplicate", "outcome: rejected", "message: The receipt was used before", "message: The account is closed").Replace(row("duplicate-receipt"))
	for name, c := range map[string]struct {
		from, to string
		uses     specdiff.Uses
		want     []string
	}{
		"nothing":         {"", "", specdiff.Uses{}, nil},
		"added":           {row("duplicate-receipt"), another + row("duplicate-receipt"), specdiff.Uses{}, []string{"degrades code-new REFUSED/closed response#/error/code"}},
		"added, known":    {row("duplicate-receipt"), another + row("duplicate-receipt"), knows, []string{"breaks code-new REFUSED/closed response#/error/code"}},
		"the same known":  {row("duplicate-receipt"), strings.Replace(another, "outcome: rejected", "outcome: invalid", 1) + row("duplicate-receipt"), knows, []string{"harmless code-new REFUSED/closed response#/error/code"}},
		"removed":         {row("duplicate-receipt"), "", specdiff.Uses{}, []string{"minor code-gone REFUSED/duplicate-receipt response#/error/code"}},
		"renamed":         {"variant: duplicate-receipt", "variant: receipt-used", specdiff.Uses{}, []string{"degrades code-new REFUSED/receipt-used response#/error/code", "minor code-gone REFUSED/duplicate-receipt response#/error/code"}},
		"another if":      {`error.field == "receipt"`, `error.field == "receipt_id"`, specdiff.Uses{}, []string{"breaks code-if REFUSED/duplicate-receipt response#/error/code"}},
		"no if":           {"        if: response.status == 400\n", "", specdiff.Uses{}, []string{"breaks code-if REFUSED/invalid-field response#/error/code"}},
		"an if, one row":  {"code: DOWN, http", `code: DOWN, if: response.status == 500, http`, specdiff.Uses{}, []string{"minor code-if DOWN response#/error/code"}},
		"another outcome": {"outcome: duplicate", "outcome: rejected", specdiff.Uses{}, []string{"breaks code-outcome REFUSED/duplicate-receipt response#/error/code"}},
		"another order":   {row("duplicate-receipt") + row("invalid-field"), row("invalid-field") + row("duplicate-receipt"), specdiff.Uses{}, []string{"breaks code-order REFUSED response#/error/code"}},
	} {
		after := strings.Replace(good, c.from, c.to, 1)
		if (after == good) != (name == "nothing") {
			t.Fatalf("%s: nothing was edited", name)
		}
		changes, err := specdiff.Compare(read(t, "tolls", raw), read(t, "tolls", []byte(after)), c.uses)
		if err != nil {
			t.Fatal(err)
		}
		if got := summaries(changes); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
