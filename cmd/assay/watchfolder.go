package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"assay/internal/config"
	"assay/internal/contract"
	"assay/internal/lazy"
	"assay/internal/report"
	"assay/internal/watch"
)

// folder checks what is new in the folder of a job: files that are new or changed, and the
// lines that were added to files of NDJSON.
func (w *watchRunner) folder(ctx context.Context, job config.WatchJob, seen *observed, to string) watch.Outcome {
	marks, err := w.store.Files(ctx, job.Name)
	if err != nil {
		return watch.Outcome{NoData: "the store failed: " + err.Error(), Exit: exitInconclusive}
	}
	found, err := newTraffic(job.Folder, marks)
	defer found.close()
	if err != nil {
		return watch.Outcome{NoData: report.Errors(err.Error()), Exit: exitInconclusive}
	}
	if len(found.whole) == 0 && len(found.added) == 0 && len(found.judged) == 0 {
		o := w.quiet(ctx, job)
		o.Files = found.marks // names that changed
		return o
	}
	for _, log := range found.judged {
		if why := seen.judged(log, job.Things); why != "" {
			w.unreadable(ctx, job, seen, why)
		}
	}
	if len(found.whole) == 0 && len(found.added) == 0 {
		return watch.Outcome{Observations: seen.observations(), Files: found.marks, Exit: seen.exit()}
	}
	args, names := []string{"check", "--provider", job.Provider, "--fail-on", job.FailOn}, found.whole
	if len(found.added) > 0 {
		names = append(names, "-")
	}
	if job.Drift {
		args = append(args, "--shapes")
	}
	checked := w.command(ctx, job.Name, args, names, io.MultiReader(found.added...), seen.result, to)
	if ctx.Err() != nil {
		return watch.Outcome{Exit: exitInconclusive} // the next run reads the files again
	}
	o := watch.Outcome{Exit: checked.code, NoData: checked.why, Report: checked.report}
	if o.NoData != "" {
		return o // the next run reads the files again
	}
	if read, err := report.ReadJSON(o.Report); err == nil && read.Run != nil {
		for _, r := range read.Run.Results {
			if r.Origin == contract.WholeTraffic && r.Operation != "" { // what several exchanges show together
				seen.findings(seen.of(r.Provider+"/"+r.Operation), r.Findings)
			}
		}
		if t := read.Run.Traffic; t != nil && t.Unreadable > 0 {
			w.unreadable(ctx, job, seen, fmt.Sprintf("%d of %d entries could not be read, in %s", t.Unreadable, t.Unreadable+t.Exchanges, found.names()))
		}
	}
	o, recorded := w.withDrift(ctx, job, seen, to, checked.said, o)
	if ctx.Err() != nil {
		return watch.Outcome{Exit: exitInconclusive}
	}
	if recorded {
		o.Files = found.marks
	}
	return o
}

// unreadable doubts every operation that was seen so far or now: what could not be read may be
// of any of them.
func (w *watchRunner) unreadable(ctx context.Context, job config.WatchJob, seen *observed, why string) {
	things, err := w.store.Things(ctx)
	if err == nil {
		for _, t := range things {
			if name, ok := strings.CutPrefix(t.Name, job.Name+" "); ok && t.Job == job.Name {
				seen.of(name)
			}
		}
	}
	seen.doubt(why)
}

// quiet is a run without anything new. It says nothing, unless something was expected.
func (w *watchRunner) quiet(ctx context.Context, job config.WatchJob) watch.Outcome {
	if job.Expect == 0 {
		return watch.Outcome{}
	}
	things, err := w.store.Things(ctx)
	if err != nil {
		return watch.Outcome{NoData: "the store failed: " + err.Error(), Exit: exitInconclusive}
	}
	var latest time.Time
	for _, t := range things {
		if t.Job == job.Name && t.Verdict.After(latest) {
			latest = t.Verdict
		}
	}
	if latest.IsZero() {
		return watch.Outcome{NoData: "nothing came into the folder yet", Exit: exitInconclusive}
	}
	if w.p.time().Sub(latest) < job.Expect {
		return watch.Outcome{}
	}
	return watch.Outcome{NoData: "nothing new came into the folder within " + job.Expect.String(), Exit: exitInconclusive}
}

// addedTraffic is what is new in a folder.
type addedTraffic struct {
	known map[string]watch.FileMark // what was read before, by name
	whole []string                  // files to read from the start
	added []io.Reader               // lines at the end of files that were read before
	// judged are lines of assay proxy: of its log, or of its report as ndjson. They have a
	// verdict already.
	judged []io.Reader
	marks  map[string]watch.FileMark // what is read now
	files  []*os.File
}

