// Package check holds the rules. A rule looks at one exchange, or at one
// provider's specification as a whole, and says where and what; Apply says
// which rule it was, who is wrong, and which document says so.
//
// A rule never looks at where an exchange came from, and its messages never
// hold a value that the specification marks secret or personal: they hold
// result codes, names of members and documented values only.
package rule

import (
	"maps"
	"slices"
	"sync"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/view"
)

// Rule is one thing that must hold. Its id says the good.
type Rule struct {
	ID       string
	Title    string // a sentence without its subject: "carries every required field"
	Family   string // request, response, reading, cassette or specification
	Side     contract.Side
	Severity contract.Severity
	About    string // why it matters
	Remedy   string // what to do about a finding
	// Says are the templates of what it reports and of why it can prove nothing;
	// those of violations of schemas are internal/spec's.
	Says  []*contract.Template
	Whole bool // it is about a provider as a whole, not about one exchange
	// Applies tells whether the rule has anything to say of a pass. It looks at
	// specification and case only, so it can be asked before anything is played.
	Applies func(*Subject) bool
	Run     func(*Subject)
}

// Pass is what rules look at.
type Subject struct {
	Spec      *openapi.Spec
	Operation *openapi.Operation // nil in a pass over a specification as a whole
	Case      *contract.Case     // nil for traffic that no case asked for
	View      *openapi.View      // the exchange; nil until it is played
	// References are those the case was asked under; none: the case's own.
	References []string
	// Read is the adapter's reading of a response; nil where there is none.
	Read      func(contract.Exchange) contract.Outcome
	Recording *Recording   // nil: it does not come from a cassette
	Strict    bool         // the profile strict: a departure from a strict interpretation is an error
	Played    []PlayedCase // in a pass over a provider: what its cases gave
	Unplayed  []string     // in a pass over a provider: what its cassettes hold and no case plays
	Waivers   []contract.Waiver
	Waived    map[string]bool // in a pass over a provider: the sources of the waivers that tolerate something
	Now       time.Time
	// Path gives the path of a data file as the user gave it; nil: names are paths.
	Path func(name string) string

	rule     *Rule
	findings []contract.Finding
	usual    int // how many findings the last exchange had
	gap      *contract.Template
	looked   []byte
	gaps     []*contract.Template
	known    map[identity]identified // of this operation
	// authorized is the Authorization of the last exchange, and what it was found to be.
	authorized struct {
		header string
		as     contract.AuthenticationState
	}
}

// identity is what a fingerprint is made of, of one operation.
type identity struct {
	rule   string
	at     contract.Place
	detail string
	status int // of the response, if the place is in it
}

// identified is what follows from an identity.
type identified struct {
	fingerprint string
	doc         string // of the place; "": none is known
	locations   []contract.Location
}

// mostKnown is how many identities are remembered.
const mostKnown = 1000

// longest is how many bytes a place has at most of an identity that is remembered.
const longest = 200

// identify sets the fingerprint of a finding, and the document that it does not say.
// Most are those of findings before it.
func (p *Subject) identify(f *contract.Finding) {
	key := identity{f.Rule, f.At, f.Detail, p.status(f.At)}
	known, ok := p.known[key]
	if !ok {
		known = p.identified(f)
		if len(f.At) <= longest {
			if p.known == nil || len(p.known) >= mostKnown {
				p.known = map[identity]identified{}
			}
			p.known[key] = known
		}
	}
	if f.Fingerprint = known.fingerprint; f.Doc == "" {
		f.Doc = known.doc
	}
	f.Locations = known.locations
}

// identified finds out what follows from a finding's identity.
func (p *Subject) identified(f *contract.Finding) (known identified) {
	operation := ""
	if p.Operation != nil {
		operation, known.doc = p.Operation.ID, p.Operation.Doc(f.At)
	}
	if known.doc == "" && len(p.Spec.Operations) > 0 {
		known.doc = p.Spec.Operations[0].URL
	}
	f.Identify(p.Spec.Provider, operation)
	known.fingerprint, known.locations = f.Fingerprint, p.locations(f)
	return known
}

// Reset lets go of the exchange. The pass can be used again for the same operation of
// the same specification.
func (p *Subject) Reset() {
	p.View, p.References, p.findings, p.usual = nil, nil, nil, min(len(p.findings), mostUsual)
}

// mostUsual is for how many findings there is room at most before there are any.
const mostUsual = 8

// Played is a case and the exchange it gave, nil if none.
type PlayedCase struct {
	Case     *contract.Case
	Exchange *contract.Exchange
}

// Rules lists every rule, family by family.
func Rules() []Rule { return slices.Clone(rules()) }

var rules = sync.OnceValue(func() []Rule {
	return slices.Concat(requestRules(), responseRules(), clientRules(), cassetteRules(), specificationRules())
})

