package redact

import "assay/internal/contract"

// places is a list of places, each once, in order of discovery.
type places struct {
	list  []contract.Place
	known map[contract.Place]bool
}

func (p *places) add(place contract.Place) {
	if p.known[place] {
		return
	}
	if p.known == nil {
		p.known = map[contract.Place]bool{}
	}
	p.known[place] = true
	p.list = append(p.list, place)
}

// keep removes all but the first n places.
func (p *places) keep(n int) {
	for _, place := range p.list[n:] {
		delete(p.known, place)
	}
	p.list = p.list[:n]
}
