package conform

import (
	"slices"

	"assay/internal/contract"
	"assay/internal/rule"
)

// Skip is something that is not checked, on purpose.
type Skip struct {
	// What is a rule, a family of rules, a case, or the beginning of its name up to a slash.
	What   string
	Reason string
}

// applied returns the rules that apply to a case and are not skipped.
func (s *Session) applied(c *contract.Case, p *rule.Subject) []rule.Rule {
	return slices.DeleteFunc(s.rulesFor(p), func(r rule.Rule) bool {
		_, skipped := s.Skipped(c, r)
		return skipped
	})
}

// Skipped returns why a rule is not checked for a case.
func (s *Session) Skipped(c *contract.Case, r rule.Rule) (reason string, ok bool) {
	for _, skip := range s.options.Skips {
		if skip.What == r.ID || skip.What == r.Family || skip.What == c.Name || len(skip.What) < len(c.Name) && c.Name[:len(skip.What)] == skip.What && c.Name[len(skip.What)] == '/' {
			return skip.Reason, true
		}
	}
	return "", false
}
