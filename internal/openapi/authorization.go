package openapi

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/route"
)

// The kinds of Authorization.
const (
	Basic  = "basic"
	Bearer = "bearer"
	APIKey = "apiKey"
)

// Authorization is a security scheme: how a request shows who sends it.
type Authorization struct {
	ID         string           // its name under securitySchemes
	Scheme     string           // Basic, Bearer or APIKey
	In, Name   string           // of an API key: "header" or "query", and the name there
	Credential string           // the credential that an API key or a static bearer token is; "": not known
	User       string           // for Basic: the name of the credential
	Password   string           // "": the password is empty
	IssuedBy   string           // for Bearer: the operation that issues the token
	Token      contract.Pointer // in the response of IssuedBy, as the next two are
	Expires    contract.Pointer // the time at which the token expires
	ExpiresIn  contract.Pointer // the lifetime of the token in seconds, as in RFC 6749, section 5.1
	Bare       bool             // for Bearer: the token without a scheme is accepted too
	Doc        string
}

// Place returns where the credential is in a request.
func (a *Authorization) Place() contract.Place {
	if a.Scheme == APIKey {
		return contract.Parameter(a.In, a.Name)
	}
	return contract.RequestAuthorization
}

// Credentials returns the names of the credentials that it sends.
func (a *Authorization) Credentials() []string {
	return slices.DeleteFunc([]string{a.Credential, a.User, a.Password}, func(name string) bool { return name == "" })
}

// Values returns what a request has at its place.
func (a *Authorization) Values(r contract.Request) []string {
	switch {
	case a.Scheme != APIKey:
		return r.Header["Authorization"]
	case a.In == "header":
		return r.Header.Values(a.Name)
	case r.URL == nil:
		return nil
	}
	return r.URL.Query()[a.Name]
}

// Authorize returns the request with the credential at its place. token is an issued bearer
// token. ok is false if the credential is not known; the request is then unchanged. Header
// and URL are copied.
func (a *Authorization) Authorize(r contract.Request, credentials map[string]string, token string) (authorized contract.Request, ok bool) {
	value := ""
	switch a.Scheme {
	case Basic:
		user, known := credentials[a.User]
		h := http.Request{Header: http.Header{}}
		h.SetBasicAuth(user, credentials[a.Password])
		if known {
			value = h.Header.Get("Authorization")
		}
	case Bearer:
		if a.IssuedBy == "" {
			token = credentials[a.Credential]
		}
		if token != "" {
			value = "Bearer " + token
		}
	default:
		value = credentials[a.Credential]
	}
	if value == "" {
		return r, false
	}
	return a.With(r, value), true
}

// With returns the request with a value at the place of the credential; "" removes it.
// Header and URL are copied.
func (a *Authorization) With(r contract.Request, value string) contract.Request {
	if a.Scheme == APIKey && a.In == "query" {
		u := *r.URL
		var kept []string
		for one := range strings.SplitSeq(u.RawQuery, "&") {
			raw, _, _ := strings.Cut(one, "=")
			if name, err := url.QueryUnescape(raw); one != "" && (err != nil || name != a.Name) {
				kept = append(kept, one)
			}
		}
		if value != "" {
			kept = append(kept, url.QueryEscape(a.Name)+"="+url.QueryEscape(value))
		}
		u.RawQuery, r.URL = strings.Join(kept, "&"), &u
		return r
	}
	name := "Authorization"
	if a.Scheme == APIKey {
		name = a.Name
	}
	if r.Header = r.Header.Clone(); r.Header == nil {
		r.Header = http.Header{}
	}
	if r.Header.Del(name); value != "" {
		r.Header.Set(name, value)
	}
	return r
}

// Authorize returns the request with the credentials of the first alternative of which all
// are known; if there is none, of the first that can be sent in part. token is an issued
// bearer token, "" if there is none.
func (o *Operation) Authorize(r contract.Request, credentials map[string]string, token string) contract.Request {
	var part *contract.Request
	for _, all := range o.Alternatives() {
		made, complete := r, true
		for _, a := range all {
			var ok bool
			made, ok = a.Authorize(made, credentials, token)
			complete = complete && ok
		}
		if complete {
			return made
		}
		if part == nil {
			part = &made
		}
	}
	if part == nil {
		return r
	}
	return *part
}

