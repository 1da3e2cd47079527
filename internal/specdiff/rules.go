package specdiff

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/oasdiff/oasdiff/checker"

	"assay/internal/contract"
)

// table has one line for each rule of oasdiff: its id, and the names of its arguments
// in order. A name that ends in - is the old value, one that ends in + the new value. A
// test compares the file with oasdiff.
//
//go:embed oasdiff.tsv
var table string

// line is one line of the table.
type line struct {
	template           *contract.Template
	names              []string
	oldIndex, newIndex int // the indexes of the old and the new value; -1: none
}

// lines returns the lines of the table by rule id.
var lines = sync.OnceValue(func() map[string]*line {
	all := map[string]*line{}
	for row := range strings.Lines(table) {
		id, names, _ := strings.Cut(strings.TrimSuffix(row, "\n"), "\t")
		all[id] = newLine(id, strings.Fields(names))
	}
	return all
})

// newLine makes a line. Its sentence is the words of the id and the arguments: "request
// property max length decreased: `amount`, from `9` to `7`".
func newLine(id string, names []string) *line {
	l := &line{oldIndex: -1, newIndex: -1}
	text := strings.ReplaceAll(id, "-", " ")
	for i, name := range names {
		plain := strings.TrimRight(name, "-+")
		l.names = append(l.names, plain)
		switch {
		case strings.HasSuffix(name, "-"):
			l.oldIndex = i
		case strings.HasSuffix(name, "+"):
			l.newIndex = i
		}
		before := ", "
		switch {
		case i == 0:
			before = ": "
		case plain == "is" && l.oldIndex == i-1:
			before = " "
		}
		text += before + prepositions[plain] + "`{" + plain + "}`"
	}
	l.template = &contract.Template{ID: "oasdiff." + id, Text: text}
	return l
}

// prepositions precede arguments with some names.
var prepositions = map[string]string{"was": "from ", "is": "to ", "status": "status "}

// withDetails is a sentence with details of the place.
var withDetails = &contract.Template{ID: "documents.detailed", Text: "{what} ({details})"}

// message returns the message about a change.
func (l *line) message(found checker.Change) contract.Message {
	var args []contract.Arg
	for i, name := range l.names {
		if i < len(found.GetArgs()) {
			args = append(args, argumentOf(name, found.GetArgs()[i]))
		}
	}
	what := l.template.Says(args...)
	if more := otherPlaces(found); more != "" {
		return withDetails.Says(contract.ArgMessage("what", what), contract.ArgText("details", more))
	}
	return what
}

// entry returns the line of a change. A rule without a line gets the words of its id.
func entry(found checker.Change) *line {
	if l := lines()[found.GetId()]; l != nil {
		return l
	}
	return newLine(found.GetId(), nil)
}

// argument returns the text of an argument, or "" if there is none.
func (l *line) argument(found checker.Change, name string) string {
	return argumentAt(found, slices.Index(l.names, name))
}

func argumentAt(found checker.Change, i int) string {
	if i < 0 || i >= len(found.GetArgs()) {
		return ""
	}
	return fmt.Sprint(found.GetArgs()[i])
}

// arguments returns the arguments of a change by name, as sentences write them.
func (l *line) arguments(found checker.Change) map[string]string {
	all := map[string]string{}
	for i, name := range l.names {
		if i < len(found.GetArgs()) {
			all[name] = argumentText(found.GetArgs()[i])
		}
	}
	return all
}

// argumentOf returns an argument of a message. A number, such as a limit, is not a text from
// outside: in a text, ten digits look like a telephone number.
func argumentOf(name string, arg any) contract.Arg {
	switch arg.(type) {
	case float64, int, int64, uint64, uint:
		return contract.ArgDecimal(name, argumentText(arg))
	}
	return contract.ArgText(name, argumentText(arg))
}

// argumentText returns an argument as sentences write it.
func argumentText(arg any) string {
	switch v := arg.(type) {
	case nil:
		return "undefined"
	case []string:
		return strings.Join(v, ", ")
	case float64:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprint(arg)
}

// otherPlaces returns where else a change is: the media type, if a body has several,
// and the other places of a shared schema. oasdiff passes them to its localizer only.
func otherPlaces(found checker.Change) string {
	return strings.TrimSpace(found.GetUncolorizedText(func(id string, args ...any) string {
		if id == found.GetId() {
			return ""
		}
		var texts []string
		for _, arg := range args {
			texts = append(texts, argumentText(arg))
		}
		return strings.Join(texts, ", ")
	}))
}

// ruleValue returns the rule and its arguments as a value, for a change that neither
// document describes.
func (l *line) ruleValue(found checker.Change) contract.Value {
	arguments := l.arguments(found)
	if more := otherPlaces(found); more != "" {
		arguments["details"] = more
	}
	return contract.Value{Rule: found.GetId(), Arguments: arguments}
}
