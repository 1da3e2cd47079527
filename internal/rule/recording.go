package rule

import (
	"slices"
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

// Redactor returns a redactor for an operation: for the members that the specification
// marks secret or personal, for free text, and for what it does not document. It keeps
// the documented headers and the published test credentials.
func Redactor(s *openapi.Spec, o *openapi.Operation) *redact.Redactor {
	known, _ := o.Memoize("redaction", func() any { return newRedaction(s, o) }).(redaction)
	redactor := redact.New(known.places, known.headers...)
	redactor.Path(o.Template())
	redactor.Documents(known.documents)
	for _, c := range s.Credentials {
		redactor.Keep(c.Test)
	}
	return redactor
}

// redaction is what the documents of an operation say about redacting.
type redaction struct {
	places    []redact.Place
	headers   []string
	documents redact.Documents
}

func newRedaction(s *openapi.Spec, o *openapi.Operation) redaction {
	r := redaction{headers: []string{"Content-Type", "Accept", "Authorization", "Retry-After"}}
	for _, p := range o.Parameters {
		if p.In == "header" {
			r.headers = append(r.headers, p.Name)
		}
	}
	if s := o.Sign.Response; s != nil && s.Outside != "" {
		_, name := s.Outside.Named()
		r.headers = append(r.headers, name)
	}
	signed := signatures(o)
	keeps := map[contract.Place]bool{}
	hidden, texts := map[contract.Place]bool{}, map[contract.Place]bool{}
	words := []string{o.Path}
	if !o.Template().Literal() {
		for _, path := range s.Paths(o) {
			words = append(words, path.Words()...)
		}
	}
	for _, m := range o.Places() {
		switch {
		case m.Sensitive():
			r.places = append(r.places, redact.Place{At: m.At, Personal: m.Personal})
			hidden[m.At] = true
		case slices.Contains(m.Types, "string"):
			texts[m.At] = true
		}
		if m.OpenText() && !signed[m.At] {
			r.places = append(r.places, redact.Place{At: m.At, Personal: redact.FreeText})
		}
		keeps[m.At] = keeps[m.At] || m.Keep
		words = append(append(words, m.Enum...), contract.TokensOf(m.Pointer)...)
	}
	for _, c := range o.Codes {
		words = append(append(append(words, c.Code, c.Status), c.Messages...), o.Messages(c.Name())...)
	}
	if o.Request != nil {
		words = append(words, o.Request.Types...)
	}
	for _, a := range o.Responses {
		words = append(words, a.Types...)
	}
	described := describedPlaces(o)
	r.documents = redact.Documents{
		Described:    func(place contract.Place) bool { return described[place.General()] },
		Keeps:        func(place contract.Place) bool { return keeps[place.General()] },
		Undocumented: undocumentedPlaces(o, hidden, texts),
		Words:        redact.NewWords(words...),
		Form:         o.Request.FormTypes(),
	}
	return r
}

// undocumentedPlaces returns a function that reports whether the documents do not list a
// place. Anybody may put any value there. hidden are the places of sensitive members,
// texts those that may be texts.
func undocumentedPlaces(o *openapi.Operation, hidden, texts map[contract.Place]bool) func(place contract.Place) bool {
	return func(place contract.Place) bool {
		if !o.Redacts(place) || texts[place.General()] {
			return false
		}
		for at, within := place.General(), true; within; at, within = at.Above() {
			if hidden[at] {
				return false // redacted as marked, which keeps its form
			}
		}
		return true
	}
}

// signatures returns the places of signatures.
func signatures(o *openapi.Operation) map[contract.Place]bool {
	all := map[contract.Place]bool{}
	for _, signature := range map[contract.Direction]*openapi.Signature{contract.InRequest: o.Sign.Request, contract.InResponse: o.Sign.Response} {
		if signature != nil {
			all[signature.Place()] = true
		}
	}
	return all
}

// describedPlaces returns the places whose values the documents describe: no free text.
func describedPlaces(o *openapi.Operation) map[contract.Place]bool {
	described := signatures(o)
	for _, m := range o.Places() {
		described[m.At] = described[m.At] || !m.FreeText()
	}
	described[contract.RequestAuthorization] = true // redacted by itself
	described[contract.RequestPath] = true          // it is that of the operation
	return described
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
	described := describedPlaces(o)
	var found []Suspicion
	redact.Texts(o.Template(), ex, func(place contract.Place, text string) {
		if described[place.General()] {
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
