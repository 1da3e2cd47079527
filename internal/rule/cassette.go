package rule

import "assay/internal/contract"

// The cassette family: whether a recording can be believed, and kept.
func cassetteRules() []Rule {
	recorded := func(p *Subject) bool { return p.Recording != nil }
	return []Rule{
		{
			ID: "cassette-intact", Title: "comes from an unchanged recording", Family: "cassette",
			Says: []*contract.Template{cassetteUnlisted, cassetteEdited},
			Side: contract.TestDataSide, Severity: contract.Error, Applies: recorded, Run: cassetteIntact,
			About:  "The manifest holds the sha256 of every cassette. A cassette that was edited by hand proves nothing about a provider.",
			Remedy: "Undo the edit, or record the cassette again: that updates the manifest.",
		},
		{
			ID: "cassette-clean", Title: "comes from a recording without secrets and personal data", Family: "cassette",
			Says: []*contract.Template{looksLike, unredacted},
			Side: contract.TestDataSide, Severity: contract.Error, Applies: recorded, Run: cassetteClean,
			About:  "Cassettes are committed and copied. A secret must be a mark, personal data a surrogate, and nothing else may look like a PAN, an Aadhaar or card number, a bearer token or a private key.",
			Remedy: "Record it again with `assay record`, which redacts. First mark the member x-secret or x-personal in the specification if it is not. A committed secret has leaked: revoke it.",
		},
		{
			ID: "cassette-fresh", Title: "comes from a fresh recording", Family: "cassette",
			Says: []*contract.Template{staleResponse},
			Side: contract.TestDataSide, Severity: contract.Warning, Run: cassetteFresh,
			Applies: func(p *Subject) bool { return p.Recording != nil && p.Spec.FreshDays > 0 },
			About:   "An old recording says little about what the provider sends today. x-fresh-days of the specification sets the limit. Documented and simulated responses have no age.",
			Remedy:  "Record again with `assay record --live`.",
		},
		{
			ID: "cassette-used", Title: "has a case for every recorded exchange", Family: "cassette", Whole: true,
			Says: []*contract.Template{unplayed},
			Side: contract.TestDataSide, Severity: contract.Warning, Run: cassetteUsed,
			About:  "No rule checks an interaction that no case plays.",
			Remedy: "Remove the interaction or the cassette, or write the case that plays it.",
		},
	}
}

// What the rules of this family say.
var (
	cassetteUnlisted = &contract.Template{ID: "cassette-intact.unlisted", Text: "cassettes/manifest.yaml has no entry for {cassette}"}
	cassetteEdited   = &contract.Template{ID: "cassette-intact.sha256", Text: "the sha256 of cassettes/{cassette}.yaml is not the one in cassettes/manifest.yaml"}

	looksLike     = &contract.Template{ID: "cassette-clean.looks", Text: "{place} seems to hold {looks|and}, and the specification does not describe the place"}
	unredacted    = &contract.Template{ID: "cassette-clean.marked", Text: "{place} holds a value that the specification marks secret or personal, or a copy of one; expected a mark or a surrogate"}
	staleResponse = &contract.Template{ID: "cassette-fresh.stale", Text: "cassettes/{cassette}.yaml was recorded on {date}; that is {days} days older than the {allowed} days that x-fresh-days allows"}
	unplayed      = &contract.Template{ID: "cassette-used.unplayed", Text: "no case plays {interaction}"}
)

func cassetteIntact(p *Subject) {
	r := p.Recording
	switch {
	case !r.Listed:
		p.found(contract.OutsidePlace("cassettes/"+r.Name+".yaml"), "unlisted", cassetteUnlisted, contract.ArgText("cassette", r.Name))
	case r.SHA256 != r.Wanted:
		p.found(contract.OutsidePlace("cassettes/"+r.Name+".yaml"), "sha256", cassetteEdited, contract.ArgText("cassette", r.Name))
	}
}

func cassetteClean(p *Subject) {
	for _, ex := range p.Recording.Exchanges {
		for _, found := range Suspicious(p.Operation, ex) {
			p.found(found.At, "looks", looksLike, contract.ArgPlace("place", found.At), contract.ArgList("looks", found.Looks))
		}
		if p.Recording.Evidence == contract.Documented {
			continue // what a document prints is everybody's
		}
		redactor := Redactor(p.Spec, p.Operation)
		redactor.Exchange(ex)
		for _, place := range redactor.Touched() {
			p.found(place, "redact", unredacted, contract.ArgPlace("place", place))
		}
	}
}

func cassetteFresh(p *Subject) {
	r := p.Recording
	if r.Evidence != contract.Sandbox && r.Evidence != contract.Production {
		return
	}
	if days := r.stale(p.Spec, p.Now); days > 0 {
		p.found(contract.OutsidePlace("cassettes/"+r.Name+".yaml"), "stale", staleResponse,
			contract.ArgText("cassette", r.Name), contract.ArgText("date", r.Date), contract.ArgInt("days", int64(days)), contract.ArgInt("allowed", int64(p.Spec.FreshDays)))
	}
}

func cassetteUsed(p *Subject) {
	for _, name := range p.Unplayed {
		p.found(contract.OutsidePlace(name), "unplayed", unplayed, contract.ArgText("interaction", name))
	}
}
