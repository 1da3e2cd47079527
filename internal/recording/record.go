// Package recording makes cassettes from exchanges. Record plays a case with an engine; a
// Recorder takes the exchanges that pass a proxy.
//
// Both redact the exchange: the merchant's credentials become the published ones, secret
// and personal values are replaced, and valid signatures are made again with the published
// keys. Both then search for values that must not be kept, also inside encodings. A value
// that is left is a Leak, which names the place and never the value; a cassette with a leak
// is not written.
//
// An exchange that a proxy records has no case that names the person. So a Recorder blanks
// undocumented values, replaces references, and requires the merchant's credentials.
//
// Record writes nothing: the caller writes Recording.Saved. Recorder.Keep writes the
// cassette and its manifest entry.
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

// Recording is the result of recording a case. Nothing is written yet.
type Recording struct {
	Case    *contract.Case
	Result  contract.Result // of the exchange before redacting
	Why     string          // why there is nothing to keep; "" if there is something
	Saved   cassette.Saved
	Exists  bool     // there already is a cassette
	Damage  string   // what is wrong with the cassette that exists; "" if it is intact
	Changes []string // how the new cassette differs from the old one, as text; empty if it does not
	Leaks   []Leak   // values that must not be kept
}

// Leak is a place in a redacted exchange with a value that must not be kept. What
// describes the value and never contains it.
type Leak struct {
	At   contract.Place
	What string
}

// Record plays a case, redacts the exchange and searches it for leaks. It compares the
// result with the cassette that exists. Findings at or above failOn fail the case.
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
	switch {
	case r.Exists && err != nil:
		r.Damage = "it cannot be read"
	case r.Exists:
		r.Damage = damage(old)
	}
	if entry, listed := e.CassetteEntry(c); r.Exists && listed && entry.Evidence.Stronger(play.Exchange.Evidence) != play.Exchange.Evidence {
		r.Why = fmt.Sprintf("there is a %s response, and a %s one proves less; remove its cassette to replace it", entry.Evidence, play.Exchange.Evidence)
		if r.Damage != "" {
			r.Why += "; but its cassette is damaged: " + r.Damage + ". Restore the file"
		}
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
			r.Changes = append(r.Changes, redact.Name(string(place))+": was not redacted, now is")
		}
		if old.Entry.Evidence != clean.Evidence {
			r.Changes = append([]string{fmt.Sprintf("evidence: was %s, is %s", old.Entry.Evidence, clean.Evidence)}, r.Changes...)
		}
	}
	return r
}

// damage returns what is wrong with a cassette that can be read; "" if it is intact. A
// cassette that was cut off or edited is no evidence.
func damage(t *cassette.Cassette) string {
	switch {
	case !t.Listed:
		return "manifest.yaml has no entry for it"
	case t.Entry.SHA256 != t.SHA256:
		return "its sha256 is not the one in manifest.yaml"
	}
	return ""
}

// Unchanged reports whether the cassette that exists is intact and has the same content.
func (r Recording) Unchanged() bool {
	return r.Why == "" && r.Exists && r.Damage == "" && len(r.Changes) == 0
}

// sourceName names the server at a base, for the manifest.
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

// redactPlay returns the redacted exchange of a play: without secrets and personal data,
// with the published credentials, the case's own references and the documented host. Valid
// signatures are made again.
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

// redaction is what has to be known to redact an exchange.
type redaction struct {
	spec *openapi.Spec
	o    *openapi.Operation
	keys map[string]string // the merchant's credentials
	base string            // the base URL of the request
	name string            // of the cassette; new signatures depend on it
	real bool              // the responding server is no simulation
}

// credentials makes a redactor replace the merchant's credentials by the published ones.
func (k redaction) credentials(redactor *redact.Redactor) {
	for _, credential := range k.spec.Credentials {
		redactor.Replace(k.keys[credential.Name], credential.Test)
	}
}

// clean redacts an exchange, sets the documented host, and makes signatures again.
func (k redaction) clean(redactor *redact.Redactor, ex contract.Exchange) contract.Exchange {
	published := k.spec.TestCredentials()
	requestSigned := signature.ExchangeState(k.o.Sign.Request, ex, k.keys, time.Time{})
	responseSigned := signature.ExchangeState(k.o.Sign.Response, ex, k.keys, time.Time{})
	ex.Request.URL = documentedURL(ex.Request.URL, k.base, k.spec.Servers[0].URL)
	ex = redactor.Exchange(ex)
	ex = resign(k.o.Sign.Request, requestSigned, ex, published, k.name+" asked")
	ex = resign(k.o.Sign.Response, responseSigned, ex, published, k.name+" responded")
	if !k.real {
		ex.Response.Duration = 0
	}
	return ex
}

// marshal encodes a redacted exchange as a cassette. left are the values in it that must
// not be kept.
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

// references returns the places of the merchant's reference.
func references(o *openapi.Operation) []contract.Place {
	var all []contract.Place
	for _, m := range o.Places() {
		if m.Means == "reference" || o.Idempotency != nil && m.At == o.Idempotency.At {
			all = append(all, m.At)
		}
	}
	return all
}

// documentedURL replaces the base of a requested URL by the documented one.
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

// resign signs a side of an exchange with the published key if its signature was valid. It
// replaces an invalid signature by another invalid one, because the merchant's key may have
// made it.
func resign(sign *openapi.Signature, was contract.SignatureState, ex contract.Exchange, credentials map[string]string, salt string) contract.Exchange {
	switch was {
	case contract.SignatureValid:
		return signature.Resign(sign, ex, credentials, fixed.Random(salt))
	case contract.SignatureInvalid:
		return signature.Spoil(sign, ex, func(text string) string { return contract.Randomize(text, fixed.Picker(salt)) })
	}
	return ex
}

// leaks searches every text of a redacted exchange.
func leaks(o *openapi.Operation, redactor *redact.Redactor, ex contract.Exchange) []Leak {
	var all []Leak
	for _, place := range redactor.Doubts() {
		all = append(all, Leak{place, "a text that cannot be searched: it is binary, or decoding it exceeds 10 MB or 2 seconds"})
	}
	for _, found := range rule.Suspicious(o, ex) {
		all = append(all, Leak{found.At, "what looks like " + strings.Join(found.Looks, " and ") + "; the specification does not describe this member"})
	}
	redact.Texts(o.Template(), ex, func(place contract.Place, text string) {
		if encoding, leaked := redactor.LeakedAt(place, []byte(text)); leaked {
			all = append(all, Leak{place, "a secret or personal value of this run, " + encoding})
		}
	})
	return all
}

// comparison says how two recordings of a case are compared: which places always differ.
func comparison(o *openapi.Operation) cassette.Novel {
	always := map[contract.Place]bool{}
	for _, m := range o.Places() {
		if m.Sensitive() || m.Means == "provider-reference" || m.Means == "timestamp" {
			always[m.At] = true
		}
	}
	for _, sign := range map[contract.Direction]*openapi.Signature{contract.InRequest: o.Sign.Request, contract.InResponse: o.Sign.Response} {
		if sign != nil {
			always[sign.Place()] = true
		}
	}
	return cassette.Novel{Path: o.Template(), Always: func(place contract.Place) bool { return always[place] }, Hidden: o.Redacts}
}
