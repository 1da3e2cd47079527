package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"assay/internal/contentcoding"
	"assay/internal/contract"
	"assay/internal/proxy"
	"assay/internal/shape"
)

// The kinds of files that a side may be.
const (
	trafficFile = iota
	shapeFile
	shapeFolder
	reportFile
)

// kindOf tells what a name is.
func (p *program) kindOf(name string, old bool) (int, error) {
	info, err := os.Stat(name)
	switch {
	case name == "-":
	case err != nil:
		return trafficFile, nil //nolint:nilerr // whoever reads traffic knows globs, and says what is wrong
	case info.IsDir():
		shapes, others := 0, 0
		err := filepath.WalkDir(name, func(path string, d os.DirEntry, err error) error {
			switch {
			case err != nil || d.IsDir():
			case strings.HasSuffix(path, shape.Suffix):
				shapes++
			default:
				others++
			}
			return err
		})
		if err != nil {
			return trafficFile, &exit{exitUsage, err.Error(), ""}
		}
		if shapes > 0 && (old || others == 0) {
			return shapeFolder, nil
		}
		return trafficFile, nil
	}
	head, err := p.head(name)
	if err != nil {
		return trafficFile, &exit{exitUsage, err.Error(), ""}
	}
	if strings.HasSuffix(name, shape.Suffix) || bytes.HasPrefix(head, []byte("schema: "+shape.Version)) {
		return shapeFile, nil
	}
	said := schemaMember.FindSubmatch(head)
	switch {
	case said == nil || !bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")):
		return trafficFile, nil
	case string(said[1]) == contract.ReportSchema || string(said[1]) == contract.DriftSchema:
		return reportFile, nil
	case string(said[1]) == proxy.LogVersion:
		return trafficFile, &exit{exitUsage, name + " is a log of assay proxy: it has findings, but no responses", "`assay proxy` keeps that with --record DIR, as cassettes, or with --shapes --report json=FILE"}
	}
	return trafficFile, &exit{exitUsage, fmt.Sprintf("%s is of %s, and this reads %s and %s", name, said[1], contract.ReportSchema, contract.DriftSchema), "compare it with the assay that wrote it, or have it written again"}
}

// ownSchema finds what reports of ours say they are, wherever their members stand.
var schemaMember = regexp.MustCompile(`"schema"\s*:\s*"(assay\.(?:report|drift|proxy)/v[0-9]+)"`)

// How many bytes tell what a file is, and how many a report or a shape may have.
const (
	headSize    = 1 << 20
	maxFileSize = 256 << 20
)

// begins gives the first bytes of a file, unpacked. Of standard input they are read
// again by whoever reads it. What is no file, such as a pipe that has a name, is left
// alone.
func (p *program) head(name string) ([]byte, error) {
	var head []byte
	if name == "-" {
		b := bufio.NewReaderSize(p.stdin, headSize)
		head, _ = b.Peek(headSize) // an error comes again where it is read
		p.stdin = b
	} else {
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			return nil, err
		}
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		head = make([]byte, headSize)
		n, _ := io.ReadFull(file, head) // a small file is all of it
		head = head[:n]
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
	from, _, err := contentcoding.Unpack(bytes.NewReader(head), contentcoding.Window)
	if err != nil {
		return nil, nil //nolint:nilerr // whoever reads traffic says what is wrong with it
	}
	plain := make([]byte, headSize)
	n, _ := io.ReadFull(from, plain) // the head of what is packed breaks off
	_ = from.Close()                 // it says so again
	return plain[:n], nil
}

// whole reads a shape or a report, packed or not.
func (p *program) readAll(name string) ([]byte, error) {
	from := p.stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, &exit{exitUsage, err.Error(), ""}
		}
		defer func() { _ = file.Close() }() // it was only read
		from = file
	}
	plain, _, err := contentcoding.Unpack(from, contentcoding.Window)
	var raw []byte
	if err == nil {
		raw, err = io.ReadAll(io.LimitReader(plain, maxFileSize+1))
		err = errors.Join(err, plain.Close())
	}
	switch {
	case err != nil:
		return nil, &exit{exitUsage, fmt.Sprintf("%s: reading broke off: %v", name, err), ""}
	case len(raw) > maxFileSize:
		return nil, &exit{exitUsage, fmt.Sprintf("%s: is larger than %d MB", name, maxFileSize>>20), "no shape or report of ours is"}
	}
	return raw, nil
}
