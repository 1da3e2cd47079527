package negative

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// The messages in a provider's table of result codes say what each code is for:
// "Missing mandatory element", "OrderId is invalid", "Checksum provided is invalid".
// This file uses these messages and the outcome of each row, and when.go its condition. Neither
// uses the order of the rows.

// words holds the rows of an operation's table of result codes.
type words struct {
	o        *openapi.Operation
	refusals []row // the codes for a request that does not conform
	accepted string
}

// row is a documented refusal.
type row struct {
	code     *openapi.Code
	texts    [][]string // the words of each message without a placeholder
	template bool       // it has a message with a placeholder, which fits any member
}

var hole = regexp.MustCompile(`\{(field|path|value)\}`)

// These words show for which kind of violation a row is.
func missingWords() []string { return []string{"missing", "mandatory", "required", "absent"} }

func mismatchWords() []string {
	return []string{"match", "matches", "matching", "mismatch", "differ", "differs"}
}
func signatureWords() []string { return []string{"checksum", "signature", "hash"} }
func senderWords() []string {
	return []string{"authentication", "authorization", "authenticate", "authenticated", "authorized", "unauthorized", "credentials", "token", "login"}
}
func bodyWords() []string   { return []string{"body", "json", "payload", "malformed"} }
func kindWords() [][]string { return [][]string{missingWords(), mismatchWords(), signatureWords()} }

func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’'
}

func normalize(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if isSeparator(r) {
			return -1
		}
		return r
	}, s))
}

// parseWords reads the table of result codes of an operation.
func parseWords(o *openapi.Operation) words {
	w := words{o: o}
	if success := o.Success(); success != nil {
		w.accepted = success.Name()
	}
	for _, c := range o.Codes {
		if !c.Documented() || aboutUndocumented(c.Messages) || c.State != contract.Invalid && c.State != contract.Unauthorized {
			continue
		}
		r := row{code: c}
		for _, text := range c.Messages {
			if hole.MatchString(text) {
				r.template = true
				continue
			}
			r.texts = append(r.texts, strings.FieldsFunc(strings.ToLower(text), isSeparator))
		}
		w.refusals = append(w.refusals, r)
	}
	return w
}

// aboutUndocumented reports whether a row is only for members that no document lists: "unknown
// parameter", "not required". No negative sends such a member.
func aboutUndocumented(messages []string) bool {
	return slices.ContainsFunc(messages, func(message string) bool {
		text := " " + strings.Join(strings.FieldsFunc(strings.ToLower(message), isSeparator), " ") + " "
		return slices.ContainsFunc([]string{" not required ", " unknown parameter ", " unexpected parameter "}, func(words string) bool { return strings.Contains(text, words) })
	})
}

// response returns the code for a violation, or the reason why the documents name none. c
// evaluates the conditions of the codes for the request; nil: none counts.
func (w words) response(f fault, c *conditions) (code string, inconclusive contract.Message) {
	all := w
	w.refusals = slices.DeleteFunc(slices.Clone(w.refusals), func(r row) bool { return !suits(r.code, f) })
	var rows []row
	if f.keyword == "signature" || f.keyword == "authorization" {
		rows = all.named(f, c)
	}
	if len(rows) == 0 {
		rows = w.worded(f)
	}
	if len(rows) == 0 {
		rows = all.named(f, c)
	}
	if len(rows) == 0 {
		return "", codeUnknown.Says()
	}
	for _, r := range rows {
		if !w.o.Equal(rows[0].code.Name(), r.code.Name()) {
			return "", codesContradict.Says(contract.ArgList("codes", []string{rows[0].code.Name(), r.code.Name()}))
		}
	}
	return rows[0].code.Name(), contract.Message{}
}

// worded returns the rows whose words or outcomes are about a violation.
func (w words) worded(f fault) []row {
	switch {
	case f.keyword == "signature":
		return w.withWord(signatureWords(), contract.Unauthorized, contract.Invalid)
	case f.keyword == "authorization":
		if rows := w.withWord(senderWords(), contract.Unauthorized); len(rows) > 0 {
			return rows
		}
		return w.withState(contract.Unauthorized)
	case f.rule != nil:
		return w.condition(f)
	case f.keyword == "syntax":
		return w.withWord(bodyWords(), contract.Invalid)
	case f.keyword == "required", f.keyword == "minLength" && f.empty:
		return w.withWord(missingWords(), contract.Invalid)
	}
	return fitting(w.value(f.at), f.keyword)
}

