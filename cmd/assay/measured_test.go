package main

import "os"

// memoryEnv names the file into which measured writes the memory that it used.
const memoryEnv = "ASSAY_TEST_MEMORY"

// measured is the command, and writes the most memory that its process used.
func measured() {
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, heap: startHeap()}
	code := p.untilSignal(os.Args[1:])
	raw, err := os.ReadFile("/proc/self/status")
	if err == nil {
		err = os.WriteFile(os.Getenv(memoryEnv), raw, 0o600)
	}
	if err != nil {
		code = workerFailed(err)
	}
	os.Exit(code)
}
