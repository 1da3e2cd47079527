package main

import (
	"context"
	"io"

	"github.com/rogpeppe/go-internal/testscript"

	"assay/internal/contract"
)

// recordInLedger records a run in a ledger: ledgered FILE MEMBER..., each a new member
// of Paytm's response.
func recordInLedger(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 1 {
		ts.Fatalf("usage: ledgered FILE MEMBER...")
	}
	var changes []contract.Change
	for _, member := range args[1:] {
		changes = append(changes, contract.Change{
			Operation: "paytm/createOrder", Kind: "member-added", Code: "0000", At: contract.ResponseBody(contract.PointerTo("body", member)), Impact: contract.Minor,
			Before: contract.Value{Absent: true}, Now: contract.Value{Types: []string{"string"}}, Message: (&contract.Template{ID: "more", Text: "the response has a member more"}).Says(), Is: contract.Count{N: 3, Of: 9}, First: "night.har#1", Last: "night.har#9",
		})
	}
	p := &program{stdout: io.Discard, stderr: io.Discard}
	since, err := p.recordRun(context.Background(), ts.MkAbs(args[0]), changes)
	ts.Check(err)
	ts.Logf("%d new, %d known, %d acknowledged, %d resolved", len(since.New), len(since.Known), len(since.Acknowledged), len(since.Resolved))
}
