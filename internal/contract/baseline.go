package contract

// What a finding or a change is against a baseline or a ledger.
const (
	StatusNew   = "new"   // it was not there before
	StatusKnown = "known" // it was there before. Against a baseline it fails no run
	StatusBack  = "back"  // it was there before, was absent, and is there again
)

// Baseline says what became of the findings of earlier reports.
type Baseline struct {
	Files []string `json:"files"` // the earlier reports, the oldest first
	New   int      `json:"new"`
	Known int      `json:"known"`
	Back  int      `json:"back"`
	// Fixed lists findings of the newest baseline that are gone, although their rule checked
	// their case again.
	Fixed []FixedFinding `json:"fixed"`
	// Unchecked is the number of findings of the newest baseline that are not there, and whose
	// rule did not check their case. They may be fixed or not.
	Unchecked int `json:"unchecked"`
}

// FixedFinding is a finding that is gone. Rule is the kind if it was a change.
type FixedFinding struct {
	ID        string   `json:"id"`
	Operation string   `json:"operation"` // provider/operation
	Case      string   `json:"case,omitempty"`
	Rule      string   `json:"rule"`
	Severity  Severity `json:"severity"`
	At        Place    `json:"at"`
	Message   Message  `json:"-"`
	Doc       string   `json:"doc"`
}

// Shard says which part of a run a report is about.
type Shard struct {
	Index int `json:"index"` // from 1
	Of    int `json:"of"`    // how many there are
	// Total is the number of results of the whole run, and Positions are those of these
	// results in it, from 0.
	Total     int   `json:"total"`
	Positions []int `json:"positions"`
	// Cells are the positions of the cells of each row of the matrix, by scenario.
	Cells map[string][]int `json:"cells,omitempty"`
}
