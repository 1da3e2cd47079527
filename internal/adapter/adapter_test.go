package adapter_test

import (
	"net/http"
	"testing"
	"time"

	"assay/cassettes"
	"assay/internal/adapter"
	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/spec"
	"assay/specs"
)

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func setup(s *spec.Spec) contract.Setup {
	return contract.Setup{
		BaseURL: s.Servers[0].URL, Credentials: s.TestCredentials(), Random: zeros{},
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

// FuzzRead reads anything as an answer: no adapter panics, and what no document
// could call a success is never read as one.
func FuzzRead(f *testing.F) {
	shelf, err := cassette.Open(cassettes.Files)
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range shelf.Names() {
		tape, err := shelf.Load(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, ex := range tape.Exchanges() {
			f.Add(ex.Answer.Status, ex.Answer.Body)
		}
	}
	f.Add(http.StatusBadGateway, []byte("<html>"))
	f.Add(http.StatusOK, []byte(`{"status":true`))
	loaded := all(f)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		for _, s := range loaded {
			a := adapter.New(s.Provider, setup(s))
			for _, o := range s.Operations {
				ex := contract.Exchange{Answer: contract.Answer{Status: status, Header: http.Header{}, Body: body}}
				got := a.Read(o.ID, ex)
				met, ok := o.Met(ex.Answer)
				documented := ok && met.Row != nil && met.Agrees(ex.Answer)
				if got.State != contract.Unknown && !documented {
					t.Fatalf("%s reads an answer without a documented, agreeing code as %s", o.Name(), got.State)
				}
				if got.State == contract.Succeeded && met.Row.State != contract.Succeeded {
					t.Fatalf("%s reads %s as succeeded", o.Name(), met.Code)
				}
			}
		}
	})
}
