// Apply runs one rule on a copy of the subject. Findings that the case expects are
// marked. An expected finding that does not come is reported against the test data.
package rule

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/openapi"
	"assay/internal/redact"
	"assay/internal/traffic"
	"assay/internal/view"
)

// Rule is one requirement. Its id names what holds if there is no finding.
type Rule struct {
	ID       string
	Title    string // a sentence: "the response has every required member"
	Family   string // request, response, client, cassette or specification
	Side     contract.Side
	Severity contract.Severity
	About    string // why the requirement matters
	Remedy   string // what to do about a finding
	// Templates are the messages of its findings. Package view has the messages of schema
	// violations.
	Templates []*contract.Template
	Reasons   []*contract.Template // why it could not check; each has a way out
	Whole     bool                 // it checks a provider as a whole, not one exchange
	Files     bool                 // it needs only data files, no exchange, so assay lint runs it too
	Address   bool                 // it needs only the method, URL and credentials of a request
	// Reads returns the places that a finding depends on besides its own; nil: none.
	Reads func(p *Subject, f *contract.Finding) []contract.Place
	// Applies reports whether the rule applies. It uses specification and case only, so
	// it can be called before the case is played.
	Applies func(*Subject) bool
	Run     func(*Subject)
}

// Subject is what rules check: an exchange of an operation, or a provider as a whole.
type Subject struct {
	Spec      *openapi.Spec
	Operation *openapi.Operation // nil for a provider as a whole
	Case      *contract.Case     // nil for traffic without a case
	View      *openapi.View      // the exchange; nil before it is played
	// References are the order references that were sent; empty: the case's own.
	References []string
	// Read interprets a response as the adapter does; nil if there is no adapter. A client under
	// test reads with UnderTest.Read.
	Read func(contract.Exchange) contract.Outcome
	// Unspoken: the case was played without a client of ours, because no adapter has the
	// operation. The rules about clients are then inconclusive.
	Unspoken    bool
	UnderTest   *UnderTest   // nil: the exchange does not come from a client under test
	Recording   *Recording   // nil if the exchange does not come from a cassette
	Strict      bool         // the strict profile: a departure from a strict interpretation is an error
	PlayedCases []PlayedCase // for a provider: its cases and their exchanges
	Caseless    bool         // for a provider: it has no cases at all
	Orphans     []string     // for a provider: recordings that no case plays
	// Repeat is what earlier exchanges say about the request's idempotency key; nil: they are
	// not known.
	Repeat *Repeat
	// DocumentedPath is the path at which the operation is documented, if the request
	// nearly matches it; "": it matches.
	DocumentedPath string
	Waivers        []contract.Waiver
	UsedWaivers    map[string]bool // for a provider: the sources of the waivers that tolerated a finding
	Now            time.Time
	// Path returns the path of a data file as the user gave it, and whether the file is
	// inside the program; nil: the name is the path.
	Path func(name string) (path string, embedded bool)

	rule     *Rule
	findings []contract.Finding
	capacity int              // how many findings the last exchange had
	clock    func() time.Time // for the time that damage takes; nil: time.Now
	gap      *contract.Template
	checked  []byte
	gaps     []*contract.Template
	cache    map[findingKey]findingDetails // of this operation
	// explained are findings of code-explained, of this operation.
	explained map[explainedKey]contract.Finding
	// covered are the items that the cases of an operation cover, by kind, while rules run.
	covered map[*openapi.Operation]map[string]map[string]bool
	recent  *recent       // nil: none
	shown   *excerpter    // of the last exchange of a case; nil: none
	shownOf *openapi.View // the exchange of shown
	// authorized caches the last Authorization header and its state.
	authorized struct {
		header string
		as     contract.AuthenticationState
		why    *contract.Template // why the header could not be checked; nil: there are no credentials
	}
}

// findingKey is what fingerprint, document and locations of a finding depend on, within
// an operation.
type findingKey struct {
	rule   string
	at     contract.Place
	detail string
	apart  string
	status int // of the response, if the place is in the response
}

// findingDetails is derived from a findingKey.
type findingDetails struct {
	at          contract.Place // with names that may be shown
	fingerprint string
	doc         string // of the place; empty if there is none
	locations   []contract.Location
}

// maxCached limits the findingDetails that are cached.
const maxCached = 1000

// maxCachedPlace limits the length, in bytes, of a place whose details are cached.
const maxCachedPlace = 200

