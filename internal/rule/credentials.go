package rule

import (
	"strings"

	"assay/internal/contract"
	"assay/internal/redact"
)

// minCredential is the length in bytes from which a credential is searched in findings: a
// shorter one is also a part of harmless words.
const minCredential = 6

// hideCredentials removes the merchant's credentials from the findings of a rule, beginning
// with index from. A peer can send one as the name of a member or as a result code.
func (p *Subject) hideCredentials(from int) {
	if p.View == nil || p.Spec == nil || len(p.View.Credentials) == 0 || len(p.findings) == from {
		return
	}
	var known []string
	for _, c := range p.Spec.Credentials {
		if value := p.View.Credentials[c.Name]; value != c.Test && len(value) >= minCredential {
			known = append(known, value)
			if token := contract.Pointer("").AppendToken(value); string(token[1:]) != value {
				known = append(known, string(token[1:])) // as it stands in a place
			}
		}
	}
	if len(known) == 0 {
		return
	}
	hide := func(text string) string { return withoutCredentials(text, known) }
	for i := range p.findings[from:] {
		f := &p.findings[from+i]
		f.At, f.Message.Args = contract.Place(hide(string(f.At))), f.Message.Args.Map(hide)
	}
}

// withoutCredentials replaces credentials in a text. Names of headers are in lower case.
func withoutCredentials(text string, known []string) string {
	small := strings.ToLower(text)
	for _, value := range known {
		if strings.Contains(small, strings.ToLower(value)) {
			r := redact.New(nil)
			for _, one := range known {
				r.Secret(one)
			}
			return r.Text(text)
		}
	}
	return text
}
