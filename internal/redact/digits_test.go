package redact_test

import (
	"math/rand/v2"
	"reflect"
	"regexp"
	"testing"

	"assay/internal/redact"
)

// TestDigits compares what is read by hand with the expressions that say what it is.
func TestDigits(t *testing.T) {
	t.Parallel()
	run, group := regexp.MustCompile(`[0-9]+(?:[ ._/()-]{1,2}[0-9]+)*`), regexp.MustCompile(`[0-9]+`)
	four, code := regexp.MustCompile(`[0-9]{4}`), regexp.MustCompile(`[a-z]{4}0`)
	const alphabet = "00112345 ._/()-ab+\x80"
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		raw := make([]byte, random.IntN(24))
		for i := range raw {
			raw[i] = alphabet[random.IntN(len(alphabet))]
		}
		text := string(raw)
		var want, got [][][2]int
		for _, span := range run.FindAllStringIndex(text, -1) {
			var groups [][2]int
			for _, one := range group.FindAllStringIndex(text[span[0]:span[1]], -1) {
				groups = append(groups, [2]int{span[0] + one[0], span[0] + one[1]})
			}
			want = append(want, groups)
		}
		for groups := redact.DigitGroups(text, 0); len(groups) > 0; groups = redact.DigitGroups(text, groups[len(groups)-1][1]) {
			got = append(got, groups)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: groups of digits %v, want %v", text, got, want)
		}
		if got, want := redact.HasDigits(text, 4), four.MatchString(text); got != want {
			t.Fatalf("%q: four digits %t, want %t", text, got, want)
		}
		if got, want := redact.HasCode(text), code.MatchString(text); got != want {
			t.Fatalf("%q: a code %t, want %t", text, got, want)
		}
	}
}

// TestManyPlaces redacts many members of a peer: each place is listed once.
func TestManyPlaces(t *testing.T) {
	t.Parallel()
	s := known()
	body := []byte(`{"x":[`)
	for i := range 20000 {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, `"k"`...)
	}
	ex := exchange(`{"known":"k"}`, string(append(body, `]}`...)))
	ex.Response.Header["X-Any"] = []string{pan + " one", pan + " two"} // one place, redacted twice
	s.Exchange(ex)
	seen := map[any]bool{}
	for _, place := range s.Touched() {
		if seen[place] {
			t.Fatalf("%s is listed twice", place)
		}
		seen[place] = true
	}
	if len(seen) < 20000 {
		t.Errorf("%d places are listed", len(seen))
	}
}
