package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/internal/report"
)

// source is one file to read.
type source struct {
	path  string      // "-": standard input
	size  int64       // bytes; -1: unknown
	named bool        // the user named it; otherwise it was found in a folder
	fault error       // why it cannot be read
	info  fs.FileInfo // nil: it is no regular file
	link  bool        // it is a symbolic link
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
		return []source{{path: root, size: size(info), named: true, info: regular(info), link: isLink(root)}}
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
	return source{path: path, size: info.Size(), info: info, link: isLink(path)}
}

// regular returns the information about a regular file, and otherwise nil.
func regular(info fs.FileInfo) fs.FileInfo {
	if info == nil || !info.Mode().IsRegular() {
		return nil
	}
	return info
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// size is the known size of a file before it is read.
func size(info fs.FileInfo) int64 {
	if info == nil || !info.Mode().IsRegular() {
		return -1
	}
	return info.Size()
}

// once removes repeated files, also under other names: links, or a path from the root. The
// name that is no link stays. A file that is named and also found in a folder counts as named.
func once(all []source) []source {
	at, known := map[string]int{}, files{}
	var kept []source
	for _, s := range all {
		path := filepath.Clean(s.path)
		i, met := at[path]
		if !met && s.info != nil {
			i, met = known.find(kept, s.info)
		}
		if !met {
			at[path] = len(kept)
			known.add(s.info, len(kept))
			kept = append(kept, s)
			continue
		}
		s.named = kept[i].named || s.named
		if !kept[i].link || s.link {
			kept[i].named = s.named
			continue
		}
		at[filepath.Clean(kept[i].path)], at[path] = len(kept), len(kept)
		kept[i].path = "" // the link is dropped
		known.add(s.info, len(kept))
		kept = append(kept, s)
	}
	return slices.DeleteFunc(kept, func(s source) bool { return s.path == "" })
}

// files finds files by what they are, not by their names.
type files map[fileKey][]int

// fileKey is equal for all names of a file.
type fileKey struct {
	size     int64
	modified int64 // nanoseconds
}

func keyOf(info fs.FileInfo) fileKey { return fileKey{info.Size(), info.ModTime().UnixNano()} }

func (f files) add(info fs.FileInfo, i int) {
	if info != nil {
		f[keyOf(info)] = append(f[keyOf(info)], i)
	}
}

// find returns the index of the last source that is the same file.
func (f files) find(all []source, info fs.FileInfo) (int, bool) {
	for _, i := range slices.Backward(f[keyOf(info)]) {
		if os.SameFile(all[i].info, info) {
			return i, true
		}
	}
	return 0, false
}

// cause removes operation and path of a PathError, which the message has already.
func cause(err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}
