// Package recording keeps exchanges as cassettes: it asks what a case asks, or is
// handed what passed a proxy, takes out what nobody may keep, and looks for what
// was left.
package recording

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"assay/internal/cassette"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/fixed"
	"assay/internal/openapi"
	"assay/internal/redact"
	"assay/internal/rule"
	"assay/internal/signature"
)

// Recording is what became of a case that was asked in order to keep the
// response. Nothing is written yet.
type Recording struct {
	Case    *contract.Case
	Result  contract.Result // what the rules say of the exchange as it came
	Why     string          // why there is nothing to keep; "": there is
	Saved   cassette.Saved
	Exists  bool     // there is a cassette already
	Changes []string // how it differs from that, in words; nothing: it does not
	Leaks   []Leak   // what must not be kept and still stands there
}

// Leak is a place in a redacted exchange, and what stands there: never the
// value.
type Leak struct {
	At   contract.Place
	What string
}

// Record has an engine ask what a case asks, redacts the exchange, and looks for
// what redacting left.
func Record(ctx context.Context, e *engine.Engine, c *contract.Case, failOn contract.Severity, now time.Time) Recording {
	r := Recording{Case: c, Result: e.Result(ctx, c)}
	r.Result.Verdict = r.Result.VerdictAt(failOn)
	asked, play := e.PlayResolved(ctx, c)
	if play.Err != nil {
		r.Why = r.Result.Why
		return r
	}
	s, o := asked.Spec, asked.Operation
	old, err := e.Cassette(c)
	r.Exists = !errors.Is(err, fs.ErrNotExist)
	if old != nil && old.Entry.Evidence.Stronger(play.Exchange.Evidence) != play.Exchange.Evidence {
		r.Why = fmt.Sprintf("there is a %s response, and a %s one proves less", old.Entry.Evidence, play.Exchange.Evidence)
		return r
	}
	clean, redactor := redactPlay(asked, play)
	r.Saved.Entry = cassette.Entry{Evidence: clean.Evidence, Source: "recorded from " + sourceName(s, asked.Base), Date: now.UTC().Format(time.DateOnly)}
	if r.Saved.Raw, r.Leaks, err = marshal(o, redactor, c.Name, clean); err != nil {
		r.Why = err.Error()
		return r
	}
	if old != nil {
		r.Changes = comparison(o).Changes(old.Exchanges()[0], clean)
		left := rule.CaseRedactor(s, o, c)
		left.Exchange(old.Exchanges()[0])
		for _, place := range left.Touched() {
			r.Changes = append(r.Changes, string(place)+": was as it came, is redacted")
		}
		if old.Entry.Evidence != clean.Evidence {
			r.Changes = append([]string{fmt.Sprintf("evidence: was %s, is %s", old.Entry.Evidence, clean.Evidence)}, r.Changes...)
		}
	}
	return r
}

// Unchanged tells that the cassette there is says the same.
func (r Recording) Unchanged() bool { return r.Why == "" && r.Exists && len(r.Changes) == 0 }

// where names who responses at a base, for the manifest.
func sourceName(s *openapi.Spec, base string) string {
	if catalog.Evidence(s, base) == contract.Simulated {
		return "the sandbox"
	}
	u, err := url.Parse(base)
	if err != nil {
		return s.Provider
	}
	return u.Scheme + "://" + u.Host
}

// redacted is the exchange of a play as it may be kept: without secrets
// and personal data, with the published credentials, the case's own references
// and the documented host, signed again where it was signed.
func redactPlay(asked *engine.Resolved, play engine.Play) (contract.Exchange, *redact.Redactor) {
	s, o, c := asked.Spec, asked.Operation, asked.Case
	k := redaction{spec: s, o: o, keys: asked.Credentials, base: asked.Base, name: c.Name, real: asked.Real}
	redactor := rule.CaseRedactor(s, o, c)
	k.credentials(redactor)
	redactor.Secret(play.Token.Value)
	if c.Input != nil {
		under := asked.Input.References()
		for i, reference := range c.Input.References() {
			redactor.Replace(under[i], reference, references(o)...)
		}
	}
	return k.clean(redactor, *play.Exchange), redactor
}

// keeping is what has to be known of an exchange that is to be kept.
type redaction struct {
	spec *openapi.Spec
	o    *openapi.Operation
	keys map[string]string // the credentials it was made with
	base string            // where it went
	name string            // what it will be kept as: signatures made again depend on it
	real bool              // who responded has a clock of their own
	// unknown tells of places whose values nobody may keep; nil: there are none.
	undocumented func(place contract.Place) bool
}

