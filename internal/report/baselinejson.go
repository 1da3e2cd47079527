package report

import "assay/internal/contract"

// baseline is a baseline as JSON, with sentences in place of messages.
type baseline struct {
	Files     []string       `json:"files"`
	New       int            `json:"new"`
	Known     int            `json:"known"`
	Back      int            `json:"back"`
	Fixed     []fixedFinding `json:"fixed"`
	Unchecked int            `json:"unchecked"`
}

type fixedFinding struct {
	ID        string            `json:"id"`
	Operation string            `json:"operation"`
	Case      string            `json:"case,omitempty"`
	Rule      string            `json:"rule"`
	Severity  contract.Severity `json:"severity"`
	At        contract.Place    `json:"at"`
	Message   string            `json:"message"`
	Doc       string            `json:"doc"`
}

func baselineOf(b *contract.Baseline) *baseline {
	if b == nil {
		return nil
	}
	return &baseline{namedAll(b.Files), b.New, b.Known, b.Back, mapped(b.Fixed, fixedOf), b.Unchecked}
}

func fixedOf(f contract.FixedFinding) fixedFinding {
	return fixedFinding{f.ID, f.Operation, Named(f.Case), f.Rule, f.Severity, namedPlace(f.At), Sentence(f.Message), words(f.Doc)}
}

func namedEntry(e contract.TimelineEntry) contract.TimelineEntry {
	e.ID, e.Operation, e.Kind = Named(e.ID), Named(e.Operation), contract.Kind(Named(string(e.Kind)))
	e.At, e.By, e.Sentence = namedPlace(e.At), Named(e.By), Errors(e.Sentence)
	return e
}
