//go:build !unix

package protocol

import "os/exec"

func away(*exec.Cmd) {}

func gone(int) bool { return true }
