package drift

import (
	"maps"
	"slices"

	"assay/internal/contract"
	"assay/internal/shape"
)

// Messages about headers.
var (
	headerNew    = &contract.Template{ID: "drift.header-added", Text: "a header is new"}
	headerGone   = &contract.Template{ID: "drift.header-removed", Text: "a header that was always present is missing"}
	headerAbsent = &contract.Template{ID: "drift.header-absent", Text: "a header that was always present is sometimes missing"}
	headerUnread = &contract.Template{ID: "impact.header-unread", Text: "our adapter does not read it; other clients may"}
)

// headers reports new header names, and names that were always present and are missing.
// No document requires a header, so chance must be an unlikely cause.
func headers(c *comparison) {
	if !comparableHeaders(c.was, c.is) {
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
			continue // it may be counted as shape.Rest
		}
		if c.uses != nil && slices.Contains(c.uses.Headers, name) {
			n.impact, n.why = Decides.Impact()
		}
		c.add(n)
	}
}

// comparableHeaders reports whether the headers of two parts can be compared. Headers
// of documented or simulated responses are not compared with a provider's: no document
// says which headers it sends.
func comparableHeaders(p, other *shape.Part) bool {
	if p.Evidence.N(string(contract.Documented))+other.Evidence.N(string(contract.Documented)) > 0 {
		return false
	}
	mine, theirs := p.Evidence.N(string(contract.Simulated)), other.Evidence.N(string(contract.Simulated))
	return mine == 0 && theirs == 0 || mine == p.Exchanges && theirs == other.Exchanges
}
