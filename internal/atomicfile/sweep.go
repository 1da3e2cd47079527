package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// Ages after which a temporary file is left over, whatever its name says: no process
// writes a file for so long.
const (
	maxUnnamed = time.Hour      // names without the id of a process, as earlier versions gave them
	maxNamed   = 24 * time.Hour // an other process may have got the id since then
)

// temporary matches the names of temporary files. Earlier versions gave no process id.
var temporary = regexp.MustCompile(`^\.assay-(?:([0-9]{1,10})-)?[0-9]{1,10}$`)

// Sweep removes the temporary files that killed processes left in a folder. It keeps the
// files of processes that still run, and files that Replace did not make. It is safe if
// several processes sweep and write at the same time. What cannot be removed stays.
func Sweep(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return // whoever writes there gets the error
	}
	defer func() { _ = d.Close() }() // it was only read
	names, _ := d.Readdirnames(-1)   // an error ends the list early, which leaves files for the next time
	for _, name := range names {
		path := filepath.Join(dir, name)
		if leftOver(path, name) {
			_ = os.Remove(path) // as above
		}
	}
}

// leftOver reports whether no process is writing a temporary file any more.
func leftOver(path, name string) bool {
	parts := temporary.FindStringSubmatch(name)
	if parts == nil {
		return false
	}
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	age := time.Since(info.ModTime())
	if parts[1] == "" {
		return age > maxUnnamed
	}
	pid, err := strconv.Atoi(parts[1])
	return err == nil && (age > maxNamed || !runs(pid))
}

// runs reports whether a process runs. If the system does not say, it does.
func runs(pid int) bool {
	if pid == os.Getpid() {
		return true
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0)) // sends nothing
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}
