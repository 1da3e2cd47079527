package lazy_test

import (
	"testing"

	"assay/internal/lazy"
)

// TestRegexp checks when an expression is compiled: at its first use, and only then.
func TestRegexp(t *testing.T) {
	t.Parallel()
	form := lazy.Regexp(`^[a-z]+$`)
	if !form().MatchString("abc") || form().MatchString("ABC") {
		t.Error("it is another expression")
	}
	if first := form(); form() != first {
		t.Error("it is compiled twice")
	}
	wrong := lazy.Regexp(`(`) // it would panic here
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression does not panic")
		}
	}()
	wrong()
}
