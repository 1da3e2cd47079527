package rule

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// A case can state its request. A client under test gets this request as its order, so what
// arrives is compared with it, place by place. Optional members that the client adds are no
// departure, unless they are another amount, currency or reference, or somebody's personal
// data.

// Messages about a stated request. Rules about amount, reference, person and members share
// the first two.
var (
	statedOther  = &contract.Template{ID: "stated.other", Text: "{place} is not what the case states"}
	statedAbsent = &contract.Template{ID: "stated.missing", Text: "{place} is missing; the case states it"}

	amountStated  = &contract.Template{ID: "amount-exact.stated", Text: "the request asks for {got} minor units; the case states {expected}"}
	amountAdded   = &contract.Template{ID: "amount-exact.added", Text: "the request asks for {got} minor units; the case states no such amount"}
	currencyAdded = &contract.Template{ID: "amount-exact.currency-added", Text: "{place} is not a currency that the case states"}

	membersNotStated = &contract.Template{ID: "members-carried.none", Text: "members not checked: the case states none besides amount, reference and personal data", WayOut: "state the members of the request in the case"}
)

// The rules to which stated places belong.
const (
	ofAmount    = "amount-exact"
	ofReference = "reference-carried"
	ofPerson    = "person-carried"
	ofMembers   = "members-carried"
)

// statesOrder reports whether the client under test gets its order as a request that
// the case states.
func (p *Subject) statesOrder() bool {
	return p.UnderTest != nil && p.Case != nil && p.Case.Request != nil
}

// isAmount reports whether a member is an amount or its currency.
func isAmount(m *openapi.Member) bool {
	return m != nil && (strings.HasPrefix(m.Means, "amount-") || m.Means == "currency")
}

// hasRequestPlace reports whether a request has a documented place for which of is true.
func hasRequestPlace(o *openapi.Operation, of func(*openapi.Member) bool) bool {
	return slices.ContainsFunc(o.Places(), func(m openapi.MemberAt) bool {
		return m.At.Direction() == contract.InRequest && of(m.Member)
	})
}

// statedPlace is a place at which a case states a value, and what arrived there.
type statedPlace struct {
	at     contract.Place
	rule   string // the rule that reports a departure
	member *openapi.Member
	stated any
	sent   any
	there  bool // the request has a value at the place
}

// statedPlaces returns the places at which the case states a value, in a fixed order.
// Credentials, signatures and the media type have rules of their own.
func (p *Subject) statedPlaces() []statedPlace {
	request := p.UnderTest.Stated
	if request == nil {
		return nil
	}
	w := &statedWalk{p: p, own: ownPlaces(p.Operation)}
	r := p.View.Exchange.Request
	if p.DocumentedPath == "" { // else there is a finding about the path
		for _, name := range slices.Sorted(maps.Keys(request.Path)) {
			sent, there := p.View.PathParameter(name)
			w.parameter(contract.PathParameter(name), request.Path[name].Text, sent, there)
		}
	}
	query := r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(request.Query)) {
		w.parameter(contract.Query(name), statedTexts(request.Query[name], "\x00"), strings.Join(query[name], "\x00"), query.Has(name))
	}
	for _, name := range slices.Sorted(maps.Keys(request.Headers)) {
		if http.CanonicalHeaderKey(name) != "Content-Type" {
			sent := r.Header.Values(name)
			w.parameter(contract.RequestHeader(name), statedTexts(request.Headers[name], ", "), strings.Join(sent, ", "), len(sent) > 0)
		}
	}
	w.body(request.Body)
	return w.all
}

func statedTexts(all []contract.StatedText, separator string) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = one.Text
	}
	return strings.Join(texts, separator)
}

// ownPlaces returns the places of credentials and signature in a request.
func ownPlaces(o *openapi.Operation) []contract.Place {
	all := []contract.Place{contract.RequestAuthorization}
	for _, a := range o.Authorizations() {
		all = append(all, a.Place())
	}
	if s := o.Sign.Request; s != nil {
		all = append(all, s.Place(), s.Time)
	}
	return all
}

// statedWalk collects stated places.
type statedWalk struct {
	p   *Subject
	own []contract.Place
	all []statedPlace
}

