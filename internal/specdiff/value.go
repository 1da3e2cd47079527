package specdiff

import "assay/internal/contract"

// absent is what stands where nothing does.
func absent() contract.Value { return contract.Value{Absent: true} }

// differ tells whether two documents say different things.
func differ(was, is contract.Value) bool {
	return was.Notation != is.Notation || was.Absent != is.Absent
}

// terms is what a document says in the dialect's own terms, given as names and texts
// in turn; an empty text says nothing. The notation is what ids are made of: it never
// changes.
func terms(notation string, pairs ...string) contract.Value {
	v := contract.Value{Notation: notation}
	for i := 0; i+1 < len(pairs); i += 2 {
		v = with(v, pairs[i], pairs[i+1])
	}
	return v
}

// with adds texts to a term.
func with(v contract.Value, name string, texts ...string) contract.Value {
	for _, text := range texts {
		if text == "" {
			continue
		}
		if v.Terms == nil {
			v.Terms = map[string][]string{}
		}
		v.Terms[name] = append(v.Terms[name], text)
	}
	return v
}
