package crash_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/internal/crash"
)

const secret = "merchant-key-1"

// TestContain plants panics of every form. The error names what panicked and never holds
// the value.
func TestContain(t *testing.T) {
	t.Parallel()
	var list []int
	var table map[string]int
	var nothing *struct{ member int }
	var text any = secret
	for name, plant := range map[string]func(){
		"index":       func() { _ = list[len(secret)] },
		"nil":         func() { _ = nothing.member },
		"map":         func() { table[secret] = 1 },
		"assertion":   func() { _ = text.(int) },
		"unhashable":  func() { _ = map[any]int{[]string{secret}: 1} },
		"text":        func() { panic(secret) },
		"error":       func() { panic(errors.New(secret)) },
		"wrapped":     func() { panic(fmt.Errorf("at %s: %w", secret, errors.ErrUnsupported)) },
		"nil value":   func() { panic(nil) },
		"own runtime": func() { panic(fmt.Sprint(secret)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := crash.Contain("rule planted", func() { planted(plant) })
			if err == nil {
				t.Fatal("no error")
			}
			whole := err.Error() + strings.Join(err.Stack, "\n")
			if !strings.HasPrefix(err.Error(), "rule planted panicked: ") || !strings.Contains(err.Error(), "report") || strings.Contains(whole, secret) {
				t.Errorf("%s", whole)
			}
			if !slices.ContainsFunc(err.Stack, func(f string) bool { return strings.Contains(f, "crash_test.planted (crash_test.go:") }) || strings.Contains(whole, "0x") {
				t.Errorf("the stack is %q", err.Stack)
			}
		})
	}
}

//go:noinline
func planted(f func()) { f() }

// TestContainNothing returns nil if there is no panic.
func TestContainNothing(t *testing.T) {
	t.Parallel()
	called := false
	if err := crash.Contain("", func() { called = true }); err != nil || !called {
		t.Error(err, called)
	}
}
