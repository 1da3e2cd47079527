package drift

import (
	"strings"

	"assay/internal/contract"
)

// Weight is what becomes of the reading of an answer when a member changes.
type Weight int

// The weights, the lightest first.
const (
	Unread  Weight = iota
	Read           // an adapter asks for it, and nothing came of that in what was tried
	Shows          // the message for people is another one
	Decides        // the outcome is another one
)

// Impact is what a change of a member does that weighs so much, and why.
func (w Weight) Impact() (contract.Impact, string) {
	switch w {
	case Decides:
		return contract.Breaks, "our adapter reads it, and the outcome depends on it"
	case Shows:
		return contract.Degrades, "our adapter reads it to tell people what happened"
	case Read:
		return contract.Watch, "our adapter reads it, and the outcome does not depend on it"
	case Unread:
	}
	return contract.Watch, "our adapter does not read it"
}

// Uses is what an adapter does with the answers of one operation, learnt by
// having it read answers.
type Uses struct {
	Codes []string // of its table
	// Members has, by result code, the pointers it asked for; code "" is all of
	// them together.
	Members map[string]map[string]Weight
	// Texts has, by result code, the members in whose place another text makes
	// another state of the outcome; code "" is all of them together.
	Texts map[string]map[string]Text
	// Status tells that another HTTP status changes the outcome.
	Status bool
	// Headers are those of the answers that were tried without which the outcome is
	// another one, in lower case.
	Headers []string
}

// Text tells which texts an adapter does not take for a member.
type Text struct{ Empty, Other bool }

// Refuse notes that a text is not taken for a member.
func (u *Uses) Refuse(code, pointer string, t Text) {
	if u.Texts == nil {
		u.Texts = map[string]map[string]Text{}
	}
	for _, c := range []string{code, ""} {
		if u.Texts[c] == nil {
			u.Texts[c] = map[string]Text{}
		}
		had := u.Texts[c][pointer]
		u.Texts[c][pointer] = Text{had.Empty || t.Empty, had.Other || t.Other}
	}
}

// Refuses tells whether the adapter does not take a text of a format for a member,
// "empty" or any other that it had not before.
func (u *Uses) Refuses(code, pointer, format string) bool {
	if u == nil {
		return false
	}
	members, tried := u.Texts[code]
	if _, known := u.Members[code]; !tried && !known {
		members = u.Texts[""]
	}
	if format == "empty" {
		return members[pointer].Empty
	}
	return members[pointer].Other
}

// Note raises the weight of a member.
func (u *Uses) Note(code, pointer string, w Weight) {
	if u.Members == nil {
		u.Members = map[string]map[string]Weight{}
	}
	for _, c := range []string{code, ""} {
		if u.Members[c] == nil {
			u.Members[c] = map[string]Weight{}
		}
		u.Members[c][pointer] = max(u.Members[c][pointer], w)
	}
}

// Of is the weight of a member for a code: the heaviest of what is read at the
// pointer and below it. Of a code that nobody tried it is that of any.
func (u *Uses) Of(code, pointer string) Weight {
	if u == nil {
		return Unread
	}
	members, tried := u.Members[code]
	if !tried {
		members = u.Members[""]
	}
	heaviest := Unread
	for read, w := range members {
		if read == pointer || strings.HasPrefix(read, pointer+"/") {
			heaviest = max(heaviest, w)
		}
	}
	return heaviest
}
