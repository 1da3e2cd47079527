package shape

import "assay/internal/contract"

// ShapeSet is what was learnt from a source of exchanges.
type ShapeSet struct {
	Shapes     map[string]*Shape // by provider/operation
	Exchanges  int64             // of documented operations
	Unmatched  int64             // matched no documented operation
	Unreadable int64
	Why        error // why the first unreadable exchange could not be read
	Partial    bool  // reading was interrupted; there may be more
	// Omitted counts what was left out, because the recordings lack it.
	Omitted contract.Omitted
	// Recorder is the program that left out the first of it; nil: nothing, or not known.
	Recorder *contract.Recorder
}
