// Package engine plays the cases of a catalog over a source: it asks what a case
// asks, once, and holds what comes to the rules. Both doors, the command and the
// suites, walk through it.
//
// A case is resolved once, into a value that knows all that it takes to ask and
// to read it (see resolve.go). The way of a case is then its request, the source
// that responses, the exchange, and the rules.
package engine

import (
	"sync"

	"assay/internal/catalog"
)

// Engine plays each case once. It is safe for concurrent use.
type Engine struct {
	*catalog.Catalog
	source Source

	mu         sync.Mutex // of the next two
	cases      map[string]*playing
	references map[[2]string]string // that were made up, by the case that brought them up, and its own
}

// New makes an engine that plays the cases of a catalog over a source.
func New(of *catalog.Catalog, source Source) *Engine {
	return &Engine{Catalog: of, source: source, cases: map[string]*playing{}, references: map[[2]string]string{}}
}
