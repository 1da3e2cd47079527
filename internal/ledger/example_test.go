package ledger_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"assay/internal/contract"
	"assay/internal/ledger"
)

// A nightly job records what it found, and reports only what is new.
func ExampleLedger_Record() {
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder for temporary files
	ctx := context.Background()
	l, err := ledger.Open(ctx, filepath.Join(dir, "drift.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // every run is on the disk

	absent := contract.Change{Operation: "paytm/createOrder", Kind: contract.MemberAbsent, Code: "0000", At: "response#/body/txnToken", Impact: contract.Breaks}
	for night := range 2 {
		diff, err := l.Record(ctx, time.Date(2026, 1, 1+night, 2, 0, 0, 0, time.UTC), []contract.Change{absent})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("new: %d, known: %d\n", len(diff.New), len(diff.Known))
	}
	// Output:
	// new: 1, known: 0
	// new: 0, known: 1
}

// Whoever accepts a change gives a name and a reason.
func ExampleLedger_Acknowledge() {
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder for temporary files
	ctx := context.Background()
	l, err := ledger.Open(ctx, filepath.Join(dir, "drift.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // every run is on the disk

	diff, err := l.Record(ctx, time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC), []contract.Change{
		{Operation: "paytm/createOrder", Kind: contract.MemberAdded, Code: "0000", At: "response#/body/offers", Impact: contract.Harmless},
	})
	if err != nil {
		log.Fatal(err)
	}
	entry, err := l.Acknowledge(ctx, diff.New[0].ID, "Asha", "announced by the provider")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(entry.Status, entry.By)
	_, err = l.Acknowledge(ctx, diff.New[0].ID, "Asha", "")
	fmt.Println(err)
	// Output:
	// acknowledged Asha
	// an acknowledgement needs a name and a reason
}
