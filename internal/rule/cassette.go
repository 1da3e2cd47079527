package rule

import "assay/internal/contract"

// cassetteRules check that a recording is unchanged, redacted, recent and used.
func cassetteRules() []Rule {
	recorded := func(p *Subject) bool { return p.Recording != nil }
	return []Rule{
		{
			ID: "cassette-intact", Title: "the cassette is unchanged since it was recorded", Family: "cassette",
			Templates: []*contract.Template{cassetteUnlisted, cassetteEdited},
			Side:      contract.TestDataSide, Severity: contract.Error, Applies: recorded, Run: cassetteIntact,
			About:  "The manifest holds the sha256 of every cassette. A cassette that was edited by hand is no evidence about the provider.",
			Remedy: "Undo the edit, or record the cassette again: that updates the manifest.",
		},
		{
			ID: "cassette-clean", Title: "the cassette has no secrets and no personal data", Family: "cassette",
			Templates: []*contract.Template{suspiciousText, unredacted},
			Side:      contract.TestDataSide, Severity: contract.Error, Applies: recorded, Run: cassetteClean,
			About:  "Cassettes are committed and copied. Secrets must be replaced by marks and personal data by surrogates. No other text may look like a PAN, an Aadhaar or card number, a bearer token or a private key.",
			Remedy: "Record it again with `assay record`, which redacts. First mark the member x-secret or x-personal in the specification if it is not. A committed secret has leaked: revoke it.",
		},
		{
			ID: "cassette-fresh", Title: "the cassette is fresh", Family: "cassette",
			Templates: []*contract.Template{staleResponse},
			Side:      contract.TestDataSide, Severity: contract.Warning, Run: cassetteFresh,
			Applies: func(p *Subject) bool { return p.Recording != nil && p.Spec.FreshDays > 0 },
			About:   "An old recording says little about what the provider sends today. x-fresh-days of the specification sets the limit. Documented and simulated responses have no age.",
			Remedy:  "Record again with `assay record --live`.",
		},
		{
			ID: "cassette-used", Title: "a case plays every recorded exchange", Family: "cassette", Whole: true,
			Templates: []*contract.Template{interactionUnplayed},
			Side:      contract.TestDataSide, Severity: contract.Warning, Run: cassetteUsed,
			About:  "No rule checks an interaction that no case plays.",
			Remedy: "Remove the interaction or the cassette, or write the case that plays it.",
		},
	}
}

// Messages of the cassette rules.
var (
	cassetteUnlisted = &contract.Template{ID: "cassette-intact.unlisted", Text: "cassettes/manifest.yaml has no entry for {cassette}"}
	cassetteEdited   = &contract.Template{ID: "cassette-intact.sha256", Text: "the sha256 of cassettes/{cassette}.yaml differs from the one in cassettes/manifest.yaml"}

	suspiciousText      = &contract.Template{ID: "cassette-clean.looks", Text: "{place} looks like {looks|and}, and the specification does not describe this place"}
	unredacted          = &contract.Template{ID: "cassette-clean.marked", Text: "{place} contains a value that redaction replaces (secret, personal, a copy of one, or in an undocumented header); expected a mark or a surrogate"}
	staleResponse       = &contract.Template{ID: "cassette-fresh.stale", Text: "cassettes/{cassette}.yaml was recorded on {date}; that is {days} days older than the {allowed} days that x-fresh-days allows"}
	interactionUnplayed = &contract.Template{ID: "cassette-used.unplayed", Text: "no case plays {interaction}"}
)

func cassetteIntact(p *Subject) {
	r := p.Recording
	switch {
	case !r.InManifest:
		p.add(contract.OutsidePlace("cassettes/"+r.Name+".yaml"), "unlisted", cassetteUnlisted, contract.ArgText("cassette", r.Name))
	case r.SHA256 != r.ManifestSHA256:
		p.add(contract.OutsidePlace("cassettes/"+r.Name+".yaml"), "sha256", cassetteEdited, contract.ArgText("cassette", r.Name))
	}
}

func cassetteClean(p *Subject) {
	for _, ex := range p.Recording.Exchanges {
		reported := map[contract.Place]bool{}
		for _, found := range Suspicious(p.Operation, ex) {
			reported[found.At] = true
			p.add(found.At, "looks", suspiciousText, contract.ArgPlace("place", found.At), contract.ArgList("looks", found.Looks))
		}
		if p.Recording.Evidence == contract.Documented {
			continue // values in a provider's document are public
		}
		redactor := Redactor(p.Spec, p.Operation)
		redactor.Exchange(ex)
		for _, place := range redactor.Touched() {
			if reported[place] {
				continue
			}
			p.add(place, "redact", unredacted, contract.ArgPlace("place", place))
		}
	}
}

func cassetteFresh(p *Subject) {
	r := p.Recording
	if r.Evidence != contract.Sandbox && r.Evidence != contract.Production {
		return
	}
	if days := r.daysTooOld(p.Spec, p.Now); days > 0 {
		p.add(contract.OutsidePlace("cassettes/"+r.Name+".yaml"), "stale", staleResponse,
			contract.ArgText("cassette", r.Name), contract.ArgText("date", r.Date), contract.ArgInt("days", int64(days)), contract.ArgInt("allowed", int64(p.Spec.FreshDays)))
	}
}

func cassetteUsed(p *Subject) {
	for _, name := range p.Orphans {
		p.add(contract.OutsidePlace(name), "unplayed", interactionUnplayed, contract.ArgText("interaction", name))
	}
}
