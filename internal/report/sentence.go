package report

import (
	"strconv"
	"strings"

	"assay/internal/contract"
)

// Sentence is a message in words. Every text that a person reads of a finding or a
// change is made here, when it is written; nothing else reads it.
//
// In a template {name} is the argument of that name, and {name|form} the same in
// another form:
//
//	{types}        a list: application/json, text/html
//	{types|or}     application/json or text/html
//	{parts|and}    header and body
//	{codes|space}  0 324
//	{lacks|no}     owner, no reason
//	{got|a}        with its article: a string, an object, null; of a list, with "or"
//	{name|quoted}  in Go's quotes
//	{kind|words}   provider reference, of provider-reference
//
// A name that is no argument stays as it stands.
func Sentence(m contract.Message) string {
	if m.Template == nil {
		return ""
	}
	var b strings.Builder
	rest := m.Template.Text
	for {
		before, behind, opened := strings.Cut(rest, "{")
		b.WriteString(before)
		if !opened {
			return b.String()
		}
		hole, after, closed := strings.Cut(behind, "}")
		name, form, _ := strings.Cut(hole, "|")
		arg := m.Args.Get(name)
		if !closed || arg == nil {
			b.WriteByte('{')
			rest = behind
			continue
		}
		b.WriteString(written(arg, form))
		rest = after
	}
}

// written is an argument in a form.
func written(a *contract.Arg, form string) string {
	text := worded(a, form)
	switch form {
	case "a":
		return article(text)
	case "quoted":
		return strconv.Quote(text)
	case "words":
		return strings.ReplaceAll(text, "-", " ")
	}
	return text
}

func worded(a *contract.Arg, form string) string {
	switch a.Kind() {
	case contract.WholeKind:
		return strconv.FormatInt(a.Int(), 10)
	case contract.NumberKind:
		return strconv.FormatFloat(a.Number(), 'g', -1, 64)
	case contract.ListKind, contract.WholesKind:
		return strings.Join(a.List(), between(form))
	case contract.MessageKind:
		return Sentence(a.Message())
	}
	return a.Text()
}

// between is what stands between the items of a list.
func between(form string) string {
	switch form {
	case "or", "a":
		return " or "
	case "and":
		return " and "
	case "space":
		return " "
	case "no":
		return ", no "
	}
	return ", "
}

// article is a noun with its article. Null has none.
func article(noun string) string {
	switch {
	case noun == "" || noun == "null":
		return noun
	case strings.ContainsAny(noun[:1], "aio"):
		return "an " + noun
	}
	return "a " + noun
}
