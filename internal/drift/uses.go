package drift

import (
	"assay/internal/contract"
)

// Weight is what becomes of the reading of a response when a member changes.
type Weight int

// The weights, the lightest first.
const (
	Unread  Weight = iota
	Read           // an adapter asks for it, and nothing came of that in what was tried
	Shows          // the message for people is another one
	Decides        // the outcome is another one
)

// Why a change of a member does to us what it does.
var (
	memberDecides = &contract.Template{ID: "impact.decides", Text: "our adapter reads it, and the outcome depends on it"}
	memberShown   = &contract.Template{ID: "impact.shown", Text: "our adapter reads it to tell people what happened"}
	memberRead    = &contract.Template{ID: "impact.read", Text: "our adapter reads it, and the outcome does not depend on it"}
	memberUnread  = &contract.Template{ID: "impact.unread", Text: "our adapter does not read it"}
)

// Impact is what a change of a member does that weighs so much, and why.
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

// Uses is what an adapter does with the responses of one operation, learnt by
// having it read responses.
type Uses struct {
	Codes []string // of its table
	// Members has, by result code, the pointers it asked for, and what becomes of the
	// reading where one is Gone or something of a type stands there; code "" is all of
	// them together.
	Members map[string]map[contract.Pointer]map[string]Weight
	// Texts has, by result code, the formats of texts that make another state of the
	// outcome in the place of a member; code "" is all of them together.
	Texts map[string]map[contract.Pointer]map[string]bool
	// Status tells that another HTTP status changes the outcome.
	Status bool
	// Headers are those of the responses that were tried without which the outcome is
	// another one, in lower case.
	Headers []string
}

// Refuse notes that a text of a format is not taken for a member: see Formats.
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

// Refuses tells whether the adapter does not take a text of a format for a member.
func (u *Uses) Refuses(code string, pointer contract.Pointer, format string) bool {
	if u == nil {
		return false
	}
	return u.Texts[u.tried(code)][pointer][format]
}

// tried is the code, or "" for one that nobody tried: then any does.
func (u *Uses) tried(code string) string {
	if u.Members[code] == nil {
		return ""
	}
	return code
}

// Gone stands beside the types, for a member that is absent.
const Gone = "absent"

// Note raises the weight of a member where it is Gone, or of a type.
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

// Of is the weight of a member for a code: the heaviest of what is read at the
// pointer and below it. Of a code that nobody tried it is that of any.
func (u *Uses) Of(code string, pointer contract.Pointer) Weight {
	return u.heaviest(code, pointer, func(string, bool) bool { return true })
}

// By is the weight of a member for a code where it is Gone, or of a type: what is read
// below it is absent then.
func (u *Uses) By(code string, pointer contract.Pointer, how string) Weight {
	return u.heaviest(code, pointer, func(tried string, below bool) bool {
		return below && tried == Gone || !below && tried == how
	})
}

// heaviest is the heaviest of what counts at the pointer and below it.
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