// boundWords show that a row is only for a number that is too small, or too large.
func boundWords() map[string][]string {
	low, high := []string{"minimum", "least"}, []string{"maximum", "most"}
	return map[string][]string{"minimum": low, "exclusiveMinimum": low, "maximum": high, "exclusiveMaximum": high}
}

// fitting leaves out the rows that are only for a number out of other bounds. If a row is for
// the violated bound, it leaves out the rows for any value.
func fitting(rows []row, keyword string) []row {
	words := boundWords()
	about := func(r row, mine bool) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(words)), func(k string) bool { return (k == keyword) == mine && r.containsAny(words[k]) })
	}
	if own := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return !about(r, true) }); len(own) > 0 {
		return own
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return about(r, false) })
}

// withState returns the rows of the given outcomes.
func (w words) withState(states ...contract.State) []row {
	return slices.DeleteFunc(slices.Clone(w.refusals), func(r row) bool { return !slices.Contains(states, r.code.State) })
}

// withWord returns the rows of the given outcomes that use one of the words.
func (w words) withWord(any []string, states ...contract.State) []row {
	return slices.DeleteFunc(w.withState(states...), func(r row) bool { return !r.containsAny(any) })
}

// condition returns the rows for a violated condition. First choice: rows that mention
// a mismatch and a member of the condition. Then, if members were left out, the rows
// for missing members. Then the rows for a wrong value of a member that the condition
// names.
func (w words) condition(f fault) []row {
	for _, place := range f.rule.Rule.Places() {
		rows := slices.DeleteFunc(w.withWord(mismatchWords(), contract.Invalid), func(r row) bool { return !r.names(place.Field()) })
		if len(rows) > 0 {
			return rows
		}
	}
	if f.absent {
		return w.withWord(missingWords(), contract.Invalid)
	}
	for _, place := range f.rule.Rule.Places() {
		if rows := w.naming(place); len(rows) > 0 {
			return rows
		}
	}
	return w.general()
}

// value returns the rows for a wrong value: rows that name the member, or the amount it
// is a part of, else the general ones. For the whole body it returns the rows about the
// body.
func (w words) value(at contract.Place) []row {
	if at == contract.RequestRoot {
		return w.withWord(bodyWords(), contract.Invalid)
	}
	if rows := w.naming(at); len(rows) > 0 {
		return rows
	}
	return w.general()
}

// naming returns the rows for a wrong value that name the member, or else the amount
// that contains it.
func (w words) naming(at contract.Place) []row {
	for _, name := range w.subjects(at) {
		rows := slices.DeleteFunc(w.withState(contract.Invalid), func(r row) bool { return r.hasKind() || !r.names(name) })
		if len(rows) > 0 {
			return rows
		}
	}
	return nil
}

// general returns the rows for any wrong value: those whose message has a placeholder.
func (w words) general() []row {
	return slices.DeleteFunc(w.withState(contract.Invalid), func(r row) bool { return r.hasKind() || !r.template })
}

// subjects returns the names that a page may use for the member at a place.
func (w words) subjects(at contract.Place) []string {
	names := []string{at.Field()}
	pointer, _ := at.Pointer()
	for above := pointer.Parent(); above != ""; above = above.Parent() {
		m := w.o.Request.Member(above)
		if m != nil && strings.HasPrefix(m.Means, "amount") {
			names = append(names, above.LastToken())
		}
	}
	return names
}

// hasKind reports whether a row is for a kind of violation other than a wrong value.
func (r row) hasKind() bool {
	return slices.ContainsFunc(kindWords(), r.containsAny)
}

func (r row) containsAny(any []string) bool {
	return slices.ContainsFunc(r.texts, func(text []string) bool {
		return slices.ContainsFunc(text, func(word string) bool { return slices.Contains(any, word) })
	})
}

// names reports whether a message names a member: "Txn amount" is txnAmount.
func (r row) names(member string) bool {
	member = normalize(member)
	for _, text := range r.texts {
		for i := range text {
			joined := ""
			for _, word := range text[i:] {
				if joined += word; joined == member {
					return true
				}
			}
		}
	}
	return false
}
