package journal

import "os"

// lock does nothing: two runs at once would name the requests of each other.
func lock(*os.File) error { return nil }
