package skeleton

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assay/internal/contract"
)

// MostExchanges is how many exchanges a skeleton is made from. More add little.
const MostExchanges = 20_000

// Recorded is an exchange, with what its source says about it.
type Recorded struct {
	Exchange contract.Exchange
	Absent   bool   // there is no response
	Name     string // of the request, in a collection
	Path     string // its template with parameters in braces; "": not known
	Schemes  []Scheme
	Named    []Credential // the credentials of these schemes
}

// FromTraffic makes a skeleton from recorded exchanges. source names the recording.
func FromTraffic(name, source string, all []Recorded) (*Provider, error) {
	p := &Provider{Name: name, Title: name, Source: source}
	all = p.calls(all)
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no request or response in JSON or in a form, so there is nothing to learn from", source)
	}
	paths := make([]request, len(all))
	for i, r := range all {
		paths[i] = newRequest(r.Exchange.Request.Method, r.Exchange.Request.URL)
	}
	groups := map[string]*group{}
	var order []*group
	for i, path := range templates(paths) {
		path = cmp.Or(all[i].Path, path)
		key := paths[i].method + " " + path
		g := groups[key]
		if g == nil {
			g = &group{provider: p, method: paths[i].method, path: path}
			groups[key] = g
			order = append(order, g)
		}
		g.all = append(g.all, all[i])
	}
	for _, g := range order {
		if !methods[g.method] {
			p.Left = append(p.Left, fmt.Sprintf("%s of %s: the dialect has no such method", plural(len(g.all), "request"), g.path))
			continue
		}
		p.Operations = append(p.Operations, g.operation())
	}
	if len(p.Operations) == 0 {
		return nil, fmt.Errorf("%s has no GET, POST, PUT, PATCH or DELETE", source)
	}
	p.uniqueIDs()
	return p, nil
}

var methods = map[string]bool{"GET": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true}

// calls keeps the calls of the API: those with JSON or a form, to the host that has most of
// them, or with a method and path that this host has too. It sets the servers.
func (p *Provider) calls(all []Recorded) []Recorded {
	var some []Recorded
	byHost, paths := map[string]int{}, map[string]map[string]bool{}
	key := func(r Recorded) string { return r.Exchange.Request.Method + " " + r.Exchange.Request.URL.Path }
	for _, r := range all {
		if r.Exchange.Request.URL == nil || r.Exchange.Request.Method == http.MethodOptions || r.Exchange.Request.Method == http.MethodHead {
			continue
		}
		_, _, asked := decode(r.Exchange.Request.Header, r.Exchange.Request.Body)
		_, _, got := decode(r.Exchange.Response.Header, r.Exchange.Response.Body)
		if !asked && !got && !r.Absent {
			continue
		}
		host := origin(r.Exchange.Request.URL)
		byHost[host]++
		if paths[host] == nil {
			paths[host] = map[string]bool{}
		}
		paths[host][key(r)] = true
		some = append(some, r)
	}
	if left := len(all) - len(some); left > 0 {
		p.Left = append(p.Left, plural(left, "exchange")+" without JSON or a form")
	}
	hosts := sortedNames(byHost)
	slices.SortStableFunc(hosts, func(a, b string) int { return cmp.Compare(byHost[b], byHost[a]) })
	kept := map[string]bool{}
	for i, host := range hosts {
		same := i == 0
		for path := range paths[host] {
			same = same || paths[hosts[0]][path]
		}
		if kept[host] = same; same {
			p.server(host)
			continue
		}
		p.Left = append(p.Left, plural(byHost[host], "exchange")+" with another host: "+host)
	}
	if len(p.Servers) == 0 {
		p.Servers = []Server{{"https://" + p.Name + ".example", "unknown: the traffic went to an address of a local network"}}
	}
	return slices.DeleteFunc(some, func(r Recorded) bool { return !kept[origin(r.Exchange.Request.URL)] })
}

// origin is the scheme and host of a URL.
func origin(u *url.URL) string { return cmp.Or(u.Scheme, "https") + "://" + strings.ToLower(u.Host) }

// server adds a server, unless it is an address of a network.
func (p *Provider) server(at string) {
	u, err := url.Parse(at)
	if err != nil || u.Host == "" || u.Hostname() == "localhost" || net.ParseIP(u.Hostname()) != nil || !strings.Contains(u.Hostname(), ".") {
		return
	}
	p.Servers = append(p.Servers, Server{at, "seen in " + p.Source})
}

// uniqueIDs gives operations different ids.
func (p *Provider) uniqueIDs() {
	used := map[string]bool{}
	for _, o := range p.Operations {
		id := o.ID
		for n := 2; used[o.ID]; n++ {
			o.ID = fmt.Sprintf("%s%d", id, n)
		}
		used[o.ID] = true
	}
}

// Keep keeps only the wanted operations, by id or "METHOD /path"; none: all.
func (p *Provider) Keep(wanted []string) error {
	if len(wanted) == 0 {
		return nil
	}
	var kept []*Operation
	var known []string
	for _, name := range wanted {
		i := slices.IndexFunc(p.Operations, func(o *Operation) bool { return o.ID == name || o.Method+" "+o.Path == name })
		if i < 0 {
			for _, o := range p.Operations[:min(len(p.Operations), 12)] {
				known = append(known, o.ID)
			}
			return fmt.Errorf("%s has no operation %q; it has %s", p.Source, name, strings.Join(known, ", "))
		}
		if !slices.Contains(kept, p.Operations[i]) {
			kept = append(kept, p.Operations[i])
		}
	}
	p.Operations = kept
	return nil
}
