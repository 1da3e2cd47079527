package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// What the rules about what a request carries say.
var (
	amountUnseen  = &contract.Template{ID: "amount-exact.none", Text: "the case changes the amount itself, or the request has no amount"}
	amountNone    = &contract.Template{ID: "amount-exact.invalid", Text: "is not an amount: {error}"}
	amountOther   = &contract.Template{ID: "amount-exact.other", Text: "asks for {got} minor units; the order has {expected}"}
	currencyOther = &contract.Template{ID: "amount-exact.currency", Text: "has another currency than the order, {expected}"}

	referenceUnseen = &contract.Template{ID: "reference-carried.none", Text: "the case changes the reference itself, or the request has no reference"}
	referenceOther  = &contract.Template{ID: "reference-carried.other", Text: "{place} is not the reference of the order"}

	personUnseen = &contract.Template{ID: "person-carried.none", Text: "the case changes the personal data itself, or the request has none"}
	personOther  = &contract.Template{ID: "person-carried.other", Text: "{place} is not the {kind} of the case"}
)

type amountMember struct {
	member *openapi.Member
	means  string
}

func amounts(o *openapi.Operation) []amountMember {
	var all []amountMember
	for _, m := range o.Request.Members() {
		if m.Means == "amount-minor" || m.Means == "amount-decimal" {
			all = append(all, amountMember{m, m.Means})
		}
	}
	return all
}

// amounts are the sums that the case asks for; none: no case, or no money.
func (p *Subject) amounts() []contract.Money {
	if p.Case == nil || p.Case.Input == nil {
		return nil
	}
	return p.Case.Input.Amounts()
}

// references are those that the case was asked under.
func (p *Subject) references() []string {
	switch {
	case p.Case == nil || p.Case.Input == nil:
		return nil
	case len(p.References) > 0:
		return p.References
	}
	return p.Case.Input.References()
}

// in tells of amounts whether they are in a currency.
func in(currency string) func(contract.Money) bool {
	return func(m contract.Money) bool { return m.Currency == currency }
}

func amountExact(p *Subject) {
	sums := p.amounts()
	want := sums[0]
	looked := false
	for _, a := range amounts(p.Operation) {
		value, ok := contract.Lookup(p.View.RequestBody(), a.member.Pointer)
		if !ok || patched(p.Case, "/body"+a.member.Pointer) {
			continue
		}
		looked = true
		at := contract.RequestBody(a.member.Pointer)
		if object, isObject := value.(map[string]any); isObject {
			if currency, _ := contract.Text(object["currency"]); !slices.ContainsFunc(sums, in(currency)) {
				p.found(at.Member("currency"), "currency", currencyOther, contract.ArgText("expected", want.Currency))
			}
			at, value = at.Member("value"), object["value"]
		}
		text, _ := contract.Text(value)
		minor, err := minorUnits(text, a.means)
		switch {
		case err != nil:
			p.found(at, "amount", amountNone, contract.ArgText("error", err.Error()))
		case !slices.ContainsFunc(sums, func(m contract.Money) bool { return m.Minor == minor }):
			p.found(at, "amount", amountOther, contract.ArgInt("got", minor), contract.ArgInt("expected", want.Minor))
		}
	}
	for _, m := range p.Operation.Request.Members() {
		value, ok := contract.Lookup(p.View.RequestBody(), m.Pointer)
		if !ok || m.Means != "currency" || patched(p.Case, "/body"+m.Pointer) {
			continue
		}
		if currency, _ := contract.Text(value); !slices.ContainsFunc(sums, in(currency)) {
			p.found(contract.RequestBody(m.Pointer), "currency", currencyOther, contract.ArgText("expected", want.Currency))
		}
	}
	if !looked {
		p.inconclusive(amountUnseen)
	}
}

func minorUnits(text, means string) (int64, error) {
	if means == "amount-decimal" {
		return contract.ParseDecimal(text)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errors.New("not a whole number of minor units") // strconv's says the text
	}
	return n, nil
}

// patched tells whether a case changes what a pointer into its request names:
// "/body/amount", "/query/mid", "/headers/Authorization", and in an array
// "/body/tpv/*/name".
func patched(c *contract.Case, pointer contract.Pointer) bool {
	var ops []struct {
		Path contract.Pointer `json:"path"`
	}
	if c == nil || json.Unmarshal(c.Send, &ops) != nil {
		return false
	}
	for _, op := range ops {
		at := contract.GeneralPointer(op.Path)
		if at.Contains(pointer) || pointer.Contains(at) {
			return true
		}
	}
	return false
}

func means(o *openapi.Operation, what string) bool {
	return slices.ContainsFunc(o.Places(), func(m openapi.MemberAt) bool { return m.Means == what && m.At.Direction() == contract.InRequest })
}

func referenceCarried(p *Subject) {
	wanted := p.references()
	looked := false
	for _, at := range p.sent(func(m *openapi.Member) bool { return m.Means == "reference" }) {
		looked = true
		if !slices.Contains(wanted, at.text) {
			p.found(at.place, "reference", referenceOther, contract.ArgPlace("place", at.place))
		}
	}
	if !looked {
		p.inconclusive(referenceUnseen)
	}
}

func personal(o *openapi.Operation) bool {
	return slices.ContainsFunc(o.Request.Members(), func(m *openapi.Member) bool { return slices.Contains(people(), m.Personal) })
}

// people are the kinds of personal data that a case says whole; names and
// addresses are composed by adapters.
func people() []string { return []string{"pan", "email", "mobile"} }

func personCarried(p *Subject) {
	known := map[string][]string{}
	for _, person := range p.Case.Input.People() {
		known[person.Kind] = append(known[person.Kind], person.Text)
	}
	looked := false
	for _, at := range p.sent(func(m *openapi.Member) bool { return slices.Contains(people(), m.Personal) }) {
		looked = true
		if !slices.Contains(known[at.member.Personal], at.text) && !optional(p.Case.Options, at.text) {
			p.found(at.place, at.member.Personal, personOther, contract.ArgPlace("place", at.place), contract.ArgText("kind", at.member.Personal))
		}
	}
	if !looked {
		p.inconclusive(personUnseen)
	}
}

// optional tells whether a text stands among the options of a case.
func optional(options json.RawMessage, text string) bool {
	quoted, err := contract.Encode(text)
	return err == nil && bytes.Contains(options, quoted)
}

// carriedText is a documented member of the request, where it stands and what it says.
type carriedText struct {
	member *openapi.Member
	place  contract.Place
	text   string
}

// sent lists the members and parameters of the request that are of a kind, but
// for those that the case itself changes.
func (p *Subject) sent(of func(*openapi.Member) bool) []carriedText {
	var all []carriedText
	for _, m := range p.Operation.Parameters {
		values := m.Values(p.View.Exchange.Request)
		if len(values) > 0 && of(&m.Member) && m.In == "query" && !patched(p.Case, contract.PointerTo("query", m.Name)) {
			all = append(all, carriedText{&m.Member, m.Place(), values[0]})
		}
	}
	for _, m := range p.Operation.Request.Members() {
		if !of(m) || patched(p.Case, "/body"+m.Pointer) {
			continue
		}
		for _, at := range p.View.Occurrences(contract.RequestBody(m.Pointer)) {
			if at.Value == "" && m.Personal != "" {
				continue // no person's
			}
			text, _ := contract.Text(at.Value)
			all = append(all, carriedText{m, at.Place, text})
		}
	}
	return all
}
