package drift

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Impact is what a change does to us.
type Impact string

// The impacts, the worst first.
const (
	Breaks   Impact = "breaks"   // our adapter reads it, or branches on it
	Degrades Impact = "degrades" // our adapter goes on, with less or later
	Watch    Impact = "watch"    // our adapter does not look there, or has an answer to it; somebody else may
	Harmless Impact = "harmless" // nothing we rely on
)

// Impacts lists them, the worst first.
func Impacts() []Impact { return []Impact{Breaks, Degrades, Watch, Harmless} }

// AtLeast tells whether an impact is as bad as another, or worse.
func (i Impact) AtLeast(other Impact) bool {
	return slices.Index(Impacts(), i) <= slices.Index(Impacts(), other)
}

// Kind is what changed.
type Kind string

// The kinds of changes.
const (
	MemberAdded    Kind = "member-added"
	MemberRemoved  Kind = "member-removed"
	MemberAbsent   Kind = "member-absent"
	MemberRetyped  Kind = "member-retyped"
	MemberNull     Kind = "member-null"
	EnumWidened    Kind = "enum-widened"
	FormatChanged  Kind = "format-changed"
	LengthChanged  Kind = "length-changed"
	SizeChanged    Kind = "size-changed"
	CodeNew        Kind = "code-new"
	CodeGone       Kind = "code-gone"
	StatusChanged  Kind = "status-changed"
	MessageChanged Kind = "message-changed"
	HTTPChanged    Kind = "http-changed"
	MediaChanged   Kind = "media-changed"
	SignatureGone  Kind = "signature-gone"
	Slower         Kind = "slower"
)

// Count is how often something was met, of how many times it could have been.
type Count struct {
	N  int64 `json:"n"`
	Of int64 `json:"of"`
}

func (c Count) String() string { return fmt.Sprintf("%d of %d", c.N, c.Of) }

// Change is one thing that is not what it was.
type Change struct {
	ID        string `json:"id"` // of kind, operation, code, place and detail: the same on every run
	Kind      Kind   `json:"kind"`
	Impact    Impact `json:"impact"`
	Operation string `json:"operation"`
	Code      string `json:"code"`
	At        string `json:"at"` // see contract.AnswerBody
	Message   string `json:"message"`
	Why       string `json:"why"` // of the impact
	Was       Count  `json:"was"`
	Is        Count  `json:"is"`
	First     string `json:"first"` // the origins of the first and the last exchange that shows it
	Last      string `json:"last"`
	Example   string `json:"example"` // what stands there now, without values that are hidden
	Doc       string `json:"doc"`
	Command   string `json:"command"`          // shows it again
	Status    string `json:"status,omitempty"` // what the ledger knows of it: new, back, known, acknowledged; "": there is none
}

func (c *Change) identify(detail string) {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(c.Kind), c.Operation, c.Code, c.At, detail}, "\x00")))
	c.ID = hex.EncodeToString(sum[:6])
}

// Acknowledged is the status of what somebody knows of: it fails no run.
const Acknowledged = "acknowledged"

// Sorted puts changes in order, the worst first.
func Sorted(all []Change) []Change {
	slices.SortStableFunc(all, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Impacts(), a.Impact), slices.Index(Impacts(), b.Impact)), cmp.Compare(a.Operation, b.Operation),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.At, b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID),
		)
	})
	return all
}