// Find gives the rule of an id.
func Find(id string) (Rule, bool) {
	for _, r := range rules() {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// For lists the rules that apply to a pass.
func For(p *Subject) []Rule {
	var all []Rule
	for _, r := range rules() {
		if r.Whole == (p.Operation == nil) && (r.Applies == nil || r.Applies(p)) {
			all = append(all, r)
		}
	}
	return all
}

// Applied is what one rule found in one pass.
type Applied struct {
	Findings     []contract.Finding
	Inconclusive *contract.Template // why the rule could prove nothing; nil: it did
}

// Apply runs one rule on one pass. A finding that the case means to provoke is
// marked; one it means to provoke and that does not come is a finding itself,
// on the side of the test data.
func Apply(r Rule, p *Subject) Applied {
	mine := *p
	mine.findings, mine.known = nil, nil
	gap := mine.apply(&r)
	return Applied{mine.findings, gap}
}

// Outcome is what came of rules that looked at a pass. Findings stand; the rest does
// until the pass is used again.
type Outcome struct {
	Findings     []contract.Finding
	Looked       []byte               // of each rule 1, or 0: it could prove nothing
	Inconclusive []*contract.Template // why not, of those
}

// Each runs rules on a pass, which is theirs: all of them, whatever others find.
func Each(rules []Rule, p *Subject) Outcome {
	p.findings, p.looked, p.gaps = nil, p.looked[:0], p.gaps[:0]
	for i := range rules {
		before := len(p.findings)
		gap := p.apply(&rules[i])
		if gap == nil || len(p.findings) > before {
			p.looked = append(p.looked, 1)
		} else {
			p.looked, p.gaps = append(p.looked, 0), append(p.gaps, gap)
		}
	}
	return Outcome{p.findings, p.looked, p.gaps}
}

// Lists gives the ids of the rules that looked, and what the others left open.
func (o Outcome) Lists(rules []Rule) (checked []string, inconclusive []contract.Gap) {
	checked, inconclusive = []string{}, []contract.Gap{}
	for i := range rules {
		if o.Looked[i] == 1 {
			checked = append(checked, rules[i].ID)
		} else {
			inconclusive = append(inconclusive, contract.Gap{Rule: rules[i].ID, Why: o.Inconclusive[len(inconclusive)].Says()})
		}
	}
	return checked, inconclusive
}

// apply runs one rule, and tells why it could prove nothing. What it finds is added.
func (p *Subject) apply(r *Rule) (gap *contract.Template) {
	before := len(p.findings)
	p.rule, p.gap = r, nil
	r.Run(p)
	if p.Case != nil {
		p.expect(p.Case.Want.Findings, before)
	}
	for i := range p.findings[before:] {
		p.blame(&p.findings[before+i])
		p.waive(&p.findings[before+i])
	}
	p.excerpt(p.findings[before:])
	return p.gap
}

// What a case expected and did not get.
var (
	expectedAt       = &contract.Template{ID: "expected.at", Text: "the case expects a finding of {rule} at {place}, but the rule found nothing there"}
	expectedAnywhere = &contract.Template{ID: "expected.anywhere", Text: "the case expects a finding of {rule}, but the rule found nothing"}
)

// Templates lists what rules can say, each once, with what internal/spec says.
func Templates() []*contract.Template {
	all := append(damageTemplates(), expectedAt, expectedAnywhere)
	all = slices.AppendSeq(all, maps.Values(forgeries()))
	for _, r := range rules() {
		for _, t := range r.Says {
			if !slices.Contains(all, t) { // rules share some
				all = append(all, t)
			}
		}
	}
	return append(all, openapi.Templates()...)
}

// expect marks what the case means to provoke among the findings from from on.
func (p *Subject) expect(wanted []contract.ExpectedFinding, from int) {
	for _, e := range wanted {
		if e.Rule != p.rule.ID {
			continue
		}
		came := false
		for i := range p.findings[from:] {
			f := &p.findings[from+i]
			if e.At == "" || e.At == f.At || e.At == f.At.General() {
				f.Expected, came = true, true
			}
		}
		if came {
			continue
		}
		lacking := contract.Finding{Severity: contract.Error, Side: contract.TestDataSide, At: e.At, Detail: "expected"}
		if lacking.Message = expectedAnywhere.Says(contract.ArgText("rule", p.rule.ID)); e.At != "" {
			lacking.Message = expectedAt.Says(contract.ArgText("rule", p.rule.ID), contract.ArgPlace("place", e.At))
		}
		p.Report(lacking)
	}
}

// found reports a disagreement at a place. Detail is the keyword or the result
// code: with rule and place it makes the fingerprint.
func (p *Subject) found(at contract.Place, detail string, t *contract.Template, args ...contract.Arg) {
	p.Report(contract.Finding{At: at, Detail: detail, Message: t.Says(args...)})
}

// as reports like found, with a severity of its own.
func (p *Subject) as(severity contract.Severity, at contract.Place, detail string, t *contract.Template, args ...contract.Arg) {
	p.Report(contract.Finding{Severity: severity, At: at, Detail: detail, Message: t.Says(args...)})
}

// violated reports a violation at its place.
func (p *Subject) violated(v openapi.Violation) {
	p.Report(contract.Finding{At: v.At, Detail: v.Keyword, Message: view.ReasonWithPlace(&v)})
}

// inconclusive says why the rule could prove nothing.
func (p *Subject) inconclusive(why *contract.Template) { p.gap = why }

// Report adds a finding. Rule, severity and side are the rule's, and the document is
// the operation's, where the finding does not say them.
func (p *Subject) Report(finding contract.Finding) {
	if p.findings == nil {
		p.findings = make([]contract.Finding, 0, max(1, p.usual))
	}
	p.findings = append(p.findings, finding)
	f := &p.findings[len(p.findings)-1]
	f.Rule = p.rule.ID
	if f.Severity == "" {
		f.Severity = p.rule.Severity
	}
	if f.Side == "" {
		f.Side = p.rule.Side
	}
	p.identify(f)
}

// member finds the documented member at a place of the exchange's response.
func (p *Subject) responseBody() *openapi.Body {
	if a, ok := p.Operation.Responses[p.View.Exchange.Response.Status]; ok {
		return a.Body
	}
	return nil
}
