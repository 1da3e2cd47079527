package main

import (
	"maps"
	"slices"

	"assay/internal/testsize"
)

// some is testsize.Some for a map, whose names it takes in their order.
func some[V any](all map[string]V, n int) map[string]V {
	taken := testsize.Some(slices.Sorted(maps.Keys(all)), n)
	return maps.Collect(func(yield func(string, V) bool) {
		for _, name := range taken {
			if !yield(name, all[name]) {
				return
			}
		}
	})
}
