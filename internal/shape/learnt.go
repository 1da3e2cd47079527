package shape

// Learnt is what exchanges look like, and what of them could be read.
type Learnt struct {
	Shapes    map[string]*Shape // by provider/operation
	Exchanges int64             // of documented operations
	Foreign   int64             // of nobody known
	Broken    int64
	Why       error // the first that is broken
}
