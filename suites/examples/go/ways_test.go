package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"assay/internal/catalog"
	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/protocol"
	"assay/internal/report"
	"assay/internal/testheap"
	"assay/internal/testsize"
	"assay/suites"
)

// TestMain makes this test binary a client over a pipe, for TestWays.
func TestMain(m *testing.M) {
	testheap.Grow()
	if os.Getenv("EXAMPLE_SERVES") != "" {
		os.Args = os.Args[:1]
		main()
		return
	}
	os.Exit(m.Run())
}

// TestWays holds the example to the contract in process, over a pipe and over HTTP. The three
// reports are the same. make test leaves out the pipe.
func TestWays(t *testing.T) {
	testsize.SkipUnlessFull(t)
	options := []suites.Option{suites.Named("example-go", "1.0"), suites.Operations("paytm/createOrder"), suites.Concurrency(8)}
	path := filepath.Join(t.TempDir(), "report.json")
	t.Run("in process", func(t *testing.T) {
		suites.Conform(t, "paytm", suites.ClientFunc(createOrder), append(options, suites.Report("json", path))...)
	})
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := decoded(t, raw)
	pipe, err := protocol.Start(t.Context(), []string{os.Args[0]}, []string{"EXAMPLE_SERVES=yes"})
	if err != nil {
		t.Fatal(err)
	}
	service := httptest.NewServer(suites.Handler(suites.ClientFunc(createOrder), options...))
	defer service.Close()
	post, err := protocol.Connect(t.Context(), service.URL+"/call")
	if err != nil {
		t.Fatal(err)
	}
	for name, client := range map[string]protocol.Client{"pipe": pipe, "HTTP": post} {
		if got := reported(t, client); !reflect.DeepEqual(got, want) {
			t.Errorf("the report over %s differs from the one in process", name)
		}
	}
}

// reported holds a client to the cases of Paytm and returns the report.
func reported(t *testing.T, client protocol.Client) any {
	t.Helper()
	e := enginetest.LoadData(t, catalog.Embedded(), catalog.Options{Wants: catalog.Named("paytm")})
	cases, err := e.Select([]string{"paytm"})
	if err != nil {
		t.Fatal(err)
	}
	made := conform.New(e, conform.Options{Client: client}).Run(t.Context(), cases, contract.Error, "", nil)
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	var b bytes.Buffer
	if err := report.JSON(&b, made, report.How{}); err != nil {
		t.Fatal(err)
	}
	return decoded(t, b.Bytes())
}

// decoded returns a report without the version of assay.
func decoded(t *testing.T, raw []byte) any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	delete(v, "assay")
	return v
}
