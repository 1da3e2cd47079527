package negative

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// authorization sends the request without each credential, and with a wrong one, for each
// way to authorize it.
func (d *deriver) authorization() {
	done := map[string]bool{}
	for _, alternative := range d.o.Alternatives() {
		for _, a := range alternative {
			if done[a.ID] {
				continue
			}
			done[a.ID] = true
			d.without(alternative, a)
			d.withWrong(alternative, a)
		}
	}
}

func (d *deriver) without(alternative []*openapi.Authorization, a *openapi.Authorization) {
	d.unauthorized(a, "missing", "the credential is missing", func(r contract.Request, own map[string]string) contract.Request {
		return a.With(d.authorize(alternative, r, own), "")
	})
}

func (d *deriver) withWrong(alternative []*openapi.Authorization, a *openapi.Authorization) {
	d.unauthorized(a, "wrong", "a character of the credential was changed", func(r contract.Request, own map[string]string) contract.Request {
		return wrong(a, d.authorize(alternative, r, own))
	})
}

// unauthorized adds the negative of one change to the credentials.
func (d *deriver) unauthorized(a *openapi.Authorization, kind, about string, change func(r contract.Request, own map[string]string) contract.Request) {
	id := a.ID
	if id == "" {
		id = a.Scheme
	}
	name := "authorization." + id + "/" + kind
	r := change(d.base.Request, d.spec.TestCredentials())
	if same(r, d.base.Request) {
		d.gap(name, about, credentialUnchanged.Says(contract.ArgText("case", d.base.Case.Name)))
		return
	}
	found := d.faults(r)
	if len(found) == 0 {
		name += "-accepted"
	}
	c := d.newCase(name, about, d.o.Doc(a.Place()))
	d.add(c, r, found, name)
	n := &d.all[len(d.all)-1]
	n.Forge = change
	if len(found) == 0 {
		c.Want.Code, n.Inconclusive = d.words.accepted, contract.Message{}
	}
}

// authorize returns the request with the credentials of one alternative only. With a single
// alternative it stays as it is.
func (d *deriver) authorize(alternative []*openapi.Authorization, r contract.Request, own map[string]string) contract.Request {
	if len(d.o.Alternatives()) == 1 {
		return r
	}
	made := r
	for _, a := range d.o.Authorizations() {
		made = a.With(made, "")
	}
	for _, a := range alternative {
		var ok bool
		if made, ok = a.Authorize(made, own, ""); ok {
			continue
		}
		if values := a.Values(r); len(values) > 0 {
			made = a.With(made, values[0])
		}
	}
	return made
}

// wrong changes a character of the credential in a request; of Basic, of the password.
func wrong(a *openapi.Authorization, r contract.Request) contract.Request {
	values := a.Values(r)
	if len(values) == 0 {
		return r
	}
	if user, password, ok := contract.Basic(http.Header{"Authorization": values}); ok && a.Scheme == openapi.Basic {
		return a.With(r, "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+signature.AlterText(password))))
	}
	return a.With(r, signature.AlterText(values[0]))
}

// authorizationFault returns the fault of a request that does not show who sends it.
func (d *deriver) authorizationFault(r contract.Request) (fault, bool) {
	state, a := d.o.Authentication(r, d.spec.TestCredentials(), d.token(), time.Time{})
	switch state {
	case contract.AuthenticationMissing, contract.AuthenticationInvalid, contract.AuthenticationExpired:
		return fault{at: a.Place(), keyword: "authorization"}, true
	}
	return fault{}, false
}

// token returns the issued token that the base sends.
func (d *deriver) token() contract.Token {
	for _, a := range d.o.Authorizations() {
		if a.IssuedBy == "" {
			continue
		}
		if values := a.Values(d.base.Request); len(values) == 1 {
			_, value, two := strings.Cut(values[0], " ")
			if !two {
				value = values[0]
			}
			return contract.Token{Value: value}
		}
	}
	return contract.Token{}
}
