package contract

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
	Minor    Impact = "minor"    // our adapter does not look there, or has a response to it; somebody else may
	Harmless Impact = "harmless" // nothing we rely on
)

// Impacts lists them, the worst first.
func Impacts() []Impact { return []Impact{Breaks, Degrades, Minor, Harmless} }

// AtLeast tells whether an impact is as bad as another, or worse.
func (i Impact) AtLeast(other Impact) bool {
	return slices.Index(Impacts(), i) <= slices.Index(Impacts(), other)
}

// Kind is what changed.
type Kind string

// The kinds of changes that traffic shows. Documents change in further ways,
// which internal/specdiff names.
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
	NumberChanged  Kind = "number-changed"
	HeaderAdded    Kind = "header-added"
	HeaderRemoved  Kind = "header-removed"
	HeaderAbsent   Kind = "header-absent"
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

// Change is one way in which a provider is not what it was. No value that is
// hidden stands in one.
type Change struct {
	ID        string  `json:"id"` // see Identify
	Kind      Kind    `json:"kind"`
	Impact    Impact  `json:"impact"`
	Operation string  `json:"operation"` // provider/operation
	Code      string  `json:"code"`      // the result code it was met with; "": all
	At        Place   `json:"at"`
	Message   Message `json:"-"`            // internal/report writes both, as JSON too
	Why       Message `json:"-"`            // of the impact
	Was       Count   `json:"was,omitzero"` // of documents nobody counts
	Is        Count   `json:"is,omitzero"`
	Before    Value   `json:"before,omitzero"` // what stood there
	Now       Value   `json:"now,omitzero"`    // what stands there
	// Got is what did not come before, where that is one thing: a type, a value of
	// a list, a format, a status or message, an HTTP status, a content type.
	Got     Value           `json:"got,omitzero"`
	First   string          `json:"first"` // the origins of the first and the last exchange that shows it
	Last    string          `json:"last"`
	Example json.RawMessage `json:"example,omitempty"` // what shows it, with descriptions in place of values
	Doc     string          `json:"doc,omitempty"`
	Command string          `json:"command,omitempty"` // shows it again
	Status  string          `json:"status,omitempty"`  // what the ledger knows of it: new, back, known, acknowledged; "": there is none
}

// Textless is what ids and shapes have in the place of a status or a message that is
// empty.
const EmptyText = "no text"

// Times is how many responses show the change: of what is absent, those without it.
// What documents say is said once.
func (c *Change) Times() int64 {
	switch c.Kind {
	case MemberRemoved, MemberAbsent, SignatureGone, HeaderRemoved, HeaderAbsent:
		return max(c.Is.Of-c.Is.N, 1)
	}
	return max(c.Is.N, 1)
}

// Acknowledged is the status of what somebody knows of: it fails no run.
const Acknowledged = "acknowledged"

// Identify sets the id: of operation, kind, result code, place and what did not
// come before. No other value and no time goes into it, so the same change has
// the same id on every run.
func (c *Change) Identify() {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(c.Kind), c.Operation, c.Code, string(c.At.General()), c.Got.key()}, "\x00")))
	c.ID = hex.EncodeToString(sum[:6])
}

// Compare orders changes, the worst first, then by what they are about.
func (c *Change) Compare(other *Change) int {
	return cmp.Or(
		cmp.Compare(slices.Index(Impacts(), c.Impact), slices.Index(Impacts(), other.Impact)), cmp.Compare(c.Operation, other.Operation),
		cmp.Compare(c.Code, other.Code), cmp.Compare(c.At, other.At), cmp.Compare(c.Kind, other.Kind), cmp.Compare(c.ID, other.ID),
	)
}

// WorstFirst puts changes in order.
func SortChanges(all []Change) []Change {
	slices.SortStableFunc(all, func(a, b Change) int { return a.Compare(&b) })
	return all
}
