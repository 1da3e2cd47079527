package rule

import (
	"maps"
	"slices"
	"time"

	"assay/internal/contract"
)

// The client rules let a client read many changed copies of a response. A provider, or
// whoever stands in its place, chooses the response: these limits keep the work small.
const (
	maxCopied     = 1 << 20     // bytes of a response that is copied at all
	maxDamaged    = 64          // members that are damaged
	maxDamageWork = 12 << 20    // bytes of all damaged copies of a response
	maxDamageTime = time.Second // for all damaged copies of a response
	maxTestedTime = time.Minute // the same for a client under test, which sends a request for each
)

// Why a client rule left out some changed copies.
var (
	copiesTooLarge    = &contract.Template{ID: "altered.large", Text: "the client's reading of changed responses was not checked: the response is larger than 1 MiB", WayOut: "use a case with a smaller response"}
	damageMembersLeft = &contract.Template{ID: "damage-survived.members", Text: "damage was tried on 64 members only, documented ones first: the response has more", WayOut: "use a case whose response has fewer members"}
	damageBytesLeft   = &contract.Template{ID: "damage-survived.bytes", Text: "damage was tried in part only: all damaged copies of the response would take more than 12 MiB", WayOut: "use a case with a smaller response"}
	bodyUndecoded     = &contract.Template{ID: "body.values", Text: "not checked: a body is too large to decode, because it has more than 100000 values, or names of more than 16 KiB inside each other", WayOut: "use a case or a recording with smaller bodies"}
	damageTimeLeft    = &contract.Template{ID: "damage-survived.time", Text: "damage was tried in part only: the client took too long to read damaged responses", WayOut: "use a case with a smaller response, or make the client faster"}
)

// tooLargeToCopy reports whether the response is too large for changed copies.
func (p *Subject) tooLargeToCopy() bool { return len(p.View.Exchange.Response.Body) > maxCopied }

// damageWork counts the work for the damaged copies of one response.
type damageWork struct {
	p     *Subject
	bytes int
	clock func() time.Time
	until time.Time
}

// newDamageWork begins to count.
func (p *Subject) newDamageWork() *damageWork {
	clock := p.clock
	if clock == nil {
		clock = time.Now
	}
	within := maxDamageTime
	if p.UnderTest != nil {
		within = maxTestedTime
	}
	return &damageWork{p: p, clock: clock, until: clock().Add(within)}
}

// allows adds a copy to the work, and reports whether the client may read it. If not, the
// rule says which limit is exceeded.
func (w *damageWork) allows(copied contract.Response) bool {
	w.bytes += len(copied.Body)
	switch {
	case w.bytes > maxDamageWork:
		w.p.inconclusive(damageBytesLeft)
	case w.clock().After(w.until):
		w.p.inconclusive(damageTimeLeft)
	default:
		return true
	}
	return false
}

// damagedMembers returns the members of the response that are damaged, in order, and
// whether some are left out. First come those on which the outcome or a condition
// depends, then the documented ones, then all others.
func damagedMembers(p *Subject) (chosen []contract.Pointer, left bool) {
	body := p.View.ResponseBody()
	known := map[contract.Pointer]bool{}
	add := func(pointer contract.Pointer) {
		if known[pointer] || pointer == "" || !memberOfObjects(body, pointer) {
			return
		}
		if len(chosen) == maxDamaged {
			left = true
			return
		}
		known[pointer] = true
		chosen = append(chosen, pointer)
	}
	for _, pointer := range slices.Concat(p.Operation.Result.Code, p.Operation.Result.Status) {
		add(pointer)
	}
	for _, r := range p.Operation.Rules {
		if r.On == contract.InResponse {
			add(r.At)
		}
	}
	for _, status := range p.Operation.Statuses() {
		for _, m := range p.Operation.Responses[status].Members() {
			add(m.Pointer)
		}
	}
	eachMember(body, "", func(pointer contract.Pointer) bool {
		add(pointer)
		return !left
	})
	slices.Sort(chosen)
	return chosen, left
}

// memberOfObjects reports whether a body has a member, and objects only on the way to it.
func memberOfObjects(body any, pointer contract.Pointer) bool {
	for token := range pointer.Tokens() {
		object, ok := body.(map[string]any)
		if !ok {
			return false
		}
		if body, ok = object[token]; !ok {
			return false
		}
	}
	return true
}

// eachMember visits the members of a body by name, each before those below it, but none
// in a list. It stops when visit returns false.
func eachMember(value any, at contract.Pointer, visit func(contract.Pointer) bool) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return true
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		pointer := at.AppendToken(name)
		if !visit(pointer) || !eachMember(object[name], pointer, visit) {
			return false
		}
	}
	return true
}
