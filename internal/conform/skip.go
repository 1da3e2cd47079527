package conform

import (
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/rule"
)

// Skip is something that is not checked, on purpose.
type Skip = contract.Skip

// applied returns the rules that apply to a subject of a case, without those that are
// skipped.
func (s *Session) applied(c *contract.Case, p *rule.Subject) []rule.Rule {
	return slices.DeleteFunc(s.rulesFor(p), func(r rule.Rule) bool {
		_, skipped := s.Skipped(c, r)
		return skipped
	})
}

// Skipped returns why a rule is not checked for a case.
func (s *Session) Skipped(c *contract.Case, r rule.Rule) (reason string, ok bool) {
	for _, skip := range s.options.Skips {
		if Skips(skip.What, c, r) {
			return skip.Reason, true
		}
	}
	return "", false
}

// Skips reports whether a skip of this name concerns a rule for a case.
func Skips(what string, c *contract.Case, r rule.Rule) bool {
	return what == r.ID || what == r.Family || what == c.Name || strings.HasPrefix(c.Name, strings.TrimSuffix(what, "/")+"/")
}

// skippedRules returns the rules of a case that are skipped, each with the reason.
func (s *Session) skippedRules(c *contract.Case) []contract.Gap {
	var gaps []contract.Gap
	for _, r := range s.Rules(c) {
		if reason, skipped := s.Skipped(c, r); skipped {
			gaps = append(gaps, contract.Gap{Rule: r.ID, Why: ruleSkipped.Says(contract.ArgText("reason", reason))})
		}
	}
	return gaps
}

// core reports whether a client has to hold a rule in order to be conformant.
func core(r rule.Rule) bool {
	return r.Severity == contract.Error && (r.Family == "request" || r.Family == "client")
}

// coreSkips returns the skips that left out a core rule of one of these cases.
func (s *Session) coreSkips(cases []*contract.Case) []Skip {
	var found []Skip
	for _, skip := range s.options.Skips {
		if slices.ContainsFunc(cases, func(c *contract.Case) bool {
			return slices.ContainsFunc(s.Rules(c), func(r rule.Rule) bool { return core(r) && Skips(skip.What, c, r) })
		}) {
			found = append(found, skip)
		}
	}
	return found
}
