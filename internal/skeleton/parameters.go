package skeleton

import (
	"net/http"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/lazy"
)

// ordinary are headers that say nothing about an API.
var ordinary = lazy.Regexp(`(?i)^(:.*|accept.*|access-control-.*|cache-control|connection|content-.*|cookie|date|dnt|expect|forwarded|host|if-.*|keep-alive|origin|pragma|prefer|priority|proxy-.*|range|referer|sec-.*|te|trailer|transfer-encoding|upgrade.*|user-agent|via|x-forwarded-.*|x-real-ip|x-request-id|x-requested-with|x-amzn-.*|traceparent|tracestate|baggage|postman-token|x-client-user-agent|authorization)$`)

// keyName are headers and query parameters that say who sends a request.
var keyName = lazy.Regexp(`(^|_)(api_?key|access_?key|app_?id|app_?key|client_?id|client_?secret|api_?secret|secret(_key)?|auth|auth_token|access_token|api_token|token|merchant_?key)$`)

// schemeNames are the parts of the names of security schemes.
const (
	basicScheme  = "basic"
	bearerScheme = "bearer"
)

func (g *group) learnParameters(o *Operation) {
	g.params = map[string]*value{}
	for s := range strings.SplitSeq(g.path, "/") {
		if open := strings.Index(s, "{"); open >= 0 && strings.Contains(s, "}") {
			g.parameter(o, "path", s[open+1:strings.Index(s, "}")])
		}
	}
	queries, headers := map[string]bool{}, map[string]bool{}
	for _, r := range g.all {
		for name := range r.Exchange.Request.URL.Query() {
			queries[name] = true
		}
		for name := range r.Exchange.Request.Header {
			if !ordinary().MatchString(name) {
				headers[http.CanonicalHeaderKey(name)] = true
			}
		}
	}
	g.authorization(o)
	for _, name := range sortedNames(queries) {
		if !isName(strings.TrimSuffix(name, "[]")) {
			continue
		}
		if !g.key(o, "query", name) {
			g.parameter(o, "query", name)
		}
	}
	for _, name := range sortedNames(headers) {
		if isName(name) && !g.key(o, "header", name) {
			g.parameter(o, "header", name)
		}
	}
}

// parameter adds a parameter.
func (g *group) parameter(o *Operation, in, name string) {
	v := newValue(name)
	n := 0
	for _, r := range g.all {
		values := g.values(in, name, r)
		if len(values) > 0 {
			n++
		}
		for _, one := range values {
			v.see(one, 0)
		}
	}
	if in == "query" {
		v.plainTexts()
	}
	g.params[in+" "+name] = v
	p := &Parameter{In: in, Name: name, Required: in == "path" || n == len(g.all), Assumed: true, Doc: seenOf(n, len(g.all))}
	p.Personal, p.Secret = v.hidden()
	if in == "header" {
		p.Personal, p.Secret = "", p.Secret || secretHeader(name)
	}
	if kinds := v.kinds(); len(kinds) == 1 && in != "header" {
		p.Schema = flow().put("type", kinds[0]).Node
		if kinds[0] == "string" {
			mapping{p.Schema}.set("format", v.formatOf())
		}
	} else {
		p.Schema = flow().put("type", "string").Node
	}
	o.Parameters = append(o.Parameters, p)
}

var secretPart = lazy.Regexp(`sign|verify|secret|hash|hmac`)

func secretHeader(name string) bool {
	_, secret := hiddenAs(name)
	return secret || secretPart().MatchString(snake(name))
}

// authorization learns the security scheme from the header Authorization. If only some
// requests have one, it is optional.
func (g *group) authorization(o *Operation) {
	with := map[string]int{}
	for _, r := range g.all {
		for _, s := range r.Schemes {
			g.provider.scheme(s, r.Named...)
			o.secure(s.Name)
			with[s.Name]++
		}
		name, _, _ := strings.Cut(r.Exchange.Request.Header.Get("Authorization"), " ")
		switch strings.ToLower(name) {
		case "basic":
			g.provider.scheme(basic())
			o.secure(basicScheme)
			with[basicScheme]++
		case "bearer":
			g.provider.scheme(bearer())
			o.secure(bearerScheme)
			with[bearerScheme]++
		}
	}
	for _, name := range o.Security {
		o.Open = o.Open || with[name] < len(g.all)
	}
}

func basic() (Scheme, Credential, Credential) {
	return Scheme{basicScheme, flow().put("type", "http").put("scheme", "basic").put("x-pair", []string{"user", "password"}).Node},
		Credential{"user", "the user of Basic authorization"}, Credential{"password", "the password of Basic authorization"}
}

func bearer() (Scheme, Credential) {
	return Scheme{bearerScheme, flow().put("type", "http").put("scheme", "bearer").put("x-credential", "token").Node},
		Credential{"token", "the token of bearer authorization; if an operation issues it, use x-issued-by"}
}

// key adds an API key if the name says so and every request has it.
func (g *group) key(o *Operation, in, name string) bool {
	if !keyName().MatchString(snake(name)) {
		return false
	}
	for _, r := range g.all {
		if len(g.values(in, name, r)) == 0 {
			return false
		}
	}
	credential := camel(name)
	g.provider.scheme(Scheme{credential, apiKey(in, name, credential)}, Credential{credential, "the value of the " + in + " parameter " + name})
	o.secure(credential)
	return true
}

func apiKey(in, name, credential string) *yaml.Node {
	return flow().put("type", "apiKey").put("in", in).put("name", name).put("x-credential", credential).Node
}

func (o *Operation) secure(scheme string) {
	if !slices.Contains(o.Security, scheme) {
		o.Security = append(o.Security, scheme)
	}
}

// scheme adds a security scheme and its credentials, once.
func (p *Provider) scheme(s Scheme, credentials ...Credential) {
	if !slices.ContainsFunc(p.Schemes, func(known Scheme) bool { return known.Name == s.Name }) {
		p.Schemes = append(p.Schemes, s)
	}
	for _, c := range credentials {
		if !slices.ContainsFunc(p.Credentials, func(known Credential) bool { return known.Name == c.Name }) {
			p.Credentials = append(p.Credentials, c)
		}
	}
}
