package child

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// killMarked ends all processes that have a variable in their environment: what a command
// started inherits it, also outside its group. It lists /proc only, not the folder of each
// process.
func killMarked(variable string) {
	all, err := os.Open("/proc")
	if err != nil {
		return // this system does not show its processes
	}
	names, _ := all.Readdirnames(-1) // what can be read
	_ = all.Close()                  // it was only read
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || pid == os.Getpid() {
			continue
		}
		environment, err := os.ReadFile(filepath.Join("/proc", name, "environ"))
		if err != nil || !bytes.Contains(environment, []byte(variable)) {
			continue // it is another user's, or has ended
		}
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
	}
}
