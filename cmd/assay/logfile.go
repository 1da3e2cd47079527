package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// logFile appends lines to a file. When the file is full, logFile renames it to FILE.1,
// an older FILE.1 to FILE.2 and so on, and starts a new one. It is not safe for
// concurrent use.
type logFile struct {
	path string
	most int64 // bytes in a file; 0: no limit
	keep int   // full files to keep
	file *os.File
	size int64
}

// openLog opens a file to append to.
func openLog(path string, most int64, keep int) (*logFile, error) {
	l := &logFile{path: path, most: most, keep: keep}
	return l, l.open()
}

func (l *logFile) open() error {
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	if !info.Mode().IsRegular() {
		l.most = 0 // a pipe or a terminal is never full
	}
	l.file, l.size = file, info.Size()
	return nil
}

// Write appends one line. A line is never divided between two files.
func (l *logFile) Write(line []byte) (int, error) {
	if l.most > 0 && l.size > 0 && l.size+int64(len(line)) > l.most {
		if err := l.rotate(); err != nil {
			return 0, err
		}
	}
	n, err := l.file.Write(line)
	l.size += int64(n)
	return n, err
}

// rotate renames the full files and opens a new one. If another process has already
// renamed the file, it only opens the new one.
func (l *logFile) rotate() error {
	own, err := l.file.Stat()
	if err != nil {
		return err
	}
	if err := l.file.Close(); err != nil {
		return err
	}
	if now, err := os.Stat(l.path); err == nil && os.SameFile(own, now) {
		for i := l.keep - 1; i >= 0; i-- {
			if err := os.Rename(l.numbered(i), l.numbered(i+1)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return errors.Join(err, l.open())
			}
		}
	}
	return l.open()
}

// numbered returns the name of a full file; 0 is the file that is written.
func (l *logFile) numbered(i int) string {
	if i == 0 {
		return l.path
	}
	return l.path + "." + strconv.Itoa(i)
}

// Close closes the file.
func (l *logFile) Close() error { return l.file.Close() }

// lineLog is the file of --log. After an error it takes nothing more. It is not safe for
// concurrent use. A nil *lineLog writes nothing.
type lineLog struct {
	file  *logFile // nil after an error
	fault error
}

// openLineLog opens the file of --log; without a path there is none.
func openLineLog(path string, most int64) (*lineLog, error) {
	if path == "" {
		return nil, nil
	}
	file, err := openLog(path, most, keptLogs)
	if err != nil {
		return nil, &exit{exitUsage, "--log: " + err.Error(), ""}
	}
	return &lineLog{file: file}, nil
}

// write calls a function that writes a line. The first error is noted on the terminal.
func (l *lineLog) write(terminal io.Writer, line func(w io.Writer) error) {
	if l == nil || l.file == nil {
		return
	}
	if err := line(l.file); err != nil {
		l.fault = errors.Join(fmt.Errorf("--log: %w", err), l.file.Close())
		l.file = nil
		note(terminal, "assay: %s; nothing more is written there", l.fault)
	}
}

// close closes the file and returns the error of writing, if there was one.
func (l *lineLog) close() error {
	if l == nil {
		return nil
	}
	if l.file == nil {
		return l.fault
	}
	return errors.Join(l.fault, l.file.Close())
}
