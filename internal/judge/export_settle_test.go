package judge

import (
	"assay/internal/contract"
	"assay/internal/traffic"
)

// SettleWithPanic settles three pending entries; the second has no route, so it panics.
func SettleWithPanic(j *Judge, t *Tally, e *traffic.Entry, r contract.Result) {
	to := j.routes[0]
	c := &counter{judge: j, tally: t, scratch: &traffic.Scratch{}, seen: newReferences()}
	c.pending = []pending{{1, e, to, identity{reference: 1}, r}, {2, e, nil, identity{reference: 2}, r}, {3, e, to, identity{reference: 3}, r}}
	c.settle()
}
