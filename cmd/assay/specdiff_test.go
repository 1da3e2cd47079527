package main

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// editFile replaces a text in a file: edited FILE OLD NEW.
func editFile(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: edited FILE OLD NEW")
	}
	before := ts.ReadFile(args[0])
	after := strings.ReplaceAll(before, args[1], args[2])
	if before == after {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(replaced(ts.MkAbs(args[0]), []byte(after)))
}
