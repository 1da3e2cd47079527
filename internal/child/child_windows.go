package child

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// apart has nothing to do: Windows has no process groups of this kind.
func (c *Command) apart() {}

// signal ends the command with all processes that it started; there is no other signal. A
// console sends an interrupt to all.
func (c *Command) signal(s os.Signal) {
	if c.Process == nil || s != syscall.SIGKILL {
		return
	}
	tree := exec.CommandContext(context.Background(), "taskkill", "/T", "/F", "/PID", strconv.Itoa(c.Process.Pid))
	if tree.Run() != nil {
		_ = c.Process.Kill() // it has ended already
	}
}

// endRest has nothing to do: what the command left cannot be found any more.
func (c *Command) endRest() {}

// exitCode gives the exit code of a command.
func exitCode(state *os.ProcessState) int { return state.ExitCode() }
