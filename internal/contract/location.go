package contract

import "strconv"

// The kinds of files that a finding points to.
const (
	SpecificationFile LocationKind = "specification"
	FixtureFile       LocationKind = "fixture"
	CassetteFile      LocationKind = "cassette"
	WaiversFile       LocationKind = "waivers"
)

// LocationKind says what a file holds.
type LocationKind string

// Location is a line of a file that a finding is about. File is the path as the user
// gave it, such as mine/specs/paytm.yaml, or specs/paytm.yaml for embedded data. Line
// counts from 1; 0 means the whole file.
type Location struct {
	Kind LocationKind `json:"kind"`
	File string       `json:"file"`
	Line int          `json:"line,omitempty"`
}

// String is file:line, as editors and terminals follow it.
func (l Location) String() string {
	if l.Line == 0 {
		return l.File
	}
	return l.File + ":" + strconv.Itoa(l.Line)
}