// Alternatives returns the ways to authorize a request: Security, or for an operation that
// no document describes, its Authorization.
func (o *Operation) Alternatives() [][]*Authorization {
	if o.Security == nil && o.Authorization != nil {
		return [][]*Authorization{{o.Authorization}}
	}
	return o.Security
}

// Authorizations returns the security schemes of the operation, each once. The list must not
// be changed.
func (o *Operation) Authorizations() []*Authorization {
	if len(o.Security) == 1 {
		return o.Security[0]
	}
	var all []*Authorization
	for _, alternative := range o.Alternatives() {
		for _, a := range alternative {
			if !slices.ContainsFunc(all, func(b *Authorization) bool { return a.ID == b.ID }) {
				all = append(all, a)
			}
		}
	}
	return all
}

// security reads the alternatives of an operation. In one alternative all schemes are
// needed; an empty one means that the request may come from anybody.
func (r *reader) security(n *yaml.Node) [][]*Authorization {
	var all [][]*Authorization
	for _, requirement := range items(child(n, "security")) {
		alternative := []*Authorization{}
		each(requirement, func(name string, _ *yaml.Node) {
			if a := r.scheme(name, requirement); a != nil {
				alternative = append(alternative, a)
			}
		})
		all = append(all, alternative)
	}
	return all
}

func (r *reader) scheme(name string, requirement *yaml.Node) *Authorization {
	n, closest := at(r.root, []string{"components", "securitySchemes", name})
	if n == nil {
		r.errors = append(r.errors, lineError{line(requirement), "there is no security scheme " + name + " near line " + strconv.Itoa(line(closest))})
		return nil
	}
	a := &Authorization{
		ID: name, Scheme: text(child(n, "scheme")), In: text(child(n, "in")), Name: text(child(n, "name")), Credential: text(child(n, "x-credential")),
		Bare: text(child(n, "x-bare")) == "true", Doc: text(child(n, "x-doc")),
	}
	if text(child(n, "type")) == APIKey {
		a.Scheme = APIKey
	}
	if pair := texts(child(n, "x-pair")); len(pair) > 0 {
		a.User, a.Password = pair[0], strings.Join(pair[1:], "") // there are one or two
	}
	if issued := child(n, "x-issued-by"); issued != nil {
		a.IssuedBy = text(child(issued, "operation"))
		a.Token, a.Expires, a.ExpiresIn = pointer(child(issued, "token")), pointer(child(issued, "expires")), pointer(child(issued, "expires-in"))
	}
	return a
}

// mainAuthorization returns the scheme that stands for the operation where only one can: one
// with an issued token, else the first.
func mainAuthorization(all []*Authorization) *Authorization {
	if i := slices.IndexFunc(all, func(a *Authorization) bool { return a.IssuedBy != "" }); i >= 0 {
		return all[i]
	}
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// impliedParameters returns the parameters that API keys and signatures outside of the body
// are, unless the operation lists them itself.
func (o *Operation) impliedParameters() []*Parameter {
	var all []*Parameter
	listed := func(place contract.Place) bool {
		same := func(p *Parameter) bool { return p.Place() == place }
		return slices.ContainsFunc(o.Parameters, same) || slices.ContainsFunc(all, same)
	}
	add := func(place contract.Place, doc string, secret bool) {
		in, name := place.Named()
		if listed(place) {
			return
		}
		p := newParameter(&openapi3.Parameter{Name: name, In: in, Schema: openapi3.NewSchemaRef("", openapi3.NewStringSchema())}, route.Template{})
		p.Doc, p.Secret, p.Keep, p.Implied = doc, secret, !secret, true
		all = append(all, p)
	}
	for _, a := range o.Authorizations() {
		if a.Scheme == APIKey {
			add(a.Place(), a.Doc, true)
		}
	}
	if s := o.Sign.Request; s != nil && s.Outside != "" {
		add(s.Outside, "", false)
	}
	return all
}
