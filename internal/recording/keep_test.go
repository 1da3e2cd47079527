package recording_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/cassette"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/recording"
	"assay/internal/testsize"
)

// TestMain makes every test panic that uses the default transport.
func TestMain(m *testing.M) { enginetest.Main(m) }

// canaryKeys are a merchant's credentials that must not be in any file.
func canaryKeys() map[string]string {
	return map[string]string{"mid": "900000000000000000007", "merchantKey": "canary-16-bytes!"}
}

func recorder(t *testing.T, e *engine.Engine, provider, dir string, own map[string]string) *recording.Recorder {
	t.Helper()
	r, err := recording.NewRecorder(e.Spec(provider), e.Spec(provider).Servers[0].URL, dir, own, func() time.Time { return time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC) })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// files reads everything below a folder.
func files(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		all.WriteString(strings.TrimPrefix(path, dir) + "\n" + string(raw))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// TestRecorder records the exchange of every case as traffic: the first of each operation, code
// and form, once, also with a second recorder. The cassettes conform. The short form has a third
// of the cases.
func TestRecorder(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	exchanges := enginetest.Exchanges(t, e)
	for _, s := range e.Specs {
		dir := filepath.Join(t.TempDir(), "new", "folder")
		kept := 0
		for round := range 2 {
			r := recorder(t, e, s.Provider, dir, s.TestCredentials())
			for _, c := range testsize.Some(e.Fixtures.Cases, len(e.Fixtures.Cases)/3) {
				ex := exchanges[c]
				judged, _ := j.Judge(ex)
				if c.Provider() != s.Provider || judged.Fails(contract.Error) {
					continue
				}
				name, left, err := r.Keep(ex, judged)
				if err != nil || len(left) > 0 || round > 0 && name != "" {
					t.Errorf("%s: %q, %v, %v", c.Name, name, left, err)
				}
				if name == "" {
					continue
				}
				kept++
				shelf, err := cassette.Open(os.DirFS(dir))
				if err != nil {
					t.Fatal(err)
				}
				tape, err := shelf.Load(name)
				if err != nil {
					t.Fatal(err)
				}
				again, _ := j.Judge(tape.Exchanges()[0])
				if tape.Entry.SHA256 != tape.SHA256 || tape.Entry.Date != "2024-03-01" || tape.Entry.Evidence != judged.Evidence || again.Code != judged.Code || again.Fails(contract.Error) {
					t.Errorf("%s: written as %+v, code %s, %v", name, tape.Entry, again.Code, again.Findings)
				}
				if want := s.Provider + "/" + c.Operation() + "/proxy-"; !strings.HasPrefix(name, want) {
					t.Errorf("%s: written as %s", c.Name, name)
				}
			}
		}
		if kept == 0 {
			t.Errorf("%s: no cassette was written", s.Provider)
		}
	}
}

// TestRecorderNeedsKeys makes no recorder without all of the merchant's credentials.
func TestRecorderNeedsKeys(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	dir := filepath.Join(t.TempDir(), "new")
	_, err := recording.NewRecorder(e.Spec("paytm"), e.Spec("paytm").Servers[0].URL, dir, map[string]string{"mid": "1"}, time.Now)
	var lacking *catalog.CredentialsError
	if !errors.As(err, &lacking) || !slices.Equal(lacking.Env, []string{"ASSAY_PAYTM_MERCHANT_KEY"}) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder was made")
	}
}

