package catalog

import (
	"bytes"
	"errors"
	"io/fs"
	"regexp"
	"strings"
)

// manifestFile is the name of the manifest of cassettes.
const manifestFile = "manifest.yaml"

// recordings lays cassettes over others. The manifest below counts for the providers that
// the manifest above does not name: a folder with the cassettes of one provider leaves
// those of the others as they are.
type recordings struct{ overlay }

// Open merges the manifests; every other file is that of the overlay.
func (r recordings) Open(name string) (fs.File, error) {
	if name != manifestFile {
		return r.overlay.Open(name)
	}
	above, err := fs.ReadFile(r.above, name)
	if err != nil {
		return r.overlay.Open(name)
	}
	below, err := fs.ReadFile(r.below, name)
	if errors.Is(err, fs.ErrNotExist) {
		return r.overlay.Open(name)
	}
	if err != nil {
		return nil, err
	}
	info, err := fs.Stat(r.above, name)
	if err != nil {
		return nil, err
	}
	merged := mergeManifests(string(above), string(below))
	return &mergedFile{bytes.NewReader(merged), fileInfo{info, int64(len(merged))}}, nil
}

// entryLine is the first line of an entry of a manifest.
var entryLine = regexp.MustCompile(`^['"]?([a-z0-9]+)/[^:]*:[ \t]*$`)

// mergeManifests adds the entries of the providers that only the manifest below has. A
// manifest in another form than cassettes are recorded with stays as it is.
func mergeManifests(above, below string) []byte {
	mine := map[string]bool{}
	var kept strings.Builder
	for line := range strings.Lines(above) {
		text := strings.TrimRight(line, "\r\n")
		entry := entryLine.FindStringSubmatch(text)
		switch {
		case text == "{}":
			continue // an empty manifest
		case entry != nil:
			mine[entry[1]] = true
		case text != "" && text != "---" && !strings.HasPrefix(text, "#") && !strings.HasPrefix(text, " "):
			return []byte(above)
		}
		kept.WriteString(line)
	}
	if text := kept.String(); text != "" && !strings.HasSuffix(text, "\n") {
		kept.WriteString("\n")
	}
	wanted := false
	for line := range strings.Lines(below) {
		if entry := entryLine.FindStringSubmatch(strings.TrimRight(line, "\r\n")); entry != nil {
			wanted = !mine[entry[1]]
		} else if !strings.HasPrefix(line, " ") {
			wanted = false
		}
		if wanted {
			kept.WriteString(line)
		}
	}
	return []byte(kept.String())
}

// mergedFile is a merged file.
type mergedFile struct {
	*bytes.Reader
	info fileInfo
}

// Stat returns the file above, with the size of both.
func (m *mergedFile) Stat() (fs.FileInfo, error) { return m.info, nil }

// Close does nothing.
func (m *mergedFile) Close() error { return nil }

type fileInfo struct {
	fs.FileInfo
	size int64
}

// Size returns the size of the merged file.
func (i fileInfo) Size() int64 { return i.size }
