package conform

import (
	"context"
	"strings"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/interrupt"
	"assay/internal/protocol"
)

// inTime is Result. Once ctx has ended it gives up after a moment. It reports whether the
// client was called and is not called any more.
func (s *Session) inTime(ctx context.Context, c *contract.Case) (r contract.Result, played bool) {
	if ctx.Err() != nil {
		r = engine.Interrupted(c)
		r.Why = "the run was interrupted before this case; the client was not called"
		return r, false
	}
	if interrupt.Do(ctx, func() { r = s.Result(ctx, c) }) {
		return r, true
	}
	return engine.Interrupted(c), false
}

// late makes errors of the results about which the client was wrong after its reply, such as
// a second reply.
func (s *Session) late(results []contract.Result) {
	l, ok := s.options.Client.(protocol.Late)
	if !ok {
		return
	}
	for id, fault := range l.Faults() {
		name, _, _ := strings.Cut(id, "#")
		for i := range results {
			if r := &results[i]; r.Case == name && r.Verdict != contract.Errored {
				r.Verdict, r.Why = contract.Errored, s.explained(s.engine.Fixtures.Case(name), fault)
			}
		}
	}
}
