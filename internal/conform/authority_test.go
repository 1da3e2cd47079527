package conform_test

import (
	"crypto/tls"
	"crypto/x509"
	"slices"
	"testing"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/enginetest"
)

// TestAuthority holds clients to connection-verified: one that verifies certificates, one
// that does not, one that does not look at the name, and one that refuses them all.
func TestAuthority(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	a, err := conform.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(a.PEM()) {
		t.Fatal("PEM has no certificate")
	}
	for _, c := range []struct {
		name         string
		config       *tls.Config
		found        []string
		inconclusive bool
	}{
		{"verifies", &tls.Config{RootCAs: trusted}, nil, false},
		{"verifies nothing", &tls.Config{InsecureSkipVerify: true}, []string{"tls-other-name", "tls-unknown"}, false},
		{"no name", &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			one, err := x509.ParseCertificate(raw[0])
			if err == nil {
				_, err = one.Verify(x509.VerifyOptions{Roots: trusted})
			}
			return err
		}}, []string{"tls-other-name"}, false},
		{"refuses all", &tls.Config{RootCAs: x509.NewCertPool()}, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := conform.New(e, conform.Options{Client: adapterClient{engine: e, tls: c.config}, Authority: a}.WithWaits(giveUp))
			r := s.Result(t.Context(), e.Fixtures.Case("paytm/createOrder/accepted"))
			var found []string
			for _, f := range r.Findings {
				if f.Counts() && f.Severity == contract.Error {
					found = append(found, f.Detail)
				}
			}
			if !slices.Equal(found, c.found) {
				t.Errorf("found %q, want %q", found, c.found)
			}
			gap := slices.ContainsFunc(r.Inconclusive, func(g contract.Gap) bool { return g.Rule == "connection-verified" })
			checked := slices.Contains(r.Checked, "connection-verified")
			if gap != c.inconclusive || checked == c.inconclusive {
				t.Errorf("inconclusive %t, checked %t", gap, checked)
			}
		})
	}
	for _, f := range []contract.Failure{contract.NoFailure, contract.TimeOut, contract.Redirect307} {
		if a.Certificate(f) != nil {
			t.Errorf("%q has a certificate", f)
		}
	}
}
