package drift

import (
	"maps"
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/shape"
)

// members visits the members from the root down. Members below one that is new or gone
// are not visited.
func members(c *comparison, each func(*compared)) {
	all := maps.Clone(c.was.Members)
	maps.Copy(all, c.is.Members)
	for _, pointer := range slices.Sorted(maps.Keys(all)) {
		if c.code == shape.Uncoded && slices.Contains(c.o.Result.Code, pointer) {
			continue // see withoutCode
		}
		m := &compared{
			comparison: c, pointer: pointer, item: c.listed(pointer), doc: shape.Documented(c.o, c.of, pointer),
			was: c.was.Members[pointer], is: c.is.Members[pointer],
		}
		if c.crowded(m) {
			continue
		}
		if m.before, m.now = c.was.Possible(pointer), c.is.Possible(pointer); m.before > 0 && m.now > 0 {
			each(m)
		}
	}
}

// allMembers compares every member of the responses with a code, or of accepted
// requests.
func allMembers(c *comparison) {
	members(c, func(m *compared) {
		switch {
		case m.was.N() == 0 && m.is.N() > 0:
			m.added()
		case m.is.N() == 0:
			m.removed()
		default:
			m.absent()
			m.types()
			m.enum()
			if !m.format() { // lengths of texts of different formats are not comparable
				m.length(contract.LengthChanged, lengthOther, m.was.Length, m.is.Length, contract.Count{N: m.was.Formats.Sum(), Of: m.was.Texts()}, contract.Count{N: m.is.Formats.Sum(), Of: m.is.Texts()})
			}
			m.length(contract.SizeChanged, sizeOther, m.was.Items, m.is.Items, seen(m.was, m.was.Types.N("array")), seen(m.is, m.is.Types.N("array")))
			m.number()
		}
	})
}

// listed reports whether a pointer stands for the items of a list.
func (c *comparison) listed(pointer contract.Pointer) bool {
	if !shape.IsWildcard(pointer) {
		return false
	}
	was, is := c.was.Members[pointer.Parent()], c.is.Members[pointer.Parent()]
	return was != nil && was.Types["array"] != nil || is != nil && is.Types["array"] != nil
}

// crowded reports whether one side may have the member but had no room for it.
// Documented members always have room.
func (c *comparison) crowded(m *compared) bool {
	return m.doc == nil && (m.was == nil && c.was.More || m.is == nil && c.is.More)
}

// compared is one member in both shapes.
type compared struct {
	*comparison
	pointer     contract.Pointer // see shape.Key
	item        bool             // it stands for the items of a list
	doc         *openapi.Member  // nil: not documented
	was, is     *shape.Member
	before, now int64 // how often it could have been present
}

// at returns the place of the member.
func (m *compared) at() contract.Place { return shape.Place(m.of, m.pointer) }

func (m *compared) news(kind contract.Kind, text contract.Message) news {
	impact, why := m.weighed(m.pointer)
	return news{
		kind: kind, at: m.at(), text: text, impact: impact, why: why,
		was: contract.Count{N: m.was.N(), Of: max(m.before, m.was.N())}, is: contract.Count{N: m.is.N(), Of: max(m.now, m.is.N())},
		seen: m.is.Observed(), before: look(m.was), now: look(m.is),
	}
}

