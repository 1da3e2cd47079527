package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"assay/internal/report"
)

// source is one file to read.
type source struct {
	path  string // "-": standard input
	size  int64  // bytes; -1: unknown
	named bool   // the user named it; otherwise it was found in a folder
	fault error  // why it cannot be read
}

const standard = "-"

// shown is the name of the source for people, safe to show.
func (s source) shown() string {
	if s.path == standard {
		return "stdin"
	}
	return report.Foreign(s.path)
}

// sum returns the total size, -1 if one is unknown.
func sum(all []source) int64 {
	var total int64
	for _, s := range all {
		if s.size < 0 {
			return -1
		}
		total += s.size
	}
	return total
}

// sources finds the files of all names. The error lists every name that stands for no
// file.
func sources(ctx context.Context, names []string, stdin io.Reader) ([]source, error) {
	if len(names) == 0 {
		return nil, errors.New("traffic: no input; expected files, folders, globs, or - for standard input")
	}
	var all []source
	var faults []error
	for _, name := range names {
		if name == standard {
			if stdin == nil {
				faults = append(faults, errors.New("traffic: -: standard input is not available"))
			}
			all = append(all, source{path: standard, size: -1, named: true})
			continue
		}
		found, err := meaning(name)
		if err != nil {
			faults = append(faults, fmt.Errorf("traffic: %s: %w", name, err))
		}
		for _, path := range found {
			all = append(all, below(ctx, path)...)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return once(all), errors.Join(faults...)
}

// meaning returns the files that a name stands for: the file of that name, whatever its
// characters, or the matches of a glob.
func meaning(name string) ([]string, error) {
	_, err := os.Stat(name)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return []string{name}, nil // a file that cannot be read becomes an entry that says so
	}
	if !strings.ContainsAny(name, `*?[`) {
		return nil, errors.New("no such file; expected a file, a folder, a glob, or - for standard input")
	}
	found, err := filepath.Glob(name)
	switch {
	case err != nil:
		return nil, errors.New("this is not a glob; expected * for any text without a slash, ? for a character, [a-z] for one of several")
	case len(found) == 0:
		return nil, errors.New("the glob matches no file")
	}
	return found, nil
}

// below returns a file, or what is in and below a folder in sorted order, without hidden
// files and folders. It returns less once ctx has ended.
func below(ctx context.Context, root string) []source {
	info, err := os.Stat(root)
	if err != nil || !info.IsDir() {
		return []source{{path: root, size: size(info), named: true}}
	}
	var all []source
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return fs.SkipAll
		}
		if err != nil {
			all = append(all, source{path: path, size: 0, fault: cause(err)})
			return nil // the walk continues
		}
		if path != root && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		all = append(all, found(path))
		return nil
	})
	return all
}

// found returns what a folder has under a name. What is no file cannot be read, and this is
// said: it may stand for recordings.
func found(path string) source {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return source{path: path, fault: cause(err)}
	case info.IsDir():
		return source{path: path, fault: errors.New("this is a link to a folder; name the folder itself")}
	case !info.Mode().IsRegular():
		return source{path: path, fault: errors.New("this is neither a file nor a folder")}
	}
	return source{path: path, size: info.Size()}
}

// size is the known size of a file before it is read.
func size(info fs.FileInfo) int64 {
	if info == nil || !info.Mode().IsRegular() {
		return -1
	}
	return info.Size()
}

// once removes repeated files. A file that is named and also found in a folder counts
// as named.
func once(all []source) []source {
	at := map[string]int{}
	kept := all[:0]
	for _, s := range all {
		path := filepath.Clean(s.path)
		if i, met := at[path]; met {
			kept[i].named = kept[i].named || s.named
			continue
		}
		at[path] = len(kept)
		kept = append(kept, s)
	}
	return kept
}

// cause removes operation and path of a PathError, which the message has already.
func cause(err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}
