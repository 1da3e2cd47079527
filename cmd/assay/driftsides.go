package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/impact"
	"assay/internal/judge"
	"assay/internal/openapi"
	"assay/internal/shape"
)

// sides gives the shapes of OLD and NEW. It sends requests to a provider last, when
// everything else is read.
func (p *program) sides(c *cobra.Command, f *driftFlags, k *catalog.Catalog, older, newer string) (was, is *shape.ShapeSet, err error) {
	if older != "live" {
		if was, err = p.sideInTime(c, f, k, older, true); err != nil {
			return nil, nil, err
		}
	}
	if is, err = p.sideInTime(c, f, k, newer, false); err == nil && was == nil {
		was, err = p.sideInTime(c, f, k, older, true)
	}
	return was, is, err
}

// sideInTime is side. If the command is interrupted, it gives what was read before.
func (p *program) sideInTime(c *cobra.Command, f *driftFlags, k *catalog.Catalog, name string, old bool) (*shape.ShapeSet, error) {
	s, err := p.side(c, f, k, name, old)
	switch {
	case c.Context().Err() == nil:
		return s, err
	case err != nil:
		s = &shape.ShapeSet{}
	}
	s.Partial = true
	return s, nil
}

// side gives the shapes of OLD or NEW.
func (p *program) side(c *cobra.Command, f *driftFlags, k *catalog.Catalog, name string, old bool) (*shape.ShapeSet, error) {
	switch name {
	case baseline:
		shapes, err := impact.Baseline(k)
		if f.accept && err == nil && len(shapes) == 0 {
			return &shape.ShapeSet{}, nil
		}
		return p.shapeSide(shapes, err, "cassettes/*/*"+shape.Suffix)
	case "spec":
		if err := p.need(k, k.Providers()...); err != nil {
			return nil, err
		}
		return p.shapeSide(impact.Documented(k), nil, name)
	case "cases":
		providers := f.selection()
		if len(providers) == 0 {
			providers = k.Providers()
		}
		if err := p.loadError(k.NeedCases(providers...)); err != nil {
			return nil, err
		}
		selected, err := k.Select(f.selection())
		e := engine.New(k, engine.Cassettes(k))
		if err == nil {
			err = e.Ready(selected)
		}
		if faults := new(openapi.ExpressionsError); errors.As(err, &faults) {
			return nil, p.loadError(err)
		}
		if err != nil {
			return nil, &exit{exitUsage, err.Error(), ""}
		}
		return e.LearnCases(c.Context(), selected, nil), nil
	case "live", "sandbox":
		return p.caseSide(c, f, name)
	}
	kind, err := p.kindOf(c.Context(), name, old)
	switch {
	case err != nil:
		return nil, err
	case kind == shapeFile:
		raw, err := p.readAll(c.Context(), name)
		if err != nil {
			return nil, err
		}
		s, err := shape.Unmarshal(name, raw)
		if err != nil {
			return p.shapeSide(nil, err, name)
		}
		return p.shapeSide(map[string]*shape.Shape{s.Operation: s}, nil, name)
	case kind == reportFile:
		return p.reportSide(c.Context(), name)
	case kind == shapeFolder:
		shapes, err := shape.Load(os.DirFS(name), name)
		return p.shapeSide(shapes, err, name)
	}
	return p.trafficSide(c, f, k, name)
}

// reportSide gives the shapes in a JSON report.
func (p *program) reportSide(ctx context.Context, name string) (*shape.ShapeSet, error) {
	raw, err := p.readAll(ctx, name)
	if err != nil {
		return nil, err
	}
	r, err := shape.FromReport(name, raw)
	switch {
	case errors.Is(err, shape.ErrNoShapes):
		return nil, &exit{exitUsage, err.Error(), "`assay run`, `check` and `proxy` write shapes with --shapes; `assay drift` always does, except with --spec"}
	case err != nil:
		return nil, &exit{exitUsage, err.Error(), ""}
	}
	l, err := p.shapeSide(r.Shapes, nil, name)
	if err != nil {
		return nil, err
	}
	l.Omitted = r.Omitted
	if l.Unmatched, l.Unreadable = r.Unmatched, r.Unreadable; l.Unreadable > 0 {
		l.Why = fmt.Errorf("%s reports it", name)
	}
	return l, nil
}

