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

// Carried writes shapes for a report in JSON, in order of their operations: each
// says what its file would.
func Carried(shapes map[string]*Shape) ([]json.RawMessage, error) {
	all := []json.RawMessage{}
	for _, name := range Names(shapes) {
		s := shapes[name]
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(document{Version, s.Operation, s.Codes, s.Requests}); err != nil {
			return nil, fmt.Errorf("shape: %w", err)
		}
		all = append(all, bytes.TrimSpace(b.Bytes()))
	}
	return all, nil
}

// Reported is what a report says of what it looked at.
type ReportShapes struct {
	Shapes     map[string]*Shape
	Unmatched  int64
	Unreadable int64
}

// ErrNoShapes is of a report that tells what came of exchanges, and not what they
// looked like.
var ErrNoShapes = errors.New("the report carries no shapes")

// FromReport reads the shapes that a report in JSON carries: assay.drift/v1, whose
// newer side they are of, or assay.report/v1.
func FromReport(file string, raw []byte) (*ReportShapes, error) {
	var r struct {
		New     struct{ Unmatched, Unreadable int64 }
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
			all.Unreadable++ // what it did not come to is one at least
		}
	default:
		for _, result := range r.Results {
			if result.Verdict == contract.Errored {
				all.Unreadable++
			}
		}
	}
	for i, one := range r.Shapes {
		s, err := carried(one, file)
		if err != nil {
			return nil, fmt.Errorf("%s: shapes: %d: %w", file, i+1, err)
		}
		if all.Shapes[s.Operation] != nil {
			s = Merge(all.Shapes[s.Operation], s)
		}
		all.Shapes[s.Operation] = s
	}
	return all, nil
}

func carried(raw []byte, file string) (*Shape, error) {
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
