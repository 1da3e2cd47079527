package openapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// RowExample returns a response of a row: the one that the documents print or, if a row
// with a variant or an if has none, one that is built from the schema of its HTTP status
// and satisfies the if.
func (o *Operation) RowExample(row *Code) (Example, bool) {
	if e, ok := o.Example(row.Name()); ok || !row.varies() {
		return e, ok
	}
	built, _ := o.Memoize("example of row "+row.Name(), func() any { return o.buildExample(row) }).(*Example)
	if built == nil {
		return Example{}, false
	}
	return *built, true
}

// mostTries is the number of responses that buildFrom looks at.
const mostTries = 4096

// buildExample returns a response that the table reads as the row; nil if it finds none.
// It tries what the row's own if names first, then what all ifs of the code name.
func (o *Operation) buildExample(row *Code) *Example {
	body := o.Responses[row.HTTP]
	if body == nil || body.Root == nil {
		return nil
	}
	base := o.baseOf(row)
	if base == nil {
		return nil
	}
	for _, rows := range [][]*Code{{row}, o.Rows(row.Code)} {
		if e := o.buildFrom(base, row, o.ifMembers(row, rows)); e != nil {
			return e
		}
	}
	return nil
}

// buildFrom gives the members of a response each of their values, until the table reads it
// as the row; nil if it never does.
func (o *Operation) buildFrom(base any, row *Code, members []ifMember) *Example {
	body := o.Responses[row.HTTP]
	for try := range mostTries {
		value, rest := copyJSON(base), try
		for _, m := range members {
			set := m.values[rest%len(m.values)]
			rest /= len(m.values)
			if set == asBase {
				continue
			}
			value = setMember(value, m.pointer, set)
		}
		if rest > 0 { // every combination was looked at
			return nil
		}
		raw, err := contract.Encode(value)
		if err != nil {
			continue
		}
		if e := (Example{HTTP: row.HTTP, Body: raw}); len(body.Violations(raw)) == 0 && o.isOf(e, value, row) {
			return &e
		}
	}
	return nil
}

// isOf reports whether the table reads an example as the row. An if that names the request
// cannot be evaluated here, and it may be true or false.
func (o *Operation) isOf(e Example, value any, row *Code) bool {
	response := contract.Response{Status: e.HTTP, Body: e.Body}
	m := o.resultCode(e.HTTP, decodedBody{value})
	if m.Code != row.Code {
		return false
	}
	x := NewView(o, contract.Exchange{Response: response}, nil, nil)
	defer x.Done()
	for _, one := range o.Rows(row.Code) {
		holds, applies := true, true
		open := one.If != nil && one.If.Names("request")
		if one.If != nil {
			holds, applies = x.Holds(one.If)
		}
		switch fits := holds && applies; {
		case one == row:
			m.Row = row
			return (fits || open) && m.Agrees(response)
		case fits && !open: // a row above takes the response
			return false
		}
	}
	return false
}

// baseOf returns a response with the code, status and message of a row, made from an
// example with its HTTP status or from the schema.
func (o *Operation) baseOf(row *Code) any {
	base, found := any(nil), false
	like := o.Rows(row.Code)
	for _, other := range append(like, o.Codes...) {
		if e, ok := o.Example(other.Name()); ok && e.HTTP == row.HTTP && !found {
			value, err := contract.Decode(e.Body)
			base, found = value, err == nil
		}
	}
	if !found {
		if base, found = o.Responses[row.HTTP].Root.Sample(); !found {
			return nil
		}
	}
	for i, all := range [][]contract.Pointer{o.Result.Code, o.Result.Status, o.Result.Message} {
		text := []string{row.Code, row.Status, plainMessage(row)}[i]
		for _, pointer := range all {
			if m := o.Responses[row.HTTP].Member(pointer); m != nil && text != "" {
				base = setMember(base, pointer, valueFor(m, text))
				break
			}
		}
	}
	return base
}

// plainMessage returns the first documented message without placeholders, or "".
func plainMessage(row *Code) string {
	for _, message := range row.Messages {
		if !strings.Contains(message, "{") {
			return message
		}
	}
	return ""
}

// valueFor returns a text as the type of a member: a number or a boolean if it is one.
func valueFor(m *Member, text string) any {
	switch {
	case slices.Contains(m.Types, "string") || len(m.Types) == 0:
		return text
	case slices.Contains(m.Types, "boolean"):
		return text == "true"
	case slices.Contains(m.Types, "integer"), slices.Contains(m.Types, "number"):
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return json.Number(text)
		}
	}
	return text
}

