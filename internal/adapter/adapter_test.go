package adapter_test

import (
	"testing"
	"time"

	"assay/internal/adapter"
	"assay/internal/contract"
	"assay/internal/seal"
	"assay/internal/spec"
	"assay/specs"
)

func setup(s *spec.Spec) contract.Setup {
	return contract.Setup{
		BaseURL: s.Servers[0].URL, Credentials: s.TestCredentials(), Random: seal.Zeros{},
		Now: func() time.Time { return time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC) },
	}
}

func all(t testing.TB) []*spec.Spec {
	t.Helper()
	loaded, err := spec.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// TestEveryProviderHasAnAdapter, and nobody else.
func TestEveryProviderHasAnAdapter(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		a := adapter.New(s.Provider, setup(s))
		if a == nil {
			t.Errorf("nobody speaks %s", s.Provider)
			continue
		}
		for _, o := range s.Operations {
			if _, err := a.Request(o.ID, contract.Ask{Options: []byte(`{"assay":1}`)}); err == nil {
				t.Errorf("%s: an unknown option is sent", o.Name())
			}
		}
	}
	if adapter.New("nobody", contract.Setup{}) != nil {
		t.Error("somebody speaks nobody")
	}
}