// identify sets fingerprint, locations and, if it is empty, document of a finding. Most
// findings repeat earlier ones, so the details are cached.
func (p *Subject) identify(f *contract.Finding) {
	key := findingKey{f.Rule, f.At, f.Detail, f.Apart, p.status(f.At)}
	known, ok := p.cache[key]
	if !ok {
		known = p.details(f)
		if len(f.At)+len(f.Apart) <= maxCachedPlace {
			if p.cache == nil || len(p.cache) >= maxCached {
				p.cache = map[findingKey]findingDetails{}
			}
			p.cache[key] = known
		}
	}
	if f.Fingerprint = known.fingerprint; f.Doc == "" {
		f.Doc = known.doc
	}
	f.Locations = known.locations
	if hidden := known.at != f.At; hidden || slices.ContainsFunc(f.Message.Args, mayHoldName) {
		f.At, f.Message.Args = known.at, f.Message.Args.Map(redact.Name)
	}
}

// mayHoldName reports whether an argument could be a name that looks like personal data:
// it has digits or an @.
func mayHoldName(a contract.Arg) bool {
	switch a.Kind() {
	case contract.TextKind, contract.PlaceKind:
		return redact.Candidate(a.Text())
	case contract.ListKind:
		return slices.ContainsFunc(a.List(), redact.Candidate)
	}
	return false
}

// details computes fingerprint, document and locations of a finding.
func (p *Subject) details(from *contract.Finding) (known findingDetails) {
	shown := *from
	f := &shown
	f.At, f.Apart = contract.Place(redact.Name(string(f.At))), redact.Name(f.Apart)
	known.at = f.At
	operation := ""
	if p.Operation != nil {
		operation, known.doc = p.Operation.ID, p.Operation.Doc(f.At)
	} else {
		known.doc = p.wholeDoc(f)
	}
	if known.doc == "" && len(p.Spec.Operations) > 0 {
		known.doc = p.Spec.Operations[0].URL
	}
	f.Identify(p.Spec.Provider, operation)
	known.fingerprint, known.locations = f.Fingerprint, p.locations(f)
	return known
}

// wholeDoc returns the document of a finding about a provider as a whole: of the operation
// that its detail begins with, and of the code or condition that it names. It is empty if the
// finding is about no operation.
func (p *Subject) wholeDoc(f *contract.Finding) string {
	name, item, _ := strings.Cut(f.Detail, " ")
	o := p.Spec.Operation(name)
	if o == nil {
		return ""
	}
	doc := ""
	switch f.Rule {
	case "code-covered":
		if c := o.Code(item); c != nil {
			doc = c.Doc
		}
	case "condition-covered":
		id, _, _ := strings.Cut(item, " ")
		for _, r := range o.Rules {
			if r.ID == id {
				doc = r.Doc
			}
		}
	}
	if doc != "" {
		return o.URL + " " + doc
	}
	at, _ := f.At.CutOperation(name)
	return o.Doc(at.First())
}

// Reset releases the exchange. The subject can be used again for the same operation.
func (p *Subject) Reset() {
	p.View, p.References, p.Repeat, p.DocumentedPath, p.findings, p.capacity = nil, nil, nil, "", nil, min(len(p.findings), maxCapacity)
}

// maxCapacity limits the room that is reserved for findings.
const maxCapacity = 8

// PlayedCase is a case and its exchange, which is nil if there is none.
type PlayedCase struct {
	Case     *contract.Case
	Exchange *contract.Exchange
}

// Rules returns all rules, by family. sent-once and refused-unsent are behind the rules that
// let a client under test make a call again: they judge these calls too.
func Rules() []Rule { return slices.Clone(rules()) }

var rules = sync.OnceValue(func() []Rule {
	return slices.Concat(requestRules(), keyRules(), addressRules(), responseRules(), repeatRules(), clientRules(), trialRules(), cassetteRules(), specificationRules())
})

// Families gives the family of each rule, for the tables of reports.
func Families() map[string]string {
	all := map[string]string{}
	for _, r := range rules() {
		all[r.ID] = r.Family
	}
	return all
}

