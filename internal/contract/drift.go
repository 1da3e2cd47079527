package contract

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Impact is what a change does to us.
type Impact string

// The impacts, as text in reports and flags.
const (
	Harmless Impact = "harmless" // nobody here looks there
	Watch    Impact = "watch"    // nothing breaks; somebody should know
	Degrades Impact = "degrades" // we go on, and know less than before
	Breaks   Impact = "breaks"   // our adapter reads it, or branches on it
)

// Impacts lists them, the mildest first.
func Impacts() []Impact { return []Impact{Harmless, Watch, Degrades, Breaks} }

// AtLeast tells whether i does as much to us as other, or more.
func (i Impact) AtLeast(other Impact) bool {
	return slices.Index(Impacts(), i) >= slices.Index(Impacts(), other)
}

// Change is one way in which a provider is not what it was.
type Change struct {
	Operation string `json:"operation"` // provider/operation
	// Kind is what has changed: member-added, member-removed, member-retyped,
	// became-null, became-absent, enum-widened, format-changed, length-changed,
	// code-new, code-gone, code-status, code-message, http-status,
	// content-type, signature-gone, slower.
	Kind        string `json:"kind"`
	Code        string `json:"code"` // the result code it was met with; "": all
	At          string `json:"at"`   // see Place
	Impact      Impact `json:"impact"`
	Was         string `json:"was"` // in words, scrubbed
	Is          string `json:"is"`
	Message     string `json:"message"`
	Count       int64  `json:"count"` // how often it was met
	First       string `json:"first"` // the origins of the first and the last time
	Last        string `json:"last"`
	Fingerprint string `json:"fingerprint"`
}

// Identify sets the fingerprint: of operation, kind, result code and place. No
// other value and no time goes into it, so the same change has the same
// fingerprint on every run.
func (c *Change) Identify() {
	sum := sha256.Sum256([]byte(strings.Join([]string{c.Operation, c.Kind, c.Code, General(c.At)}, "\x00")))
	c.Fingerprint = hex.EncodeToString(sum[:8])
}
