package suitestest_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/adapter"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/testsize"
	"assay/internal/transport"
	"assay/suites"
)

// adapterClient is an adapter of this repository as a client under test.
type adapterClient struct{ catalog *catalog.Catalog }

func (a adapterClient) Do(ctx context.Context, env suites.Environment, call suites.Call) (suites.Outcome, error) {
	provider, operation, _ := strings.Cut(call.Operation, "/")
	o := a.catalog.Adapter(provider, contract.Setup{BaseURL: env.BaseURL, Credentials: env.Credentials, Now: env.Now, Random: env.Random}).Operation(operation)
	ask := contract.Call{Options: call.Options}
	switch {
	case call.Order != nil:
		ask.Input = call.Order
	case call.KYC != nil:
		ask.Input = call.KYC
	}
	if call.Token != nil {
		ask.Token = *call.Token
	}
	made, err := o.Request(ask)
	if err != nil {
		return suites.Outcome{}, err
	}
	request, err := transport.Freeze(made)
	if err != nil {
		return suites.Outcome{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, env.HTTP.Timeout)
	defer cancel()
	ex, err := transport.Send(ctx, env.HTTP.Transport, request)
	if err != nil { // no response, or not all of it: the order may exist
		return suites.UnknownOutcome(), nil
	}
	return o.Read(ex), nil
}

// TestAdapters holds the adapters of this repository to the contract, as Conform holds any
// client.
func TestAdapters(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, provider := range slices.Sorted(maps.Keys(adapter.Providers())) {
		suites.Conform(t, provider, adapterClient{k}, suites.Named("adapter", provider), suites.Concurrency(8), suites.TLS())
	}
}

// TestSkippedRule checks that a client is not conformant if a core rule is skipped, and that
// the report says so, with the reason.
func TestSkippedRule(t *testing.T) {
	t.Parallel()
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{Now: time.Now(), Wants: catalog.Named("enkash")})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.txt")
	t.Run("client", func(t *testing.T) {
		suites.Conform(t, "enkash", adapterClient{k}, suites.Operations("createToken"), suites.Skip("sent-once", "the gateway removes copies"), suites.Report("text", path))
	})
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"not conformant: core rules were skipped: sent-once (the gateway removes copies)", "Skipped: sent-once (the gateway removes copies)"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the report does not say %q:\n%s", want, raw)
		}
	}
}
