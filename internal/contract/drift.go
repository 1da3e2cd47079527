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

// Impact is how a change affects our client.
type Impact string

// The impacts, worst first.
const (
	Breaks   Impact = "breaks"   // our adapter reads the value or branches on it
	Degrades Impact = "degrades" // our adapter continues, with less data or later
	Minor    Impact = "minor"    // our adapter does not read it, or handles it; other clients may not
	Harmless Impact = "harmless" // no client relies on it
)

// Impacts lists the impacts, worst first.
func Impacts() []Impact { return []Impact{Breaks, Degrades, Minor, Harmless} }

// AtLeast reports whether an impact is as bad as another, or worse.
func (i Impact) AtLeast(other Impact) bool {
	return slices.Index(Impacts(), i) <= slices.Index(Impacts(), other)
}

// Kind is the kind of a change.
type Kind string

// The kinds of changes that traffic shows. Package specdiff adds the kinds that only
// documents show.
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

// Count says how often something occurred, and how often it could have.
type Count struct {
	N  int64 `json:"n"`
	Of int64 `json:"of"`
}

func (c Count) String() string { return fmt.Sprintf("%d of %d", c.N, c.Of) }

// Change is one change in the behaviour of a provider or in its documents. It holds no
// secret or personal value.
type Change struct {
	ID        string  `json:"id"` // set by Identify
	Kind      Kind    `json:"kind"`
	Impact    Impact  `json:"impact"`
	Operation string  `json:"operation"` // provider/operation
	Code      string  `json:"code"`      // the result code of the responses; "": all
	At        Place   `json:"at"`
	Message   Message `json:"-"`            // internal/report writes Message and Why, also in JSON
	Why       Message `json:"-"`            // the reason for the impact
	Was       Count   `json:"was,omitzero"` // zero for changes of documents
	Is        Count   `json:"is,omitzero"`
	Before    Value   `json:"before,omitzero"` // the old value at the place
	Now       Value   `json:"now,omitzero"`    // the new value at the place
	// Got is what is new, if it is a single thing: a type, a value of a list, a format,
	// a status or message, an HTTP status, a content type.
	Got     Value           `json:"got,omitzero"`
	First   string          `json:"first"` // origins of the first and the last exchange that show the change
	Last    string          `json:"last"`
	Example json.RawMessage `json:"example,omitempty"` // an example, with descriptions in place of values
	Doc     string          `json:"doc,omitempty"`
	Command string          `json:"command,omitempty"` // the command that shows the change again
	Status  string          `json:"status,omitempty"`  // the status in the ledger: new, back, known, acknowledged; "": no ledger
}

// EmptyText stands for an empty status or message in ids and shapes.
const EmptyText = "no text"

// Times returns the number of responses that show the change. If something is absent,
// these are the responses without it. A change of a document counts once.
func (c *Change) Times() int64 {
	switch c.Kind {
	case MemberRemoved, MemberAbsent, SignatureGone, HeaderRemoved, HeaderAbsent:
		return max(c.Is.Of-c.Is.N, 1)
	}
	return max(c.Is.N, 1)
}

// Acknowledged is the status of a change that somebody has acknowledged in the ledger.
// It fails no run.
const Acknowledged = "acknowledged"

// Identify sets the id from operation, kind, result code, place and Got. No other value
// and no time is part of it, so the same change has the same id in every run.
func (c *Change) Identify() {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(c.Kind), c.Operation, c.Code, string(c.At.General()), c.Got.key()}, "\x00")))
	c.ID = hex.EncodeToString(sum[:6])
}

// Compare orders changes, worst first, then by operation, code and place.
func (c *Change) Compare(other *Change) int {
	return cmp.Or(
		cmp.Compare(slices.Index(Impacts(), c.Impact), slices.Index(Impacts(), other.Impact)), cmp.Compare(c.Operation, other.Operation),
		cmp.Compare(c.Code, other.Code), cmp.Compare(c.At, other.At), cmp.Compare(c.Kind, other.Kind), cmp.Compare(c.ID, other.ID),
	)
}

// SortChanges sorts changes in place, worst first, and returns them.
func SortChanges(all []Change) []Change {
	slices.SortStableFunc(all, func(a, b Change) int { return a.Compare(&b) })
	return all
}
