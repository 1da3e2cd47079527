package drift

import (
	"assay/internal/contract"
	"assay/internal/shape"
)

// Messages about responses without a result code.
var (
	codeAbsent = &contract.Template{ID: "drift.code-absent", Text: "the result code is absent from some responses"}
	codeLost   = &contract.Template{ID: "drift.code-removed", Text: "the result code is absent from all responses"}
	codeSilent = &contract.Template{ID: "drift.code-of-no-type", Text: "the result code is {now}, which is not a code"}
	codeNull   = &contract.Template{ID: "drift.code-null", Text: "the result code is null"}
	codeEmpty  = &contract.Template{ID: "drift.code-empty", Text: "the result code is an empty text"}
	codeless   = &contract.Template{ID: "drift.code-new.none", Text: "responses without a result code"}
	inquired   = &contract.Template{ID: "impact.inquired", Text: "our adapter reads the outcome as unknown: each order needs an inquiry"}
)

// withoutCode reports responses whose code is now absent, null, empty, or of a type
// that is not a code. It is not known which code they would have had, so this is a
// change of the operation, and counts all its JSON responses.
func (c *comparison) withoutCode(was, is *shape.Shape) {
	if len(c.o.Result.Code) == 0 {
		return
	}
	pointer := c.o.Result.Code[0]
	c.of, c.code, c.was, c.is = contract.InResponse, "", shape.Sum(was.Codes[shape.Uncoded]), shape.Sum(is.Codes[shape.Uncoded])
	if c.is == nil {
		return
	}
	before, now := inJSON(was), inJSON(is)
	if c.was == nil {
		c.was = shape.NewPart()
	}
	had, has := c.was.Members[pointer], c.is.Members[pointer]
	missed, absent := c.was.Exchanges-had.N(), c.is.Exchanges-has.N()
	if absent > 0 && (missed == 0 || rises(missed, before, absent, now)) {
		n := c.silent(contract.MemberAbsent, codeAbsent.Says(), nothing())
		n.was, n.is, n.seen = contract.Count{N: before - missed, Of: before}, contract.Count{N: now - absent, Of: now}, lacking(c.is, pointer)
		if absent == now {
			n.kind, n.text = contract.MemberRemoved, codeLost.Says()
		}
		c.add(n)
	}
	if has == nil {
		return
	}
	if had == nil {
		had = shape.NewMember()
	}
	for _, got := range has.Types.Names() {
		if k := had.Types.N(got); k > 0 && !rises(k, before, has.Types.N(got), now) {
			continue
		}
		n := c.silent(contract.MemberRetyped, codeSilent.Says(contract.ArgText("now", got)), contract.Value{Types: []string{got}})
		switch got {
		case "null":
			n.kind, n.text = contract.MemberNull, codeNull.Says()
		case "string":
			n.kind, n.text, n.now = contract.FormatChanged, codeEmpty.Says(), contract.Value{Formats: []string{"empty"}}
		}
		n.was, n.is, n.seen, n.got = contract.Count{N: had.Types.N(got), Of: before}, contract.Count{N: has.Types.N(got), Of: now}, has.Types[got], n.now
		c.add(n)
	}
}

// pages tells of responses that are no JSON, such as a gateway's pages, where they are
// new or come much more often.
func (c *comparison) pages(was, is *shape.Shape) {
	c.of, c.code, c.was, c.is = contract.InResponse, shape.None, shape.Sum(was.Codes[shape.None]), shape.Sum(is.Codes[shape.None])
	if c.is == nil {
		return
	}
	if c.was == nil {
		c.was = shape.NewPart()
	}
	if k := c.was.Exchanges; k > 0 && !rises(k, c.total[0], c.is.Exchanges, c.total[1]) {
		return
	}
	c.add(news{
		kind: contract.CodeNew, at: contract.ResponseRoot, text: codeless.Says(), impact: contract.Breaks, why: inquired.Says(),
		was: contract.Count{N: c.was.Exchanges, Of: c.total[0]}, is: contract.Count{N: c.is.Exchanges, Of: c.total[1]}, seen: c.is.Observed(),
		now: paged(c.is.HTTP),
	})
}

func (c *comparison) silent(kind contract.Kind, text contract.Message, now contract.Value) news {
	n := news{kind: kind, at: c.codeAt(), text: text, now: now}
	if n.impact, n.why = c.weighed(c.o.Result.Code[0]); n.impact == contract.Breaks {
		n.why = inquired.Says()
	}
	return n
}

// lacking returns where a member was absent first and last.
func lacking(p *shape.Part, pointer contract.Pointer) *shape.Observed {
	if m := p.Members[pointer]; m != nil && m.Absent().N > 0 {
		return m.Absent()
	}
	return p.Members[""].Observed()
}

// inJSON returns the number of JSON responses.
func inJSON(s *shape.Shape) (n int64) {
	for name, parts := range s.Codes {
		if p := shape.Sum(parts); name != shape.None {
			n += p.Members[""].N()
		}
	}
	return n
}