// credentials teaches a redactor to put the published credentials in the place
// of those the exchange was made with.
func (k redaction) credentials(redactor *redact.Redactor) {
	for _, credential := range k.spec.Credentials {
		redactor.Replace(k.keys[credential.Name], credential.Test)
	}
}

// clean redacts an exchange, gives it the documented host, and signs again what
// was signed.
func (k redaction) clean(redactor *redact.Redactor, ex contract.Exchange) contract.Exchange {
	published := k.spec.TestCredentials()
	requestSigned := signature.State(k.o.Sign.Request, ex.Request.Body, k.keys)
	responseSigned := signature.State(k.o.Sign.Response, ex.Response.Body, k.keys)
	ex.Request.URL = documentedURL(ex.Request.URL, k.base, k.spec.Servers[0].URL)
	if k.undocumented != nil {
		ex = redact.Blank(ex, k.undocumented)
	}
	ex = redactor.Exchange(ex)
	ex.Request.Body = resign(k.o.Sign.Request, requestSigned, ex.Request.Body, published, k.name+" asked")
	ex.Response.Body = resign(k.o.Sign.Response, responseSigned, ex.Response.Body, published, k.name+" responded")
	if !k.real {
		ex.Response.Duration = 0
	}
	return ex
}

// keepable writes a redacted exchange as a cassette, and tells what must not be
// kept and still stands in it.
func marshal(o *openapi.Operation, redactor *redact.Redactor, name string, clean contract.Exchange) (raw []byte, left []Leak, err error) {
	left = leaks(o, redactor, clean)
	if raw, err = cassette.Marshal([]contract.Exchange{clean}); err != nil {
		return nil, left, err
	}
	if len(left) == 0 && redactor.Distinct(raw) {
		left = []Leak{{contract.OutsidePlace("cassettes/" + name + ".yaml"), "a secret or personal value of this run"}}
	}
	return raw, left, nil
}

// references lists the places of the merchant's reference.
func references(o *openapi.Operation) []contract.Place {
	var all []contract.Place
	for _, m := range o.Places() {
		if m.Means == "reference" {
			all = append(all, m.At)
		}
	}
	return all
}

// documented puts the documented base of a URL in the place of the one that was
// asked.
func documentedURL(u *url.URL, asked, base string) *url.URL {
	rest, ok := strings.CutPrefix(u.String(), asked)
	if !ok {
		return u
	}
	if parsed, err := url.Parse(base + rest); err == nil {
		return parsed
	}
	return u
}

// resigned signs a body with the published key where it was signed rightly. A
// signature that was wrong stays wrong, and is another one: even a wrong one
// may be made with the merchant's key.
func resign(sign *openapi.Signature, was contract.SignatureState, body []byte, credentials map[string]string, salt string) []byte {
	switch was {
	case contract.SignatureValid:
		return signature.Sign(sign, body, credentials, fixed.Random(salt))
	case contract.SignatureInvalid:
		raw, _ := contract.Raw(body, sign.At)
		return contract.Replace(body, sign.At, []byte(contract.Randomize(string(raw), fixed.Picker(salt))))
	}
	return body
}

// leaks looks at every text that would be kept.
func leaks(o *openapi.Operation, redactor *redact.Redactor, ex contract.Exchange) []Leak {
	var all []Leak
	for _, found := range rule.Suspicious(o, ex) {
		all = append(all, Leak{found.At, "what looks like " + strings.Join(found.Looks, " and ") + ", and the specification does not say what stands there"})
	}
	redact.Texts(ex, func(place contract.Place, text string) {
		if encoding, leaked := redactor.Leaked([]byte(text)); leaked {
			all = append(all, Leak{place, "a secret or personal value of this run, " + encoding})
		}
	})
	return all
}

// novel says what differs between two recordings of the same.
func comparison(o *openapi.Operation) cassette.Novel {
	always := map[contract.Place]bool{}
	for _, m := range o.Places() {
		if m.Hidden() || m.Means == "provider-reference" || m.Means == "timestamp" {
			always[m.At] = true
		}
	}
	for of, sign := range map[contract.Direction]*openapi.Signature{contract.InRequest: o.Sign.Request, contract.InResponse: o.Sign.Response} {
		if sign != nil {
			always[of.Body(sign.At)] = true
		}
	}
	return cassette.Novel{Always: func(place contract.Place) bool { return always[place] }, Hidden: o.Hides}
}