func (w *statedWalk) parameter(at contract.Place, stated, sent string, there bool) {
	var m *openapi.Member
	for _, p := range w.p.Operation.Parameters {
		if p.Place() == at {
			m = &p.Member
		}
	}
	w.add(at, m, m, stated, sent, there)
}

// body compares a body as it looks in the media type of the request that arrived.
func (w *statedWalk) body(stated json.RawMessage) {
	if len(stated) == 0 {
		return
	}
	r := w.p.View.Exchange.Request
	if text, isText := contract.String(stated); isText { // sent as these bytes
		w.add(contract.RequestRoot, nil, nil, text, string(r.Body), len(r.Body) > 0)
		return
	}
	if o := w.p.Operation.Request; o != nil && o.Accepts(r.Header) {
		if written, err := openapi.WriteBody(r.Header, stated); err == nil {
			stated = o.JSON(r.Header, written)
		}
	}
	value, err := contract.Decode(stated)
	if err != nil {
		return // not reached: the case was loaded
	}
	body := w.p.View.RequestBody()
	w.value("", value, body, body != nil)
}

// value compares the values at a pointer, and all below. An amount with its currency that is
// missing counts once.
func (w *statedWalk) value(at contract.Pointer, stated, sent any, there bool) {
	m := w.member(at)
	switch v := stated.(type) {
	case map[string]any:
		object, isObject := sent.(map[string]any)
		if len(v) == 0 || !isObject && isAmount(m) {
			break
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			below, there := object[name]
			w.value(at.AppendToken(name), v[name], below, there)
		}
		return
	case []any:
		list, isList := sent.([]any)
		if len(v) == 0 {
			break
		}
		if isList && len(list) > len(v) {
			w.add(contract.RequestBody(at), m, m, v, list, true)
		}
		for i := range v {
			if i < len(list) {
				w.value(at.AppendToken(strconv.Itoa(i)), v[i], list[i], true)
			} else {
				w.value(at.AppendToken(strconv.Itoa(i)), v[i], nil, false)
			}
		}
		return
	}
	about := m
	for above := at; !isAmount(about) && above != ""; {
		if above = above.Parent(); isAmount(w.member(above)) {
			about = w.member(above)
		}
	}
	w.add(contract.RequestBody(at), m, about, stated, sent, there)
}

func (w *statedWalk) member(at contract.Pointer) *openapi.Member {
	return w.p.Operation.Request.Member(contract.GeneralPointer(at))
}

// add adds a place. about is the member that says to which rule the place belongs: m, or the
// amount that m is part of.
func (w *statedWalk) add(at contract.Place, m, about *openapi.Member, stated, sent any, there bool) {
	if slices.Contains(w.own, at) || there && m != nil && m.Means == "timestamp" { // each client has its own time
		return
	}
	one := statedPlace{at: at, rule: ofMembers, member: m, stated: stated, sent: sent, there: there}
	switch {
	case isAmount(about):
		one.rule = ofAmount
	case m != nil && w.p.Operation.NamesRequest(m):
		one.rule = ofReference
	case m != nil && m.Personal != "":
		one.rule = ofPerson
	}
	w.all = append(w.all, one)
}

// same reports whether what arrived is the stated value. A number may be written in several
// ways, and as a text: request-documented checks types.
func (s statedPlace) same() bool {
	stated, isText := contract.Text(s.stated)
	sent, sentText := contract.Text(s.sent)
	switch {
	case isText && sentText:
		if stated == sent {
			return true
		}
		_, number := s.stated.(json.Number)
		_, sentNumber := s.sent.(json.Number)
		a, ok := contract.Number(stated)
		b, okSent := contract.Number(sent)
		return number && sentNumber && ok && okSent && a.Cmp(b) == 0
	case isText || sentText || !s.there:
		return false
	}
	return s.stated == nil && s.sent == nil || empty(s.stated) && empty(s.sent)
}