// TestRecorderRemovesSecrets records an order whose client also puts personal values and
// credentials into undocumented members and parameters: no file contains them.
func TestRecorderRemovesSecrets(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	own := canaryKeys()
	j, err := judge.New(e.Catalog, judge.Options{Keys: map[string]map[string]string{"paytm": own}})
	if err != nil {
		t.Fatal(err)
	}
	ex := *e.Play(t.Context(), e.Fixtures.Case("paytm/createOrder/accepted")).Exchange
	const about = `"mobile":"9812345670","email":"kanary.vogel@mail.test","firstName":"Kanary","lastName":"Vogelsang"`
	ex.Request.Body = []byte(`{"head":{"note":"9812345670"},"body":{"requestType":"PAYMENT","mid":"900000000000000000007","orderId":"KANARY0001","websiteName":"retail","txnAmount":{"value":"1.00","currency":"INR"},"userInfo":{"custId":"C1",` + about + `},"extra":{"tokens":["canary-token-1",9812345670],"deep":[{"who":"Kanary Vogelsang"}]}}}`)
	u := *ex.Request.URL
	u.RawQuery = "mid=900000000000000000007&orderId=KANARY0001&session=canary-token-2"
	ex.Request.URL = &u
	ex.Request.Header = ex.Request.Header.Clone()
	ex.Request.Header.Set("Authorization", "Bearer canary-token-3")
	ex.Request.Header.Set("Cookie", "a=canary-token-4")
	ex.Response.Header = ex.Response.Header.Clone()
	ex.Response.Header.Add("Set-Cookie", "b=canary-token-5")
	ex.Response.Body = []byte(`{"head":{"echo":"canary-token-6 canary-16-bytes!"},"body":{"resultInfo":{"resultStatus":"F","resultCode":"501","resultMsg":"System Error: canary-token-3, 9812345670, 900000000000000000007, KANARY VOGELSANG"}}}`)
	judged, _ := j.Judge(ex)
	dir := t.TempDir()
	r := recorder(t, e, "paytm", dir, own)
	name, left, err := r.Keep(ex, judged)
	if name != "paytm/createOrder/proxy-501-1" || err != nil || len(left) > 0 {
		t.Fatalf("%q, %v, %v: %v", name, left, err, judged.Findings)
	}
	text := strings.ToLower(files(t, dir))
	for _, canary := range []string{"canary", "kanary", "vogel", "9812345670", "900000000000000000007", hex.EncodeToString([]byte("canary-1")), "a2FuYXJ5"} {
		if strings.Contains(text, strings.ToLower(canary)) {
			t.Errorf("%s is in a file:\n%s", canary, text)
		}
	}

	// a value in an encoding is redacted, too
	ex.Response.Body = []byte(`{"body":{"resultInfo":{"resultStatus":"F","resultCode":"501","resultMsg":"` + hex.EncodeToString([]byte("kanary.vogel@mail.test")) + `"}}}`)
	name, left, err = r.Keep(ex, judged)
	if name != "paytm/createOrder/proxy-501-2" || err != nil || len(left) > 0 || strings.Contains(files(t, dir), hex.EncodeToString([]byte("kanary"))) {
		t.Errorf("%q, %v, %v", name, left, err)
	}

	// an exchange that cannot be searched is not written; the leaks name places and no values
	ex.Response.Body = []byte(`{"head":{},"body":{"resultInfo":{"resultStatus":"F","resultCode":"501","resultMsg":"` + bomb(t) + `"}}}`)
	before := files(t, dir)
	for range 4 { // only the first attempts report leaks
		name, _, err = r.Keep(ex, judged)
		if name != "" || err != nil || files(t, dir) != before {
			t.Errorf("%q, %v", name, err)
		}
	}
	_, left, _ = recorder(t, e, "paytm", dir, own).Keep(ex, judged)
	if len(left) == 0 || left[0].At != "response#/body/resultInfo/resultMsg" || strings.Contains(left[0].What, "vogel") {
		t.Errorf("the leaks are %v", left)
	}
}

// TestRecordersTogether has two recorders write to one folder: each sees what the other
// wrote.
func TestRecordersTogether(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	ex := *e.Play(t.Context(), e.Fixtures.Case("paytm/createOrder/accepted")).Exchange
	other := ex
	other.Request.Body = contract.Replace(ex.Request.Body, "/head", []byte(`{"x":1}`))
	dir := t.TempDir()
	own := e.Spec("paytm").TestCredentials()
	one, two := recorder(t, e, "paytm", dir, own), recorder(t, e, "paytm", dir, own)
	for _, c := range []struct {
		by   *recording.Recorder
		ex   contract.Exchange
		want string
	}{{one, ex, "paytm/createOrder/proxy-0000-1"}, {two, other, "paytm/createOrder/proxy-0000-2"}, {two, ex, ""}, {one, other, ""}} {
		judged, _ := j.Judge(c.ex)
		if name, left, err := c.by.Keep(c.ex, judged); name != c.want || err != nil || len(left) > 0 {
			t.Errorf("%q, %v, %v; want %q", name, left, err, c.want)
		}
	}
	shelf, err := cassette.Open(os.DirFS(dir))
	if err != nil || len(shelf.Names()) != 2 {
		t.Errorf("%v, %v", shelf.Names(), err)
	}
}

// bomb returns base64 of a text that is too large to be searched.
func bomb(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(make([]byte, 11<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// TestRecorderBounds writes at most twenty cassettes of a result code.
func TestRecorderBounds(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	ex := *e.Play(t.Context(), e.Fixtures.Case("paytm/createOrder/accepted")).Exchange
	dir := t.TempDir()
	r := recorder(t, e, "paytm", dir, e.Spec("paytm").TestCredentials())
	kept := 0
	for i := range 30 {
		other := ex
		other.Request.Body = contract.Replace(ex.Request.Body, "/head", []byte(`{"x`+string(rune('a'+i))+`":1}`))
		judged, _ := j.Judge(other)
		name, left, err := r.Keep(other, judged)
		if err != nil || len(left) > 0 {
			t.Fatal(left, err)
		}
		if name != "" {
			kept++
		}
	}
	if kept != 20 {
		t.Errorf("wrote %d cassettes, want 20", kept)
	}
}