func (a *addedTraffic) close() {
	for _, f := range a.files {
		_ = f.Close() // it was only read
	}
}

// rotatedArchive matches files that hold lines which were read before they were compressed.
var rotatedArchive = lazy.Regexp(`\.[0-9]+\.(gz|zst|zz|bz2|xz)$`)

// newTraffic finds what is new in a folder. Hidden files, folders below it, and logs that were
// compressed after a rotation are left out. A line that is not whole yet is left for the next
// time.
func newTraffic(dir string, known map[string]watch.FileMark) (*addedTraffic, error) {
	found := &addedTraffic{known: known, marks: map[string]watch.FileMark{}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return found, err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() || rotatedArchive().MatchString(e.Name()) {
			continue
		}
		if err := found.file(filepath.Join(dir, e.Name()), e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return found, err
		}
	}
	return found, nil
}

// hasLines reports whether a file has one exchange a line, also after a rotation, such as
// proxy.ndjson.1.
func hasLines(name string) bool {
	if ext := filepath.Ext(name); len(ext) > 1 && strings.Trim(ext[1:], "0123456789") == "" {
		name = strings.TrimSuffix(name, ext)
	}
	return slices.Contains([]string{".ndjson", ".jsonl", ".log"}, filepath.Ext(name))
}

// settled is how long a file must stay as it is until its last line counts as whole without a
// line end.
const settled = time.Minute

// file adds what is new in one file.
func (a *addedTraffic) file(path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	a.files = append(a.files, f)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size, lines := info.Size(), hasLines(name)
	if lines && time.Since(info.ModTime()) < settled {
		if size, err = wholeLines(f, size); err != nil {
			return err
		}
	}
	if size == 0 {
		return nil
	}
	head := &fileHead{file: f}
	digest, err := head.digest(size)
	if err != nil {
		return err
	}
	mark := watch.FileMark{Size: size, Digest: digest}
	before, err := a.before(name, size, head)
	switch {
	case err != nil:
		return err
	case a.known[name] == mark:
		return nil
	case before == mark: // it has another name now
	case lines:
		section := io.NewSectionReader(f, before.Size, size-before.Size)
		if hasVerdicts(f, before.Size) {
			a.judged = append(a.judged, section)
		} else {
			a.added = append(a.added, section)
		}
	default:
		a.whole = append(a.whole, path)
	}
	a.marks[name] = mark
	return nil
}

// maxNames is the most files that a reason names.
const maxNames = 3

// names gives the names of the files that are read.
func (a *addedTraffic) names() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(a.marks)) {
		if a.marks[name].Size > 0 {
			all = append(all, report.Foreign(name))
		}
	}
	if more := len(all) - maxNames; more > 0 {
		return strings.Join(all[:maxNames], ", ") + fmt.Sprintf(" or %d more", more)
	}
	return strings.Join(all, ", ")
}

// before finds what was read of a file, under this name or under the one that it had before a
// rotation; the zero mark: nothing. The mark of the earlier name is forgotten, unless a new
// file has that name.
func (a *addedTraffic) before(name string, size int64, head *fileHead) (watch.FileMark, error) {
	names := append([]string{name}, slices.Sorted(maps.Keys(a.known))...)
	for _, other := range names {
		mark := a.known[other]
		if mark.Size == 0 || mark.Size > size {
			continue
		}
		digest, err := head.digest(mark.Size)
		if err != nil {
			return watch.FileMark{}, err
		}
		if digest != mark.Digest {
			continue
		}
		if _, again := a.marks[other]; !again && other != name {
			a.marks[other] = watch.FileMark{}
		}
		return mark, nil
	}
	return watch.FileMark{}, nil
}

// headOfFile is how much of a file tells it from another one.
const headOfFile = 64 << 10

// fileHead gives digests of the start of a file.
type fileHead struct {
	file  io.ReaderAt
	known map[int64]string // by length
}

// digest is the digest of the start of a file up to a size.
func (h *fileHead) digest(size int64) (string, error) {
	size = min(size, headOfFile)
	if text, ok := h.known[size]; ok {
		return text, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(h.file, 0, size)); err != nil {
		return "", err
	}
	if h.known == nil {
		h.known = map[int64]string{}
	}
	h.known[size] = hex.EncodeToString(sum.Sum(nil))
	return h.known[size], nil
}

// wholeLines gives the size up to the end of the last whole line.
func wholeLines(f io.ReaderAt, size int64) (int64, error) {
	block := make([]byte, headOfFile)
	for end := size; end > 0; {
		from := max(0, end-headOfFile)
		n, err := f.ReadAt(block[:end-from], from)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(block[:n], '\n'); i >= 0 {
			return from + int64(i) + 1, nil
		}
		end = from
	}
	return 0, nil
}
