package report

import (
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/lazy"
)

// Sentence writes a message in words. Messages stay templates with arguments until a
// report is written, so programs never have to read sentences.
//
// In a template, {name} stands for the argument with that name, and {name|form} for the
// same argument in another form:
//
//	{types}        a list: application/json, text/html
//	{types|or}     application/json or text/html
//	{parts|and}    header and body
//	{codes|space}  0 324
//	{lacks|no}     owner, no reason
//	{got|a}        with its article: a string, an object, null; of a list, with "or"
//	{name|quoted}  in Go's quotes
//	{kind|words}   provider reference, of provider-reference
//	{n|items}      1 item, 2 items; so characters and members
//
// A name without an argument stays unchanged. The way out of a reason follows in
// parentheses. Arguments may come from outside, so each text goes through Foreign.
func Sentence(m contract.Message) string {
	switch {
	case m.Template == nil:
		return ""
	case m.Template.Finished:
		return finished(m.Template.Text, m.Args)
	case m.Template.WayOut == "":
		return filled(m.Template.Text, m.Args)
	}
	return filled(m.Template.Text, m.Args) + " (" + filled(m.Template.WayOut, m.Args) + ")"
}

// finished escapes a sentence of a report that was read. That report had redacted and cut each
// argument, and whoever changed the file since must not control a terminal. The numbers of the
// arguments stay: words would take a limit for a telephone number.
func finished(text string, args contract.Args) string {
	all := strings.Split(text, "\n")
	for i, one := range all {
		all[i] = Visible(wordsBeside(contract.Shorten(one, maxSentence), numbersIn(args)))
	}
	return strings.Join(all, "\n")
}

// numbersIn returns the numbers among the arguments that words may take for something else.
func numbersIn(args contract.Args) (all []string) {
	for _, a := range args {
		if a.Kind() != contract.JSONKind {
			continue
		}
		for _, at := range numbersOf().FindAllStringSubmatch(":"+a.Text(), -1) { // it can have a message inside
			if len(at[1]) >= minPersonal {
				all = append(all, at[1])
			}
		}
	}
	return all
}

// minPersonal is the fewest characters of a number that can be personal.
const minPersonal = 8

var (
	numbersOf = lazy.Regexp(`:\s*(-?[0-9]+(?:\.[0-9]+)?)\s*(?:[,}]|$)`)
	decimals  = lazy.Regexp(`-?[0-9]+(?:\.[0-9]+)?`)
)

// wordsBeside is words for everything but some numbers.
func wordsBeside(text string, numbers []string) string {
	if len(numbers) == 0 {
		return words(text)
	}
	var b strings.Builder
	done := 0
	for _, at := range decimals().FindAllStringIndex(text, -1) {
		if slices.Contains(numbers, text[at[0]:at[1]]) {
			b.WriteString(words(text[done:at[0]]) + text[at[0]:at[1]])
			done = at[1]
		}
	}
	return b.String() + words(text[done:])
}

// maxSentence is the longest line of a sentence that is read from a report, in characters.
const maxSentence = 10000

// filled puts arguments into a text.
func filled(rest string, args contract.Args) string {
	var b strings.Builder
	for {
		before, behind, opened := strings.Cut(rest, "{")
		b.WriteString(before)
		if !opened {
			return b.String()
		}
		hole, after, closed := strings.Cut(behind, "}")
		name, form, _ := strings.Cut(hole, "|")
		arg := args.Get(name)
		if !closed || arg == nil {
			b.WriteByte('{')
			rest = behind
			continue
		}
		b.WriteString(formatted(arg, form))
		rest = after
	}
}

// formatted writes an argument in a form.
func formatted(a *contract.Arg, form string) string {
	text := worded(a, form)
	switch form {
	case "a":
		return article(text)
	case "quoted":
		return Visible(strconv.Quote(text))
	case "words":
		return strings.ReplaceAll(text, "-", " ")
	case "characters", "items", "members":
		if text == "1" {
			form = strings.TrimSuffix(form, "s")
		}
		return text + " " + form
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
		return strings.Join(foreigns(a.List()), between(form))
	case contract.MessageKind:
		return Sentence(a.Message())
	case contract.JSONKind: // of the documents
		return Visible(a.Text())
	}
	if form == "quoted" { // the quotes escape it
		return Named(a.Text())
	}
	return Foreign(a.Text())
}

// between is the separator of a list.
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

// article puts an article before a noun. null has none.
func article(noun string) string {
	switch {
	case noun == "" || noun == "null":
		return noun
	case strings.ContainsAny(noun[:1], "aio"):
		return "an " + noun
	}
	return "a " + noun
}
