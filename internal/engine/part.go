package engine

import (
	"slices"

	"assay/internal/contract"
)

// part is the part of a run that is played; nil: all of it.
type part struct {
	contract.Shard
	has   func(name string) bool
	cells map[string]int // the cells of the whole run that each row of the matrix has so far
}

// next counts a result of the whole run, and reports whether it belongs to the part.
func (p *part) next(name string) bool {
	if p == nil {
		return true
	}
	p.Total++
	if !p.has(name) {
		return false
	}
	p.Positions = append(p.Positions, p.Total-1)
	return true
}

// undo forgets the last position, if it was counted for a result that there is not.
func (p *part) undo(counted bool) {
	if p != nil && counted {
		p.Positions = p.Positions[:len(p.Positions)-1]
	}
}

// nextCell is next for a cell in a row of the matrix.
func (p *part) nextCell(scenario, name string) bool {
	if p == nil {
		return true
	}
	p.cells[scenario]++
	if !p.has(name) {
		return false
	}
	p.cell(scenario, p.cells[scenario]-1)
	return true
}

// cell records the position of a cell.
func (p *part) cell(scenario string, at int) {
	if p.Cells == nil {
		p.Cells = map[string][]int{}
	}
	p.Cells[scenario] = append(p.Cells[scenario], at)
}

// Whole reports whether all cases of a provider are selected.
func (e *Engine) Whole(provider string, selected []*contract.Case) bool {
	return !slices.ContainsFunc(e.Fixtures.Cases, func(c *contract.Case) bool {
		return c.Provider() == provider && !slices.Contains(selected, c)
	})
}
