package watchstore_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"assay/internal/contract"
	"assay/internal/ledger"
	"assay/internal/watchstore"
)

// TestBesideLedger uses one file as a ledger and as a store at the same time.
func TestBesideLedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s := opened(t, path)
	const runs = 20
	var group sync.WaitGroup
	group.Go(func() {
		for n := range runs {
			c := contract.Change{Operation: "paytm/createOrder", Kind: contract.MemberAdded, Code: "0000", At: contract.ResponseBody(contract.Pointer(fmt.Sprintf("/body/m%d", n))), Impact: contract.Minor}
			if _, err := l.Record(t.Context(), start, []contract.Change{c}); err != nil {
				t.Error(err)
			}
		}
	})
	for n := range runs {
		if err := store(t, s, n); err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	if err := errors.Join(l.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if l, err = ledger.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Runs(t.Context()); err != nil || n != runs {
		t.Errorf("the ledger has %d runs, %v", n, err)
	}
	if s, err = watchstore.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	hasRuns(t, s, runs)
	if err := errors.Join(l.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
}
