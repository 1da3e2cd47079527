package specdiff

import "assay/internal/contract"

// absent returns the value of a missing thing.
func absent() contract.Value { return contract.Value{Absent: true} }

// differ reports whether two values differ.
func differ(was, is contract.Value) bool {
	return was.Notation != is.Notation || was.Absent != is.Absent
}

// terms returns a value with a notation and terms, given as alternating names and
// texts; empty texts are left out. Ids are made from the notation, so it must never
// change.
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
