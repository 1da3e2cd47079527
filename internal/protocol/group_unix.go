//go:build unix

package protocol

import (
	"os/exec"
	"syscall"
)

// ownGroup makes a command the first of a group of processes.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends a started command and all processes of its group.
func killGroup(c *exec.Cmd) {
	_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // they may have ended
}
