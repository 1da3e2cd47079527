package notify

import (
	"fmt"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/watch"
)

// The longest texts from outside in a message, in characters.
const (
	maxName     = 120
	maxSentence = 500
	maxSubject  = 200
)

// Say makes the subject and the text of an event, in plain English. The subject is one line;
// the lines of the text end with a line feed. Neither has another control character.
func Say(e watch.Event) (subject, text string) {
	e = safe(e)
	subject = head("assay: "+headline(e), maxSubject)
	var b strings.Builder
	b.WriteString(capital(headline(e)) + ".\n\n")
	for _, row := range rows(e) {
		if row[1] == "" {
			continue
		}
		_, _ = fmt.Fprintf(&b, "%-14s %s\n", row[0]+":", row[1]) // a strings.Builder never fails
	}
	writeFindings(&b, e)
	if note := meaning(e); note != "" {
		b.WriteString("\n" + note + "\n")
	}
	return subject, b.String()
}

// safe escapes the texts of an event, and redacts those that are sentences. They are redacted
// where they are made; this is the last place where one can be caught.
func safe(e watch.Event) watch.Event {
	e.ID, e.Thing, e.Job, e.Provider = name(e.ID), name(e.Thing), name(e.Job), name(e.Provider)
	e.Kind, e.From, e.To = watch.EventKind(name(string(e.Kind))), watch.State(name(string(e.From))), watch.State(name(string(e.To)))
	e.Why = sentence(e.Why)
	findings := e.Findings
	if cut := len(findings) - watch.MaxFindings; cut > 0 {
		findings, e.More = findings[:watch.MaxFindings], e.More+cut
	}
	e.Findings = make([]watch.Finding, len(findings))
	for i, f := range findings {
		f.ID, f.Rule, f.Side, f.Severity = name(f.ID), name(f.Rule), name(f.Side), name(f.Severity)
		f.Sentence = sentence(f.Sentence)
		e.Findings[i] = f
	}
	return e
}

func name(text string) string {
	return report.Visible(contract.Shorten(text, maxName))
}

func sentence(text string) string {
	return report.Errors(report.Visible(contract.Shorten(text, maxSentence)))
}

// headline is the event in a sentence without a full stop.
func headline(e watch.Event) string {
	lasted := ""
	if !e.Since.IsZero() {
		lasted = " after " + span(e.Time.Sub(e.Since))
	}
	switch {
	case e.Kind == watch.Over:
		return e.Thing + " is " + string(e.To) + " again" + lasted
	case e.Kind == watch.Lost, e.Kind == watch.Reminder && e.To == watch.NoData:
		return "no data about " + e.Thing + stillOpen(e)
	case e.Kind == watch.Regained && e.To.Bad():
		return e.Thing + " is still " + string(e.To) + lasted + "; there is data again"
	case e.Kind == watch.Regained:
		return "data again about " + e.Thing + ": it is " + string(e.To)
	case e.Kind == watch.Reminder:
		return e.Thing + " is still " + string(e.To) + lasted
	case e.Kind == watch.Changed && e.From.Bad():
		return e.Thing + " is now " + string(e.To) + ", and was " + string(e.From)
	case e.Kind == watch.Changed:
		return e.Thing + " is now " + string(e.To)
	}
	return e.Thing + " is " + string(e.To)
}

// stillOpen mentions the problem that was there before there was no data.
func stillOpen(e watch.Event) string {
	if e.Since.IsZero() {
		return ""
	}
	return "; its problem was not over"
}

// rows are the facts of an event, each with its name.
func rows(e watch.Event) [][2]string {
	was := string(e.From)
	if e.Kind == watch.Reminder {
		was = "" // nothing changed
	}
	all := [][2]string{{"Thing", e.Thing}, {"Provider", e.Provider}, {"Job", e.Job}, {"Was", was}, {"Is", string(e.To)}, {"Time", stamp(e.Time)}}
	switch {
	case e.Since.IsZero():
	case e.Kind == watch.Over:
		all = append(all, [2]string{"Problem since", stamp(e.Since)}, [2]string{"Lasted", span(e.Time.Sub(e.Since))})
	default:
		since := stamp(e.Since)
		if lasts := e.Time.Sub(e.Since); lasts > 0 {
			since += " (" + span(lasts) + ")"
		}
		all = append(all, [2]string{"Problem since", since})
	}
	return append(all, [2]string{"Why", e.Why})
}

// writeFindings lists the findings, one paragraph each.
func writeFindings(b *strings.Builder, e watch.Event) {
	if len(e.Findings) == 0 {
		return
	}
	title := "Findings:"
	if e.More > 0 {
		title = fmt.Sprintf("Findings (%d of %d):", len(e.Findings), len(e.Findings)+e.More)
	}
	b.WriteString("\n" + title + "\n")
	for i, f := range e.Findings {
		kind := []string{f.Rule, f.Side, f.Severity}
		if f.New {
			kind = append(kind, "new")
		}
		_, _ = fmt.Fprintf(b, "%2d. %s\n    %s\n", i+1, strings.Join(kind, ", "), f.Sentence) // as above
	}
	if e.More > 0 {
		_, _ = fmt.Fprintf(b, "    and %d more\n", e.More) // as above
	}
}

// meaning explains what a reader could misunderstand.
func meaning(e watch.Event) string {
	switch {
	case e.To == watch.NoData && !e.Since.IsZero():
		return "No data means that assay could not look. The problem may go on, or be over: there is another message when assay knows."
	case e.To == watch.NoData:
		return "No data means that assay could not look. It does not mean that something is wrong, or that all is well."
	case e.From == watch.NoData && e.Kind == watch.Began:
		return "Before that, assay could not look: the problem may be older."
	case e.From == watch.NoData && e.Kind == watch.Over:
		return "Before that, assay could not look: the problem may have ended earlier."
	}
	return ""
}

// capital begins a sentence, unless it begins with a name.
func capital(text string) string {
	for _, word := range []string{"no data ", "data again "} {
		if strings.HasPrefix(text, word) {
			return strings.ToUpper(text[:1]) + text[1:]
		}
	}
	return text
}

// stamp writes a time in UTC.
func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// span writes a length of time with its two largest units.
func span(d time.Duration) string {
	d = max(d, 0).Truncate(time.Second)
	units := []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}}
	var parts []string
	for _, u := range units {
		n := d / u.size
		d -= n * u.size
		if n > 0 || len(parts) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
		}
		if len(parts) == 2 {
			break
		}
	}
	if len(parts) == 0 {
		return "0 s"
	}
	if len(parts) == 2 && strings.HasPrefix(parts[1], "0 ") {
		parts = parts[:1]
	}
	return strings.Join(parts, " ")
}
