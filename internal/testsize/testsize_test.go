package testsize

import (
	"slices"
	"testing"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for n, want := range map[int][]int{
		0: {0, 9}, 2: {0, 9}, 3: {0, 4, 9}, 4: {0, 3, 6, 9}, 9: {0, 1, 2, 3, 4, 5, 6, 7, 9}, 10: all, 11: all,
	} {
		if got := spread(all, n); !slices.Equal(got, want) {
			t.Errorf("%d of %v are %v, want %v", n, all, got, want)
		}
	}
	if got := spread([]int(nil), 5); got != nil {
		t.Errorf("5 of nothing are %v", got)
	}
}
