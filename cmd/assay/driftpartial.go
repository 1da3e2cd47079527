package main

import (
	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/impact"
	"assay/internal/report"
	"assay/internal/shape"
)

// comparePartly compares what was read until the command was interrupted, and writes the
// reports. It writes no ledger, overlay or baseline. If the old side was not read to its
// end, nothing is compared: what is new and what was not read look the same.
func (p *program) comparePartly(c *cobra.Command, f *driftFlags, k *catalog.Catalog, r *contract.Drift, to []output, color bool, was, is *shape.ShapeSet) error {
	r.Compared, r.Missing, r.Skipped = []string{}, []string{}, []string{}
	var err error
	if r.Shapes, err = shape.MarshalReport(is.Shapes); err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	if !was.Partial {
		both, missing, _ := matchOperations(was.Shapes, is.Shapes, f.selects)
		if err := p.loadCompared(k, both); err != nil {
			return err
		}
		found, _ := impact.New(k).Drift(was.Shapes, is.Shapes)
		for _, change := range found {
			if change.Command = p.rerunDrift(f, c.Flags().Args(), change.ID); f.selectsChange(change) {
				r.Changes = append(r.Changes, change)
			}
		}
		r.Compared, r.Missing, r.Specs = both, missing, digestsOf(k, both)
	}
	written := p.writeDrift(to, r, report.How{Color: color})
	return after(written, interrupted("the report covers what was read before; nothing else is written"))
}
