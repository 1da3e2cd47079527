package drift

import (
	"maps"
	"slices"

	"assay/internal/contract"
	"assay/internal/shape"
)

// What is said of headers.
var (
	headerNew    = &contract.Template{ID: "drift.header-added", Text: "a header that was not there before"}
	headerGone   = &contract.Template{ID: "drift.header-removed", Text: "a header that was always there is gone"}
	headerAbsent = &contract.Template{ID: "drift.header-absent", Text: "a header that was always there is sometimes absent"}
	headerUnread = &contract.Template{ID: "impact.header-unread", Text: "our adapter does not look at it; somebody else may"}
)

// headers reports names that are new, and names that were always there and are
// gone. Nobody requires a header, so chance has to be an improbable reason.
func headers(c *comparison) {
	if !heard(c.was, c.is) {
		return
	}
	all := maps.Clone(c.was.Headers)
	maps.Copy(all, c.is.Headers)
	for _, name := range all.Names() {
		was, is := c.was.Headers.N(name), c.is.Headers.N(name)
		n := news{
			at: contract.ResponseHeader(name), was: contract.Count{N: was, Of: c.was.Exchanges}, is: contract.Count{N: is, Of: c.is.Exchanges},
			impact: contract.Minor, why: headerUnread.Says(),
		}
		switch {
		case name == shape.Rest || slices.Contains(shape.IgnoredHeaders(), name):
			continue
		case !c.was.Headers.MayContain(name) && fewer(is, c.is.Exchanges, 0, c.was.Exchanges):
			n.kind, n.text, n.seen, n.before, n.now = contract.HeaderAdded, headerNew.Says(), c.is.Headers[name], nothing(), contract.Value{Present: true}
			n.impact, n.why = contract.Harmless, adapterPassesOver.Says()
		case was < c.was.Exchanges || !fewer(was, c.was.Exchanges, is, c.is.Exchanges):
			continue
		case !c.is.Headers.MayContain(name):
			n.kind, n.text, n.seen, n.before, n.now = contract.HeaderRemoved, headerGone.Says(), c.is.Observed(), contract.Value{Present: true}, nothing()
		case is > 0:
			n.kind, n.text, n.seen, n.before, n.now = contract.HeaderAbsent, headerAbsent.Says(), c.is.Observed(), contract.Value{Present: true}, nothing()
		default:
			continue // it may be one of those beyond the limit
		}
		if c.uses != nil && slices.Contains(c.uses.Headers, name) {
			n.impact, n.why = Decides.Impact()
		}
		c.add(n)
	}
}

// heard tells whether the headers of two parts say something of each other: the
// documents print none, and what a sandbox of ours sends is no provider's.
func heard(p, other *shape.Part) bool {
	if p.Evidence.N(string(contract.Documented))+other.Evidence.N(string(contract.Documented)) > 0 {
		return false
	}
	mine, theirs := p.Evidence.N(string(contract.Simulated)), other.Evidence.N(string(contract.Simulated))
	return mine == 0 && theirs == 0 || mine == p.Exchanges && theirs == other.Exchanges
}
