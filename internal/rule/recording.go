package rule

import (
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/redact"
)

// Recording is the cassette an exchange came from.
type Recording struct {
	Name      string
	Listed    bool   // the manifest has an entry
	SHA256    string // of the file
	Wanted    string // what the manifest says
	Evidence  contract.Evidence
	Date      string              // yyyy-mm-dd, when it was made
	Exchanges []contract.Exchange // all it holds
	Line      func() int          // of the interaction in the cassette's file; nil: unknown
}

// Redactor makes a redactor that knows what the specification of an operation
// marks as secret or personal, and keeps the headers it documents and the
// credentials it publishes.
func Redactor(s *openapi.Spec, o *openapi.Operation) *redact.Redactor {
	headers := []string{"Content-Type", "Accept", "Authorization", "Retry-After"}
	for _, p := range o.Parameters {
		if p.In == "header" {
			headers = append(headers, p.Name)
		}
	}
	var places []redact.Place
	for _, m := range o.Places() {
		if m.Sensitive() {
			places = append(places, redact.Place{At: m.At, Personal: m.Personal})
		}
	}
	made := redact.New(places, headers...)
	for _, c := range s.Credentials {
		made.Keep(c.Test)
	}
	return made
}

// CaseRedactor makes one that knows the people of a case as well.
func CaseRedactor(s *openapi.Spec, o *openapi.Operation, c *contract.Case) *redact.Redactor {
	made := Redactor(s, o)
	if c.Input == nil {
		return made
	}
	for _, person := range c.Input.People() {
		made.Personal(person.Kind, person.Text)
	}
	return made
}

// Suspicion is a place, and what seems to stand there: "a PAN".
type Suspicion struct {
	At    contract.Place
	Looks []string
}

// Suspicious lists the places at which an exchange seems to hold secrets or personal data, in
// places of which the specification does not say what stands there.
func Suspicious(o *openapi.Operation, ex contract.Exchange) []Suspicion {
	said := map[contract.Place]bool{}
	for _, m := range o.Places() {
		said[m.At] = said[m.At] || !m.FreeText()
	}
	for of, signature := range map[contract.Direction]*openapi.Signature{contract.InRequest: o.Sign.Request, contract.InResponse: o.Sign.Response} {
		if signature != nil {
			said[of.Body(signature.At)] = true
		}
	}
	var found []Suspicion
	redact.Texts(ex, func(place contract.Place, text string) {
		if place == contract.RequestAuthorization || said[place.General()] {
			return // redacted, signed, or an identifier
		}
		if looks := redact.Detect(text); len(looks) > 0 {
			found = append(found, Suspicion{place, looks})
		}
	})
	return found
}

// stale tells by how many days a recording is older than the specification
// allows; 0: it is fresh, or no limit is set.
func (r *Recording) stale(s *openapi.Spec, now time.Time) int {
	made, err := time.Parse(time.DateOnly, r.Date)
	if err != nil || s.FreshDays == 0 || now.IsZero() {
		return 0
	}
	return max(0, int(now.Sub(made).Hours()/24)-s.FreshDays)
}