// ifMember is a member that an if names, with the values to try.
type ifMember struct {
	pointer contract.Pointer
	values  []any
}

// asBase and absent stand for the value in the base, and for no value.
var asBase, absent = new(int), new(int)

// ifMembers returns the members of the response that the ifs of some rows name, with the
// values that the ifs and the schema mention.
func (o *Operation) ifMembers(of *Code, rows []*Code) (all []ifMember) {
	var literals []string
	var pointers []contract.Pointer
	for _, row := range rows {
		if row.If == nil {
			continue
		}
		literals = append(append(literals, row.If.Texts()...), row.If.Numbers()...)
		for _, chain := range row.If.Chains() {
			if len(chain) > 2 && chain[0] == "response" && chain[1] == "body" && !slices.Contains(chain, "*") {
				if pointer := contract.PointerTo(chain[2:]...); !slices.Contains(pointers, pointer) {
					pointers = append(pointers, pointer)
				}
			}
		}
	}
	for _, pointer := range pointers {
		m := o.Responses[of.HTTP].Member(pointer)
		if m == nil {
			continue
		}
		values := []any{asBase}
		for _, text := range append(slices.Clone(literals), m.Enum...) {
			if value := valueFor(m, text); !slices.Contains(values, value) {
				values = append(values, value)
			}
		}
		if value, ok := m.Sample(); ok && plainJSON(value) && !slices.Contains(values, value) {
			values = append(values, value)
		}
		if slices.Contains(m.Types, "boolean") {
			values = []any{asBase, true, false}
		}
		if !m.Required {
			values = append(values, absent)
		}
		all = append(all, ifMember{pointer, values})
	}
	return all
}

// plainJSON reports whether a JSON value is neither an object nor an array.
func plainJSON(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// setMember sets or removes a member below a value, and returns the value. Objects on the
// way are made.
func setMember(value any, pointer contract.Pointer, to any) any {
	tokens := contract.TokensOf(pointer)
	if len(tokens) == 0 {
		return to
	}
	object, ok := value.(map[string]any)
	if !ok {
		if to == absent {
			return value
		}
		object = map[string]any{}
	}
	if len(tokens) == 1 && to == absent {
		delete(object, tokens[0])
		return object
	}
	below := setMember(object[tokens[0]], contract.PointerTo(tokens[1:]...), to)
	if below != nil || len(tokens) == 1 {
		object[tokens[0]] = below
	}
	return object
}

// copyJSON returns a copy of a decoded value.
func copyJSON(value any) any {
	switch v := value.(type) {
	case map[string]any:
		made := maps.Clone(v)
		for name, inner := range v {
			made[name] = copyJSON(inner)
		}
		return made
	case []any:
		made := slices.Clone(v)
		for i, inner := range v {
			made[i] = copyJSON(inner)
		}
		return made
	}
	return value
}

// rowExample finds rows without an example, and examples that the table reads as another
// row of their code: the sandbox would send a response that means something else.
func (x *examiner) rowExample(c *Code) {
	name := contract.ArgText("code", c.Name())
	if x.o.Code(c.Name()) != c || hides(x.o.Codes[:slices.Index(x.o.Codes, c)], c) != nil { // variants reports these
		return
	}
	_, printed := x.o.example[c.Name()]
	if !printed && !c.varies() {
		x.report("examples", c.Line, codeWithoutExample, name)
		return
	}
	if !c.varies() || !x.compiles(c.Code) {
		return
	}
	e, ok := x.o.RowExample(c)
	if !ok {
		x.report("examples", c.Line, rowWithoutExample, name)
		return
	}
	value, err := contract.Decode(e.Body)
	if err != nil || x.o.isOf(e, value, c) {
		return
	}
	met := x.o.ResultCodeOf(contract.Exchange{Response: contract.Response{Status: e.HTTP, Body: e.Body}}, value)
	if met.Row != c && met.Code == c.Code { // examples reports the others
		got := met.Name()
		if met.Row == nil {
			got = "no row of code " + met.Code
		}
		x.report("examples", c.Line, rowExample, name, contract.ArgText("got", got))
	}
}

// compiles reports whether the ifs of a code compile; expressions reports those that do not.
func (x *examiner) compiles(code string) bool {
	return !slices.ContainsFunc(x.o.Rows(code), func(row *Code) bool { return row.If != nil && row.If.Compile() != nil })
}
