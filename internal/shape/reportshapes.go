package shape

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"assay/internal/contract"
)

// Schema is the JSON Schema of a shape in a report.
//
//go:embed shape.schema.json
var Schema []byte

// MarshalReport writes shapes for a JSON report, sorted by operation, with the content
// of their files. A report has shapes and no exchanges. drift always writes them, other
// commands only with --shapes, because learning takes longer than judging.
func MarshalReport(shapes map[string]*Shape) ([]json.RawMessage, error) {
	all := []json.RawMessage{}
	for _, name := range Names(shapes) {
		s := shapes[name]
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(document{Version, s.Operation, s.Codes, s.Requests, s.omitted}); err != nil {
			return nil, fmt.Errorf("shape: %w", err)
		}
		all = append(all, bytes.TrimSpace(b.Bytes()))
	}
	return all, nil
}

// ReportShapes is what a report says about the exchanges that it covers.
type ReportShapes struct {
	Shapes     map[string]*Shape
	Unmatched  int64
	Unreadable int64
	Omitted    contract.Omitted // what the recordings lack, as far as the report tells
}

// ErrNoShapes is the error for a report that contains results and no shapes.
var ErrNoShapes = errors.New("the report contains no shapes")

// FromReport reads the shapes of a JSON report: assay.drift/v1, which has those of its
// newer side, or assay.report/v1.
func FromReport(file string, raw []byte) (*ReportShapes, error) {
	var r struct {
		New     contract.DriftSide
		Partial bool
		Traffic *contract.Traffic
		Results []struct{ Verdict contract.Verdict }
		Shapes  []json.RawMessage
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if r.Shapes == nil {
		return nil, fmt.Errorf("%s: %w", file, ErrNoShapes)
	}
	all := &ReportShapes{Shapes: map[string]*Shape{}, Unmatched: r.New.Unmatched, Unreadable: r.New.Unreadable}
	switch {
	case r.Traffic != nil:
		if all.Unmatched, all.Unreadable = r.Traffic.Unmatched, r.Traffic.Unreadable; r.Traffic.Partial {
			all.Unreadable++ // exchanges that were not reached count as one
		}
	default:
		for _, result := range r.Results {
			if result.Verdict == contract.Errored {
				all.Unreadable++
			}
		}
	}
	if r.Partial {
		all.Unreadable++
	}
	for i, one := range r.Shapes {
		s, err := unmarshalReport(one, file)
		if err != nil {
			return nil, fmt.Errorf("%s: shapes: %d: %w", file, i+1, err)
		}
		if all.Shapes[s.Operation] != nil {
			s = Merge(all.Shapes[s.Operation], s)
		}
		all.Shapes[s.Operation] = s
	}
	for _, s := range all.Shapes {
		all.Omitted = all.Omitted.Plus(s.Omitted())
	}
	if r.New.Omitted != (contract.Omitted{}) { // it counts operations without shapes, too
		all.Omitted = r.New.Omitted
	}
	return all, nil
}

func unmarshalReport(raw []byte, file string) (*Shape, error) {
	var d document
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	switch err := in.Decode(&d); {
	case err != nil:
		return nil, err
	case d.Schema != Version || strings.Count(d.Operation, "/") != 1:
		return nil, fmt.Errorf("expected schema %s and operation PROVIDER/OPERATION", Version)
	}
	return d.shape(d.Operation, "report:"+file)
}
