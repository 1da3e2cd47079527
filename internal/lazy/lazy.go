// Package lazy compiles regular expressions when they are first used. Every command starts with
// all packages, and uses the expressions of few.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp returns a function that gives a compiled expression, as regexp.MustCompile does. It is
// compiled once.
func Regexp(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
