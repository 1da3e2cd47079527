package judge

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/traffic"
)

// host returns the host of a URL, without the default port of its scheme.
func host(u *url.URL) string {
	h := strings.ToLower(u.Host)
	switch strings.ToLower(u.Scheme) {
	case "https":
		h = strings.TrimSuffix(h, ":443")
	case "http":
		h = strings.TrimSuffix(h, ":80")
	}
	return strings.TrimSuffix(h, ".")
}

// withoutBase adds routes on which the base path of a server is left out: documents and
// clients disagree about base paths. A path that would mean two operations is not added.
func (j *Judge) withoutBase() {
	var added []route
	for _, to := range j.routes {
		to.path, to.clean = to.o.Path, rule.CleanPath(to.o.Path)
		if !slices.ContainsFunc(j.routes, to.meets) && !slices.ContainsFunc(added, func(other route) bool { return other.meets(to) && other.o == to.o }) {
			added = append(added, to)
		}
	}
	for i, to := range added {
		if !slices.ContainsFunc(slices.Delete(slices.Clone(added), i, i+1), to.meets) {
			j.routes = append(j.routes, to)
		}
	}
}

// meets reports whether two routes have the same host, method and path.
func (to route) meets(other route) bool {
	return to.host == other.host && to.path == other.path && to.o.Method == other.o.Method
}

// find returns the route of a request, nil if it matches no documented operation.
func (j *Judge) find(r contract.Request) *route {
	if rule.EncodedSlash(r.URL) {
		return nil
	}
	for i := range j.routes {
		to := &j.routes[i]
		if to.o.Method == r.Method && to.path == r.URL.Path && (to.host == r.URL.Host || to.host == host(r.URL)) {
			return to
		}
	}
	if s := j.catalog.Spec(j.options.Provider); s != nil {
		if o := s.Match(r.Method, r.URL.Path); o != nil {
			return &route{spec: s, o: o, operationRules: j.rulesOf(s, o)}
		}
	}
	return nil
}

// nearest returns the route that a request nearly matches, nil if there is none. The
// request does not match exactly. Of several routes it returns the one with the fewest
// differences.
func (j *Judge) nearest(r contract.Request) *route {
	if j.provider(r) == nil || preflight(r) {
		return nil
	}
	var best *route
	least, at, path := 0, host(r.URL), rule.CleanPath(r.URL.Path)
	for i := range j.routes {
		to := &j.routes[i]
		if j.options.Provider == "" && to.host != at {
			continue
		}
		if n := to.differences(r, path); n > 0 && (best == nil || n < least) {
			best, least = to, n
		}
	}
	return best
}

// differences counts how a request differs from a route that it nearly matches. 0 means
// that it differs in more. path is the request's path as near misses are compared.
func (to *route) differences(r contract.Request, path string) int {
	n := 0
	switch own := rule.CleanPath(to.o.Path); {
	case to.path == r.URL.Path && !rule.EncodedSlash(r.URL):
	case to.clean == path:
		n = 1
	case own != "/" && strings.HasSuffix(path, own):
		n = 4
	default:
		return 0
	}
	switch {
	case to.o.Method == r.Method:
	case strings.EqualFold(to.o.Method, r.Method):
		n++
	default:
		n += 2
	}
	return n
}

// preflight reports whether a browser sent a request by itself, to ask whether it may send
// the real one. https://fetch.spec.whatwg.org/#cors-preflight-request
func preflight(r contract.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

// provider returns the specification that has the host of a request, nil if there is none.
func (j *Judge) provider(r contract.Request) *openapi.Spec {
	if s := j.catalog.Spec(j.options.Provider); s != nil {
		return s
	}
	if s := j.hosts[r.URL.Host]; s != nil {
		return s
	}
	at := host(r.URL)
	if s := j.hosts[at]; s != nil {
		return s
	}
	if name, _, found := strings.Cut(at, ":"); found && !catalog.Loopback(r.URL) {
		return j.hosts[strings.TrimSuffix(name, ".")] // another port of a provider's host
	}
	return nil
}

// elsewhere reports whether an entry that cannot be read is of a host that no provider
// has. Of an entry that breaks off this is known only if it mentions no such host. The
// request comes from Entry.Request.
func (j *Judge) elsewhere(e *traffic.Entry, r contract.Request, whole bool) bool {
	if j.provider(r) != nil {
		return false
	}
	if whole {
		return true
	}
	return !j.mentioned(e)
}

// mentioned reports whether an entry contains a host of a provider.
func (j *Judge) mentioned(e *traffic.Entry) bool {
	for host := range j.hosts {
		if e.Mentions(host) {
			return true
		}
	}
	return false
}

// Operation returns the operation of a request, or the one that it nearly matches. nil
// means that there is none.
func (j *Judge) Operation(r contract.Request) *openapi.Operation {
	to := j.find(r)
	if to == nil {
		to = j.nearest(r)
	}
	if to == nil {
		return nil
	}
	return to.o
}

// judgeNear applies the rules about addresses to an exchange whose request nearly matches
// an operation. ok is false if it does not.
func (j *Judge) judgeNear(ex *contract.Exchange) (r contract.Result, ok bool) {
	to := j.nearest(ex.Request)
	if to == nil {
		return r, false
	}
	p, _ := to.subjects.Get().(*rule.Subject)
	j.observe(p, to, ex)
	p.DocumentedPath = to.path
	o := rule.Each(to.addressRules, p)
	r = contract.Result{
		Case: to.o.Name(), Provider: to.spec.Provider, Operation: to.o.ID, Origin: ex.Origin,
		Evidence: j.evidence(to, ex), Findings: o.Findings,
	}
	r.Checked, r.Inconclusive = o.Lists(to.addressRules)
	p.View.Done()
	p.Reset()
	to.subjects.Put(p)
	return r, true
}

// Unknown returns the result of an exchange that matches no documented operation although
// a provider has its host: no verdict, and findings that name method, host and path. ok is
// false if no provider has the host, and for OPTIONS, which asks about a path and is no
// operation.
func (j *Judge) Unknown(r contract.Request, origin string) (result contract.Result, ok bool) {
	s := j.provider(r)
	if s == nil || r.Method == http.MethodOptions {
		return result, false
	}
	return contract.Result{
		Case: s.Provider, Provider: s.Provider, Origin: origin, Findings: rule.UnknownOperation(s, r),
		Checked: []string{}, Inconclusive: []contract.Gap{},
	}, true
}
