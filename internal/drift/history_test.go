package drift_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/openapi"
	"assay/internal/shape"
)

// event is a change that really happened, with samples from before and after.
type event struct {
	About, Source, Operation string
	Specs                    bool
	Times                    int
	Codes                    []string
	Asked                    struct{ Before, After any }
	Before, After            []any
	Want                     []string
}

// TestHistory compares the changes of real events with the expected ones.
func TestHistory(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/history/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			e := happened(t, file)
			provider, id, _ := strings.Cut(e.Operation, "/")
			find := operation
			if e.Specs {
				find = small
			}
			o := find(t, provider, id)
			was, is := shape.Learn(o, e.exchanges(t, o, e.Before, e.Asked.Before)...), shape.Learn(o, e.exchanges(t, o, e.After, e.Asked.After)...)
			got := strings.Split(listed(drift.Compare(was, is, o, &drift.Uses{Codes: e.Codes})), "; ")
			slices.Sort(got)
			slices.Sort(e.Want)
			if !slices.Equal(got, e.Want) {
				t.Errorf("%s: reports\n%s\nwant\n%s", e.About, strings.Join(got, "\n"), strings.Join(e.Want, "\n"))
			}
			if again := drift.Compare(is, is, o, nil); len(again) > 0 {
				t.Errorf("changes between equal shapes: %s", listed(again))
			}
		})
	}
}

func happened(t *testing.T, file string) event {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var e event
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

func small(t testing.TB, provider, id string) *openapi.Operation {
	t.Helper()
	all, err := openapi.LoadAll(os.DirFS("testdata/history/specs"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if o := s.Operation(id); s.Provider == provider && o != nil {
			return o
		}
	}
	t.Fatalf("there is no %s/%s", provider, id)
	return nil
}

func (e event) exchanges(t *testing.T, o *openapi.Operation, bodies []any, asked any) []contract.Exchange {
	t.Helper()
	var all []contract.Exchange
	for _, body := range bodies {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		ex := exchange(o, string(raw))
		ex.Request.URL = &url.URL{Path: o.Path}
		if ex.Request.Body, err = json.Marshal(asked); err != nil {
			t.Fatal(err)
		}
		all = append(all, times(e.Times, ex)...)
	}
	return all
}
