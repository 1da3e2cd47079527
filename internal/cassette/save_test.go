package cassette_test

import (
	"bufio"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/atomicfile"
	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/testsize"
)

// generation is what the n-th recording keeps: more bytes every time.
func generation(t testing.TB, n int) map[string]cassette.Saved {
	t.Helper()
	kept := map[string]cassette.Saved{}
	for i := range 8 {
		raw, err := cassette.Marshal([]contract.Exchange{exchange("/order", `{}`, fmt.Sprintf(`{"n":%d,"pad":%q}`, n, strings.Repeat("x", 2000*i)))})
		if err != nil {
			t.Fatal(err)
		}
		kept[fmt.Sprintf("p/o/c%d", i)] = cassette.Saved{Raw: raw, Entry: cassette.Entry{Evidence: contract.Sandbox, Source: "recorded", Date: "2026-01-01"}}
	}
	return kept
}

func empty(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := atomicfile.Replace(filepath.Join(dir, "manifest.yaml"), []byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// whole holds every cassette of a folder to its manifest.
func whole(t *testing.T, dir string) (names []string) {
	t.Helper()
	shelf, err := cassette.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range shelf.Names() {
		if !shelf.Has(name) {
			continue // its first file had not come yet
		}
		loaded, err := shelf.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if loaded.SHA256 != loaded.Entry.SHA256 || loaded.Entry.Evidence != contract.Sandbox {
			t.Fatalf("%s is not what the manifest says: %s, %+v", name, loaded.SHA256, loaded.Entry)
		}
		names = append(names, name)
	}
	return names
}

func TestKeep(t *testing.T) {
	t.Parallel()
	dir := empty(t)
	for n := range 2 {
		if err := cassette.Save(dir, generation(t, n)); err != nil {
			t.Fatal(err)
		}
		if names := whole(t, dir); len(names) != 8 {
			t.Errorf("kept %v", names)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "manifest.yaml"))
	if err != nil || strings.Contains(string(raw), "next:") {
		t.Errorf("the manifest is left under way: %v\n%s", err, raw)
	}
	if err := cassette.Save(t.TempDir(), generation(t, 1)); err == nil {
		t.Error("a folder without a manifest is written into")
	}
}

// TestKilled kills a process a hundred times while it keeps one generation of cassettes after
// another: every file is whole, and the manifest's.
func TestKilled(t *testing.T) {
	testsize.SkipUnlessFull(t)
	if dir := os.Getenv("ASSAY_TEST_KEEP"); dir != "" {
		for n := 0; ; n++ {
			if err := cassette.Save(dir, generation(t, n)); err != nil {
				t.Fatal(err)
			}
			fmt.Println("kept") // what the parent waits for
		}
	}
	t.Parallel()
	dir := empty(t)
	random := rand.New(rand.NewPCG(1, 2))
	interrupted := 0
	for kill := 0; kill < 100 || interrupted == 0 && kill < 1000; kill++ { // a slow machine takes longer to write
		killed(t, dir, time.Duration((1+kill/50)*random.IntN(3000))*time.Microsecond)
		whole(t, dir)
		raw, err := os.ReadFile(filepath.Join(dir, "manifest.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "next:") {
			interrupted++
		}
	}
	if interrupted == 0 {
		t.Error("no kill came while cassettes were being replaced: this proves nothing")
	}
	if err := cassette.Save(dir, generation(t, -1)); err != nil {
		t.Fatal(err)
	}
	if names := whole(t, dir); len(names) != 8 {
		t.Errorf("after %d interrupted writes there is %v", interrupted, names)
	}
	left := slices.Collect(func(yield func(string) bool) {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
			if strings.HasPrefix(d.Name(), atomicfile.TempPrefix) {
				yield(path)
			}
			return nil
		})
	})
	if len(left) > 0 {
		t.Errorf("left beside: %v", left)
	}
}

// killed starts this test as a process of its own and kills it some time after
// it has kept its first cassettes.
func killed(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestKilled$")
	c.Env = append(os.Environ(), "ASSAY_TEST_KEEP="+dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	<-time.After(after) // a random moment; nothing waits for it
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // killed
}
