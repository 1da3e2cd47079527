//go:build !unix

package protocol

import "os/exec"

// ownGroup does nothing: this system has no groups of processes.
func ownGroup(*exec.Cmd) {}

// killGroup ends a started command.
func killGroup(c *exec.Cmd) {
	_ = c.Process.Kill() // it may have ended
}