// shapeSide makes a side of shapes that were learned earlier.
func (p *program) shapeSide(shapes map[string]*shape.Shape, err error, where string) (*shape.ShapeSet, error) {
	switch {
	case err != nil:
		return nil, &exit{exitUsage, err.Error(), "`assay drift NEW --accept --data DIR` writes shapes"}
	case len(shapes) == 0:
		return nil, &exit{exitInconclusive, "nothing to compare with: no shape in " + where, "`assay drift NEW --accept --data DIR` writes the first baseline"}
	}
	l := &shape.ShapeSet{Shapes: shapes}
	for _, s := range shapes {
		l.Exchanges += s.Exchanges()
		l.Omitted = l.Omitted.Plus(s.Omitted())
	}
	return l, nil
}

func (f *driftFlags) selection() []string {
	if f.provider == "" {
		return nil
	}
	return []string{f.provider}
}

// digestsOf are the digests of the specifications of operations, by provider.
func digestsOf(k *catalog.Catalog, operations []string) map[string]string {
	all := map[string]string{}
	for _, name := range operations {
		provider, _, _ := strings.Cut(name, "/")
		if s := k.Spec(provider); s != nil {
			all[provider] = "sha256:" + s.SHA256
		}
	}
	return all
}

// driftSeed is the seed that the report of a comparison shows.
func driftSeed(d *contract.Drift) string {
	names := []string{d.Old.Name, d.New.Name}
	f := liveFlags{live: slices.Contains(names, "live"), sandbox: slices.Contains(names, "sandbox"), seed: firstSeed}
	return f.seedOf()
}

// caseSide runs the cases live or in a sandbox. It makes its own engine, because an
// engine runs each case once.
func (p *program) caseSide(c *cobra.Command, f *driftFlags, name string) (*shape.ShapeSet, error) {
	flags := f.live
	flags.live, flags.sandbox, flags.seed = name == "live", name == "sandbox", firstSeed
	e, selected, stop, err := p.prepare(c, &flags, catalog.Options{Now: p.time()}, f.selection())
	if err != nil {
		return nil, err
	}
	defer stop()
	return e.LearnCases(c.Context(), selected, p.progress(flags.live, len(selected))), nil
}

// trafficSide learns the shapes of recorded traffic.
func (p *program) trafficSide(c *cobra.Command, f *driftFlags, k *catalog.Catalog, name string) (*shape.ShapeSet, error) {
	bases, err := parseBases(f.live.bases)
	if err != nil {
		return nil, err
	}
	j, err := judge.New(k, judge.Options{Provider: f.provider, Bases: bases, Recorded: true})
	if err != nil {
		return nil, &exit{exitUsage, err.Error(), ""}
	}
	report, done := p.readProgress()
	learned, err := j.Learn(c.Context(), []string{name}, p.input(c.Context()), judge.CheckOptions{Format: f.format, Progress: report, SkipUnreadable: f.skipUnreadable})
	done()
	if c.Context().Err() != nil {
		return learned, nil //nolint:nilerr // the caller looks at the context, too
	}
	switch {
	case err != nil:
		return nil, &exit{exitUsage, err.Error(), "use live, sandbox, cases, spec, a file, a folder or a glob"}
	case learned.Exchanges == 0 && learned.Unreadable > 0:
		return nil, &exit{exitInconclusive, fmt.Sprintf("%s: no entry could be read: %v", name, learned.Why), ""}
	case learned.Exchanges == 0 && learned.Omitted.Exchanges > 0:
		return nil, &exit{exitInconclusive, fmt.Sprintf("%s: nothing to compare: %s", name, omittedText(learned)), omittedHint(learned)}
	case learned.Exchanges == 0:
		return nil, &exit{exitInconclusive, fmt.Sprintf("%s: nothing to compare: none of %s matched a documented operation", name, contract.Plural(learned.Unmatched, "exchange")), "name the provider with --provider, or its address with --base PROVIDER=URL"}
	}
	return learned, nil
}

// driftSide counts what is on one side, for the report.
func driftSide(name string, l *shape.ShapeSet) contract.DriftSide {
	return contract.DriftSide{Name: name, Exchanges: l.Exchanges, Unmatched: l.Unmatched, Unreadable: l.Unreadable, Omitted: l.Omitted}
}
