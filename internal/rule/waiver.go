package rule

import (
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
)

// Messages of the rules about waivers.
var (
	waiverLacking  = &contract.Template{ID: "waiver-justified.lacks", Text: "the waiver of {rule} has no {lacks|no}, so its findings count; add what is missing, or remove the waiver"}
	waiverExpired  = &contract.Template{ID: "waiver-justified.expired", Text: "the waiver of {rule} expired on {expires} (owner: {owner}), so its findings count again; renew it with new evidence, or remove it"}
	waiverUnneeded = &contract.Template{ID: "waiver-used.unused", Text: "the waiver of {rule} (owner: {owner}) matches no finding; correct its rule, where or at, or remove it"}
)

// waive marks a finding that a valid waiver tolerates. A waiver without owner, reason,
// evidence or expiry, or an expired one, tolerates nothing.
func (p *Subject) waive(f *contract.Finding) {
	if len(p.Waivers) == 0 {
		return
	}
	names := []string{p.Spec.Provider}
	switch {
	case p.Case != nil:
		names = []string{p.Case.Name}
	case p.Operation != nil: // an exchange of no case
		names = append(names, p.Operation.Name())
	}
	for _, w := range p.Waivers {
		matches := func(name string) bool { return contract.MatchGlob(w.Where, name) }
		if w.Rule != f.Rule || !w.Holds(p.Now) || !slices.ContainsFunc(names, matches) {
			continue
		}
		if !w.At.Covers(f.At) {
			continue
		}
		f.Waived = &contract.AppliedWaiver{Owner: w.Owner, Reason: w.Reason, Expires: w.Expires.Format(time.DateOnly), Source: w.Source}
		return
	}
}

// WaiverOf reports whether a waiver applies to a provider.
func WaiverOf(w contract.Waiver, provider string) bool {
	first, _, _ := strings.Cut(w.Where, "/")
	return contract.MatchGlob(first, provider)
}

func waiverJustified(p *Subject) {
	for _, w := range p.Waivers {
		if !WaiverOf(w, p.Spec.Provider) {
			continue
		}
		if detail, t, args := idle(w, p.Now); t != nil {
			p.add(contract.OutsidePlace(w.Source), detail+" "+w.Rule, t, args...)
		}
	}
}

// idle says why a waiver tolerates nothing, whatever the findings are. t is nil if it holds.
func idle(w contract.Waiver, now time.Time) (detail string, t *contract.Template, args []contract.Arg) {
	rule := contract.ArgText("rule", w.Rule)
	if lacks := w.MissingFields(); len(lacks) > 0 {
		return "lacks", waiverLacking, []contract.Arg{rule, contract.ArgList("lacks", lacks)}
	}
	if !w.Holds(now) {
		return "expired", waiverExpired, []contract.Arg{rule, contract.ArgText("owner", w.Owner), contract.ArgText("expires", w.Expires.Format(time.DateOnly))}
	}
	return "", nil, nil
}

// IdleWaiver says why a waiver tolerates nothing, as the rule waiver-justified does. ok is false if
// the waiver holds.
func IdleWaiver(w contract.Waiver, now time.Time) (m contract.Message, ok bool) {
	_, t, args := idle(w, now)
	if t == nil {
		return m, false
	}
	return t.Says(args...), true
}

func waiverUsed(p *Subject) {
	for _, w := range p.Waivers {
		if WaiverOf(w, p.Spec.Provider) && w.Holds(p.Now) && !p.UsedWaivers[w.Source] {
			p.add(contract.OutsidePlace(w.Source), "unused "+w.Rule, waiverUnneeded, contract.ArgText("rule", w.Rule), contract.ArgText("owner", w.Owner))
		}
	}
}
