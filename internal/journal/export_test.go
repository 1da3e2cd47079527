package journal

// File is what a journal needs of an open file.
type File = file

// Replace replaces the open file of a journal.
func (j *Journal) Replace(with func(File) File) { j.file = with(j.file) }

// Report notes that this run names requests of earlier ones.
func (j *Journal) Report(inFlight []Entry) error { return j.report(inFlight) }
