package atomicfile_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"assay/internal/atomicfile"
	"assay/internal/testsize"
)

// process starts this test as a process of its own, with a folder to work in.
func process(t *testing.T, test, dir string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+test+"$")
	c.Env = append(os.Environ(), "ASSAY_TEST_REPLACE="+dir)
	return c
}

// temps lists the temporary files of a folder.
func temps(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, atomicfile.TempPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestUmask writes files with different umasks, which belong to a whole process. New files
// follow the umask; files that exist keep their permissions.
func TestUmask(t *testing.T) {
	if dir := os.Getenv("ASSAY_TEST_REPLACE"); dir != "" {
		for _, mask := range []int{0, 0o002, 0o022, 0o027, 0o077} {
			syscall.Umask(mask)
			for _, before := range []os.FileMode{0, 0o600, 0o640, 0o644, 0o664} {
				path := filepath.Join(dir, fmt.Sprintf("%o-%o", mask, before))
				want := 0o666 &^ os.FileMode(mask)
				if before != 0 {
					if err := os.WriteFile(path, nil, 0o600); err != nil {
						t.Fatal(err)
					}
					if err := os.Chmod(path, before); err != nil {
						t.Fatal(err)
					}
					want = before
				}
				if err := atomicfile.Replace(path, []byte("new")); err != nil {
					t.Fatal(err)
				}
				info, err := os.Stat(path)
				if err != nil || info.Mode().Perm() != want || info.Size() != 3 {
					t.Errorf("umask %o, before %o: %v, %v, want %o", mask, before, info.Mode(), err, want)
				}
			}
		}
		return
	}
	t.Parallel()
	if out, err := process(t, "TestUmask", t.TempDir()).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSweep lists what may lie in a folder, and what is swept away.
func TestSweep(t *testing.T) {
	t.Parallel()
	ended := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^$")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	own, parent, dead := os.Getpid(), os.Getppid(), ended.Process.Pid
	for title, c := range map[string]struct {
		name   string
		age    time.Duration
		folder bool
		swept  bool
	}{
		"of a dead process":           {name: fmt.Sprintf(".assay-%d-1", dead), swept: true},
		"of a dead process, old":      {name: fmt.Sprintf(".assay-%d-1", dead), age: 48 * time.Hour, swept: true},
		"of this process":             {name: fmt.Sprintf(".assay-%d-1", own)},
		"of this process, hours old":  {name: fmt.Sprintf(".assay-%d-1", own), age: 2 * time.Hour},
		"of another process":          {name: fmt.Sprintf(".assay-%d-1", parent)},
		"of a reused process id":      {name: fmt.Sprintf(".assay-%d-1", parent), age: 48 * time.Hour, swept: true},
		"of an earlier version":       {name: ".assay-123456789"},
		"of an earlier version, old":  {name: ".assay-123456789", age: 2 * time.Hour, swept: true},
		"of somebody else":            {name: ".assay-notes", age: 48 * time.Hour},
		"of somebody else, like ours": {name: ".assay-12-3.yaml", age: 48 * time.Hour},
		"a number without end":        {name: ".assay-99999999999999999999-1", age: 48 * time.Hour},
		"a folder":                    {name: fmt.Sprintf(".assay-%d-1", dead), age: 48 * time.Hour, folder: true},
		"not hidden":                  {name: fmt.Sprintf("assay-%d-1", dead), age: 48 * time.Hour},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, c.name)
		var err error
		if c.folder {
			err = os.Mkdir(path, 0o700)
		} else {
			err = os.WriteFile(path, []byte("half"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-c.age)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
		if err := atomicfile.Replace(filepath.Join(dir, "report"), []byte("new")); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(path); os.IsNotExist(err) != c.swept {
			t.Errorf("%s: swept %t, want %t", title, !c.swept, c.swept)
		}
	}
}

// TestAttackKilledWriter kills processes that replace one file again and again, while
// others go on. The file is always whole, no process fails because of another, and the
// next start leaves nothing of the killed ones.
func TestAttackKilledWriter(t *testing.T) {
	testsize.SkipUnlessFull(t)
	if dir := os.Getenv("ASSAY_TEST_REPLACE"); dir != "" {
		for n := 0; ; n++ {
			text := fmt.Sprintf("%d%s%d", n, strings.Repeat(" ", 1<<16), n)
			if err := atomicfile.Replace(filepath.Join(dir, "report"), []byte(text)); err != nil {
				t.Fatal(err)
			}
			fmt.Println("replaced") // what the parent waits for
		}
	}
	t.Parallel()
	rounds := 20
	if testsize.Long() {
		rounds = 200
	}
	dir := t.TempDir()
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range rounds {
				c := process(t, "TestAttackKilledWriter", dir)
				out, err := c.StdoutPipe()
				if err == nil {
					err = c.Start()
				}
				if err != nil {
					t.Error(err)
					return
				}
				lines := bufio.NewReader(out)
				for range 3 {
					if line, err := lines.ReadString('\n'); err != nil || line != "replaced\n" {
						t.Errorf("%q, %v", line, err)
					}
				}
				if err := c.Process.Kill(); err != nil {
					t.Error(err)
				}
				_ = c.Wait() // it was killed
				raw, err := os.ReadFile(filepath.Join(dir, "report"))
				first, last, ok := strings.Cut(string(raw), strings.Repeat(" ", 1<<16))
				if err != nil || !ok || first != last {
					t.Errorf("the file is damaged: %v, %d bytes", err, len(raw))
				}
			}
		})
	}
	all.Wait()
	atomicfile.Sweep(dir)
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestAttackFullDisk replaces files on a disk that has no room for them, which a limit on
// the size of files stands for. The old content stays, and nothing is left beside it.
func TestAttackFullDisk(t *testing.T) {
	testsize.SkipUnlessFull(t)
	if dir := os.Getenv("ASSAY_TEST_REPLACE"); dir != "" {
		signal.Ignore(syscall.SIGXFSZ)
		limit := &syscall.Rlimit{Cur: 1000, Max: 1000}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, limit); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{999, 1000, 1001, 1 << 20} {
			path := filepath.Join(dir, "report")
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := []byte(strings.Repeat("x", size))
			err = atomicfile.Replace(path, want)
			if (err == nil) != (size <= 1000) {
				t.Errorf("%d bytes: %v", size, err)
			}
			if err != nil {
				want = before
				if strings.Contains(err.Error(), atomicfile.TempPrefix) {
					t.Errorf("the error names the temporary file: %v", err)
				}
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes: the file holds %d, %v", size, len(got), err)
			}
			if left := temps(t, dir); len(left) > 0 {
				t.Errorf("%d bytes: left %v", size, left)
			}
		}
		return
	}
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "report"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := process(t, "TestAttackFullDisk", dir).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