// Messages about members.
var (
	memberNew         = &contract.Template{ID: "drift.member-added", Text: "a member is new"}
	memberUnnamed     = &contract.Template{ID: "drift.member-added.unnamed", Text: "members are new; their names are not stored, because they may be personal"}
	memberGone        = &contract.Template{ID: "drift.member-removed", Text: "a member that was present is missing"}
	memberAbsent      = &contract.Template{ID: "drift.member-absent", Text: "a member that was always present is sometimes missing"}
	signatureGone     = &contract.Template{ID: "drift.signature-gone", Text: "responses are no longer signed"}
	signatureAbsent   = &contract.Template{ID: "drift.signature-gone.sometimes", Text: "some responses are no longer signed"}
	memberOtherwise   = &contract.Template{ID: "drift.member-retyped", Text: "is {now}, and was {before|or}"}
	valuesMany        = &contract.Template{ID: "drift.enum-widened.many", Text: "has many values, and had {before}"}
	valueNew          = &contract.Template{ID: "drift.enum-widened", Text: "has the value {now}, and had {before}"}
	adapterLooksForIt = &contract.Template{ID: "impact.presence-decides", Text: "our adapter checks whether it is present, and the outcome depends on it"}
	adapterPassesOver = &contract.Template{ID: "impact.unknown-passed-over", Text: "our adapter ignores members that it does not know"}
)

// Reasons for changes of requests: the provider accepts something new. Everything else
// in requests is up to our side.
var (
	besides = &contract.Template{ID: "impact.accepted-besides", Text: "our adapter does not send it; other clients do, and the provider accepts it"}
	without = &contract.Template{ID: "impact.accepted-without", Text: "the documents require it, but the provider accepts requests without it"}
	against = &contract.Template{ID: "impact.accepted-against", Text: "the documents demand something else, but the provider accepts it"}
)

// addRated adds a change. In a request, beyond means that the provider accepts
// something that it was not known to accept; accepted is the reason then.
func (m *compared) addRated(n news, beyond bool, accepted *contract.Template) {
	if m.inRequest() && beyond {
		n.impact, n.why = contract.Minor, accepted.Says()
	}
	m.add(n)
}

// inRequest reports whether requests are compared.
func (c *comparison) inRequest() bool { return c.of == contract.InRequest }

// weight returns what our adapter does with the member of a response.
func (m *compared) weight() Weight {
	if m.inRequest() {
		return Unread
	}
	return m.uses.Of(m.code, m.pointer)
}

// look describes a member. It shows only values that a shape may contain.
func look(m *shape.Member) contract.Value {
	look := sorted(m)
	if m != nil {
		look.Values, look.Many = tallied(m.Values), m.Many
		look.More = look.More || m.Values[shape.Rest] != nil
	}
	return look
}

// sorted describes the types, formats, lengths and sizes of a member.
func sorted(m *shape.Member) contract.Value {
	if m == nil {
		return contract.Value{}
	}
	return contract.Value{
		Types: tallied(m.Types), Formats: tallied(m.Formats), Length: ends(m.Length), Items: ends(m.Items),
	}
}

func (m *compared) added() {
	unnamed := shape.IsWildcard(m.pointer) // its names may be personal
	switch {
	case m.item, unnamed && m.open():
		return
	case m.doc != nil && !m.surprising() || unnamed || m.inRequest() && m.before < thrice:
		if !fewer(min(m.is.N(), m.now), m.now, 0, m.before) {
			return // the old sample was too small to show it
		}
	}
	n := m.news(contract.MemberAdded, memberNew.Says())
	n.before = nothing()
	switch {
	case unnamed:
		n.text, n.is.N = memberUnnamed.Says(), min(n.is.N, n.is.Of)
	case m.doc == nil:
		n.text = nowhere(n.text)
	}
	switch {
	case m.uses != nil && m.weight() == Decides:
		n.why = adapterLooksForIt.Says()
	case !m.inRequest():
		n.impact, n.why = contract.Harmless, adapterPassesOver.Says()
	}
	m.addRated(n, true, besides)
}

// open reports whether the documents allow any names in the object.
func (m *compared) open() bool {
	above := shape.Documented(m.o, m.of, m.pointer.Parent())
	return m.doc != nil || above != nil && above.Free
}

// here reports whether the documents list the member in this body.
func (m *compared) here() bool {
	row := m.o.Code(m.code)
	if m.inRequest() || row == nil || m.o.Responses[row.HTTP] == nil {
		return m.doc != nil
	}
	return m.o.Responses[row.HTTP].Member(m.pointer) != nil
}

