package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"assay/internal/config"
	"assay/internal/contract"
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
	if len(found.marks) == 0 {
		return w.quiet(ctx, job)
	}
	args := append([]string{"check"}, found.whole...)
	if len(found.added) > 0 {
		args = append(args, "-")
	}
	if job.Drift {
		args = append(args, "--shapes")
	}
	args = append(args, "--provider", job.Provider, "--fail-on", job.FailOn)
	checked := w.command(ctx, args, io.MultiReader(found.added...), seen.result, to)
	if ctx.Err() != nil {
		return watch.Outcome{NoData: "assay was ended while it read the folder; the next run reads it again", Exit: exitInconclusive}
	}
	o := watch.Outcome{Exit: checked.code, NoData: checked.why, Report: checked.report}
	if o.NoData != "" {
		return o // the next run reads the files again
	}
	o.Files = found.marks
	if read, err := report.ReadJSON(o.Report); err == nil && read.Run != nil {
		for _, r := range read.Run.Results {
			if r.Origin == contract.WholeTraffic && r.Operation != "" { // what several exchanges show together
				seen.findings(seen.of(r.Provider+"/"+r.Operation), r.Findings)
			}
		}
	}
	return w.withDrift(ctx, job, seen, to, checked.said, o)
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
	if !latest.IsZero() && w.p.time().Sub(latest) < job.Expect {
		return watch.Outcome{}
	}
	return watch.Outcome{NoData: "nothing new came into the folder within " + job.Expect.String(), Exit: exitInconclusive}
}

// addedTraffic is what is new in a folder.
type addedTraffic struct {
	whole []string    // files to read from the start
	added []io.Reader // lines at the end of files that were read before
	marks map[string]watch.FileMark
	files []*os.File
}

func (a *addedTraffic) close() {
	for _, f := range a.files {
		_ = f.Close() // it was only read
	}
}

// newTraffic finds what is new in a folder. Hidden files and folders below it are left out. A
// line that is not whole yet is left for the next time.
func newTraffic(dir string, known map[string]watch.FileMark) (*addedTraffic, error) {
	found := &addedTraffic{marks: map[string]watch.FileMark{}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return found, err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() {
			continue
		}
		if err := found.file(filepath.Join(dir, e.Name()), e.Name(), known[e.Name()]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return found, err
		}
	}
	return found, nil
}

// file adds what is new in one file.
func (a *addedTraffic) file(path, name string, before watch.FileMark) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	a.files = append(a.files, f)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	lines := slices.Contains([]string{".ndjson", ".jsonl", ".log"}, filepath.Ext(name))
	if lines {
		if size, err = wholeLines(f, size); err != nil {
			return err
		}
	}
	if size == 0 {
		return nil
	}
	digest, err := headDigest(f, size)
	if err != nil {
		return err
	}
	switch {
	case before.Size == size && before.Digest == digest:
		return nil
	case lines && before.Size > 0 && before.Size < size:
		if head, err := headDigest(f, before.Size); err != nil {
			return err
		} else if head == before.Digest {
			a.added = append(a.added, io.NewSectionReader(f, before.Size, size-before.Size))
			a.marks[name] = watch.FileMark{Size: size, Digest: digest}
			return nil
		}
		fallthrough
	case lines:
		a.added = append(a.added, io.NewSectionReader(f, 0, size))
	default:
		a.whole = append(a.whole, path)
	}
	a.marks[name] = watch.FileMark{Size: size, Digest: digest}
	return nil
}

// fileHead is how much of a file tells it from another one of the same name.
const fileHead = 64 << 10

// headDigest is the digest of the start of a file, up to a size.
func headDigest(f io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, min(size, fileHead))); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// wholeLines gives the size up to the end of the last whole line.
func wholeLines(f io.ReaderAt, size int64) (int64, error) {
	block := make([]byte, fileHead)
	for end := size; end > 0; {
		from := max(0, end-fileHead)
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
