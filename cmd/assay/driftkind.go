package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"assay/internal/contentcoding"
	"assay/internal/contract"
	"assay/internal/interrupt"
	"assay/internal/lazy"
	"assay/internal/proxy"
	"assay/internal/shape"
)

// The kinds of files that OLD and NEW may be.
const (
	trafficFile = iota
	shapeFile
	shapeFolder
	reportFile
)

// kindOf finds out what kind of file a name is, from its content. A folder with shapes
// and other files counts as shapes for OLD and as traffic for NEW.
func (p *program) kindOf(ctx context.Context, name string, old bool) (int, error) {
	info, err := os.Stat(name)
	switch {
	case name == "-":
	case err != nil:
		return trafficFile, nil //nolint:nilerr // the reader of traffic expands globs and reports errors
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
	head, err := p.head(ctx, name)
	if err != nil {
		return trafficFile, &exit{exitUsage, err.Error(), ""}
	}
	if strings.HasSuffix(name, shape.Suffix) || bytes.HasPrefix(head, []byte("schema: "+shape.Version)) {
		return shapeFile, nil
	}
	schema := schemaMember().FindSubmatch(head)
	switch {
	case schema == nil || !bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")):
		return trafficFile, nil
	case string(schema[1]) == contract.ReportSchema || string(schema[1]) == contract.DriftSchema:
		return reportFile, nil
	case string(schema[1]) == proxy.LogVersion:
		return trafficFile, &exit{exitUsage, name + " is a log of assay proxy; it has findings but no responses", "use `assay proxy` with --record DIR or with --shapes --report json=FILE"}
	}
	return trafficFile, &exit{exitUsage, fmt.Sprintf("%s has the schema %s; this version reads %s and %s", name, schema[1], contract.ReportSchema, contract.DriftSchema), "use the version of assay that wrote the file, or write the file again"}
}

// schemaMember finds the schema that a report names, wherever the member is.
var schemaMember = lazy.Regexp(`"schema"\s*:\s*"(assay\.(?:report|drift|proxy)/v[0-9]+)"`)

// Limits in bytes: of what is read to find the kind of a file, and of a shape or report.
const (
	headSize    = 1 << 20
	maxFileSize = 256 << 20
)

// head gives the first bytes of a file, decompressed. Bytes of standard input stay
// available to the next reader. A named pipe is not read, because its bytes could not
// be read again.
func (p *program) head(ctx context.Context, name string) ([]byte, error) {
	var head []byte
	if name == "-" {
		b := bufio.NewReaderSize(p.input(ctx), headSize)
		head, _ = b.Peek(headSize) // the next read reports the error again
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
		n, _ := io.ReadFull(file, head) // a small file ends early
		head = head[:n]
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
	from, _, err := contentcoding.Unpack(bytes.NewReader(head), contentcoding.Window)
	if err != nil {
		return nil, nil //nolint:nilerr // the reader of traffic reports the error
	}
	plain := make([]byte, headSize)
	n, _ := io.ReadFull(from, plain) // the compressed data is cut off
	_ = from.Close()                 // it reports the same
	return plain[:n], nil
}

// readAll reads a shape or a report, compressed or not.
func (p *program) readAll(ctx context.Context, name string) ([]byte, error) {
	from := p.input(ctx)
	if name != "-" {
		file, err := interrupt.Open(ctx, name)
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
		return nil, &exit{exitUsage, fmt.Sprintf("%s: %v", name, err), ""}
	case len(raw) > maxFileSize:
		return nil, &exit{exitUsage, fmt.Sprintf("%s is larger than %d MB", name, maxFileSize>>20), "assay writes no shape or report of this size"}
	}
	return raw, nil
}