// surprising reports whether one exchange with the member is worth reporting: it is
// documented in other responses only, and our adapter acts on it.
func (m *compared) surprising() bool {
	return !m.here() && m.before >= thrice && m.weight() == Decides
}

// thrice is how often a member that our adapter needs must have been present before its
// absence is reported.
const thrice = 3

// required reports whether the documents require the member.
func (m *compared) required() bool { return m.doc != nil && m.doc.Required }

// conditioned reports whether a condition of the documents is about the member or
// anything below it.
func (m *compared) conditioned() bool {
	return !m.inRequest() && slices.ContainsFunc(m.o.Rules, func(r *openapi.Rule) bool {
		return r.On == contract.InResponse && r.Severity == contract.Error && m.pointer.Contains(r.At)
	})
}

// optional reports whether responses with this code may lack the member. A body that is
// shared by codes with other outcomes does not say so.
func (m *compared) optional() bool {
	row := m.o.Code(m.code)
	return m.here() && row != nil && !slices.ContainsFunc(m.o.Codes, func(other *openapi.Code) bool { return other.HTTP == row.HTTP && other.State != row.State })
}

// relied reports whether one exchange without the member is worth reporting. Conforming
// responses may lack a member that is optional and that no condition requires.
func (m *compared) relied() bool {
	if m.was.N() < m.before {
		return false
	}
	return m.required() || (m.signed() || m.conditioned() || !m.optional()) && m.before >= thrice && m.loss() == Decides
}

// loss returns what our adapter does if the member is absent.
func (m *compared) loss() Weight {
	if m.inRequest() {
		return Unread
	}
	return m.uses.By(m.code, m.pointer, Gone)
}

func (m *compared) signed() bool {
	return !m.inRequest() && m.o.Sign.Response != nil && m.o.Sign.Response.At == m.pointer
}

func (m *compared) removed() {
	unnamed := shape.IsWildcard(m.pointer)
	if m.item || unnamed && m.open() || !m.relied() && !fewer(min(m.was.N(), m.before), m.before, 0, m.now) {
		return
	}
	if m.inRequest() && m.was.N() < m.before {
		return // our side may leave out what was optional
	}
	n := m.news(contract.MemberRemoved, memberGone.Says())
	m.rated(&n, Gone)
	if m.signed() {
		n.kind, n.text = contract.SignatureGone, signatureGone.Says()
	}
	n.seen, n.now = m.comparison.is.Observed(), nothing()
	m.addRated(n, m.required(), without)
}

func (m *compared) absent() {
	if shape.IsWildcard(m.pointer) || m.is.N() == m.now || m.was.N() < m.before {
		return
	}
	if !m.relied() && !fewer(m.was.N(), m.before, m.is.N(), m.now) {
		return
	}
	n := m.news(contract.MemberAbsent, memberAbsent.Says())
	m.rated(&n, Gone)
	n.seen, n.now = m.without(), nothing()
	if m.signed() {
		n.kind, n.text = contract.SignatureGone, signatureAbsent.Says()
	}
	m.addRated(n, m.required(), without)
}

// without returns where the member was absent first and last.
func (m *compared) without() *shape.Observed {
	absent := *m.is.Absent()
	if first := m.comparison.is.Observed().First; first.Before(m.is.Observed().First) {
		absent.Add(&shape.Observed{N: 1, First: first, Last: first})
	}
	return &absent
}

