package shape

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/internal/contract"
)

var (
	statusForm = regexp.MustCompile(`^[1-5][0-9]{2}$`)
	rangeForm  = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	mailIn     = regexp.MustCompile(`[^@\s]@[^@\s]+\.[^@\s]`)
)

// longest is how many bytes a text of a shape may have, such as a pointer.
const longest = 1024

// keepable tells whether a text of a file may stand in a shape, as far as that
// can be told without the documents.
func keepable(s string) bool {
	return utf8.ValidString(s) && len(s) <= longest && !strings.ContainsFunc(s, unicode.IsControl) &&
		!number8.MatchString(s) && !panForm.MatchString(s) && !mailIn.MatchString(s) && !suspicious(s)
}

// kept tells whether a pointer is one that learning writes: each of its names may be
// kept.
func kept(pointer contract.Pointer) bool {
	for name := range pointer.Tokens() {
		if !keepable(name) {
			return false
		}
	}
	return len(pointer) <= longest
}

// sound tells of what learning never writes: a file may have been edited. What it
// says names no value.
func (p *Part) sound() error {
	var faults []error
	formats := Formats()
	check := func(where string, t Tally, ok func(string) bool) {
		for name, s := range t {
			if s != nil && s.N < 0 {
				faults = append(faults, fmt.Errorf("%s: expected a count, and no negative one", where))
			}
			if name != Rest && !ok(name) {
				faults = append(faults, fmt.Errorf("%s: one has a name that no shape may keep", where))
			}
		}
	}
	check("evidence", p.Evidence, keepable)
	check("http", p.HTTP, statusForm.MatchString)
	check("media", p.Media, func(s string) bool {
		return keepable(s) && (s == None || s == other || s == "unreadable" || mediaForm.MatchString(s) && !valued(s))
	})
	check("headers", p.Headers, headed)
	check("statuses", p.Statuses, keepable)
	check("messages", p.Messages, keepable)
	for bucket, n := range p.Latency {
		if bucket < 0 || n < 0 {
			faults = append(faults, errors.New("latency: expected no negative number"))
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(p.Members)) {
		m := p.Members[pointer]
		if !kept(pointer) {
			faults = append(faults, errors.New("members: one has a name that no shape may keep"))
			continue
		}
		if m == nil {
			continue
		}
		where := "members: " + string(pointer) + ": "
		check(where+"types", m.Types, func(s string) bool {
			return slices.Contains([]string{"null", "boolean", "integer", "number", "string", "array", "object"}, s)
		})
		check(where+"formats", m.Formats, func(s string) bool { _, known := formats[s]; return known })
		check(where+"values", m.Values, keepable)
		for name, r := range map[string]*Range{"length": m.Length, "items": m.Items, "number": m.Number} {
			if r != nil && (!ranged(r.Min) || !ranged(r.Max)) {
				faults = append(faults, fmt.Errorf("%s%s: expected two numbers", where, name))
			}
		}
	}
	return errors.Join(faults...)
}

// ranged tells whether a text is an end of a range: a number as JSON has it.
func ranged(s string) bool { return len(s) <= 32 && rangeForm.MatchString(s) }
