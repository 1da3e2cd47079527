package contract

import "strconv"

// The kinds of files that a finding can point to.
const (
	SpecificationFile LocationKind = "specification"
	FixtureFile       LocationKind = "fixture"
	CassetteFile      LocationKind = "cassette"
	WaiversFile       LocationKind = "waivers"
)

// LocationKind is the kind of a file.
type LocationKind string

// Location is a line of a file. File is the path as the user gave it, such as
// mine/specs/paytm.yaml, or specs/paytm.yaml for embedded data. Line and Column count from
// 1; 0 means the whole file, or the whole line.
type Location struct {
	Kind LocationKind `json:"kind"`
	File string       `json:"file"`
	Line int          `json:"line,omitempty"`
	// Column counts characters. Only assay lint sets it.
	Column int `json:"column,omitempty"`
	// Embedded: the file is inside the program; `assay export` writes it out.
	Embedded bool `json:"embedded,omitempty"`
}

// String returns file:line or file:line:column, which editors and terminals can follow.
func (l Location) String() string {
	if l.Line == 0 {
		return l.File
	}
	if l.Column > 0 {
		return l.File + ":" + strconv.Itoa(l.Line) + ":" + strconv.Itoa(l.Column)
	}
	return l.File + ":" + strconv.Itoa(l.Line)
}
