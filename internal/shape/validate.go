package shape

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/lazy"
)

var (
	statusForm = lazy.Regexp(`^[1-5][0-9]{2}$`)
	rangeForm  = lazy.Regexp(`^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	mailIn     = lazy.Regexp(`[^@\s]@[^@\s]+\.[^@\s]`)
)

// longest is the maximum length of a text in a shape, in bytes.
const longest = 1024

// allowed reports whether a text may be part of a shape, as far as that can be decided
// without the specification.
func allowed(s string) bool {
	return utf8.ValidString(s) && len(s) <= longest && !strings.ContainsFunc(s, unicode.IsControl) &&
		!number8().MatchString(s) && !panForm().MatchString(s) && !mailIn().MatchString(s) && !detected(s)
}

// eightDigits has the form of a code of eight digits, with or without a variant. Personal
// numbers of eight digits are rare, and codes are not.
var eightDigits = lazy.Regexp(`^[0-9]{8}(/[a-z0-9-]+)?$`)

// documentable reports whether a code, a status or a value that the specification lists may
// be part of a shape. A Learner writes others only if they are allowed.
func documentable(s string) bool { return allowed(s) || eightDigits().MatchString(s) }

// validPointer reports whether each name of a pointer is allowed.
func validPointer(pointer contract.Pointer) bool {
	for name := range pointer.Tokens() {
		if !allowed(name) {
			return false
		}
	}
	return len(pointer) <= longest
}

// validate returns an error for everything that a Learner never writes, because files
// may be edited. The error contains no values.
func (p *Part) validate() error {
	var faults []error
	formats := Formats()
	check := func(where string, t Tally, ok func(string) bool) {
		for name, s := range t {
			if s != nil && s.N < 0 {
				faults = append(faults, fmt.Errorf("%s: expected a count that is not negative", where))
			}
			if name != Rest && !ok(name) {
				faults = append(faults, fmt.Errorf("%s: a name is not allowed in a shape: it is malformed or may be personal", where))
			}
		}
	}
	check("evidence", p.Evidence, allowed)
	check("http", p.HTTP, statusForm().MatchString)
	check("media", p.Media, func(s string) bool {
		return allowed(s) && (s == None || s == other || s == "unreadable" || mediaForm().MatchString(s) && !looksLikeValue(s))
	})
	check("headers", p.Headers, allowedHeader)
	check("statuses", p.Statuses, documentable)
	check("messages", p.Messages, allowed)
	for bucket, n := range p.Latency {
		if bucket < 0 || n < 0 {
			faults = append(faults, errors.New("latency: expected numbers that are not negative"))
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(p.Members)) {
		m := p.Members[pointer]
		if !validPointer(pointer) {
			faults = append(faults, errors.New("members: a name is not allowed in a shape: it is malformed or may be personal"))
			continue
		}
		if m == nil {
			continue
		}
		where := "members: " + string(pointer) + ": "
		check(where+"types", m.Types, func(s string) bool {
			return slices.Contains([]string{"null", "boolean", "integer", "number", "string", "array", "object"}, s)
		})
		if m.Replaced != nil && m.Replaced.N < 1 {
			faults = append(faults, fmt.Errorf("%sreplaced: expected a count above zero", where))
		}
		check(where+"formats", m.Formats, func(s string) bool { _, known := formats[s]; return known })
		check(where+"values", m.Values, documentable)
		for name, r := range map[string]*Range{"length": m.Length, "items": m.Items, "number": m.Number} {
			if r != nil && (!validNumber(r.Min) || !validNumber(r.Max)) {
				faults = append(faults, fmt.Errorf("%s%s: expected two numbers", where, name))
			}
		}
	}
	return errors.Join(faults...)
}

// validNumber reports whether a text is a JSON number of limited length.
func validNumber(s string) bool { return len(s) <= 32 && rangeForm().MatchString(s) }
