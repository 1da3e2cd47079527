package skeleton_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/sandbox"
	"assay/internal/skeleton"
	"assay/internal/testsize"
	"assay/internal/traffic"
)

// simulated has exchanges of our own sandbox with every provider, of all cases and of all
// derived ones.
var simulated = sync.OnceValues(func() (map[string][]contract.Exchange, error) {
	k, err := enginetest.Disk(catalog.Options{Negative: true})
	if err != nil {
		return nil, err
	}
	box, err := sandbox.New(k.Specs, sandbox.Options{})
	if err != nil {
		return nil, err
	}
	server := httptest.NewServer(box)
	defer server.Close()
	source, err := engine.Network(k, *engine.Simulated(k.Specs, server.URL))
	if err != nil {
		return nil, err
	}
	e := engine.New(k, source)
	all := map[string][]contract.Exchange{}
	for _, c := range k.Fixtures.Cases {
		if play := e.Play(context.Background(), c); play.Exchange != nil {
			all[c.Provider()] = append(all[c.Provider()], sent(c.Provider(), *play.Exchange))
		}
	}
	return all, nil
})

// sent returns the exchange as if it had gone to the provider: the sandbox has the name of
// the provider before its paths.
func sent(provider string, ex contract.Exchange) contract.Exchange {
	at := *ex.Request.URL
	at.Scheme, at.Host = "https", "api.shop.example"
	at.Path, at.RawPath = strings.TrimPrefix(at.Path, "/"+provider), strings.TrimPrefix(at.RawPath, "/"+provider)
	ex.Request.URL = &at
	return ex
}

// exchanges returns 200 exchanges of a provider with our own sandbox, spread over all.
func exchanges(t *testing.T, provider string) (some []contract.Exchange) {
	t.Helper()
	by, err := simulated()
	if err != nil {
		t.Fatal(err)
	}
	const most = 200
	all := by[provider]
	for i := range min(most, len(all)) {
		some = append(some, all[i*len(all)/min(most, len(all))])
	}
	return some
}

func recorded(all []contract.Exchange) (out []skeleton.Recorded) {
	for _, ex := range all {
		out = append(out, skeleton.Recorded{Exchange: ex})
	}
	return out
}

var noCassettes = fstest.MapFS{"manifest.yaml": {Data: []byte("{}\n")}}

// data returns the files of a skeleton as the data of a command.
func data(t *testing.T, files []skeleton.File) catalog.Data {
	t.Helper()
	specs, cases := fstest.MapFS{}, fstest.MapFS{}
	for _, f := range files {
		if name, ok := strings.CutPrefix(f.Path, "specs/"); ok {
			specs[name] = &fstest.MapFile{Data: f.Data}
		}
		if name, ok := strings.CutPrefix(f.Path, "fixtures/"); ok {
			cases[name] = &fstest.MapFile{Data: f.Data}
		}
		if dir := os.Getenv("SKELETON_DIR"); dir != "" {
			path := filepath.Join(dir, t.Name(), f.Path)
			_ = os.MkdirAll(filepath.Dir(path), 0o755)
			_ = os.WriteFile(path, f.Data, 0o644)
		}
	}
	return catalog.Data{Specs: specs, Fixtures: cases, Cassettes: noCassettes}
}

// TestTraffic makes a skeleton of each provider from recordings of it. The skeleton has no
// fault, and none of the exchanges has a finding of severity error. The short form has two of the
// providers.
func TestTraffic(t *testing.T) {
	t.Parallel()
	for _, provider := range testsize.Some(enginetest.Load(t).Providers(), 2) {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			all := exchanges(t, provider)
			p, err := skeleton.FromTraffic("shop", "traffic.ndjson", recorded(all))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d exchanges", len(all))
			sound(t, p, all)
		})
	}
}

// TestCassettes makes a skeleton of each provider from its cassettes.
func TestCassettes(t *testing.T) {
	t.Parallel()
	for _, provider := range enginetest.Load(t).Providers() {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			var all []contract.Exchange
			err := traffic.Read(t.Context(), []string{filepath.Join("..", "..", "cassettes", provider)}, nil, traffic.Options{Format: traffic.Cassette}, func(e *traffic.Entry) error {
				ex, err := e.Exchange()
				if err == nil {
					all = append(all, ex)
				}
				return nil
			})
			if err != nil || len(all) < 5 {
				t.Fatal(len(all), err)
			}
			p, err := skeleton.FromTraffic("shop", "cassettes", recorded(all))
			if err != nil {
				t.Fatal(err)
			}
			sound(t, p, all)
		})
	}
}

// sound loads a skeleton, looks for faults, and judges exchanges by it.
func sound(t *testing.T, p *skeleton.Provider, all []contract.Exchange) {
	t.Helper()
	files, err := p.Files()
	if err != nil {
		t.Fatal(err)
	}
	k, err := catalog.Load(data(t, files), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range k.Specs[0].Faults() {
		t.Errorf("line %d: %s", f.Line, f.Message.Key())
	}
	j, err := judge.New(k, judge.Options{Provider: p.Name, Recorded: true})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, ex := range all {
		r, ok := j.Judge(ex)
		if !ok {
			t.Errorf("%s: it matches no operation", ex.Origin)
			continue
		}
		for _, f := range r.Findings {
			if f.Severity == contract.Error && !malformed(f) && !seen[f.Rule+string(f.At)] {
				seen[f.Rule+string(f.At)] = true
				t.Errorf("%s: %s at %s: %s", ex.Origin, f.Rule, f.At, f.Message.Key())
			}
		}
		if len(r.Checked) > 0 {
			t.Errorf("%s: %v proved something", ex.Origin, r.Checked)
		}
	}
}

// malformed reports whether a finding is about a body that is not JSON, or an unreadable
// Authorization. That is wrong whatever the provider documents.
func malformed(f contract.Finding) bool {
	return f.Detail == "syntax" || f.At == contract.RequestAuthorization
}
