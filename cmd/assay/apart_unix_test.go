//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// apart makes a command a process outside the group of its parent.
func apart(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
