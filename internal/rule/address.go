package rule

import (
	"net/url"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/route"
)

// addressRules check where a request goes: its method and its URL. They need nothing else
// of the request, so they also apply to a request that nearly matches an operation.
func addressRules() []Rule {
	return []Rule{
		{
			ID: contract.OperationDocumented, Title: "the request goes to a documented operation", Family: "request", Address: true,
			Templates: []*contract.Template{nearMethod, nearMethodCase, nearSlash, nearCase, nearBase, operationUnknown, operationOther},
			Side:      contract.ClientSide, Severity: contract.Error,
			Applies: func(p *Subject) bool { return p.Case == nil || p.UnderTest != nil }, Run: operationDocumented,
			About:  "For another method or another spelling of a path, the provider responds with 404 or 405, or does something else. A path that is not specified may be an operation that assay does not check.",
			Remedy: "Send the request with the documented method to the documented path. If the path is another operation, add it to the specification.",
		},
		{
			ID: "request-encrypted", Title: "the request sends credentials only over https", Family: "request", Address: true,
			Templates: []*contract.Template{sentInClear},
			Side:      contract.ClientSide, Severity: contract.Error,
			Applies: func(p *Subject) bool { return p.Case == nil && httpsOnly(p.Spec) }, Run: requestEncrypted,
			About:  "Everybody on the way can read what is sent over http, and send it again.",
			Remedy: "Use the documented https address. Replace the credentials that were sent over http.",
		},
	}
}

// Messages of the rules about addresses.
var (
	nearMethod       = &contract.Template{ID: "operation-documented.method", Text: "has the method {method}; the documented one is {documented}"}
	nearMethodCase   = &contract.Template{ID: "operation-documented.method-case", Text: "the method is not in upper case; the documented one is {documented}, and methods are case-sensitive"}
	nearSlash        = &contract.Template{ID: "operation-documented.slash", Text: "the path differs from the documented {path} in a slash, a dot or a space"}
	nearCase         = &contract.Template{ID: "operation-documented.case", Text: "the path differs from the documented {path} in upper and lower case"}
	nearBase         = &contract.Template{ID: "operation-documented.base", Text: "the path begins differently than the documented {path}"}
	operationUnknown = &contract.Template{ID: "operation-documented.unknown", Text: "{method} {address} is not in the specification; if it is an operation, assay does not check it"}
	operationOther   = &contract.Template{ID: "operation-documented.other", Text: "the client sends the request to {method} {address}; the documented path is {path}"}

	sentInClear = &contract.Template{ID: "request-encrypted.http", Text: "credentials are sent over http; the documents list only https"}
)

// CleanPath returns a path in the form in which near misses are compared: without
// differences of case, slashes, dots and spaces.
func CleanPath(text string) string { return strings.ToLower(cleanPath(text)) }

// cleanPath removes repeated and trailing slashes, dot segments, and spaces around a path.
func cleanPath(text string) string { return route.CleanText(text) }

func operationDocumented(p *Subject) {
	r, o := p.View.Exchange.Request, p.Operation
	switch documented := contract.ArgText("documented", o.Method); {
	case r.Method == o.Method, p.UnderTest != nil: // request-documented says it
	case strings.EqualFold(r.Method, o.Method):
		p.add(contract.RequestMethod, "case", nearMethodCase, documented)
	default:
		p.addApart(contract.RequestMethod, "method", ShownMethod(r.Method), nearMethod, contract.ArgText("method", ShownMethod(r.Method)), documented)
	}
	encoded := route.EncodedSlash(r.URL)
	if p.DocumentedPath == "" || r.URL.Path == p.DocumentedPath && !encoded {
		return
	}
	documented := contract.ArgText("path", p.DocumentedPath)
	if p.UnderTest != nil && !p.nearlyDocumented(r.URL) {
		method, address := ShownMethod(r.Method), ShownPath(p.Spec, r.URL.Path)
		p.addApart(contract.RequestPath, "other", method+" "+address, operationOther, contract.ArgText("method", method), contract.ArgText("address", address), documented)
		return
	}
	clean, whole := cleanPath(r.URL.Path), cleanPath(p.DocumentedPath)
	if strings.Contains(whole, "{") {
		clean = route.Clean(r.URL)
	}
	wanted, own := filled(whole, clean), filled(cleanPath(o.Path), clean)
	if cleanPath(r.URL.Path) != r.URL.Path || whole != p.DocumentedPath || encoded && !strings.Contains(whole, "{") {
		p.add(contract.RequestPath, "slash", nearSlash, documented)
	}
	if !strings.EqualFold(clean, wanted) {
		p.add(contract.RequestPath, "base", nearBase, documented)
		clean, wanted = clean[max(0, len(clean)-len(own)):], own
	}
	if clean != wanted {
		p.add(contract.RequestPath, "case", nearCase, documented)
	}
}

// nearlyDocumented reports whether a path ends as the operation's, apart from upper and lower
// case. Traffic that does not is not of this operation at all.
func (p *Subject) nearlyDocumented(u *url.URL) bool {
	_, near := p.Operation.Template().EndsFolded(route.Clean(u))
	return near
}

// filled returns a documented path with the values of a request in place of its parameters.
func filled(documented, clean string) string {
	if !strings.Contains(documented, "{") {
		return documented
	}
	template, _ := route.Parse(documented) // the path of a document, which has parsed it
	return template.Fill(clean)
}

// httpsOnly reports whether all addresses of a provider use https.
func httpsOnly(s *openapi.Spec) bool {
	return len(s.Servers) > 0 && !slices.ContainsFunc(s.Servers, func(server openapi.Server) bool { return !strings.HasPrefix(server.URL, "https://") })
}

func requestEncrypted(p *Subject) {
	if inClear(p.Spec, p.View.Exchange.Request.URL) && p.carriesCredentials() {
		p.add(contract.RequestPath, "http", sentInClear)
	}
}

// inClear reports whether a URL is of a host of the provider and without https.
func inClear(s *openapi.Spec, to *url.URL) bool {
	return strings.EqualFold(to.Scheme, "http") && slices.ContainsFunc(s.Servers, func(server openapi.Server) bool {
		u, err := url.Parse(server.URL)
		return err == nil && strings.EqualFold(u.Hostname(), strings.TrimSuffix(to.Hostname(), "."))
	})
}

// carriesCredentials reports whether a request has an Authorization header, a signature,
// or a value that the specification marks as secret.
func (p *Subject) carriesCredentials() bool {
	r, o := p.View.Exchange.Request, p.Operation
	if r.Header.Get("Authorization") != "" {
		return true
	}
	if s := o.Sign.Request; s != nil && s.Outside != "" && slices.ContainsFunc(o.Parameters, func(q *openapi.Parameter) bool {
		return q.Place() == s.Outside && strings.Join(q.Values(r), "") != ""
	}) {
		return true
	}
	for _, parameter := range o.Parameters {
		if parameter.Secret && strings.Join(parameter.Values(r), "") != "" {
			return true
		}
	}
	pointers := []contract.Pointer{}
	if s := o.Sign.Request; s != nil && s.Outside == "" {
		pointers = append(pointers, o.Sign.Request.At)
	}
	for _, m := range o.Request.Members() {
		if m.Secret {
			pointers = append(pointers, m.Pointer)
		}
	}
	return slices.ContainsFunc(pointers, func(at contract.Pointer) bool {
		text, there := p.View.RequestText(at)
		return there && text != ""
	})
}
