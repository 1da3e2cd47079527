package traffic

import (
	"fmt"
	"slices"
	"testing"
)

// TestMentions looks for hosts in an entry with and without upper case. A hundred hosts take
// no more memory than one.
func TestMentions(t *testing.T) {
	hosts := func(n int) []string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("api%d.example.com", i))
		}
		return all
	}
	for raw, want := range map[string]bool{
		`POST https://api0.example.com/`: true, `POST https://API0.Example.com/`: true, `post https://api0.example.com/`: true,
		`POST https://other.example.com/`: false, `post https://other.example.com/`: false,
	} {
		e := &Entry{raw: []byte(raw)}
		for _, n := range []int{1, 100} {
			all := slices.Values(hosts(n))
			if got := e.Mentions(all); got != want {
				t.Errorf("%s mentions one of %d hosts: %t", raw, n, got)
			}
			if allocations := testing.AllocsPerRun(10, func() { e.Mentions(all) }); allocations > 8 {
				t.Errorf("%s: %v allocations for %d hosts", raw, allocations, n)
			}
		}
	}
}
