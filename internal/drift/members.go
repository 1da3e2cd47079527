package drift

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assay/internal/spec"
)

// members looks at the body's members from the top: what is below a member that
// is new or gone has no news of its own.
func members(c *comparison, each func(*compared)) {
	all := maps.Clone(c.was.Members)
	maps.Copy(all, c.is.Members)
	for _, pointer := range slices.Sorted(maps.Keys(all)) {
		m := &compared{
			comparison: c, pointer: pointer, doc: documented(c.o, c.side, pointer),
			was: c.was.Members[pointer], is: c.is.Members[pointer],
		}
		if m.before, m.now = c.was.possible(pointer), c.is.possible(pointer); m.before > 0 && m.now > 0 {
			each(m)
		}
	}
}

// allMembers compares every member of a code's answers.
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
			m.format()
			m.length()
		}
	})
}

// compared is one member.
type compared struct {
	*comparison
	pointer     string
	doc         *spec.Member // nil: nobody documents it
	was, is     *Member
	before, now int64 // how often it could have been there
}

// possible is how often what a member is part of was there.
func (p *Part) possible(pointer string) int64 {
	if pointer == "" {
		return p.Exchanges
	}
	above := p.Members[parent(pointer)]
	if above == nil {
		return 0
	}
	if strings.HasSuffix(pointer, "/*") && above.Types["array"] != nil {
		return above.Types.N("array")
	}
	return above.Types.N("object")
}

func (m *compared) news(kind Kind, text string) news {
	impact, why := m.weighed(m.pointer)
	return news{
		kind: kind, at: m.side + m.pointer, text: text, impact: impact, why: why,
		was: Count{m.was.N(), m.before}, is: Count{m.is.N(), m.now}, seen: m.is.seen(), shown: m.is.look(),
	}
}

// seen is where the member was met at all.
func (m *Member) seen() *Seen {
	if m == nil {
		return nil
	}
	all := &Seen{}
	for _, s := range m.Types {
		all.add(s)
	}
	return all
}

// look describes a member without telling what stood there.
func (m *Member) look() string {
	if m == nil {
		return ""
	}
	look := strings.Join(m.Types.names(), " or ")
	if len(m.Formats) > 0 {
		look += ", " + strings.Join(m.Formats.names(), " or ")
	}
	if m.Length != nil {
		look += ", " + m.Length.Min
		if m.Length.Max != m.Length.Min {
			look += " to " + m.Length.Max
		}
		look += " characters"
	}
	if m.Items != nil {
		look += ", " + m.Items.Min + " to " + m.Items.Max + " items"
	}
	if len(m.Values) > 0 {
		look += ": " + strings.Join(m.Values.names(), ", ")
	}
	return look
}

func (m *compared) added() {
	if strings.HasSuffix(m.pointer, "/*") || m.doc != nil && !fewer(m.is.N(), m.now, 0, m.before) {
		return // documented, and the old sample was too small to show it
	}
	n := m.news(MemberAdded, "a member that was not there before")
	switch weight := m.uses.Of(m.code, m.pointer); {
	case m.uses != nil && weight == Decides:
		n.why = "our adapter looks whether it is there, and the outcome depends on it"
	case m.doc == nil:
		n.text += "; the documents list it nowhere"
		fallthrough
	case m.side == "answer#":
		n.impact, n.why = Harmless, "our adapter leaves alone what it does not know"
	}
	m.add(n)
}

// thrice is how often what our adapter acts on must have been there before its
// absence is news.
const thrice = 3

// relied tells whether a single exchange without the member is news.
func (m *compared) relied() bool {
	required := m.doc != nil && m.doc.Required
	return m.was.N() == m.before && (required || m.before >= thrice && m.uses.Of(m.code, m.pointer) == Decides)
}

func (m *compared) signed() bool {
	return m.o.Sign.Answer != nil && m.o.Sign.Answer.At == m.pointer
}

func (m *compared) removed() {
	if strings.HasSuffix(m.pointer, "/*") || !m.relied() && !fewer(m.was.N(), m.before, 0, m.now) {
		return
	}
	n := m.news(MemberRemoved, "a member that was there is gone")
	if m.signed() {
		n.kind, n.text = SignatureGone, "is not signed any more"
	}
	n.seen, n.shown = &m.comparison.is.seen, "absent"
	m.add(n)
}

func (m *compared) absent() {
	if strings.HasSuffix(m.pointer, "/*") || m.is.N() == m.now || m.was.N() < m.before {
		return
	}
	if !m.relied() && !fewer(m.was.N(), m.before, m.is.N(), m.now) {
		return
	}
	n := m.news(MemberAbsent, "a member that was always there is sometimes absent")
	n.seen, n.shown = m.without(), "absent"
	if m.signed() {
		n.kind, n.text = SignatureGone, "is not always signed any more"
	}
	m.add(n)
}

