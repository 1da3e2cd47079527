package rule

import "assay/internal/contract"

// A body can have as many faults as bytes, and so can a query. The first ones are listed;
// these messages count the others.
var (
	moreViolations   = &contract.Template{ID: "body.more-violations", Text: "{count} more violations of the schema are not listed"}
	moreParameters   = &contract.Template{ID: "query.more-undocumented", Text: "{count} more parameters are not documented, and are not listed"}
	moreUndocumented = &contract.Template{ID: "body.more-undocumented", Text: "{count} more members are not documented, and are not listed"}
)

// addRest reports how many findings are not listed.
func (p *Subject) addRest(at contract.Place, t *contract.Template, count int) {
	p.Report(contract.Finding{At: at, Detail: "more", Rest: true, Message: t.Says(contract.ArgInt("count", int64(count)))})
}

// addMoreViolations reports how many violations of a body are not listed.
func (p *Subject) addMoreViolations(of contract.Direction) {
	if more, _ := p.View.MoreViolations(of); more > 0 {
		p.addRest(of.Body(""), moreViolations, more)
	}
}

// addMoreUndocumented reports how many undocumented members of a body are not listed.
func (p *Subject) addMoreUndocumented(of contract.Direction) {
	if _, more := p.View.MoreViolations(of); more > 0 {
		p.addRest(of.Body(""), moreUndocumented, more)
	}
}

// maxListedNames is how many bytes the undocumented parameters may have that are listed.
const maxListedNames = 16 << 10

// undocumentedQuery reports the parameters that are not documented.
func (p *Subject) undocumentedQuery() {
	size := 0
	names := p.View.UndocumentedQuery()
	for i, name := range names {
		if size += len(name); size > maxListedNames && i > 0 {
			p.addRest(contract.Query(contract.Every), moreParameters, len(names)-i)
			return
		}
		p.undocumented(contract.Query(name))
	}
}