// Find returns the rule with an id.
func Find(id string) (Rule, bool) {
	for _, r := range rules() {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// For returns the rules that apply to a subject: those of this package and more, if given.
// A rule whose Applies panics is one of them, and panics again when it runs.
func For(p *Subject, more ...Rule) []Rule {
	var all []Rule
	for _, r := range append(Rules(), more...) {
		if r.Whole != (p.Operation == nil) {
			continue
		}
		applies := r.Applies == nil
		if !applies && crash.Contain("", func() { applies = r.Applies(p) }) != nil {
			r.Run, applies = func(p *Subject) { r.Applies(p) }, true
		}
		if applies {
			all = append(all, r)
		}
	}
	return all
}

// Messages about findings that a case expects and that did not come.
var (
	expectedAt       = &contract.Template{ID: "expected.at", Text: "the case expects a finding of {rule} at {place}, but the rule found nothing there"}
	expectedAnywhere = &contract.Template{ID: "expected.anywhere", Text: "the case expects a finding of {rule}, but the rule found nothing"}
)

// Templates returns all messages of rules, each once, and those of package openapi.
func Templates() []*contract.Template {
	all := append(damageTemplates(), expectedAt, expectedAnywhere)
	all = slices.AppendSeq(all, maps.Values(forgeries()))
	all = slices.AppendSeq(all, maps.Values(failureTexts))
	all = append(append(all, traffic.RecorderTemplates()...), bodyUndecoded, factsAssumed)
	for _, r := range rules() {
		for _, t := range slices.Concat(r.Templates, r.Reasons) {
			if !slices.Contains(all, t) { // rules share some messages
				all = append(all, t)
			}
		}
	}
	return append(all, openapi.Templates()...)
}

// Reasons returns the reasons of all rules why they could not check, each once, and
// those that any rule can have.
func Reasons() []*contract.Template {
	all := append(traffic.RecorderTemplates(), bodyUndecoded, factsAssumed)
	for _, r := range rules() {
		for _, t := range r.Reasons {
			if !slices.Contains(all, t) { // rules share some reasons
				all = append(all, t)
			}
		}
	}
	return all
}

// expect marks the findings, beginning with index from, that the case expects.
func (p *Subject) expect(wanted []contract.ExpectedFinding, from int) {
	for _, e := range wanted {
		if e.Rule != p.rule.ID {
			continue
		}
		found := false
		for i := range p.findings[from:] {
			f := &p.findings[from+i]
			if e.At == "" || e.At == f.At || e.At == f.At.General() {
				f.Expected, found = true, true
			}
		}
		if found || p.UnderTest != nil && !p.tells(e) {
			continue
		}
		missing := contract.Finding{Severity: contract.Error, Side: contract.TestDataSide, At: e.At, Detail: "expected"}
		if missing.Message = expectedAnywhere.Says(contract.ArgText("rule", p.rule.ID)); e.At != "" {
			missing.Message = expectedAt.Says(contract.ArgText("rule", p.rule.ID), contract.ArgPlace("place", e.At))
		}
		p.Report(missing)
	}
}

// add adds a finding at a place. Detail is the keyword or the result code; rule, place
// and detail make the fingerprint.
func (p *Subject) add(at contract.Place, detail string, t *contract.Template, args ...contract.Arg) {
	p.Report(contract.Finding{At: at, Detail: detail, Message: t.Says(args...)})
}

// addWithSeverity adds a finding with another severity than the rule's.
func (p *Subject) addWithSeverity(severity contract.Severity, at contract.Place, detail string, t *contract.Template, args ...contract.Arg) {
	p.Report(contract.Finding{Severity: severity, At: at, Detail: detail, Message: t.Says(args...)})
}

// addApart adds a finding that differs from others at its place by what its message
// shows of the exchange, such as a result code. It must be short.
func (p *Subject) addApart(at contract.Place, detail, apart string, t *contract.Template, args ...contract.Arg) {
	p.Report(contract.Finding{At: at, Detail: detail, Apart: apart, Message: t.Says(args...)})
}

// addViolation adds a violation of a schema at its place.
func (p *Subject) addViolation(v *openapi.Violation) {
	key, repeats := keyOf(v)
	if repeats && p.again(&key) {
		return
	}
	message := view.ReasonWithPlace(v)
	if v.At == contract.RequestRoot || v.At == contract.ResponseRoot {
		message = view.ReasonOfBody(v)
	}
	p.Report(contract.Finding{At: v.At, Detail: v.Keyword, Message: message})
	if repeats {
		p.keep(&key)
	}
}

// inconclusive sets why the rule could not check: one of its Reasons.
func (p *Subject) inconclusive(why *contract.Template) { p.gap = why }

// Report adds a finding. Rule, severity, side and document are filled in where they are
// empty.
func (p *Subject) Report(finding contract.Finding) {
	p.addKnown(&finding)
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

// addKnown adds a finding that is complete.
func (p *Subject) addKnown(finding *contract.Finding) {
	if p.findings == nil {
		p.findings = make([]contract.Finding, 0, max(1, p.capacity))
	}
	p.findings = append(p.findings, *finding)
}

// responseBody returns the documented body for the response's HTTP status, or nil.
func (p *Subject) responseBody() *openapi.Body {
	if a := p.View.Documented(); a != nil {
		return a.Body
	}
	return nil
}
