// Package testsize says how much of their work tests do. make test takes a minute: a test with many
// inputs of one kind takes some of them, and attacks, limits of memory and other tests that take
// long are skipped. make test-full takes every input and skips none of them, and .ci/run runs it.
// make attack repeats for minutes what depends on chance.
package testsize

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// The environment variable, and what it may be besides empty.
const (
	variable   = "ASSAY_TESTS"
	full, long = "full", "long"
)

var size = sync.OnceValue(func() string {
	value := os.Getenv(variable)
	if value != "" && value != full && value != long {
		panic(fmt.Sprintf("%s is %q; it may be %s, %s or empty", variable, value, full, long))
	}
	return value
})

// Full reports whether a test does all its work, as in make test-full and make attack.
func Full() bool { return size() != "" }

// Long reports whether tests of hostile peers run in their long form, as in make attack.
func Long() bool { return size() == long }

// Some returns all of a list in make test-full, and otherwise n of them: the first, the last, and
// others in even steps between. The same list gives the same ones.
func Some[T any](all []T, n int) []T {
	if Full() {
		return all
	}
	return spread(all, n)
}

// spread returns n of a list in even steps, with the first and the last. It returns the whole list if
// that has no more, and at least two.
func spread[T any](all []T, n int) []T {
	n = max(n, 2)
	if len(all) <= n {
		return all
	}
	some := make([]T, n)
	for i := range some {
		some[i] = all[i*(len(all)-1)/(n-1)]
	}
	return some
}

// SkipUnlessFull leaves a test to make test-full. It is for attacks, limits of memory and time, and
// tests that cannot do less.
func SkipUnlessFull(t testing.TB) {
	t.Helper()
	if !Full() {
		t.Skip("make test-full runs it")
	}
}

// Benchmark returns how much a benchmark does: all of it, or a little with -short, as make bench-check
// runs it to see that it works.
func Benchmark(all, short int) int {
	if testing.Short() {
		return short
	}
	return all
}
