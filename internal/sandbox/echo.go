package sandbox

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// asked is a place in a request whose value a response repeats.
type asked struct {
	means     string // "amount-minor", "amount-decimal", "currency" or "provider-reference"
	name      string // of the member or parameter
	pointer   contract.Pointer
	parameter *openapi.Parameter // nil: a member of the body
	required  bool
}

// repeatedPlaces lists the places of a request whose values responses repeat. An amount that is an
// object has value and currency.
func repeatedPlaces(o *openapi.Operation) []asked {
	var all []asked
	for _, p := range o.Parameters {
		if isRepeated(p.Means) {
			all = append(all, asked{p.Means, p.Name, "", p, p.Required})
		}
	}
	for _, m := range o.Request.Members() {
		if !isRepeated(m.Means) {
			continue
		}
		name := m.Pointer.LastToken()
		if slices.Contains(m.Types, "object") {
			all = append(all, asked{m.Means, name, m.Pointer.AppendToken("value"), nil, m.Required}, asked{"currency", name, m.Pointer.AppendToken("currency"), nil, m.Required})
			continue
		}
		all = append(all, asked{m.Means, name, m.Pointer, nil, m.Required})
	}
	return all
}

// isRepeated reports whether a response repeats a member of the request with this meaning.
// References are not among them: View.Reference finds them.
func isRepeated(means string) bool {
	return slices.Contains([]string{"amount-minor", "amount-decimal", "currency", "provider-reference"}, means)
}

// sources returns the places that a member of a response repeats: those with its name, or
// else all, required ones first. A request may have several amounts, such as a sum and a
// fee.
func sources(all []asked, means, name string) []asked {
	same := func(a asked) bool {
		return a.means == means || strings.HasPrefix(means, "amount-") && strings.HasPrefix(a.means, "amount-")
	}
	found := slices.DeleteFunc(slices.Clone(all), func(a asked) bool { return !same(a) })
	if named := slices.DeleteFunc(slices.Clone(found), func(a asked) bool { return a.name != name }); len(named) > 0 {
		return named
	}
	slices.SortStableFunc(found, func(a, b asked) int { return rank(b) - rank(a) })
	return found
}

func rank(a asked) int {
	if a.required {
		return 1
	}
	return 0
}

// text returns the value in a request.
func (a asked) text(q *question) (string, bool) {
	if a.parameter == nil {
		return q.RequestText(a.pointer)
	}
	values := a.parameter.Values(q.Exchange.Request)
	if len(values) == 0 {
		return "", false
	}
	return values[0], true
}

// echo returns the first value that a request has at the places that a hole repeats.
func (h *hole) echo(q *question) (value string, from asked, ok bool) {
	for _, a := range h.from {
		if text, there := a.text(q); there && text != "" {
			return text, a, true
		}
	}
	return "", asked{}, false
}

// minor returns the amount that a request has at the places that a hole repeats, or that of
// the order which its path names.
func (h *hole) minor(q *question) (minor int64, ok bool) {
	text, from, ok := h.echo(q)
	if !ok {
		return q.sum.minor, q.sum.amount
	}
	minor, err := minorUnits(text, from.means)
	return minor, err == nil
}

// amount appends the amount of a request in the form of the response, or nothing if there
// is none. An integer that is asked for in major units and has a fraction cannot
// be written in an integer, so the documented value stays.
func (h *hole) amount(to []byte, q *question) []byte {
	minor, ok := h.minor(q)
	if !ok {
		return nil
	}
	written := strconv.FormatInt(minor, 10)
	if h.what == "amount-decimal" {
		written = contract.Money{Minor: minor}.Decimal()
		for cut := 2 - h.decimals; cut > 0 && strings.HasSuffix(written, "0"); cut-- {
			written = strings.TrimSuffix(written, "0")
		}
		written = strings.TrimSuffix(written, ".")
	}
	if h.whole && strings.Contains(written, ".") {
		return nil
	}
	if h.quote {
		return quoted(to, written)
	}
	return append(to, written...)
}

func minorUnits(text, means string) (int64, error) {
	if means == "amount-decimal" {
		return contract.ParseDecimal(text)
	}
	return strconv.ParseInt(text, 10, 64)
}

// echoes adds the holes of a member that repeats an amount or a currency.
func (t *template) echoes(o *operation, m *openapi.Member, at contract.ValueSpan) {
	if m.Means == "provider-reference" || !isRepeated(m.Means) {
		return
	}
	name := m.Pointer.LastToken()
	if t.body[at.Start] == '{' {
		for _, one := range t.spans {
			switch one.Pointer {
			case at.Pointer.AppendToken("value"):
				t.echoHole(o, m.Means, name, one, m.Types)
			case at.Pointer.AppendToken("currency"):
				t.echoHole(o, "currency", name, one, m.Types)
			}
		}
		return
	}
	t.echoHole(o, m.Means, name, at, m.Types)
}

func (t *template) echoHole(o *operation, means, name string, at contract.ValueSpan, types []string) {
	from := sources(o.repeated, means, name)
	raw := t.body[at.Start:at.End]
	if len(from) == 0 && !o.recalls || len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || raw[0] == 'n' || raw[0] == 't' || raw[0] == 'f' {
		return
	}
	if means != "currency" && len(bytes.Trim(raw, `"0.`)) == 0 {
		return // the example has an amount of 0, such as what is paid so far
	}
	h := hole{span: span{at.Start, at.End}, what: means, quote: raw[0] == '"', from: from}
	if i := bytes.IndexByte(raw, '.'); i >= 0 {
		h.decimals = len(bytes.Trim(raw[i+1:], `"`))
	}
	h.whole = slices.Equal(types, []string{"integer"})
	t.holes, t.recalls = append(t.holes, h), t.recalls || o.recalls
}
