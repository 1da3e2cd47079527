package drift

import (
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/shape"
)

// Messages about texts, lists and numbers.
var (
	formatOther   = &contract.Template{ID: "drift.format-changed", Text: "is {now}, and was {before}"}
	formatEmpty   = &contract.Template{ID: "drift.format-empty", Text: "an empty text"}
	formatNames   = &contract.Template{ID: "drift.format-names", Text: "{formats|or}"}
	lengthOther   = &contract.Template{ID: "drift.length-changed", Text: "has {least} to {most} characters, and had {leastBefore} to {mostBefore}"}
	sizeOther     = &contract.Template{ID: "drift.size-changed", Text: "has {least} to {most} items, and had {leastBefore} to {mostBefore}"}
	numberOther   = &contract.Template{ID: "drift.number-changed", Text: "is {least} to {most}, and was {leastBefore} to {mostBefore}"}
	onceAtLeast   = &contract.Template{ID: "drift.number-changed.once", Text: "{what}, at least once"}
	readAndHanded = &contract.Template{ID: "impact.handed-on", Text: "our adapter reads it and passes it on"}
)

// format reports new formats of a text. It returns whether it reported any.
func (m *compared) format() (reported bool) {
	if m.result() {
		return false
	}
	for _, got := range slices.Concat(unseen(m.was.Formats, m.is.Formats), risen(m.was.Formats, m.is.Formats, m.was.Texts(), m.is.Texts())) {
		n, all := m.is.Formats.N(got), m.is.Formats.Sum()
		refused := !m.inRequest() && m.weight() == Decides && m.uses.Refuses(m.code, m.pointer, got)
		if m.was.Formats[shape.Rest] != nil || m.was.Formats["text"] != nil && !refused {
			continue
		}
		if m.byChance(got, n, all) {
			continue
		}
		if had := m.was.Formats.N(got); had > 0 && !refused {
			continue // the format occurred before, and our adapter accepts it
		}
		if (!refused || m.was.Formats.Sum() < thrice) && !others(contract.Count{N: m.was.Formats.Sum(), Of: m.was.Texts()}, contract.Count{N: n, Of: m.is.Texts()}) {
			continue
		}
		change := m.news(contract.FormatChanged, formatOther.Says(named("now", got), named("before", m.was.Formats.Names()...)))
		if change.impact == contract.Breaks && !refused {
			change.impact, change.why = contract.Degrades, readAndHanded.Says()
		}
		change.got, change.seen = contract.Value{Formats: []string{got}}, m.is.Formats[got]
		change.was, change.is = contract.Count{N: m.was.Formats.N(got), Of: m.was.Formats.Sum()}, contract.Count{N: n, Of: all}
		m.addRated(change, m.breaks("format", strings.TrimPrefix(got, "https-")), against)
		reported = true
	}
	return reported
}

// leastBase64 is the fewest characters of a text whose format is base64.
const leastBase64 = 16

// unpadded is the share of texts in base64 that need no =; the fewer of them need neither + nor
// / and look like words.
const unpadded = 1.0 / 3

// byChance reports whether n of all texts that look like words can be texts in base64 still.
// More of them than chance explains are another format.
func (m *compared) byChance(got string, n, all int64) bool {
	if got != "word" || m.was.Formats["base64"] == nil || m.is.Length == nil {
		return false
	}
	least, err := strconv.Atoi(m.is.Length.Min)
	return err == nil && least >= leastBase64 && atLeast(n, all, unpadded) >= improbable
}

func named(name string, formats ...string) contract.Arg {
	if len(formats) == 1 && formats[0] == "empty" {
		return contract.ArgMessage(name, formatEmpty.Says())
	}
	return contract.ArgMessage(name, formatNames.Says(contract.ArgList("formats", formats)))
}

// spans returns the arguments for a range and the range before.
func spans(is, was *shape.Range) []contract.Arg {
	return []contract.Arg{
		contract.ArgDecimal("least", is.Min), contract.ArgDecimal("most", is.Max),
		contract.ArgDecimal("leastBefore", was.Min), contract.ArgDecimal("mostBefore", was.Max),
	}
}

