package judge

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/route"
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

// hostRoutes are the routes of one host. Those that leave out the base path of a server
// count only if no other matches.
type hostRoutes struct{ based, baseless route.Index[*served] }

// index makes the indexes of all routes.
func (j *Judge) index() {
	for _, to := range j.routes {
		if j.exact[to.host] == nil {
			j.exact[to.host] = &hostRoutes{}
		}
		j.exact[to.host].based.Add(to.o.Method, to.path, to)
	}
	j.withoutBase()
	s := j.catalog.Spec(j.options.Provider)
	if s == nil {
		return
	}
	j.any = &route.Index[*served]{}
	for _, o := range s.Operations {
		for _, path := range s.Paths(o) {
			j.any.Add(o.Method, path, &served{spec: s, o: o, operationRules: j.rulesOf(s, o)})
		}
	}
}

// withoutBase adds routes on which the base path of a server is left out: documents and
// clients disagree about base paths. A path that would mean two operations is not added,
// and no path that begins with a parameter, because it would match what is not of this
// provider.
func (j *Judge) withoutBase() {
	var added []*served
	for _, based := range j.routes {
		to := *based
		to.path, to.clean, to.shape = to.o.Template(), rule.CleanPath(to.o.Path), to.o.Template().Shape()
		if !to.path.Begins() && !slices.ContainsFunc(j.routes, to.meets) && !slices.ContainsFunc(added, func(other *served) bool { return other.meets(&to) && other.o == to.o }) {
			added = append(added, &to)
		}
	}
	for i, to := range added {
		if !slices.ContainsFunc(slices.Delete(slices.Clone(added), i, i+1), to.meets) {
			j.routes = append(j.routes, to)
			j.exact[to.host].baseless.Add(to.o.Method, to.path, to)
		}
	}
}

// meets reports whether two routes have the same host and method, and paths that match the
// same requests.
func (to *served) meets(other *served) bool {
	return to.host == other.host && to.o.Method == other.o.Method && to.shape == other.shape
}

// find returns the route of a request, nil if it matches no documented operation.
func (j *Judge) find(r contract.Request) *served {
	to := j.exact[r.URL.Host].find(r)
	if to == nil {
		to = j.exact[host(r.URL)].find(r)
	}
	if to == nil && j.any != nil {
		to, _ = j.any.Find(r.Method, r.URL)
	}
	return to
}

func (at *hostRoutes) find(r contract.Request) *served {
	if at == nil {
		return nil
	}
	if to, ok := at.based.Find(r.Method, r.URL); ok {
		return to
	}
	to, _ := at.baseless.Find(r.Method, r.URL)
	return to
}

// nearest returns the route that a request nearly matches, nil if there is none. The
// request does not match exactly. Of several routes it returns the one with the fewest
// differences, and of those the one with the fewest parameters.
func (j *Judge) nearest(r contract.Request) *served {
	if j.provider(r) == nil || preflight(r) {
		return nil
	}
	var best *served
	least, at, path := 0, host(r.URL), cleanPaths{rule.CleanPath(r.URL.Path), route.Clean(r.URL)}
	for _, to := range j.routes {
		if j.options.Provider == "" && to.host != at {
			continue
		}
		n := to.differences(r, path)
		if n > 0 && (best == nil || n < least || n == least && len(to.path.Names()) < len(best.path.Names())) {
			best, least = to, n
		}
	}
	return best
}

// cleanPaths are the path of a request as near misses are compared: with literal paths, and
// with those that have parameters.
type cleanPaths struct{ literal, template string }

// differences counts how a request differs from a route that it nearly matches. 0 means
// that it differs in more.
func (to *served) differences(r contract.Request, path cleanPaths) int {
	n := 0
	switch {
	case to.path.Matches(r.URL):
	case to.cleanMatches(path):
		n = 1
	case to.endMatches(path):
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

// cleanMatches reports whether a path is the route's without differences of case, slashes,
// dots and spaces.
func (to *served) cleanMatches(path cleanPaths) bool {
	if to.path.Literal() {
		return to.clean == path.literal
	}
	before, ok := to.path.EndsFolded(path.template)
	return ok && before == 0
}

// endMatches reports whether the path ends like the operation's. Before a path with
// parameters stands at most one segment more than in the base path, because the parameters
// of one operation can stand in the path of another: /refunds/{id} is no part of
// /payments/7/refunds/8.
func (to *served) endMatches(path cleanPaths) bool {
	own := to.o.Template()
	if own.Literal() {
		clean := rule.CleanPath(to.o.Path)
		return clean != "/" && strings.HasSuffix(path.literal, clean)
	}
	before, ok := own.EndsFolded(path.template)
	based := strings.Count(to.path.Text(), "/") - strings.Count(to.o.Path, "/")
	return ok && !own.Begins() && before <= based+1
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
func (j *Judge) mentioned(e *traffic.Entry) bool { return e.Mentions(maps.Keys(j.hosts)) }

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
	p.DocumentedPath = to.path.Text()
	o := rule.Each(to.addressRules, p)
	r = contract.Result{
		Case: to.o.Name(), Provider: to.spec.Provider, Operation: to.o.ID, Origin: ex.Origin,
		Evidence: j.evidence(to, ex), Findings: o.Findings,
	}
	r.Checked, r.Inconclusive = o.Lists(to.addressRules)
	if ex.Test != nil {
		p.ExpectByTest(ex.Test, &r)
	}
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

// UnknownTo is Unknown for a request about which a test says something.
func (j *Judge) UnknownTo(test *contract.Test, r contract.Request, origin string) (result contract.Result, ok bool) {
	if result, ok = j.Unknown(r, origin); ok && test != nil {
		(&rule.Subject{Spec: j.catalog.Spec(result.Provider)}).ExpectByTest(test, &result)
	}
	return result, ok
}
