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

// table is what there is to know of oasdiff's rules, a line each: the id, the names of
// its arguments in their order, and its sentence. Behind the name of what a document
// said stands a -, behind that of what it says now a +.
//
// Where no document says what stood or stands there an id is made of the sentence:
// another one makes those changes new to every ledger.
//
//go:embed oasdiff.tsv
var table string

// line is one of the table.
type line struct {
	template *contract.Template
	names    []string
	was, is  int // the arguments that say what was and what is; -1: none
	sentence string
}

// lines are those of the table, by id.
var lines = sync.OnceValue(func() map[string]*line {
	all := map[string]*line{}
	for row := range strings.Lines(table) {
		columns := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		l := &line{names: strings.Fields(columns[1]), was: -1, is: -1, sentence: columns[2]}
		for i, name := range l.names {
			switch l.names[i] = strings.TrimRight(name, "-+"); {
			case strings.HasSuffix(name, "-"):
				l.was = i
			case strings.HasSuffix(name, "+"):
				l.is = i
			}
		}
		l.template = &contract.Template{ID: oasdiff + columns[0], Text: l.sentence}
		all[columns[0]] = l
	}
	return all
})

// oasdiff is what the ids of its sentences begin with.
const oasdiff = "oasdiff."

// detailed is a sentence and what oasdiff says behind it.
var detailed = &contract.Template{ID: "documents.detailed", Text: "{what} {details}"}

// says is what there is to say of a change.
func (l *line) says(found checker.Change) contract.Message {
	var args []contract.Arg
	for i, name := range l.names {
		if i < len(found.GetArgs()) {
			args = append(args, contract.ArgText(name, written(found.GetArgs()[i])))
		}
	}
	what := l.template.Says(args...)
	if more := details(found); more != "" {
		return detailed.Says(contract.ArgMessage("what", what), contract.ArgText("details", more))
	}
	return what
}

// entry is the line of a change. A rule that is in no line has no sentence but its id.
func entry(found checker.Change) *line {
	if l := lines()[found.GetId()]; l != nil {
		return l
	}
	return &line{was: -1, is: -1, sentence: found.GetId(), template: &contract.Template{ID: oasdiff + found.GetId(), Text: found.GetId()}}
}

// argument is the text of an argument, "" where there is no such.
func (l *line) argument(found checker.Change, name string) string {
	return at(found, slices.Index(l.names, name))
}

func at(found checker.Change, i int) string {
	if i < 0 || i >= len(found.GetArgs()) {
		return ""
	}
	return fmt.Sprint(found.GetArgs()[i])
}

// arguments are those of a change by their names, as sentences write them.
func (l *line) arguments(found checker.Change) map[string]string {
	all := map[string]string{}
	for i, name := range l.names {
		if i < len(found.GetArgs()) {
			all[name] = written(found.GetArgs()[i])
		}
	}
	return all
}

// written is an argument as sentences write it.
func written(arg any) string {
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

// fill puts arguments into the places of a sentence.
func fill(sentence string, arguments map[string]string) string {
	var holes []string
	for name, text := range arguments {
		holes = append(holes, "{"+name+"}", text)
	}
	return strings.NewReplacer(holes...).Replace(sentence)
}

// details is what oasdiff says behind the sentence: the media type, where a body has
// several, and the other places of a schema that they share.
func details(found checker.Change) string {
	return strings.TrimSpace(found.GetUncolorizedText(func(id string, args ...any) string {
		l := lines()[id]
		if l == nil || id == found.GetId() {
			return ""
		}
		named := map[string]string{}
		for i, name := range l.names {
			named[name] = fmt.Sprint(args[i])
		}
		return fill(l.sentence, named)
	}))
}

// only is the Got of a change of which no document says what stood or stands there.
func (l *line) only(found checker.Change) contract.Value {
	arguments := l.arguments(found)
	sentence := fill(l.sentence, arguments)
	if more := details(found); more != "" {
		sentence += " " + more
	}
	return contract.Value{Rule: found.GetId(), Arguments: arguments, Identity: sentence}
}
