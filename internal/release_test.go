//go:build release

package internal_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRelease builds the archive of the last commit for linux/amd64 twice, in clones with
// other paths and with another build cache, and compares the bytes. Then it tries the
// binaries of the archive. No build needs the network or a credential: make test-release
// fetches the modules and builds the tools first.
func TestRelease(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("runs the binaries for linux/amd64")
	}
	from, commit := repository(t)
	first := releasedIn(t, from, commit, filepath.Join(t.TempDir(), "a"))
	again := releasedIn(t, from, commit, filepath.Join(t.TempDir(), "another", "longer path"), "GOCACHE="+t.TempDir())
	if !slices.Equal(names(first), names(again)) {
		t.Fatalf("the first build made %v, the second %v", names(first), names(again))
	}
	var archives [][]byte
	for i, f := range first {
		if !bytes.Equal(f.bytes, again[i].bytes) {
			t.Errorf("%s: two builds have different bytes", f.name)
		}
		if strings.HasSuffix(f.name, ".tar.gz") {
			archives = append(archives, f.bytes, again[i].bytes)
		}
	}
	dir, list := unpacked(t, archives[0])
	if _, other := unpacked(t, archives[1]); !slices.Equal(list, other) {
		t.Errorf("the archives have\n%s\nand\n%s", strings.Join(list, "\n"), strings.Join(other, "\n"))
	}
	t.Run("contents", func(t *testing.T) { contents(t, dir) })
	t.Run("alone", func(t *testing.T) { alone(t, filepath.Join(dir, "assay"), commit) })
	t.Run("suites", func(t *testing.T) { suitesElsewhere(t, filepath.Join(dir, "assay.test")) })
	t.Run("start", func(t *testing.T) { start(t, filepath.Join(dir, "assay")) })
}

// artifact is a file that a release publishes.
type artifact struct {
	name  string
	bytes []byte
}

func names(all []artifact) (names []string) {
	for _, a := range all {
		names = append(names, a.name)
	}
	return names
}

// repository gives a git repository with what is released, and its commit: this one, or, if
// git cannot read it (an exported tree, or one of another user), a new one with the same files.
func repository(t *testing.T) (path, commit string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := exec.CommandContext(t.Context(), "git", "-C", root, "rev-parse", "HEAD").Output(); err == nil {
		return root, strings.TrimSpace(string(raw))
	}
	dir := filepath.Join(t.TempDir(), "repository")
	copied(t, root, dir)
	git := []string{"-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false"}
	command(t, dir, nil, "git", "init", "--quiet")
	command(t, dir, nil, "git", "add", "--all")
	command(t, dir, nil, "git", append(git, "commit", "--quiet", "--message", "all")...)
	return dir, strings.TrimSpace(command(t, dir, nil, "git", "rev-parse", "HEAD"))
}

// copied copies a tree without what git ignores.
func copied(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "node_modules", "build", "dist", "bin"}, d.Name()) {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, inside), 0o750)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, inside), raw, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// releasedIn builds what a release of a commit publishes for linux/amd64, in a clone of a
// repository.
func releasedIn(t *testing.T, from, commit, clone string, env ...string) (all []artifact) {
	t.Helper()
	command(t, ".", nil, "git", "clone", "--quiet", "--no-hardlinks", from, clone)
	command(t, clone, nil, "git", "checkout", "--quiet", "--detach", commit)
	tools, err := filepath.Abs("../build/tools")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(clone, "build"), 0o750), os.Symlink(tools, filepath.Join(clone, "build", "tools"))); err != nil {
		t.Fatal(err)
	}
	config := text(t, filepath.Join(clone, ".goreleaser.yaml"))
	for from, to := range map[string]string{"[linux, darwin, windows]": "[linux]", "[amd64, arm64]": "[amd64]"} {
		if strings.Count(config, from) != 1 {
			t.Fatalf(".goreleaser.yaml has no %s", from)
		}
		config = strings.Replace(config, from, to, 1)
	}
	one := filepath.Join(t.TempDir(), "one.yaml")
	if err := os.WriteFile(one, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	env = append(os.Environ(), append(env, "GORELEASER_CURRENT_TAG=v"+os.Getenv("ASSAY_VERSION"), "GITHUB_TOKEN=", "GOPROXY=off")...)
	release := strings.Fields(os.Getenv("ASSAY_RELEASE"))
	if len(release) == 0 {
		t.Fatal("make test-release runs this test")
	}
	command(t, clone, env, release[0], append(release[1:], "--snapshot", "--config", one)...)
	if left := command(t, clone, nil, "git", "status", "--porcelain"); left != "" {
		t.Errorf("the build leaves files that git sees:\n%s", left)
	}
	sums := text(t, filepath.Join(clone, "dist", "checksums.txt"))
	for _, line := range regexp.MustCompile(`(?m)^[0-9a-f]{64}  (\S+)$`).FindAllStringSubmatch(sums, -1) {
		all = append(all, artifact{line[1], []byte(text(t, filepath.Join(clone, "dist", line[1])))})
	}
	if len(all) != 3 { // an archive and two SBOMs
		t.Fatalf("checksums.txt has\n%s", sums)
	}
	return append(all, artifact{"checksums.txt", []byte(sums)})
}

// unpacked unpacks an archive with one folder, and returns it and what the archive lists.
func unpacked(t *testing.T, archive []byte) (dir string, list []string) {
	t.Helper()
	dir = t.TempDir()
	plain, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(plain); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(h.Name, "/")
		path := filepath.Join(dir, filepath.FromSlash(name))
		raw, err := io.ReadAll(files)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, raw, h.FileInfo().Mode())); err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%v %s %x", h.FileInfo().Mode(), h.Name, sha256.Sum256(raw)))
	}
	return dir, list
}

// contents checks that the archive has what CONTRIBUTING.md promises, and that assay is
// small, and has what a system may lack.
func contents(t *testing.T, dir string) {
	for _, name := range []string{
		"assay.test", "README.md", "CHANGELOG.md", "SECURITY.md", "watch/assay-watch.service", "watch/assay.yaml", "man/man1/assay.1", "man/man1/assay-run.1",
		"completions/assay.bash", "completions/_assay", "completions/assay.fish", "completions/assay.ps1",
	} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("the archive lacks %s", name)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "assay"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("assay has %.1f MB", float64(info.Size())/1e6)
	if info.Size() > 45e6 {
		t.Error("45 MB are the most")
	}
	if !strings.Contains(text(t, filepath.Join(dir, "assay")), "Antarctica/Troll") {
		t.Error("assay has no time zones of its own")
	}
}

// start checks that assay starts in 30 ms. It counts the time of the processor, of the
// quickest of some starts: other processes take time from this one.
func start(t *testing.T, binary string) {
	work, wall := time.Hour, time.Hour
	for range 20 {
		c := exec.CommandContext(t.Context(), binary, "version")
		began := time.Now()
		if err := c.Run(); err != nil {
			t.Fatal(err)
		}
		wall = min(wall, time.Since(began))
		work = min(work, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
	}
	t.Logf("assay version takes %v, and the processor %v", wall, work)
	if work > 30*time.Millisecond {
		t.Errorf("the processor takes %v, and 30 ms are the most; GODEBUG=inittrace=1 shows which packages take long", work)
	}
}

// command runs a command to its end, and returns what it prints to standard output.
func command(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir, c.Env = dir, env
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}
