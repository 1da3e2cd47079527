package specdiff

import (
	"fmt"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/spec"
)

// codes compares two tables of result codes, and where the code stands.
func (c *comparison) codes(was, is *spec.Operation) {
	if before, after := standing(was.Result), standing(is.Result); before != after {
		c.found(is.ID, is.Line, contract.Change{Kind: "result-moved", At: "x-result.at", Impact: contract.Breaks, Before: before, Now: after, Message: "code, status or message stand elsewhere in an answer"})
	}
	if before, after := classes(was), classes(is); before != after {
		c.found(is.ID, is.Line, contract.Change{Kind: "codes-equivalent", At: "x-result.equivalent", Impact: contract.Watch, Before: before, Now: after, Message: "other codes satisfy the same expectation"})
	}
	at := "answer.status"
	if len(is.Result.Code) > 0 {
		at = contract.AnswerBody(is.Result.Code[0])
	}
	pairs(was.Codes, is.Codes, func(row *spec.Code) string { return row.Code }, func(old, now **spec.Code) {
		switch {
		case old == nil:
			c.found(is.ID, (*now).Line, contract.Change{Kind: "code-new", Code: (*now).Code, At: at, Impact: coming(*now), Before: "absent", Now: meaning(*now), Message: "a result code that was not documented: an adapter that does not hold it reads it as unknown"})
		case now == nil:
			c.found(is.ID, 0, contract.Change{Kind: "code-gone", Code: (*old).Code, At: at, Impact: contract.Watch, Before: meaning(*old), Now: "absent", Message: "a result code that is no longer documented"})
		default:
			c.row(is, at, *old, *now)
		}
	})
}

// coming is what a new code does to us: unknown is never success, so nothing
// breaks; but we know less than the documents.
func coming(row *spec.Code) contract.Impact {
	if row.Seen != "" {
		return contract.Watch
	}
	return contract.Degrades
}

func meaning(row *spec.Code) string {
	text := fmt.Sprintf("%s, send again: %s", row.State, row.Again)
	if row.Status != "" {
		text = row.Status + ", " + text
	}
	return text
}

func standing(r spec.ResultAt) string {
	return fmt.Sprintf("code at %s, status at %s, message at %s", listed(r.Code), listed(r.Status), listed(r.Message))
}

func listed(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, " or ")
}

// classes writes the equivalent codes; their order means nothing.
func classes(o *spec.Operation) string {
	var all []string
	for _, class := range o.Equivalent {
		sorted := slices.Sorted(slices.Values(class))
		all = append(all, strings.Join(sorted, " = "))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// row compares what a code means.
func (c *comparison) row(o *spec.Operation, at string, was, is *spec.Code) {
	differs := func(kind contract.Kind, impact contract.Impact, before, after, message string) {
		if before != after {
			c.found(o.ID, is.Line, contract.Change{Kind: kind, Code: is.Code, At: at, Impact: impact, Before: before, Now: after, Message: message})
		}
	}
	differs("code-outcome", contract.Breaks, string(was.State), string(is.State), "the code means something else for money")
	differs("code-again", contract.Breaks, string(was.Again), string(is.Again), "it is no longer as safe, or as unsafe, to send again")
	differs("status-changed", contract.Breaks, was.Status, is.Status, "the code comes with another status text")
	differs("message-changed", contract.Watch, strings.Join(was.Messages, " | "), strings.Join(is.Messages, " | "), "the code comes with another message")
	differs("http-changed", contract.Breaks, fmt.Sprint(was.HTTP), fmt.Sprint(is.HTTP), "the code comes with another HTTP status")
	differs("code-when", contract.Watch, expression(was.When), expression(is.When), "the code is answered to something else")
	differs("code-documented", contract.Watch, documented(was), documented(is), "who says that there is such a code has changed")
}

func documented(row *spec.Code) string {
	if row.Seen == "" {
		return "documented"
	}
	return "seen, and on no page (" + row.Seen + ")"
}

func expression(e *spec.Expression) string {
	if e == nil {
		return ""
	}
	return e.String()
}
