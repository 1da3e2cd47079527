package shape

// Learnt is what exchanges look like, and what of them could be read.
type ShapeSet struct {
	Shapes     map[string]*Shape // by provider/operation
	Exchanges  int64             // of documented operations
	Unmatched  int64             // of nobody known
	Unreadable int64
	Why        error // the first that is broken
}
