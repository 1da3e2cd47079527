// Package engine plays the cases of a catalog and applies the rules to the exchanges.
// The commands and the Ginkgo suites both use it.
//
// A Source says where responses come from: Cassettes replays recordings, Network sends
// requests to a provider or a sandbox. For each case the engine resolves the names
// (Resolve), makes the request, sends it once, and applies every rule that applies
// (Result). Run does this for a selection and returns a report with coverage and the
// matrix of scenarios.
//
// A case that the source cannot play is inconclusive: its error is a
// *NotPlayableError or fs.ErrNotExist. Every other error means that the engine could not
// look; the verdict is then error. Ready compiles the specifications before anything is
// sent, so that a fault in one is an error with file and line.
//
// An engine keeps the exchange of each case until it is discarded.
package engine

import (
	"sync"

	"assay/internal/catalog"
)

// Engine plays each case once. It is safe for concurrent use.
type Engine struct {
	*catalog.Catalog
	source Source

	mu         sync.Mutex // protects cases and references
	cases      map[string]*caseRun
	references map[[2]string]string // new references, by the case that uses one first and the reference in its fixture
}

// New returns an engine that plays the cases of a catalog with a source.
func New(of *catalog.Catalog, source Source) *Engine {
	return &Engine{Catalog: of, source: source, cases: map[string]*caseRun{}, references: map[[2]string]string{}}
}
