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

// Messages of the rules about amount, reference and person in a request.
var (
	amountNotSent = &contract.Template{ID: "amount-exact.none", Text: "amount not checked: the request has no amount, or the case changes it with send", WayOut: "use a case that sends the amount and does not change it"}
	amountNone    = &contract.Template{ID: "amount-exact.invalid", Text: "is not an amount: {error}"}
	amountOther   = &contract.Template{ID: "amount-exact.other", Text: "the request asks for {got} minor units; the order has {expected}"}
	currencyOther = &contract.Template{ID: "amount-exact.currency", Text: "the currency is not {expected}, the currency of the order"}

	referenceNotSent = &contract.Template{ID: "reference-carried.none", Text: "reference not checked: the request has no reference, or the case changes it with send", WayOut: "use a case that sends the reference and does not change it"}
	referenceOther   = &contract.Template{ID: "reference-carried.other", Text: "{place} is not the reference of the order"}

	personNotSent = &contract.Template{ID: "person-carried.none", Text: "personal data not checked: the request has none, or the case changes it with send", WayOut: "use a case that sends personal data and does not change it"}
	personOther   = &contract.Template{ID: "person-carried.other", Text: "{place} is not the {kind} of the customer in the case"}
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

// amounts returns the amounts of the case, or nil without a case or amounts.
func (p *Subject) amounts() []contract.Money {
	if p.Case == nil || p.Case.Input == nil {
		return nil
	}
	return p.Case.Input.Amounts()
}

// references returns the references that the case was sent with.
func (p *Subject) references() []string {
	switch {
	case p.Case == nil || p.Case.Input == nil:
		return nil
	case len(p.References) > 0:
		return p.References
	}
	return p.Case.Input.References()
}

// inCurrency returns a function that reports whether an amount is in a currency.
func inCurrency(currency string) func(contract.Money) bool {
	return func(m contract.Money) bool { return m.Currency == currency }
}

// hasInput reports whether the case has an input that the request must carry. A case that
// states its request has none if assay sends it: the request would be compared with itself.
func (p *Subject) hasInput() bool {
	return p.Case != nil && p.Case.Input != nil && p.Case.Request == nil
}

// carriesAmount, carriesReference and carriesPerson report whether the case says what amount,
// reference or personal data the request must have.
func carriesAmount(p *Subject) bool {
	if p.statesOrder() {
		return hasRequestPlace(p.Operation, isAmount)
	}
	return len(p.amounts()) > 0 && len(amounts(p.Operation)) > 0
}

func carriesReference(p *Subject) bool {
	if p.statesOrder() {
		return hasRequestPlace(p.Operation, p.Operation.NamesRequest)
	}
	return len(p.references()) > 0 && p.hasInput() && hasMeaning(p.Operation, "reference")
}

func carriesPerson(p *Subject) bool {
	if p.statesOrder() {
		return hasRequestPlace(p.Operation, func(m *openapi.Member) bool { return m.Personal != "" })
	}
	return p.hasInput() && personal(p.Operation)
}

func amountExact(p *Subject) {
	if p.statesOrder() {
		statedAmounts(p)
		return
	}
	sums := p.amounts()
	want := sums[0]
	checked := false
	for _, a := range amounts(p.Operation) {
		value, ok := contract.Lookup(p.View.RequestBody(), a.member.Pointer)
		if !ok || patched(p.Case, "/body"+a.member.Pointer) {
			continue
		}
		checked = true
		at := contract.RequestBody(a.member.Pointer)
		if object, isObject := value.(map[string]any); isObject {
			if currency, _ := contract.Text(object["currency"]); !slices.ContainsFunc(sums, inCurrency(currency)) {
				p.add(at.Member("currency"), "currency", currencyOther, contract.ArgText("expected", want.Currency))
			}
			at, value = at.Member("value"), object["value"]
		}
		text, _ := contract.Text(value)
		minor, err := minorUnits(text, a.means)
		switch {
		case err != nil:
			p.add(at, "amount", amountNone, contract.ArgText("error", err.Error()))
		case !slices.ContainsFunc(sums, func(m contract.Money) bool { return m.Minor == minor }):
			p.add(at, "amount", amountOther, contract.ArgInt("got", minor), contract.ArgInt("expected", want.Minor))
		}
	}
	for _, m := range p.Operation.Request.Members() {
		value, ok := contract.Lookup(p.View.RequestBody(), m.Pointer)
		if !ok || m.Means != "currency" || patched(p.Case, "/body"+m.Pointer) {
			continue
		}
		if currency, _ := contract.Text(value); !slices.ContainsFunc(sums, inCurrency(currency)) {
			p.add(contract.RequestBody(m.Pointer), "currency", currencyOther, contract.ArgText("expected", want.Currency))
		}
	}
	if !checked {
		p.inconclusive(amountNotSent)
	}
}

func minorUnits(text, means string) (int64, error) {
	if means == "amount-decimal" {
		return contract.ParseDecimal(text)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errors.New("not a whole number of minor units") // the error of strconv contains the text
	}
	return n, nil
}

// patched reports whether a case changes the place of a pointer into its request:
// "/body/amount", "/query/mid", "/headers/Authorization", or, in an array,
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

func hasMeaning(o *openapi.Operation, what string) bool {
	return slices.ContainsFunc(o.Places(), func(m openapi.MemberAt) bool { return m.Means == what && m.At.Direction() == contract.InRequest })
}

func referenceCarried(p *Subject) {
	if p.statesOrder() {
		statedReferences(p)
		return
	}
	wanted := p.references()
	checked := false
	for _, at := range p.carriedTexts(func(m *openapi.Member) bool { return m.Means == "reference" }) {
		checked = true
		if !slices.Contains(wanted, at.text) {
			p.add(at.place, "reference", referenceOther, contract.ArgPlace("place", at.place))
		}
	}
	if !checked {
		p.inconclusive(referenceNotSent)
	}
}

func personal(o *openapi.Operation) bool {
	return slices.ContainsFunc(o.Request.Members(), func(m *openapi.Member) bool { return slices.Contains(people(), m.Personal) })
}

// people returns the kinds of personal data that a case has in full. Adapters compose
// names and addresses.
func people() []string { return []string{"pan", "email", "mobile"} }

func personCarried(p *Subject) {
	if p.statesOrder() {
		statedPeople(p)
		return
	}
	known := map[string][]string{}
	for _, person := range p.Case.Input.People() {
		known[person.Kind] = append(known[person.Kind], person.Text)
	}
	checked := false
	for _, at := range p.carriedTexts(func(m *openapi.Member) bool { return slices.Contains(people(), m.Personal) }) {
		checked = true
		if !slices.Contains(known[at.member.Personal], at.text) && !inOptions(p.Case.Options, at.text) {
			p.add(at.place, at.member.Personal, personOther, contract.ArgPlace("place", at.place), contract.ArgText("kind", at.member.Personal))
		}
	}
	if !checked {
		p.inconclusive(personNotSent)
	}
}

// inOptions reports whether the options of a case contain a text.
func inOptions(options json.RawMessage, text string) bool {
	quoted, err := contract.Encode(text)
	return err == nil && bytes.Contains(options, quoted)
}

// carriedText is a documented member of the request, its place and its text.
type carriedText struct {
	member *openapi.Member
	place  contract.Place
	text   string
}

// carriedTexts returns the members, query and path parameters of the request that match,
// except those that the case changes.
func (p *Subject) carriedTexts(of func(*openapi.Member) bool) []carriedText {
	var all []carriedText
	for _, m := range p.Operation.Parameters {
		values := m.Values(p.View.Exchange.Request)
		if len(values) > 0 && of(&m.Member) && m.In != "header" && !patched(p.Case, contract.PointerTo(m.In, m.Name)) {
			all = append(all, carriedText{&m.Member, m.Place(), values[0]})
		}
	}
	for _, m := range p.Operation.Request.Members() {
		if !of(m) || patched(p.Case, "/body"+m.Pointer) {
			continue
		}
		for _, at := range p.View.Occurrences(contract.RequestBody(m.Pointer)) {
			if at.Value == "" && m.Personal != "" {
				continue // an empty text is not personal
			}
			text, _ := contract.Text(at.Value)
			all = append(all, carriedText{m, at.Place, text})
		}
	}
	return all
}
