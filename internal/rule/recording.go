package rule

import (
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/redact"
)

// Recording is the cassette that an exchange came from.
type Recording struct {
	Name           string
	InManifest     bool   // the manifest has an entry
	SHA256         string // of the file
	ManifestSHA256 string // the sha256 in the manifest
	Evidence       contract.Evidence
	Date           string              // the day of the recording
	Exchanges      []contract.Exchange // all exchanges of the cassette
	Line           func() int          // returns the line of the interaction in the cassette; nil: unknown
}

// Redactor returns a redactor for the members that the specification of an operation
// marks secret or personal. It keeps the documented headers and the published test
// credentials.
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
	redactor := redact.New(places, headers...)
	for _, c := range s.Credentials {
		redactor.Keep(c.Test)
	}
	return redactor
}

// CaseRedactor returns a Redactor that also redacts the personal data of a case; nil: no
// case asked for the exchange.
func CaseRedactor(s *openapi.Spec, o *openapi.Operation, c *contract.Case) *redact.Redactor {
	redactor := Redactor(s, o)
	if c == nil || c.Input == nil {
		return redactor
	}
	for _, person := range c.Input.People() {
		redactor.Personal(person.Kind, person.Text)
	}
	return redactor
}

// Suspicion is a place whose text looks like a secret or personal data, such as "a
// PAN".
type Suspicion struct {
	At    contract.Place
	Looks []string
}

// Suspicious returns the places of an exchange that look like secrets or personal data
// and that the specification does not describe.
func Suspicious(o *openapi.Operation, ex contract.Exchange) []Suspicion {
	described := map[contract.Place]bool{}
	for _, m := range o.Places() {
		described[m.At] = described[m.At] || !m.FreeText()
	}
	for of, signature := range map[contract.Direction]*openapi.Signature{contract.InRequest: o.Sign.Request, contract.InResponse: o.Sign.Response} {
		if signature != nil {
			described[of.Body(signature.At)] = true
		}
	}
	var found []Suspicion
	redact.Texts(ex, func(place contract.Place, text string) {
		if place == contract.RequestAuthorization || described[place.General()] {
			return // redacted, a signature, or an identifier
		}
		if looks := redact.Detect(text); len(looks) > 0 {
			found = append(found, Suspicion{place, looks})
		}
	})
	return found
}

// daysTooOld returns by how many days a recording exceeds the specification's limit; 0
// if it does not, or if there is no limit.
func (r *Recording) daysTooOld(s *openapi.Spec, now time.Time) int {
	recorded, err := time.Parse(time.DateOnly, r.Date)
	if err != nil || s.FreshDays == 0 || now.IsZero() {
		return 0
	}
	return max(0, int(now.Sub(recorded).Hours()/24)-s.FreshDays)
}
