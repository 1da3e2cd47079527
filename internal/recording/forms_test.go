package recording_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
	"assay/internal/recording"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/internal/transport"
)

// TestRecorderForms records forms that are signed in a header and authorized in each way the
// documents list. No credential and no personal value is in the files, undocumented members
// are blanked, and the signatures verify with the published keys.
func TestRecorderForms(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(os.DirFS(filepath.Join("..", "..", "cmd", "assay", "testdata", "forms", "specs")), "formshop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]string{"user": "canary-user", "password": "canary-password", "apiKey": "canary-api-key", "token": "canary-token", "signingKey": "canary-signing-key"}
	box, err := sandbox.New([]*openapi.Spec{s}, sandbox.Options{Credentials: map[string]map[string]string{"formshop": own}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	const charge = "amount=100&currency=INR&reference=canary-order-1&card%5Bnumber%5D=4929123412341234&card[name]=Canary+Person"
	for name, c := range map[string]struct {
		operation, body string
		way             int
		code            string
		holds           []string
	}{
		"basic":         {"createCharge", charge, 0, "OK", []string{"amount=100&currency=INR&reference=", "card%5Bnumber%5D=", "card[name]=Z"}},
		"key and token": {"createCharge", charge + "&note=canary-note&x[y][]=canary-list", 1, "OK", []string{"note=REDACTED", "x[y][]=REDACTED", "application/x-www-form-urlencoded", "X-Shop-Key", "Bearer"}},
		"a wrong form":  {"createCharge", charge + "&amount=canary-amount", 0, "BAD", nil},
		"query":         {"chargeStatus", "reference=canary-order-2", 0, "PAID", []string{"shop_key=test-api-key-formshop", "paid=true"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := s.Operation(c.operation)
			u, err := url.Parse(server.URL + "/formshop" + o.Path)
			if err != nil {
				t.Fatal(err)
			}
			r := contract.Request{Method: o.Method, URL: u, Header: http.Header{"Content-Type": {o.Request.MediaType()}, "X-Canary": {"canary-header"}}, Body: []byte(c.body)}
			for _, a := range o.Security[c.way] {
				r, _ = a.Authorize(r, own, "")
			}
			ex, err := transport.Send(t.Context(), server.Client().Transport, signature.SignRequest(o.Sign.Request, r, own, time.Now(), signature.Zeros{}))
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := o.ResultCode(ex.Response); got.Code != c.code {
				t.Fatalf("the sandbox responds %s", ex.Response.Body)
			}
			dir := t.TempDir()
			recorder, err := recording.NewRecorder(s, server.URL+"/formshop", dir, own, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			kept, left, err := recorder.Keep(ex, contract.Result{Operation: o.ID, Code: c.code, Evidence: contract.Simulated})
			if err != nil || len(left) > 0 || kept == "" {
				t.Fatalf("%q, %v, %v", kept, left, err)
			}
			large := ex
			large.Request.Body = []byte(c.body + strings.Repeat("&x=", media.MaxValues))
			if kept, left, err := recorder.Keep(large, contract.Result{Operation: o.ID, Code: c.code, Evidence: contract.Simulated}); kept != "" || len(left) == 0 || err != nil {
				t.Errorf("a form with too many values was kept: %q, %v, %v", kept, left, err)
			}
			written := files(t, dir)
			for _, secret := range []string{"canary", "4929123412341234", "Canary", "Person", base64.StdEncoding.EncodeToString([]byte("canary-user:canary-password"))} {
				if strings.Contains(written, secret) {
					t.Errorf("the files contain %s:\n%s", secret, written)
				}
			}
			for _, text := range c.holds {
				if !strings.Contains(written, text) {
					t.Errorf("the files do not contain %s:\n%s", text, written)
				}
			}
			verified(t, s, o, dir, kept)
		})
	}
}

// verified checks that the recorded exchange is signed and authorized with published values.
func verified(t *testing.T, s *openapi.Spec, o *openapi.Operation, dir, name string) {
	t.Helper()
	shelf, err := cassette.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	tape, err := shelf.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	ex, published := tape.Exchanges()[0], s.TestCredentials()
	for of, sign := range map[string]*openapi.Signature{"request": o.Sign.Request, "response": o.Sign.Response} {
		if got := signature.ExchangeState(sign, ex, published, time.Time{}); sign != nil && got != contract.SignatureValid {
			t.Errorf("the signature of the %s is %s: %v %s", of, got, ex.Response.Header, ex.Response.Body)
		}
	}
	if got, _ := o.Authentication(ex.Request, published, contract.Token{}, time.Time{}); got != contract.AuthenticationValid {
		t.Errorf("the credentials are %s", got)
	}
}
