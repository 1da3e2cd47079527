package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/cassettes"
	"assay/fixtures"
	"assay/internal/cassette"
	"assay/internal/testsize"
	"assay/specs"
)

// BenchmarkManyProviders runs the same commands for Paytm alone and with 36 other
// providers, in turns. The others may cost at most 30% more processor time. Processor
// time depends less on other programs than wall time.
func BenchmarkManyProviders(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "assay")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	few, many := copyProviders(b, 0), copyProviders(b, 36)
	recorded := filepath.Join(few, "cassettes", "paytm", "createOrder", "accepted.yaml")
	for _, args := range [][]string{{"explain", "paytm/324"}, {"check", "--provider", "paytm", recorded}, {"run", "paytm"}} {
		b.Run(args[0], func(b *testing.B) {
			took := map[string][]time.Duration{}
			for range testsize.Benchmark(20, 3) * max(1, b.N) {
				for _, dir := range []string{few, many} {
					c := exec.CommandContext(b.Context(), binary, append(args, "--data", dir)...)
					if out, err := c.CombinedOutput(); err != nil {
						b.Fatalf("%v\n%s", err, out)
					}
					took[dir] = append(took[dir], c.ProcessState.UserTime()+c.ProcessState.SystemTime())
				}
			}
			ratio := float64(median(took[many])) / float64(median(took[few]))
			b.ReportMetric(float64(median(took[many]).Microseconds())/1000, "ms-of-CPU/run")
			b.ReportMetric(ratio, "times-few")
			if ratio > 1.3 {
				b.Errorf("with 36 providers more it takes %.2f times as long", ratio)
			}
		})
	}
}

func median(all []time.Duration) time.Duration { return slices.Sorted(slices.Values(all))[len(all)/2] }

// copyProviders makes a data folder with Paytm and a number of copies under other
// names, hosts and credentials.
func copyProviders(b *testing.B, copies int) string {
	b.Helper()
	dir := b.TempDir()
	entries := map[string]cassette.Entry{}
	shelf, err := cassette.Open(cassettes.Files)
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range shelf.Names() {
		entries[name], _ = shelf.Entry(name)
	}
	for n := range copies + 1 {
		provider := "paytm"
		if n > 0 {
			provider = fmt.Sprintf("other%02d", n)
		}
		for folder, fsys := range map[string]fs.FS{"specs": specs.Files, "fixtures": fixtures.Files, "cassettes": cassettes.Files} {
			err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() || path != "paytm.yaml" && !strings.HasPrefix(path, "paytm/") {
					return err
				}
				raw, err := fs.ReadFile(fsys, path)
				if err != nil {
					return err
				}
				raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("paytm"), []byte(provider)), []byte("ASSAY_PAYTM"), []byte("ASSAY_"+strings.ToUpper(provider)))
				to := filepath.Join(dir, folder, strings.Replace(path, "paytm", provider, 1))
				if name, ok := strings.CutSuffix(path, ".yaml"); folder == "cassettes" && ok && n > 0 {
					if e, listed := entries[name]; listed {
						e.SHA256 = cassette.Sum(raw)
						entries[strings.Replace(name, "paytm", provider, 1)] = e
					}
				}
				if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
					return err
				}
				return os.WriteFile(to, raw, 0o600)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	manifest, err := cassette.MarshalManifest(entries)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cassettes", "manifest.yaml"), manifest, 0o600); err != nil {
		b.Fatal(err)
	}
	return dir
}
