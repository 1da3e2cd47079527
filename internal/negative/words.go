package negative

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// The page's own words say what a result code is for: "Missing mandatory
// element", "OrderId is invalid", "Checksum provided is invalid". They are read
// here, together with the outcome of each row, and nothing else of the table is:
// not the expressions by which a sandbox chooses, and not the order of the rows.

// words is a table of result codes as its words have it.
type words struct {
	o        *openapi.Operation
	refusals []row // the codes for a request that is not as documented
	accepted string
}

// row is a documented refusal.
type row struct {
	code     *openapi.Code
	texts    [][]string // the words of each text that has no hole
	template bool       // it has a text with a hole, for whatever is wrong
}

var hole = regexp.MustCompile(`\{(field|path|value)\}`)

// The words by which a row says what kind of fault it is for.
func missing() []string { return []string{"missing", "mandatory", "required", "absent"} }

func mismatch() []string {
	return []string{"match", "matches", "matching", "mismatch", "differ", "differs"}
}
func signed() []string  { return []string{"checksum", "signature", "hash"} }
func unread() []string  { return []string{"body", "json", "payload", "malformed"} }
func kinds() [][]string { return [][]string{missing(), mismatch(), signed()} }
func split(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’'
}

func lower(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if split(r) {
			return -1
		}
		return r
	}, s))
}

// read reads the table of an operation.
func read(o *openapi.Operation) words {
	w := words{o: o}
	if success := o.Success(); success != nil {
		w.accepted = success.Code
	}
	for _, c := range o.Codes {
		if c.SeenIn != "" || c.State != contract.Invalid && c.State != contract.Unauthorized {
			continue
		}
		r := row{code: c}
		for _, text := range c.Messages {
			if hole.MatchString(text) {
				r.template = true
				continue
			}
			r.texts = append(r.texts, strings.FieldsFunc(strings.ToLower(text), split))
		}
		w.refusals = append(w.refusals, r)
	}
	return w
}

// response gives the code for a fault, or why the documents give none.
func (w words) response(f fault) (code, inconclusive string) {
	var rows []row
	switch {
	case f.keyword == "signature":
		rows = w.about(signed(), contract.Unauthorized, contract.Invalid)
	case f.rule != nil:
		rows = w.condition(f)
	case f.keyword == "syntax":
		rows = w.about(unread(), contract.Invalid)
	case f.keyword == "required", f.keyword == "minLength" && f.empty:
		rows = w.about(missing(), contract.Invalid)
	default:
		rows = w.value(f.at)
	}
	if sole := w.of(contract.Invalid); len(rows) == 0 && len(sole) == 1 {
		rows = sole // one code for whatever a validator refuses
	}
	if len(rows) == 0 {
		return "", "the documents do not say which code is the response"
	}
	for _, r := range rows {
		if !w.o.Equal(rows[0].code.Code, r.code.Code) {
			return "", "the documents have several responses to it, " + rows[0].code.Code + " and " + r.code.Code
		}
	}
	return rows[0].code.Code, ""
}

// of gives the rows of an outcome.
func (w words) of(states ...contract.State) []row {
	return slices.DeleteFunc(slices.Clone(w.refusals), func(r row) bool { return !slices.Contains(states, r.code.State) })
}

// about gives the rows of an outcome that use one of the words.
func (w words) about(any []string, states ...contract.State) []row {
	return slices.DeleteFunc(w.of(states...), func(r row) bool { return !r.says(any) })
}

// condition: the row that speaks of a mismatch and of what the condition names;
// if it was violated by leaving something out, the code for that; else what
// responses a wrong value of what it names.
func (w words) condition(f fault) []row {
	for _, place := range f.rule.Rule.Places() {
		rows := slices.DeleteFunc(w.about(mismatch(), contract.Invalid), func(r row) bool { return !r.names(place.Field()) })
		if len(rows) > 0 {
			return rows
		}
	}
	if f.absent {
		return w.about(missing(), contract.Invalid)
	}
	for _, place := range f.rule.Rule.Places() {
		if rows := w.naming(place); len(rows) > 0 {
			return rows
		}
	}
	return w.general()
}

// value: the row that names the member, or the whole it is a part of; the body
// as a whole where that is wrong; else the rows for whatever value is wrong.
func (w words) value(at contract.Place) []row {
	if at == contract.RequestRoot {
		return w.about(unread(), contract.Invalid)
	}
	if rows := w.naming(at); len(rows) > 0 {
		return rows
	}
	return w.general()
}

// naming gives the rows for a wrong value of a member by its name, or else by
// that of the amount it is a part of.
func (w words) naming(at contract.Place) []row {
	for _, name := range w.subjects(at) {
		rows := slices.DeleteFunc(w.of(contract.Invalid), func(r row) bool { return r.kind() || !r.names(name) })
		if len(rows) > 0 {
			return rows
		}
	}
	return nil
}

// general gives the rows for any wrong value: those that leave a hole for it.
func (w words) general() []row {
	return slices.DeleteFunc(w.of(contract.Invalid), func(r row) bool { return r.kind() || !r.template })
}

// subjects are the names under which a page may speak of what stands at a place.
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

// kind tells whether a row is for a kind of fault that is no wrong value.
func (r row) kind() bool {
	return slices.ContainsFunc(kinds(), r.says)
}

func (r row) says(any []string) bool {
	return slices.ContainsFunc(r.texts, func(text []string) bool {
		return slices.ContainsFunc(text, func(word string) bool { return slices.Contains(any, word) })
	})
}

// names tells whether a text names a member: "Txn amount" is txnAmount.
func (r row) names(member string) bool {
	member = lower(member)
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