// without is where the member was absent first and last.
func (m *compared) without() *Seen {
	absent := m.is.missed
	if first := m.comparison.is.seen.First; first.before(m.is.seen().First) {
		absent.add(&Seen{1, first, first})
	}
	return &absent
}

// types reports a type that did not come before, unless the documents allow it
// and the old sample was small.
func (m *compared) types() {
	for _, got := range unseen(m.was.Types, m.is.Types) {
		if m.was.N() < enoughValues && m.allows(got) || got == "integer" && m.was.Types["number"] != nil {
			continue
		}
		kind, text := MemberRetyped, fmt.Sprintf("is %s, and was %s", got, strings.Join(m.was.Types.names(), " or "))
		if got == "null" {
			kind = MemberNull
		}
		n := m.news(kind, text)
		n.detail, n.is, n.seen = got, Count{m.is.Types.N(got), m.is.N()}, m.is.Types[got]
		n.was = Count{0, m.was.N()}
		m.add(n)
	}
}

func (m *compared) allows(typ string) bool {
	if m.doc == nil {
		return false
	}
	if typ == "null" {
		return m.doc.Nullable()
	}
	return slices.Contains(m.doc.Types, typ) || typ == "integer" && slices.Contains(m.doc.Types, "number")
}

// enum reports a value beside those of a list: few of them in enoughValues
// sightings, or those that the documents list.
func (m *compared) enum() {
	listed := m.doc != nil && len(m.doc.Enum) > 0
	if m.was.Many || len(m.was.Values) == 0 || !listed && m.was.Values.Sum() < enoughValues || m.result() {
		return
	}
	if m.is.Many {
		n := m.news(EnumWidened, fmt.Sprintf("has many values, and had %d", len(m.was.Values)))
		m.add(n)
		return
	}
	for _, got := range unseen(m.was.Values, m.is.Values) {
		if listed && slices.Contains(m.doc.Enum, got) {
			continue
		}
		n := m.news(EnumWidened, fmt.Sprintf("has the value %s, and had %s", got, strings.Join(m.was.Values.names(), ", ")))
		n.detail, n.shown, n.seen = got, got, m.is.Values[got]
		n.was, n.is = Count{0, m.was.Values.Sum()}, Count{m.is.Values.N(got), m.is.Values.Sum()}
		m.add(n)
	}
}

// result tells whether the member is code, status or message: they are compared
// as what they are.
func (m *compared) result() bool {
	return slices.Contains(slices.Concat(m.o.Result.Code, m.o.Result.Status, m.o.Result.Message), m.pointer)
}

func (m *compared) format() {
	if m.result() {
		return
	}
	for _, got := range unseen(m.was.Formats, m.is.Formats) {
		n, all := m.is.Formats.N(got), m.is.Formats.Sum()
		if m.was.Formats[rest] != nil || m.was.Formats["text"] != nil || !fewer(m.was.Formats.Sum(), m.was.Formats.Sum(), all-n, all) {
			continue
		}
		change := m.news(FormatChanged, fmt.Sprintf("is %s, and was %s", named(got), named(strings.Join(m.was.Formats.names(), " or "))))
		if change.impact == Breaks {
			change.impact, change.why = Degrades, "our adapter reads it and hands it on"
		}
		change.detail, change.seen, change.was, change.is = got, m.is.Formats[got], Count{0, m.was.Formats.Sum()}, Count{n, all}
		m.add(change)
	}
}

func named(format string) string {
	if format == "empty" {
		return "an empty text"
	}
	return format
}

// length reports lengths and sizes that have nothing in common with those from
// before, and differ by half of them at least.
func (m *compared) length() {
	for _, r := range []struct {
		kind    Kind
		was, is *Range
		unit    string
		n, m    int64
	}{
		{LengthChanged, m.was.Length, m.is.Length, "characters", m.was.Formats.Sum(), m.is.Formats.Sum()},
		{SizeChanged, m.was.Items, m.is.Items, "items", m.was.Types.N("array"), m.is.Types.N("array")},
	} {
		if r.was == nil || r.is == nil || m.result() || !fewer(r.n, r.n, 0, r.m) || !apart(r.was, r.is) {
			continue
		}
		n := m.news(r.kind, fmt.Sprintf("has %s to %s %s, and had %s to %s", r.is.Min, r.is.Max, r.unit, r.was.Min, r.was.Max))
		if n.impact == Breaks {
			n.impact, n.why = Degrades, "our adapter reads it and hands it on"
		}
		m.add(n)
	}
}

func apart(a, b *Range) bool {
	low, high := a, b
	if less(b.Max, a.Min) {
		low, high = b, a
	}
	top, _ := strconv.ParseFloat(low.Max, 64)
	bottom, _ := strconv.ParseFloat(high.Min, 64)
	return bottom >= 1.5*top && bottom > top
}
