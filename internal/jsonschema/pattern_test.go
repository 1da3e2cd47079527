package jsonschema_test

import (
	"regexp"
	"testing"

	"assay/internal/jsonschema"
)

// TestPattern compares Pattern with package regexp on every short text over a few
// characters.
func TestPattern(t *testing.T) {
	t.Parallel()
	texts := []string{""}
	for from, length := 0, 0; length < 4; length++ {
		to := len(texts)
		for _, text := range texts[from:to] {
			for _, c := range []string{"a", "b", "1", "-", "\n", "é"} {
				texts = append(texts, text+c)
			}
		}
		from = to
	}
	for _, expression := range []string{
		``, `a`, `^a`, `a$`, `^a$`, `^a*`, `a*$`, `^a*$`, `^[ab]{2,3}$`, `^(a|b1)+-?$`, `[^a]`, `^[^a]+$`, `^.$`, `(?s)^.$`, `^(?:|a-)1`, `a|^b`, `a.b`, `\d`, `^\d{1,3}$`,
		`^$`, `$`, `^`, `\ba`, `(?m)^a$`, `é`, `^[aé]$`, `(?i)^A`, `^a{3,}`, `b?$`, `x`, `^(a+)+$`, `^a|b$`,
		`^[ab]*$`, `^[a-z]+$`, `^[ab1]{2}$`, `^[ab]{2,}$`, `^[ab]?$`, `^[^a]*$`, `^[^b]{2}$`, `^([ab])*$`, `^[ab]*?$`, `(?i)^[A-B]*$`, `(?m)^[ab]*$`, `^[é-ü]*$`, `^(?:[ab]*)$`, `^[ab]$`, `^[\n]$`, `^https?`, `^.{2}`,
	} {
		pattern, err := jsonschema.NewPattern(expression)
		if err != nil {
			t.Fatal(err)
		}
		slow := regexp.MustCompile(expression)
		for _, text := range texts {
			if got, want := pattern.Matches([]byte(text)), slow.MatchString(text); got != want {
				t.Errorf("%q matches %q: %v", expression, text, got)
			}
		}
	}
}
