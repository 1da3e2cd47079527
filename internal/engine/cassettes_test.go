package engine_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/cassette"
	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/engine"
)

var update = flag.Bool("update", false, "write the cassettes that are composed from the specifications")

const folder = "../../cassettes"

// made begins the source of cassettes that are composed here. Those of any
// other source keep their answers.
const made = "composed from the specification's example for "

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestCassettes holds every composed cassette to what its case asks and its
// specification's example answers, and every other to what its case asks. With
// -update it writes them; answers that come from elsewhere are kept.
func TestCassettes(t *testing.T) {
	e := load(t)
	for range 3 { // a case after another, or with a token, needs that one's cassette
		if *update {
			compose(t, e)
			e = load(t)
		}
	}
	hold(t, e)
}

// compose writes every cassette that can be made, and the manifest.
func compose(t *testing.T, e *engine.Engine) {
	t.Helper()
	shelf := open(t)
	entries := map[string]cassette.Entry{}
	for _, c := range e.Fixtures.Cases {
		entry, listed := shelf.Entry(c.Name)
		want, err := composed(e, shelf, c, listed && !strings.HasPrefix(entry.Source, made))
		if err != nil {
			continue // hold tells of it
		}
		if !listed {
			entry.Evidence, entry.Source = contract.Simulated, made+c.Want.Code
		}
		if sum := cassette.Sum(want); sum != entry.SHA256 {
			entry.SHA256, entry.Date = sum, time.Now().UTC().Format(time.DateOnly)
			write(t, c.Name, want)
		}
		entries[c.Name] = entry
	}
	manifest, err := cassette.MarshalManifest(entries)
	if err != nil {
		t.Fatal(err)
	}
	write(t, "manifest", manifest)
}

// hold compares every cassette on disk with what it should be.
func hold(t *testing.T, e *engine.Engine) {
	t.Helper()
	shelf := open(t)
	cases := map[string]bool{}
	for _, c := range e.Fixtures.Cases {
		cases[c.Name] = true
		entry, listed := shelf.Entry(c.Name)
		if !listed {
			t.Errorf("%s has no cassette; `make cassettes` writes it", c.Name)
			continue
		}
		want, err := composed(e, shelf, c, listed && !strings.HasPrefix(entry.Source, made))
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if cassette.Sum(want) != entry.SHA256 {
			t.Errorf("the cassette of %s is not what its case asks and its specification answers; `make cassettes` writes it", c.Name)
		}
	}
	for _, name := range shelf.Names() {
		if !cases[name] {
			t.Errorf("manifest.yaml lists %s, which is no case", name)
		}
	}
}

func open(t *testing.T) *cassette.Shelf {
	t.Helper()
	shelf, err := cassette.Open(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	return shelf
}

func composed(e *engine.Engine, shelf *cassette.Shelf, c *contract.Case, keep bool) ([]byte, error) {
	o := e.Spec(c.Provider()).Operation(c.Operation())
	request, _, err := e.Request(context.Background(), c)
	if err != nil {
		return nil, err
	}
	if keep {
		tape, err := shelf.Load(c.Name)
		if err != nil {
			return nil, err
		}
		ex := tape.Exchanges()[0]
		ex.Request = request
		return cassette.Marshal([]contract.Exchange{ex})
	}
	example, ok := o.Example(c.Want.Code)
	if !ok {
		return nil, errors.New("the specification has no example for " + c.Want.Code)
	}
	body := example.Body
	if o.Sign.Answer != nil {
		credentials := e.Spec(c.Provider()).TestCredentials()
		body = check.Resign(o.Sign.Answer, body, credentials, zeros{})
	}
	return cassette.Marshal([]contract.Exchange{{
		Request: request,
		Answer:  contract.Answer{Status: example.HTTP, Header: http.Header{"Content-Type": {"application/json"}}, Body: body},
	}})
}

func write(t *testing.T, name string, raw []byte) {
	t.Helper()
	file := filepath.Join(folder, filepath.FromSlash(name)+".yaml")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if have, err := os.ReadFile(file); err == nil && bytes.Equal(have, raw) {
		return
	}
	if err := os.WriteFile(file, raw, 0o644); err != nil { //nolint:gosec // committed data
		t.Fatal(err)
	}
	t.Log("wrote", file)
}

// load reads what is on disk, not what was embedded when the test was built.
func load(t *testing.T) *engine.Engine {
	t.Helper()
	e, err := engine.New(engine.Data{
		Specs: os.DirFS("../../specs"), Fixtures: os.DirFS("../../fixtures"), Cassettes: os.DirFS(folder),
	}, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
