package contract

// Reproduce says how to get a report again. What the report was made of stands beside it: the
// version of assay and the specifications. It has no time, so that the same run gives the same
// report.
type Reproduce struct {
	Command string `json:"command"`        // the whole command, without secrets
	Seed    string `json:"seed,omitempty"` // of the random choices, or none and the reason; "": it is not known
}
