package contract

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var (
	linePattern         = regexp.MustCompile(`^line (\d+): (.*)$`)
	unknownFieldPattern = regexp.MustCompile(`field (\S+) not found in type .*$`)
	// encodingPattern matches errors about bytes. The decoder gives no line for them.
	encodingPattern = regexp.MustCompile(`control characters|UTF-|Unicode|surrogate`)
	typePattern     = regexp.MustCompile(` into \S+$`)
)

// LocateYAML turns an error of the YAML decoder into one error per fault, "file:line:
// what is wrong", without the names of Go types.
func LocateYAML(file string, err error) error {
	if err == nil {
		return nil
	}
	var faults []error
	for _, text := range strings.Split(strings.TrimPrefix(err.Error(), "yaml: "), "\n") {
		text = strings.TrimSpace(text)
		if text == "unmarshal errors:" || text == "" {
			continue
		}
		text = unknownFieldPattern.ReplaceAllString(text, "there is no member $1 here")
		if m := linePattern.FindStringSubmatch(text); m != nil {
			text = m[1] + ": " + m[2]
		} else if encodingPattern.MatchString(text) {
			text = " " + text
		} else { // the decoder leaves out the first line
			text = "1: " + text
		}
		faults = append(faults, fmt.Errorf("%s:%s", file, typePattern.ReplaceAllString(text, " here")))
	}
	return errors.Join(faults...)
}
