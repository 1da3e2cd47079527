package recording_test

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/golden"
	"assay/internal/recording"
	"assay/internal/sandbox"
)

const folder = "../../cassettes"

// recorded is the start of the source of cassettes that `assay record` wrote.
const recorded = "recorded from "

// TestCassettes expects that every case has a cassette and every cassette a case. If the
// response of a cassette comes from a document or was made by hand, its request has to be
// that of its case, byte for byte. With -update the test writes these requests; it never
// changes a response.
func TestCassettes(t *testing.T) {
	e := enginetest.Load(t)
	if golden.Update() {
		renew(t, e)
		e = enginetest.Load(t)
	}
	shelf := open(t)
	for _, c := range e.Fixtures.Cases {
		entry, listed := shelf.Entry(c.Name)
		switch {
		case !listed:
			t.Errorf("%s has no cassette; `make cassettes` records it", c.Name)
		case strings.HasPrefix(entry.Source, recorded):
		case cassette.Sum(asked(t, e, shelf, c)) != entry.SHA256:
			t.Errorf("the cassette of %s does not have the request of its case; `make cassettes` writes it", c.Name)
		}
	}
	for _, name := range shelf.Names() {
		if e.Fixtures.Case(name) == nil {
			t.Errorf("manifest.yaml lists %s, but there is no such case", name)
		}
	}
}

// TestRecorded records every simulated response again: only values that are new each time
// differ.
func TestRecorded(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	box, err := sandbox.New(e.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()
	e = enginetest.OverNetwork(t, e, *engine.Simulated(e.Specs, server.URL))
	shelf, n := open(t), 0
	for _, c := range e.Fixtures.Cases {
		if entry, _ := shelf.Entry(c.Name); entry.Evidence != contract.Simulated || c.Fixed {
			continue
		}
		n++
		if r := recording.Record(t.Context(), e, c, contract.Error, time.Now()); !r.Unchanged() || r.Result.Verdict != contract.Pass {
			t.Errorf("%s is %s: %s %v %v; `make cassettes` records it", c.Name, r.Result.Verdict, r.Why, r.Changes, r.Leaks)
		}
	}
	if n < 50 {
		t.Errorf("only %d cassettes are recorded from the sandbox", n)
	}
}

// renew writes the requests of cassettes whose responses are not recorded.
func renew(t *testing.T, e *engine.Engine) {
	t.Helper()
	shelf := open(t)
	kept := map[string]cassette.Saved{}
	for _, c := range e.Fixtures.Cases {
		entry, listed := shelf.Entry(c.Name)
		if !listed || strings.HasPrefix(entry.Source, recorded) {
			continue
		}
		if raw := asked(t, e, shelf, c); cassette.Sum(raw) != entry.SHA256 {
			entry.Date = time.Now().UTC().Format(time.DateOnly)
			kept[c.Name] = cassette.Saved{Raw: raw, Entry: entry}
			t.Log("wrote", c.Name)
		}
	}
	if err := cassette.Save(folder, kept); err != nil {
		t.Fatal(err)
	}
}

// asked returns a cassette with the current request of its case. Requests that a document
// prints are kept; all others are redacted.
func asked(t *testing.T, e *engine.Engine, shelf *cassette.Library, c *contract.Case) []byte {
	t.Helper()
	tape, err := shelf.Load(c.Name)
	if err != nil {
		t.Fatal(err)
	}
	ex := tape.Exchanges()[0]
	if ex.Request, _, err = e.Request(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if tape.Entry.Evidence != contract.Documented {
		ex = recording.Redacted(e, c, ex)
	}
	raw, err := cassette.Marshal([]contract.Exchange{ex})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func open(t *testing.T) *cassette.Library {
	t.Helper()
	shelf, err := cassette.Open(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	return shelf
}