// empty reports whether a value is an object or a list without members.
func empty(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// minor returns the amount of a place in minor units.
func (s statedPlace) minor(value any) (minor int64, ok bool, err error) {
	text, isText := contract.Text(value)
	if s.member == nil || !strings.HasPrefix(s.member.Means, "amount-") || !isText {
		return 0, false, nil
	}
	minor, err = minorUnits(text, s.member.Means)
	return minor, true, err
}

// carriesStated reports the departures that belong to the rule, and returns all places that
// do.
func (p *Subject) carriesStated(id string) []statedPlace {
	all := slices.DeleteFunc(p.statedPlaces(), func(s statedPlace) bool { return s.rule != id })
	for _, s := range all {
		stated, isAmount, wrong := s.minor(s.stated)
		sent, sentAmount, err := s.minor(s.sent)
		switch {
		case !s.there:
			p.add(s.at, "missing", statedAbsent, contract.ArgPlace("place", s.at))
		case isAmount && sentAmount && wrong == nil && err != nil:
			p.add(s.at, "amount", amountNone, contract.ArgText("error", err.Error()))
		case isAmount && sentAmount && wrong == nil && stated != sent:
			p.add(s.at, "amount", amountStated, contract.ArgInt("got", sent), contract.ArgInt("expected", stated))
		case isAmount && sentAmount && wrong == nil, s.same():
		default:
			p.add(s.at, "other", statedOther, contract.ArgPlace("place", s.at))
		}
	}
	return all
}

// added returns what the request has at documented places for which of is true and at which
// the case states nothing.
func (p *Subject) added(stated []statedPlace, of func(*openapi.Member) bool) []carriedText {
	return slices.DeleteFunc(p.carriedTexts(of), func(t carriedText) bool {
		return slices.ContainsFunc(stated, func(s statedPlace) bool { return s.at == t.place })
	})
}

// statedTextsAt returns the stated texts of places.
func statedTextsAt(stated []statedPlace, of func(*openapi.Member) bool) (all []string) {
	for _, s := range stated {
		if text, isText := contract.Text(s.stated); isText && s.member != nil && of(s.member) {
			all = append(all, text)
		}
	}
	return all
}

func statedAmounts(p *Subject) {
	isSum := func(m *openapi.Member) bool { return strings.HasPrefix(m.Means, "amount-") }
	isCurrency := func(m *openapi.Member) bool { return m.Means == "currency" }
	stated := p.carriesStated(ofAmount)
	var sums []int64
	for _, s := range stated {
		if minor, ok, err := s.minor(s.stated); ok && err == nil {
			sums = append(sums, minor)
		}
	}
	checked := len(stated) > 0
	for _, t := range p.added(stated, isSum) {
		minor, err := minorUnits(t.text, t.member.Means)
		if err != nil || minor == 0 { // an object with the amount, a form that is reported elsewhere, or nothing
			continue
		}
		if checked = true; !slices.Contains(sums, minor) {
			p.add(t.place, "amount", amountAdded, contract.ArgInt("got", minor))
		}
	}
	if currencies := statedTextsAt(stated, isCurrency); len(currencies) > 0 {
		for _, t := range p.added(stated, isCurrency) {
			if !slices.Contains(currencies, t.text) {
				p.add(t.place, "currency", currencyAdded, contract.ArgPlace("place", t.place))
			}
		}
	}
	if !checked {
		p.inconclusive(amountNotSent)
	}
}

func statedReferences(p *Subject) {
	isReference := func(m *openapi.Member) bool { return m.Means == "reference" }
	stated := p.carriesStated(ofReference)
	if references := statedTextsAt(stated, isReference); len(references) > 0 {
		for _, t := range p.added(stated, isReference) {
			if !slices.Contains(references, t.text) {
				p.add(t.place, "reference", referenceOther, contract.ArgPlace("place", t.place))
			}
		}
	}
	if len(stated) == 0 {
		p.inconclusive(referenceNotSent)
	}
}

func statedPeople(p *Subject) {
	stated := p.carriesStated(ofPerson)
	added := p.added(stated, func(m *openapi.Member) bool { return slices.Contains(people(), m.Personal) })
	for _, t := range added {
		if !slices.Contains(statedTextsAt(stated, func(m *openapi.Member) bool { return m.Personal == t.member.Personal }), t.text) {
			p.add(t.place, t.member.Personal, personOther, contract.ArgPlace("place", t.place), contract.ArgText("kind", t.member.Personal))
		}
	}
	if len(stated) == 0 && len(added) == 0 {
		p.inconclusive(personNotSent)
	}
}

func membersCarried(p *Subject) {
	if len(p.carriesStated(ofMembers)) == 0 {
		p.inconclusive(membersNotStated)
	}
}