// length reports lengths or sizes that have nothing in common with those before, and
// differ by at least half. before and now count the observations, of all that can have been: what
// a recording hides may be as the others were, on either side.
func (m *compared) length(kind contract.Kind, text *contract.Template, was, is *shape.Range, before, now contract.Count) {
	if was == nil || is == nil || m.result() || !others(before, now) || !apart(was, is, 1.5) {
		return
	}
	change := m.news(kind, text.Says(spans(is, was)...))
	if change.impact == contract.Breaks {
		change.impact, change.why = contract.Degrades, readAndHanded.Says()
	}
	of := map[contract.Kind]string{contract.LengthChanged: "Length", contract.SizeChanged: "Items"}[kind]
	m.addRated(change, m.breaks("max"+of, is.Max) || m.breaks("min"+of, is.Min), against)
}

// anotherUnit is the factor from which numbers have another unit: paise instead of
// rupees, seconds instead of milliseconds.
const anotherUnit = 100

// number reports numbers of another unit, or negative numbers where there were none. It
// compares all numbers, or, if there were enough, the smallest or the largest. Zero has
// no unit, and amounts depend on the order.
func (m *compared) number() {
	was, is := m.was.Number, m.is.Number
	n := numbers(m.was)
	if was == nil || is == nil || m.result() || m.doc != nil && strings.HasPrefix(m.doc.Means, "amount") {
		return
	}
	all := others(seen(m.was, n), seen(m.is, numbers(m.is))) && (negative(is.Max) && !negative(was.Min) || apart(was, is, anotherUnit))
	some := n >= shape.EnoughValues && (negative(is.Min) && !negative(was.Min) || unlike(was.Max, is.Max) || unlike(is.Min, was.Min))
	beyond := m.breaks("maximum", is.Max) || m.breaks("minimum", is.Min)
	if was.Min == "0" && was.Max == "0" || !all && !some || m.inRequest() && !beyond { // what our side sends is known
		return
	}
	change := m.news(contract.NumberChanged, numberOther.Says(spans(is, was)...))
	change.now.Number, change.before.Number = ends(is), ends(was)
	if !all { // shapes do not count single numbers: at least one
		change.is.N, change.text = 1, onceAtLeast.Says(contract.ArgMessage("what", change.text))
	}
	m.addRated(change, beyond, against)
}

// seen counts values, of these and what the recording hides.
func seen(m *shape.Member, n int64) contract.Count { return contract.Count{N: n, Of: n + m.Hidden()} }

// others reports whether chance is an unlikely cause if none of the values now are like those before.
func others(before, now contract.Count) bool {
	return fewer(before.N, before.Of, now.Of-now.N, now.Of)
}

func negative(number string) bool { return number[0] == '-' }

// unlike reports whether the first number is not negative and the second is larger by
// anotherUnit.
func unlike(small, large string) bool {
	x, _ := strconv.ParseFloat(small, 64)
	y, _ := strconv.ParseFloat(large, 64)
	return x >= 0 && y >= anotherUnit*max(x, 1)
}

// numbers returns how often the member was a number.
func numbers(m *shape.Member) int64 { return m.Types.N("integer") + m.Types.N("number") }

// breaks reports whether the documents demand something else of the member.
func (m *compared) breaks(keyword, got string) bool {
	if m.doc == nil {
		return false
	}
	return slices.ContainsFunc(m.doc.Constraints, func(c openapi.Constraint) bool {
		switch {
		case c.Keyword != keyword:
			return false
		case strings.HasPrefix(keyword, "max"):
			return shape.Less(c.Limit, got)
		case strings.HasPrefix(keyword, "min"):
			return shape.Less(got, c.Limit)
		}
		return c.Limit != got
	})
}

// apart reports whether two ranges have nothing in common and differ by at least a
// factor.
func apart(a, b *shape.Range, factor float64) bool {
	low, high := a, b
	if shape.Less(b.Max, a.Min) {
		low, high = b, a
	}
	top, _ := strconv.ParseFloat(low.Max, 64)
	bottom, _ := strconv.ParseFloat(high.Min, 64)
	return bottom >= factor*top && bottom > top
}
