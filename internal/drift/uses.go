package drift

import (
	"assay/internal/contract"
)

// Weight says what a change of a member does to the outcome that an adapter reads.
type Weight int

// The weights, the smallest first.
const (
	Unread  Weight = iota
	Read           // the adapter reads it, and no trial changed the outcome
	Shows          // the message for people changes
	Decides        // the outcome changes
)

// Reasons for the impact of a change of a member.
var (
	memberDecides = &contract.Template{ID: "impact.decides", Text: "our adapter reads it, and the outcome depends on it"}
	memberShown   = &contract.Template{ID: "impact.shown", Text: "our adapter reads it for the message to people"}
	memberRead    = &contract.Template{ID: "impact.read", Text: "our adapter reads it, and the outcome does not depend on it"}
	memberUnread  = &contract.Template{ID: "impact.unread", Text: "our adapter does not read it"}
)

// Impact returns the impact of a change of a member with this weight, and the reason.
func (w Weight) Impact() (contract.Impact, contract.Message) {
	switch w {
	case Decides:
		return contract.Breaks, memberDecides.Says()
	case Shows:
		return contract.Degrades, memberShown.Says()
	case Read:
		return contract.Minor, memberRead.Says()
	case Unread:
	}
	return contract.Minor, memberUnread.Says()
}

// Uses says what an adapter does with the responses of one operation. Package impact
// finds it out by letting the adapter read responses. See DocumentedUses for a provider
// without an adapter.
type Uses struct {
	Codes []string // the codes of its table
	// Members has the weight of each member that the adapter reads, by result code and
	// by what is in its place: Gone or a type. Code "" has the maximum of all codes.
	Members map[string]map[contract.Pointer]map[string]Weight
	// Texts has, by result code, the formats of texts that change the state of the
	// outcome. Code "" has those of all codes.
	Texts map[string]map[contract.Pointer]map[string]bool
	// Status is true if another HTTP status changes the outcome.
	Status bool
	// Headers are the headers, in lower case, without which the outcome changes.
	Headers []string
	// Documented: no adapter speaks to the provider, and the uses are those of its documents.
	Documented bool
}

// Refuse notes that the adapter rejects a format of text for a member: see
// shape.Formats.
func (u *Uses) Refuse(code string, pointer contract.Pointer, format string) {
	if u.Texts == nil {
		u.Texts = map[string]map[contract.Pointer]map[string]bool{}
	}
	for _, c := range []string{code, ""} {
		if u.Texts[c] == nil {
			u.Texts[c] = map[contract.Pointer]map[string]bool{}
		}
		if u.Texts[c][pointer] == nil {
			u.Texts[c][pointer] = map[string]bool{}
		}
		u.Texts[c][pointer][format] = true
	}
}

// Refuses reports whether the adapter rejects a format of text for a member.
func (u *Uses) Refuses(code string, pointer contract.Pointer, format string) bool {
	if u == nil {
		return false
	}
	return u.Texts[u.tried(code)][pointer][format]
}

// tried returns the code, or "" if no response with the code was tried: then those of
// all codes apply.
func (u *Uses) tried(code string) string {
	if u.Members[code] == nil {
		return ""
	}
	return code
}

// Gone stands in place of a type for a member that is absent.
const Gone = "absent"

// Note raises the weight of a member that is Gone or has a type.
func (u *Uses) Note(code string, pointer contract.Pointer, how string, w Weight) {
	if u.Members == nil {
		u.Members = map[string]map[contract.Pointer]map[string]Weight{}
	}
	for _, c := range []string{code, ""} {
		if u.Members[c] == nil {
			u.Members[c] = map[contract.Pointer]map[string]Weight{}
		}
		if u.Members[c][pointer] == nil {
			u.Members[c][pointer] = map[string]Weight{}
		}
		u.Members[c][pointer][how] = max(u.Members[c][pointer][how], w)
	}
}

// Of returns the weight of a member for a code: the maximum of the member and
// everything below it. For a code that was not tried, all codes apply.
func (u *Uses) Of(code string, pointer contract.Pointer) Weight {
	return u.heaviest(code, pointer, func(string, bool) bool { return true })
}

// By returns the weight of a member that is Gone or has a type. Everything below it is
// absent then.
func (u *Uses) By(code string, pointer contract.Pointer, how string) Weight {
	return u.heaviest(code, pointer, func(tried string, below bool) bool {
		return below && tried == Gone || !below && tried == how
	})
}

// heaviest returns the maximum weight at the pointer and below it, of what counts
// accepts.
func (u *Uses) heaviest(code string, pointer contract.Pointer, counts func(how string, below bool) bool) Weight {
	if u == nil {
		return Unread
	}
	heaviest := Unread
	for read, tried := range u.Members[u.tried(code)] {
		if !pointer.Contains(read) {
			continue
		}
		below := read != pointer
		heaviest = max(heaviest, Read)
		for how, w := range tried {
			if counts(how, below) {
				heaviest = max(heaviest, w)
			}
		}
	}
	return heaviest
}
