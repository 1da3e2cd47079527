package lint

import (
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"assay/internal/catalog"
)

// fault is something that prevents a file from loading.
type fault struct {
	file string // such as specs/paytm.yaml
	line int    // 0: the whole file
	text string
}

// faultStart matches how the loaders begin each fault: file:line: or file:
var faultStart = regexp.MustCompile(`^((?:specs|fixtures)/[^:\n]*?|[^:\s]+\.ya?ml):(?:(\d+):)? ?(.*)$`)

// faultsOf returns the faults that an error lists, one a line. A line that names no file
// belongs to the fault before it.
func faultsOf(err error) []fault {
	var all []fault
	for _, line := range strings.Split(err.Error(), "\n") {
		m := faultStart.FindStringSubmatch(line)
		switch {
		case m != nil:
			at, _ := strconv.Atoi(m[2]) // "" is 0: the whole file
			all = append(all, fault{m[1], at, m[3]})
		case len(all) > 0:
			all[len(all)-1].text += " " + strings.TrimSpace(line)
		default:
			all = append(all, fault{"data", 0, line})
		}
	}
	return all
}

// known reports whether the data has the file.
func (f fault) known(data catalog.Data) bool {
	_, err := fs.Stat(data, f.file)
	return err == nil
}

// cutLine cuts the line off "file:line".
func cutLine(where string) (file string) {
	i := strings.LastIndexByte(where, ':')
	if i < 0 {
		return where
	}
	if _, err := strconv.Atoi(where[i+1:]); err != nil {
		return where
	}
	return where[:i]
}
