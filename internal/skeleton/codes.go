package skeleton

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/lazy"
)

var (
	codeForm   = lazy.Regexp(`^[A-Za-z0-9_.-]{1,48}$`)
	longNumber = lazy.Regexp(`[0-9]{7}`)
	codeNames  = map[string]int{
		"result_code": 6, "response_code": 6, "resp_code": 6, "error_code": 6, "err_code": 6, "status_code": 6, "return_code": 6, "res_code": 6, "code": 6,
		"status": 4, "state": 3, "result": 3, "txn_status": 4, "order_status": 4, "payment_status": 4, "result_status": 4, "response_status": 4,
		"success": 1, "type": 1, "reason": 2, "decline_code": 2,
	}
	messageNames = []string{"result_msg", "result_message", "response_message", "error_message", "error_description", "message", "msg", "description"}
)

// mostCodes is how many values a member can have that is the result code.
const mostCodes = 40

// candidate is a member that may be the result code.
type candidate struct {
	at     contract.Pointer
	by     int                        // what its name counts
	values map[string]int             // how often each was seen
	groups map[string]map[string]bool // the forms of responses, by value
	there  []bool                     // by response
	unfit  bool                       // a value is no code
}

// body is a decoded response, and what else says how the request ended.
type body struct {
	status int
	value  any
}

// leaves visits the texts and whole numbers that are in no list.
func leaves(v any, at contract.Pointer, visit func(at contract.Pointer, text string)) {
	object, ok := v.(map[string]any)
	if !ok || len(contract.TokensOf(at)) > 4 {
		return
	}
	for _, name := range sortedNames(object) {
		below := at.AppendToken(name)
		switch inner := object[name].(type) {
		case map[string]any:
			leaves(inner, below, visit)
		default:
			if text, ok := contract.ResultText(inner); ok && isName(name) {
				if _, isBool := inner.(bool); !isBool {
					visit(below, text)
				}
			}
		}
	}
}

// form is what tells how a response ended without its code: the HTTP status and the names
// of its members.
func (b body) form() string {
	text := strconv.Itoa(b.status)
	if object, ok := b.value.(map[string]any); ok {
		text += " " + strings.Join(sortedNames(object), " ")
	}
	return text
}

func candidates(all []body) []*candidate {
	by := map[contract.Pointer]*candidate{}
	for i, b := range all {
		leaves(b.value, "", func(at contract.Pointer, text string) {
			name := snake(at.LastToken())
			c := by[at]
			if c == nil {
				if codeNames[name] == 0 {
					return
				}
				c = &candidate{at: at, by: codeNames[name], values: map[string]int{}, groups: map[string]map[string]bool{}, there: make([]bool, len(all))}
				by[at] = c
			}
			c.there[i] = true
			if text == "" || !codeForm().MatchString(text) || longNumber().MatchString(text) || personal(text) || isSecretCode(text) {
				c.unfit = true
				return
			}
			if c.values[text]++; len(c.values) > mostCodes {
				c.unfit = true
				return
			}
			if c.groups[text] == nil {
				c.groups[text] = map[string]bool{}
			}
			c.groups[text][b.form()] = true
		})
	}
	return slices.SortedFunc(maps.Values(by), func(a, b *candidate) int { return contract.ComparePointers(a.at, b.at) })
}

// score rates a candidate for the responses that are still open.
func (c *candidate) score(open []bool, forms int) float64 {
	if c.at == "" {
		return 0
	}
	n, of := 0, 0
	for i, is := range open {
		if is {
			of++
			if c.there[i] {
				n++
			}
		}
	}
	if n == 0 || c.unfit || len(c.values) == 1 && c.by < 6 || len(c.values) > 3 && 2*len(c.values) > n {
		return 0
	}
	score := float64(c.by) + 3*float64(n)/float64(of) - 0.5*float64(len(contract.TokensOf(c.at)))
	switch {
	case len(c.values) > 1 && c.follows():
		score += 3
	case len(c.values) > 1:
		score++
	case forms > 1 && n == of:
		score -= 4 // it is the same however the request ended
	}
	return score
}

// follows reports whether no form of response has all values: then the value says something
// about how the request ended.
func (c *candidate) follows() bool {
	all := map[string]int{}
	for _, forms := range c.groups {
		for form := range forms {
			all[form]++
		}
	}
	for _, n := range all {
		if n == len(c.values) {
			return false
		}
	}
	return true
}

// enough is the score that a result code needs.
const enough = 5.0

// findCode chooses the members that are the result code: the best for all responses, then
// the best for those without it. why explains the choice.
func findCode(all []body) (at []contract.Pointer, why string) {
	open := make([]bool, len(all))
	forms := map[string]bool{}
	left := 0
	for i, b := range all {
		if _, ok := b.value.(map[string]any); ok {
			open[i] = true
			left++
			forms[b.form()] = true
		}
	}
	known := candidates(all)
	var reasons []string
	for left > 0 && len(at) < 3 {
		best := slices.MaxFunc(append(known, &candidate{unfit: true}), func(a, b *candidate) int {
			return cmp.Compare(a.score(open, len(forms)), b.score(open, len(forms)))
		})
		if best.at == "" || best.score(open, len(forms)) < enough {
			break
		}
		n := 0
		for i := range open {
			if open[i] && best.there[i] {
				open[i] = false
				n++
			}
		}
		left -= n
		if len(at) > 0 && 20*n < len(all) {
			break // too few to know
		}
		at = append(at, best.at)
		reasons = append(reasons, fmt.Sprintf("%s: %s in %d of %d responses", best.at, contract.Plural(len(best.values), "value"), n, len(all)))
	}
	if len(at) == 0 {
		return nil, "no member has few values that vary with the outcome, so the HTTP status is the code"
	}
	why = strings.Join(reasons, "; ")
	left = 0
	for _, b := range all {
		if _, where := codeOf(b, at); where == "" {
			left++
		}
	}
	if left > 0 {
		why += fmt.Sprintf("; without them the HTTP status is the code (%d)", left)
	}
	return at, why
}

// findMessage chooses the members with a text for people.
func findMessage(all []body, codeAt []contract.Pointer) []contract.Pointer {
	var at []contract.Pointer
	for _, code := range codeAt {
		for _, name := range messageNames {
			near := contract.Pointer("")
			for _, b := range all {
				object, ok := contract.Lookup(b.value, code.Parent())
				members, isObject := object.(map[string]any)
				if !ok || !isObject {
					continue
				}
				for _, member := range sortedNames(members) {
					if _, isText := members[member].(string); isText && snake(member) == name {
						near = code.Parent().AppendToken(member)
					}
				}
			}
			if near != "" && !slices.Contains(at, near) {
				at = append(at, near)
				break
			}
		}
	}
	return at
}

// codeOf returns the result code of a response. at is "" if the HTTP status is the code.
func codeOf(b body, at []contract.Pointer) (code string, where contract.Pointer) {
	for _, pointer := range at {
		if found, ok := contract.Lookup(b.value, pointer); ok {
			if text, ok := contract.ResultText(found); ok && text != "" {
				return text, pointer
			}
		}
	}
	return strconv.Itoa(b.status), ""
}
