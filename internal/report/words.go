package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// Words describes the value at the place of a change; "" if nothing is known.
func Words(v contract.Value) string {
	switch {
	case v.Notation != "":
		return Visible(notation(v))
	case v.Absent:
		return "absent"
	case v.Present:
		return "a header"
	case v.NoJSON:
		return "no JSON, HTTP " + list(v, numerals(v.HTTP))
	case len(v.Codes) > 0:
		return resultText(v)
	case v.Within > 0:
		return v.Within.String()
	}
	return member(v)
}

// notation redacts and cuts the notation of documents. It keeps the limits of keywords.
func notation(v contract.Value) string {
	var limits []string
	for _, k := range v.Keywords {
		limits = append(limits, k.Limit)
	}
	if !slices.ContainsFunc(limits, func(limit string) bool { return len(limit) >= minPersonal }) {
		return Named(v.Notation)
	}
	return contract.Shorten(wordsBeside(contract.Shorten(v.Notation, maxSearched), limits), maxForeign)
}

// resultText writes a result code with its status, message and HTTP status.
func resultText(v contract.Value) string {
	text := list(v, foreigns(v.Codes))
	if len(v.Statuses) > 0 {
		text += ", status " + quote(textual(v.Statuses[0]))
	}
	if len(v.Messages) > 0 {
		text += ", message " + quote(textual(string(v.Messages[0])))
	}
	if len(v.HTTP) > 0 {
		text += ", HTTP " + strconv.Itoa(v.HTTP[0])
	}
	return text
}

// member describes the types, formats, sizes and values of a member, or of a status or
// header.
func member(v contract.Value) string {
	text := strings.Join(foreigns(v.Types), " or ")
	for _, part := range []string{strings.Join(foreigns(v.Formats), " or "), span(v.Length, true, " characters"), span(v.Items, true, " items")} {
		text = after(text, ", ", part)
	}
	text = after(text, ": ", list(v, foreigns(v.Values)))
	for _, part := range []string{span(v.Number, false, ""), statuses(v), list(v, numerals(v.HTTP)), list(v, foreigns(v.Media))} {
		text = after(text, ", ", part)
	}
	return text
}

// after appends a part with a separator, unless one of the two is empty.
func after(text, between, part string) string {
	if text == "" || part == "" {
		return text + part
	}
	return text + between + part
}

// span writes a range. With short, a range of one number is that number.
func span(r *contract.Range, short bool, unit string) string {
	switch {
	case r == nil:
		return ""
	case short && r.Min == r.Max && r.Min == "1":
		return r.Min + strings.TrimSuffix(unit, "s")
	case short && r.Min == r.Max:
		return r.Min + unit
	}
	return fmt.Sprintf("%s to %s%s", r.Min, r.Max, unit)
}

func statuses(v contract.Value) string {
	var all []string
	for _, s := range v.Statuses {
		all = append(all, Foreign(textual(s)))
	}
	for _, m := range v.Messages {
		all = append(all, Foreign(textual(string(m))))
	}
	return list(v, all)
}

// list joins values. It ends in … if there are more.
func list(v contract.Value, all []string) string {
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

// quote puts a text from outside in quotes.
func quote(text string) string { return Visible(strconv.Quote(Named(text))) }

// textual writes a status or message. Each can be empty.
func textual(s string) string {
	if s == "" {
		return contract.EmptyText
	}
	return s
}
