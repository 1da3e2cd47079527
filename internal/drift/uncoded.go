package drift

import (
	"assay/internal/contract"
)

// inquired is what becomes of an answer in which our adapter finds no code.
const inquired = "our adapter reads it as unknown: somebody has to inquire about each"

// unsaid tells where answers came to say no code: it is absent, null, empty, or of
// a type that says none. Which code they would have had nobody knows, so it is news
// of the operation and counted over all its answers in JSON.
func (c *comparison) unsaid(was, is *Shape) {
	if len(c.o.Result.Code) == 0 {
		return
	}
	pointer := c.o.Result.Code[0]
	c.side, c.code, c.was, c.is = "answer#", "", folded(was.Codes[uncoded]), folded(is.Codes[uncoded])
	if c.is == nil {
		return
	}
	before, now := was.inJSON(), is.inJSON()
	if c.was == nil {
		c.was = newPart()
	}
	had, has := c.was.Members[pointer], c.is.Members[pointer]
	if absent := c.is.Exchanges - has.N(); absent > 0 && c.was.Exchanges == had.N() {
		n := c.silent(contract.MemberAbsent, "answers in which the result code is absent", "absent")
		n.was, n.is, n.seen = contract.Count{N: before, Of: before}, contract.Count{N: now - absent, Of: now}, c.is.without(pointer)
		if absent == now {
			n.kind, n.text = contract.MemberRemoved, "the result code is gone"
		}
		c.add(n)
	}
	if has == nil {
		return
	}
	if had == nil {
		had = newMember()
	}
	for _, got := range unseen(had.Types, has.Types) {
		n := c.silent(contract.MemberRetyped, "the result code is "+got+", which says none", got)
		switch got {
		case "null":
			n.kind, n.text = contract.MemberNull, "the result code is null"
		case "string":
			n.kind, n.text, n.now = contract.FormatChanged, "the result code is an empty text", "empty"
		}
		n.was, n.is, n.seen, n.got = contract.Count{N: 0, Of: before}, contract.Count{N: has.Types.N(got), Of: now}, has.Types[got], n.now
		c.add(n)
	}
}

func (c *comparison) silent(kind contract.Kind, text, now string) news {
	n := news{kind: kind, at: c.codeAt(), text: text, now: now}
	if n.impact, n.why = c.weighed(c.o.Result.Code[0]); n.impact == contract.Breaks {
		n.why = inquired
	}
	return n
}

// without is where a member was absent, first and last.
func (p *Part) without(pointer string) *Seen {
	if m := p.Members[pointer]; m != nil && m.missed.N > 0 {
		return &m.missed
	}
	return p.Members[""].seen()
}

// inJSON is how many answers in JSON there were.
func (s *Shape) inJSON() (n int64) {
	for name, parts := range s.Codes {
		if p := folded(parts); name != none {
			n += p.Members[""].N()
		}
	}
	return n
}
