package traffic_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/testsize"
	"assay/internal/traffic"
)

// TestCreatorPosition reads HAR files that name Chrome before, between or after their entries,
// from files and pipes. Chrome left out Authorization: no exchange may be without a recorder that
// does so, however late it is named. The short form has one of the files with many entries.
func TestCreatorPosition(t *testing.T) {
	t.Parallel()
	const (
		chrome  = `"creator":{"name":"WebInspector","version":"537.36"}`
		other   = `"creator":{"name":"something"}`
		unnamed = "not known, as the file names it after its entries"
		anybody = "another program"
	)
	few, many := entryOf(1)+","+entryOf(2), entryOf(1)+strings.Repeat(","+paddedEntry(), 3000)
	entries := map[bool]string{false: `"entries":[` + few + `]`, true: `"entries":[` + many + `]`}
	cases := map[string]struct {
		parts      []string // members of log; "entries" stands for the entries
		cut        bool
		file, pipe [2]string // the recorder of few entries and of many
	}{
		"before":            {[]string{chrome, "entries"}, false, [2]string{"Chrome, Edge", "Chrome, Edge"}, [2]string{"Chrome, Edge", "Chrome, Edge"}},
		"after":             {[]string{`"version":"1.2"`, "entries", chrome}, false, [2]string{"Chrome, Edge", "Chrome, Edge"}, [2]string{"Chrome, Edge", unnamed}},
		"last":              {[]string{"entries", `"pages":[]`, `"comment":"creator"`, chrome}, false, [2]string{"Chrome, Edge", "Chrome, Edge"}, [2]string{"Chrome, Edge", unnamed}},
		"another one after": {[]string{"entries", other}, false, [2]string{anybody, anybody}, [2]string{anybody, unnamed}},
		"none":              {[]string{"entries"}, false, [2]string{anybody, anybody}, [2]string{anybody, unnamed}},
		"no object":         {[]string{"entries", `"creator":"x"`}, false, [2]string{anybody, anybody}, [2]string{anybody, unnamed}},
		"cut off":           {[]string{"entries"}, true, [2]string{unnamed, unnamed}, [2]string{unnamed, unnamed}},
	}
	for name, c := range cases {
		for long, text := range entries {
			if long && name != "after" && !testsize.Full() {
				continue
			}
			at, want := 0, 2
			if long {
				at, want = 1, 3001
			}
			whole := `{"log":{` + strings.ReplaceAll(strings.Join(c.parts, ","), "entries", "\x00")
			whole = strings.Replace(whole, "\x00", text, 1)
			if !c.cut {
				whole += "}}"
			}
			path := filepath.Join(t.TempDir(), "a.har")
			packed := filepath.Join(t.TempDir(), "a.har.gz")
			for p, raw := range map[string][]byte{path: []byte("\xef\xbb\xbf" + whole), packed: gzipped(t, whole)} {
				if err := os.WriteFile(p, raw, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for source, recorder := range map[string]string{path: c.file[at], packed: c.file[at], "-": c.pipe[at]} {
				n := 0
				err := traffic.Read(t.Context(), []string{source}, io.MultiReader(bytes.NewReader([]byte(whole))), traffic.Options{}, func(e *traffic.Entry) error {
					ex, err := e.Exchange()
					if err != nil && c.cut {
						return nil // the end
					}
					n++
					if err != nil || ex.Recorder.Name != recorder {
						t.Fatalf("%s, long %t, %s: entry %d: %v, recorded by %v; want %s", name, long, source, n, err, ex.Recorder, recorder)
					}
					if lacks := len(ex.Omitted) > 0 && ex.Omitted[0] == contract.InRequest.Header("authorization"); lacks != (recorder != anybody) {
						t.Fatalf("%s, long %t, %s: entry %d: omitted %v", name, long, source, n, ex.Omitted)
					}
					if !strings.HasSuffix(e.Origin(), "#"+strconv.Itoa(n)) {
						t.Fatalf("%s: entry %d is %s", name, n, e.Origin())
					}
					return nil
				})
				if err != nil || n != want {
					t.Errorf("%s, long %t, %s: %d entries, %v", name, long, source, n, err)
				}
			}
		}
	}
}
