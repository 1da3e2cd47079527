//go:build unix

package protocol

import (
	"os/exec"
	"syscall"
)

// away makes a command a process outside the group of its parent.
func away(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// gone reports whether a process has ended. A zombie counts as ended.
func gone(pid int) bool { return syscall.Kill(pid, 0) != nil || zombie(pid) }
