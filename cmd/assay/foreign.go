package main

import (
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
	"assay/internal/report"
)

// note prints a line to standard error or a terminal. The texts among the arguments may
// come from outside, such as names of files: they are redacted, escaped and cut.
func note(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format+"\n", shown(args)...) // there is no other place to report it
}

// shown makes arguments of a line safe to show. An error may have several lines; the
// further ones are indented.
func shown(args []any) []any {
	safe := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			safe[i] = report.Foreign(v)
		case contract.Place:
			safe[i] = report.Foreign(string(v))
		case error:
			safe[i] = indent(report.Errors(v.Error()))
		default:
			safe[i] = arg
		}
	}
	return safe
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }

// printError prints an error, each line with the name of the program before it. An
// argument that an error quotes stays on one line.
func printError(stderr io.Writer, args []string, text, hint string) {
	for _, arg := range args {
		if _, value, ok := strings.Cut(arg, "="); ok && strings.Contains(value, "\n") {
			text, hint = oneLine(text, value), oneLine(hint, value)
		}
		text, hint = oneLine(text, arg), oneLine(hint, arg)
	}
	_, _ = fmt.Fprintf(stderr, "assay: %s\n", strings.ReplaceAll(report.Errors(text), "\n", "\nassay: ")) // there is no other place to report it
	if hint != "" {
		_, _ = fmt.Fprintf(stderr, "hint: %s\n", indent(report.Errors(hint)))
	}
}

// oneLine escapes an argument of several lines where a text quotes it.
func oneLine(text, arg string) string {
	if !strings.Contains(arg, "\n") {
		return text
	}
	return strings.ReplaceAll(text, arg, report.Visible(arg))
}

// writeJSON prints a document.
func (p *program) writeJSON(document any) error {
	raw, err := report.Encode(document, "  ")
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(raw)
	return err
}
