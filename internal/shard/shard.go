// Package shard splits a run into parts, and puts their reports together again.
//
// A case is in the part that the hash of its name selects, so it stays there when other cases
// come and go. Cases that follow each other are in the same part. The result of a specification
// is in one part, too.
package shard

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// Parse reads i/n: part i of n, both from 1.
func Parse(text string) (contract.Shard, error) {
	first, second, ok := strings.Cut(text, "/")
	index, wrong := strconv.Atoi(first)
	of, wrong2 := strconv.Atoi(second)
	if !ok || wrong != nil || wrong2 != nil || index < 1 || of < 1 || index > of {
		return contract.Shard{}, fmt.Errorf("%q is no shard: write i/n, such as 1/4 to 4/4", contract.Shorten(text, 40))
	}
	return contract.Shard{Index: index, Of: of}, nil
}

// Has returns a function that reports whether a part has a case, or the specification of a
// provider. lookup returns the case with a name, or nil.
func Has(s contract.Shard, lookup func(name string) *contract.Case) func(name string) bool {
	return func(name string) bool { return partOf(root(name, lookup), s.Of) == s.Index }
}

// root is the first case of those that a case follows.
func root(name string, lookup func(string) *contract.Case) string {
	for seen := map[string]bool{}; !seen[name]; {
		seen[name] = true
		if c := lookup(name); c != nil && c.After != "" {
			name = c.After
		}
	}
	return name
}

// partOf is the part, from 1, of a name.
func partOf(name string, of int) int {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	sum := h.Sum64()
	return 1 + int((sum^sum>>32)%uint64(of))
}