// types reports a new type, unless the documents allow it and the old sample was small.
func (m *compared) types() {
	if len(m.was.Types) == 0 {
		return // the recordings have replaced all values
	}
	for _, got := range slices.Concat(unseen(m.was.Types, m.is.Types), m.acting(risen(m.was.Types, m.is.Types, m.was.N(), m.is.N()))) {
		if m.was.Types.Sum() < shape.EnoughValues && allows(m.doc, got) && !m.acted(got) || got == "integer" && m.was.Types["number"] != nil {
			continue
		}
		if m.doc == nil && m.weight() == Unread && !m.inRequest() && !fewer(m.is.Types.N(got), m.is.N(), 0, m.was.N()) {
			continue
		}
		if m.was.Hidden() > 0 && !others(seen(m.was, m.was.Types.Sum()), contract.Count{N: m.is.Types.N(got), Of: m.is.N()}) {
			continue // it may be the type of what the recording hides
		}
		kind, text := contract.MemberRetyped, memberOtherwise.Says(contract.ArgText("now", got), contract.ArgList("before", m.was.Types.Names()))
		if got == "null" {
			kind = contract.MemberNull
		}
		n := m.news(kind, text)
		n.got, n.is, n.seen = contract.Value{Types: []string{got}}, contract.Count{N: m.is.Types.N(got), Of: m.is.Types.Sum()}, m.is.Types[got]
		n.was = contract.Count{N: m.was.Types.N(got), Of: m.was.Types.Sum()}
		m.rated(&n, got)
		m.addRated(n, true, besides)
	}
}

// acting returns the types that change what our adapter does.
func (m *compared) acting(types []string) []string {
	return slices.DeleteFunc(types, func(typ string) bool { return !m.acted(typ) })
}

// acted reports whether our adapter acts on a type that did not occur although the
// sample was large enough.
func (m *compared) acted(typ string) bool {
	return !m.inRequest() && m.was.Types.Sum() >= thrice && m.uses.By(m.code, m.pointer, typ) == Decides
}

// rated sets the impact by what is in the place of the member now: Gone, or a type.
func (m *compared) rated(n *news, how string) {
	if !m.inRequest() && m.uses != nil {
		n.impact, n.why = m.uses.By(m.code, m.pointer, how).Impact()
	}
}

// allows reports whether the documents allow a type.
func allows(doc *openapi.Member, typ string) bool {
	if doc == nil {
		return false
	}
	if typ == "null" {
		return doc.Nullable()
	}
	return slices.Contains(doc.Types, typ) || typ == "integer" && slices.Contains(doc.Types, "number")
}

// enum reports a new value of an enumeration: a documented one, or few values in
// EnoughValues observations.
func (m *compared) enum() {
	listed := m.doc != nil && len(m.doc.Enum) > 0
	if m.was.Many || len(m.was.Values) == 0 || !listed && m.was.Values.Sum() < shape.EnoughValues || m.result() {
		return
	}
	if m.is.Many {
		m.addRated(m.news(contract.EnumWidened, valuesMany.Says(contract.ArgInt("before", int64(len(m.was.Values))))), listed, against)
		return
	}
	for _, got := range unseen(m.was.Values, m.is.Values) {
		if listed && slices.Contains(m.doc.Enum, got) {
			continue
		}
		if !listed && m.weight() == Unread && !fewer(m.is.Values.N(got), m.is.Values.Sum(), 0, m.was.Values.Sum()) {
			continue
		}
		n := m.news(contract.EnumWidened, valueNew.Says(contract.ArgText("now", got), contract.ArgList("before", m.was.Values.Names())))
		n.got, n.before, n.now, n.seen = valuesOf(got), valuesOf(m.was.Values.Names()...), valuesOf(got), m.is.Values[got]
		n.was, n.is = contract.Count{N: 0, Of: m.was.Values.Sum()}, contract.Count{N: m.is.Values.N(got), Of: m.is.Values.Sum()}
		m.addRated(n, listed, against)
	}
}

// result reports whether the member is the code, status or message of the result, which
// are compared separately.
func (m *compared) result() bool {
	return !m.inRequest() && slices.Contains(slices.Concat(m.o.Result.Code, m.o.Result.Status, m.o.Result.Message), m.pointer)
}
