package report

import (
	"fmt"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// Words says what stands at the place of a change; "" where nothing is known.
func Words(v contract.Value) string {
	switch {
	case v.Notation != "":
		return v.Notation
	case v.Absent:
		return "absent"
	case v.Present:
		return "a header"
	case v.NoJSON:
		return "no JSON, HTTP " + listed(v, numerals(v.HTTP))
	case len(v.Codes) > 0:
		return responded(v)
	case v.Within > 0:
		return v.Within.String()
	}
	return member(v)
}

// responded is a result code and what it comes with.
func responded(v contract.Value) string {
	said := listed(v, v.Codes)
	if len(v.Statuses) > 0 {
		said += ", status " + strconv.Quote(textual(v.Statuses[0]))
	}
	if len(v.Messages) > 0 {
		said += ", message " + strconv.Quote(textual(string(v.Messages[0])))
	}
	if len(v.HTTP) > 0 {
		said += ", HTTP " + strconv.Itoa(v.HTTP[0])
	}
	return said
}

// member is of what sort a member is, and which values it has; or a list of what
// comes in one place.
func member(v contract.Value) string {
	said := strings.Join(v.Types, " or ")
	for _, part := range []string{strings.Join(v.Formats, " or "), span(v.Length, true, " characters"), span(v.Items, false, " items")} {
		said = after(said, ", ", part)
	}
	said = after(said, ": ", listed(v, v.Values))
	for _, part := range []string{span(v.Number, false, ""), statuses(v), listed(v, numerals(v.HTTP)), listed(v, v.Media)} {
		said = after(said, ", ", part)
	}
	return said
}

// after puts a part behind what is there.
func after(said, between, part string) string {
	if said == "" || part == "" {
		return said + part
	}
	return said + between + part
}

// span is a range; short: of one number, where both ends are the same.
func span(r *contract.Range, short bool, unit string) string {
	switch {
	case r == nil:
		return ""
	case short && r.Min == r.Max:
		return r.Min + unit
	}
	return fmt.Sprintf("%s to %s%s", r.Min, r.Max, unit)
}

func statuses(v contract.Value) string {
	var all []string
	for _, s := range v.Statuses {
		all = append(all, textual(s))
	}
	for _, m := range v.Messages {
		all = append(all, textual(string(m)))
	}
	return listed(v, all)
}

// listed is a list; of one that is not whole it says so.
func listed(v contract.Value, all []string) string {
	if v.More && len(all) > 0 {
		all = append(all[:len(all):len(all)], "…")
	}
	return strings.Join(all, ", ")
}

func numerals(all []int) []string {
	var texts []string
	for _, n := range all {
		texts = append(texts, strconv.Itoa(n))
	}
	return texts
}

// textual is a status or a message, which may be empty.
func textual(s string) string {
	if s == "" {
		return contract.EmptyText
	}
	return s
}
