package adapter_test

import (
	"slices"
	"testing"
	"time"

	"assay/internal/adapter"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
	"assay/specs"
)

func setup(s *openapi.Spec) contract.Setup {
	return contract.Setup{
		BaseURL: s.Servers[0].URL, Credentials: s.TestCredentials(), Random: signature.Zeros{},
		Now: func() time.Time { return time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC) },
	}
}

// all returns the specifications of the providers that have an adapter. A provider may
// have a specification alone.
func all(t testing.TB) []*openapi.Spec {
	t.Helper()
	loaded, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(loaded, func(s *openapi.Spec) bool { return adapter.Providers()[s.Provider] == nil })
}

// TestEveryAdapterHasASpecification compares the adapters with the documented operations.
func TestEveryAdapterHasASpecification(t *testing.T) {
	t.Parallel()
	for provider := range adapter.Providers() {
		if !slices.ContainsFunc(all(t), func(s *openapi.Spec) bool { return s.Provider == provider }) {
			t.Errorf("%s has no specification", provider)
		}
	}
	for _, s := range all(t) {
		a := adapter.New(s, setup(s))
		for _, o := range a.Operations {
			if s.Operation(o.ID) == nil {
				t.Errorf("the adapter of %s has an undocumented operation, %s", s.Provider, o.ID)
			}
		}
		for _, o := range s.Operations {
			if !slices.ContainsFunc(a.Operations, func(ours contract.Operation) bool { return ours.ID == o.ID }) {
				t.Errorf("no adapter has %s", o.Name())
			}
			if _, err := a.Operation(o.ID).Request(contract.Call{Options: []byte(`{"assay":1}`)}); err == nil {
				t.Errorf("%s: an unknown option is sent", o.Name())
			}
		}
	}
	none := (&contract.Adapter{Provider: "p"}).Operation("refund")
	if _, err := none.Request(contract.Call{}); err == nil || err.Error() != `p: no operation "refund"` {
		t.Errorf("an unknown operation makes a request: %v", err)
	}
	if none.Read(contract.Exchange{}) != contract.UnknownOutcome() || none.Codes != nil {
		t.Error("an unknown operation reads a response")
	}
	if adapter.New(&openapi.Spec{Provider: "unknown"}, contract.Setup{}) != nil {
		t.Error("an unknown provider has an adapter")
	}
}
