// Package journal remembers which requests a live run sent, so that a run that is killed
// loses at most the request in flight.
//
// A journal is a file of lines in JSON. A line is on the disk before its request is sent,
// and another one after its response came. Open returns the requests of earlier runs that
// have no second line: it is unknown whether the provider accepted them. It returns each
// once. A line holds the case, the time and SHA-256 digests of the references, and never a
// value of an exchange. One run at a time writes to a journal.
//
// A line that could not be written as a whole is cut off again, so the lines after it stand
// alone. A last line without an end was not acted on, and Open removes it.
package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Schema is the format of a line.
const Schema = "assay.journal/v1"

// ErrBusy says that another run writes to the journal.
var ErrBusy = errors.New("another run writes to it")

// The events of a request.
const (
	sending  = "sending"
	received = "received"
	lost     = "lost"     // no response came; the run reported it
	reported = "reported" // a later run named it
)

// Entry is a line.
type Entry struct {
	Schema     string    `json:"schema"`
	Event      string    `json:"event"`
	Case       string    `json:"case"`
	Time       time.Time `json:"time"`
	References []string  `json:"references,omitempty"` // digests: see Digest
	Status     int       `json:"status,omitempty"`     // the HTTP status of a response
	Code       string    `json:"code,omitempty"`       // its result code, if it is documented
	File       string    `json:"-"`                    // the path of the journal
}

// Journal is an open journal. It is safe for concurrent use.
type Journal struct {
	path string
	now  func() time.Time
	mu   sync.Mutex
	file file
	size int64 // of the lines that are on the disk
	torn error // why the end of the file is unknown; nothing more is written
}

// file is an open file.
type file interface {
	io.WriterAt
	Sync() error
	Truncate(size int64) error
	io.Closer
}

// Digest returns the digest of a reference, as a journal holds it.
func Digest(reference string) string {
	sum := sha256.Sum256([]byte(reference))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// maxSize is the size in bytes above which Open begins a new file. The old one is kept
// beside it, with the suffix .old.
const maxSize = 1 << 20

// Open opens a journal for a run, and makes its folder if there is none. inFlight are the
// requests of earlier runs that have neither a response nor a report. If another run writes
// to the journal, the error is ErrBusy.
func Open(path string, now func() time.Time) (j *Journal, inFlight []Entry, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, nil, fmt.Errorf("journal: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("journal: %w", err)
	}
	j = &Journal{path: path, now: now, file: file}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err == nil {
		err = lock(file)
	}
	if err == nil {
		inFlight, err = j.read(file)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("journal: %s: %w", path, err), file.Close())
	}
	if err := errors.Join(j.report(inFlight), j.roll(file)); err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return j, inFlight, syncFolder(filepath.Dir(path))
}

// read reads the file, removes a line without an end, and returns the requests in flight.
func (j *Journal) read(file io.Reader) ([]Entry, error) {
	raw, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	whole := raw[:bytes.LastIndexByte(raw, '\n')+1] // a line that a kill cut off was not acted on
	var open []Entry
	lines := bufio.NewScanner(bytes.NewReader(whole))
	for n := 1; lines.Scan(); n++ {
		var e Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Schema != Schema {
			return nil, fmt.Errorf("line %d is no line of %s; give another file", n, Schema)
		}
		open = slices.DeleteFunc(open, func(before Entry) bool { return before.Case == e.Case })
		if e.File = j.path; e.Event == sending {
			open = append(open, e)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(whole) == 0 && len(raw) > 0 && !bytes.HasPrefix([]byte(`{"schema":"`+Schema), raw[:min(len(raw), 10)]) {
		return nil, fmt.Errorf("it is no file of %s; give another file", Schema)
	}
	j.size = int64(len(whole))
	return open, j.file.Truncate(j.size)
}

// report notes that this run names requests of earlier ones: all of them, or none if there
// is an error.
func (j *Journal) report(inFlight []Entry) error {
	var lines []Entry
	for _, e := range inFlight {
		e.Event, e.Time, e.References = reported, j.now(), nil
		lines = append(lines, e)
	}
	return j.write(lines...)
}

// roll begins a new file if this one is large.
func (j *Journal) roll(file io.ReaderAt) error {
	if j.size <= maxSize {
		return nil
	}
	raw, err := io.ReadAll(io.NewSectionReader(file, 0, j.size))
	if err == nil {
		err = os.WriteFile(j.path+".old", raw, 0o600)
	}
	if err == nil {
		err = j.file.Truncate(0)
	}
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.size = 0
	return nil
}

// write appends lines and waits until they are on the disk. After an error none of them is
// in the file. If they cannot be cut off, the journal takes nothing more.
func (j *Journal) write(entries ...Entry) error {
	var lines []byte
	for _, e := range entries {
		e.Schema = Schema
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		lines = append(append(lines, line...), '\n')
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.torn != nil {
		return j.torn
	}
	if len(lines) == 0 {
		return nil
	}
	_, err := j.file.WriteAt(lines, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err == nil {
		j.size += int64(len(lines))
		return nil
	}
	err = fmt.Errorf("journal: %w", err)
	if cut := j.file.Truncate(j.size); cut != nil {
		j.torn = fmt.Errorf("%w; the line cannot be removed, so this run sends nothing more: %w", err, cut)
		return j.torn
	}
	return err
}

// Sending notes that the request of a case is about to be sent. After an error it must not
// be sent.
func (j *Journal) Sending(name string, references []string) error {
	e := Entry{Event: sending, Case: name, Time: j.now()}
	for _, reference := range references {
		e.References = append(e.References, Digest(reference))
	}
	return j.write(e)
}

// Received notes that a response came. code is its result code if that is documented.
func (j *Journal) Received(name string, status int, code string) error {
	return j.write(Entry{Event: received, Case: name, Time: j.now(), Status: status, Code: code})
}

// Lost notes that no response came. The run itself reports that.
func (j *Journal) Lost(name string) error {
	return j.write(Entry{Event: lost, Case: name, Time: j.now()})
}

// Close closes the file.
func (j *Journal) Close() error { return j.file.Close() }

// syncFolder makes a new file survive a loss of power, on file systems that can sync a
// folder.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil //nolint:nilerr // the lines are synced
	}
	_ = d.Sync() // not every file system can
	return d.Close()
}
