package traffic_test

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/golden"
	"assay/internal/traffic"
)

// parsed is what was parsed, in a line: the exchange as Append writes it, or what
// is wrong.
func parsed(ex contract.Exchange, err error) string {
	if err != nil {
		return "! " + err.Error()
	}
	line, err := traffic.Append(nil, ex)
	if err != nil {
		return "not to be written: " + err.Error()
	}
	return strings.TrimSuffix(string(line), "\n")
}

// describe returns what Read returned for one entry, in a line: the entry, and the exchange as
// Append writes it or what is wrong.
func describe(e *traffic.Entry) string {
	ex, err := e.Exchange()
	if err != nil {
		return fmt.Sprintf("%s | %s | %s", e.Origin(), e.Where(), parsed(ex, err))
	}
	if ex.Origin != e.Origin() || ex.Evidence != "" {
		return fmt.Sprintf("%s | the exchange says %s, %s", e.Origin(), ex.Origin, ex.Evidence)
	}
	return fmt.Sprintf("%s | %s | %s", e.Origin(), e.Where(), parsed(ex, nil))
}

// read reads names and gives a line an entry.
func read(t testing.TB, o traffic.Options, stdin io.Reader, names ...string) []string {
	t.Helper()
	var all []string
	err := traffic.Read(t.Context(), names, stdin, o, func(e *traffic.Entry) error {
		if _, err := e.Exchange(); errors.As(err, new(*crash.Error)) {
			t.Error(err) // a reader must not panic, although a panic is contained
		}
		all = append(all, describe(e))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestDialects reads what each writer writes, in small and invented, and compares
// with the golden file beside it.
func TestDialects(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"chrome.har", "firefox.har", "safari.har", "playwright.har", "mitmproxy.har", "charles.har", "insomnia.har",
		"v1.yaml", "v2.yaml", "lines.ndjson",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", name)
			got := strings.Join(read(t, traffic.Options{}, nil, path), "\n") + "\n"
			got = strings.ReplaceAll(got, path, name)
			golden.Compare(t, filepath.Join("testdata", "golden", name+".txt"), []byte(got))
		})
	}
}
