//go:build unix

package child

import (
	"os"
	"syscall"
	"time"
)

// apart gives the command a process group of its own. A shared one stays in ours.
func (c *Command) apart() { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: !c.Shared} }

// signal sends a signal to the command and all processes in its group.
func (c *Command) signal(s os.Signal) {
	number, ok := s.(syscall.Signal)
	if !ok || c.Process == nil {
		return
	}
	if c.Shared {
		_ = c.Process.Signal(s) // it has ended already
		return
	}
	_ = syscall.Kill(-c.Process.Pid, number) // as above
}

// endRest ends the processes that the command left in its group.
func (c *Command) endRest() {
	if c.Shared {
		return
	}
	gone := func() bool { return syscall.Kill(-c.Process.Pid, 0) != nil }
	if gone() {
		return
	}
	c.signal(syscall.SIGTERM)
	for end := time.Now().Add(lingering); time.Now().Before(end); time.Sleep(lingering / 50) {
		if gone() {
			return
		}
	}
	c.signal(syscall.SIGKILL)
}

// exitCode gives the exit code of a command as shells do: 128 and the signal that ended it.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
