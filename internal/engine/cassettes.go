package engine

import (
	"context"
	"errors"
	"io/fs"

	"assay/internal/cassette"
	"assay/internal/catalog"
	"assay/internal/client"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/transport"
)

// Cassettes returns the source that replays the cassettes of a catalog.
func Cassettes(of *catalog.Catalog) Source { return cassettes{of} }

type cassettes struct{ catalog *catalog.Catalog }

// Terms are the documented server and the published test credentials.
func (p cassettes) Terms(s *openapi.Spec) Terms {
	return Terms{Base: s.Servers[0].URL, Credentials: s.TestCredentials(), Recorded: true}
}

// Ready returns every cassette of a provider that does not parse, with file and line. A
// case without a cassette is inconclusive, which is no error here. A cassette over which
// assay panics is an error of its case alone.
func (p cassettes) Ready(s *openapi.Spec) error {
	var faults []error
	for _, c := range p.catalog.Fixtures.Cases {
		if c.Provider() != s.Provider {
			continue
		}
		if _, err := p.catalog.Cassette(c); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.As(err, new(*crash.Error)) {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// Connect opens the cassette of a case.
func (p cassettes) Connect(r *Resolved) (Connection, error) {
	line := Connection{Origin: "cassette:" + r.Case.Name}
	tape, err := p.catalog.Cassette(r.Case)
	if err != nil {
		return line, err
	}
	line.Cassette = tape
	line.Send = func(ctx context.Context, request contract.Request) (contract.Exchange, []string, error) {
		player := tape.Replay(r.matching())
		ex, err := transport.Send(ctx, player, request)
		if err != nil {
			return ex, nil, err
		}
		ex.Origin, ex.Evidence = player.Origin(), tape.Entry.Evidence
		return ex, player.Unplayed(), nil
	}
	return line, nil
}

// matching says how the request of a case is found in a cassette. Signatures and
// timestamps differ every time and are ignored; personal data is redacted before it is
// compared.
func (r *Resolved) matching() cassette.Matching {
	o := r.Operation
	var ignored []contract.Pointer
	var query []string
	if s := o.Sign.Request; s != nil && s.Outside == "" {
		ignored = append(ignored, s.At)
	} else if s != nil {
		for _, place := range []contract.Place{s.Outside, s.Time} {
			if kind, name := place.Named(); kind == "query" {
				query = append(query, name)
			}
		}
	}
	for _, m := range o.Request.Members() {
		if m.Means == "timestamp" {
			ignored = append(ignored, m.Pointer)
		}
	}
	redact := func(request contract.Request) contract.Request {
		return rule.CaseRedactor(r.Spec, o, r.Case).Request(request)
	}
	if stated, ok := r.Case.Input.(*client.Input); ok {
		ignored = append(ignored, stated.Later()...)
		plain := redact
		redact = func(request contract.Request) contract.Request { return stated.Mask(plain(request)) }
	}
	return cassette.Matching{Path: o.Template(), Ignored: ignored, IgnoredQuery: query, Hidden: o.Redacts, Redact: redact}
}
