package skeleton

import (
	"cmp"
	"fmt"
	"maps"
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

// FromTraffic makes a skeleton from recorded exchanges. source names the recording. hosts are
// the hosts to learn from; none: the one with most calls.
func FromTraffic(name, source string, all []Recorded, hosts ...string) (*Provider, error) {
	p := &Provider{Name: name, Title: name, Source: source}
	all, err := p.calls(all, hosts)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no request or response in JSON or in a form, so there is nothing to learn from", source)
	}
	paths := make([]request, len(all))
	for i, r := range all {
		paths[i] = newRequest(r.Exchange.Request.Method, r.Exchange.Request.URL)
		if r.Path != "" {
			paths[i].segments, paths[i].template = strings.Split(strings.Trim(r.Path, "/"), "/"), true
		}
	}
	groups := map[string]*group{}
	var order []*group
	for i, path := range templates(paths) {
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
			p.Left = append(p.Left, fmt.Sprintf("%s of %s: the dialect has no such method", contract.Plural(len(g.all), "request"), g.path))
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

// isCall reports whether an exchange calls an API: it has JSON or a form, or nothing but a
// method that changes something.
func isCall(r Recorded) bool {
	asked, got := r.Exchange.Request, r.Exchange.Response
	_, _, readable := decode(asked.Header, asked.Body)
	if !readable {
		_, _, readable = decode(got.Header, got.Body)
	}
	return readable || r.Absent || asked.Method != http.MethodGet && len(asked.Body)+len(got.Body) == 0
}

// calls keeps the calls of the API: those to the wanted hosts, or else to the host that has
// most of them, and to hosts that have a method and path of these too. It sets the servers.
func (p *Provider) calls(all []Recorded, wanted []string) ([]Recorded, error) {
	var some []Recorded
	byHost, paths := map[string]int{}, map[string]map[string]bool{}
	key := func(r Recorded) string { return r.Exchange.Request.Method + " " + r.Exchange.Request.URL.Path }
	for _, r := range all {
		if r.Exchange.Request.URL == nil || r.Exchange.Request.Method == http.MethodOptions || r.Exchange.Request.Method == http.MethodHead || !isCall(r) {
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
		p.Left = append(p.Left, contract.Plural(left, "exchange")+" without JSON or a form")
	}
	hosts := sortedNames(byHost)
	slices.SortStableFunc(hosts, func(a, b string) int { return cmp.Compare(byHost[b], byHost[a]) })
	isWanted := func(host string) bool {
		return slices.ContainsFunc(wanted, func(want string) bool { return strings.EqualFold(want, host[strings.Index(host, "://")+3:]) })
	}
	if len(wanted) > 0 && len(hosts) > 0 && !slices.ContainsFunc(hosts, isWanted) {
		return nil, fmt.Errorf("%s has no call to %s; it has %s", p.Source, strings.Join(wanted, " or "), strings.Join(shownHosts(hosts[:min(len(hosts), 12)]), ", "))
	}
	kept, known := map[string]bool{}, map[string]bool{}
	for i, host := range hosts {
		if isWanted(host) || i == 0 && len(wanted) == 0 {
			kept[host] = true
			maps.Copy(known, paths[host])
		}
	}
	for _, host := range hosts {
		for path := range paths[host] {
			kept[host] = kept[host] || len(wanted) == 0 && known[path]
		}
		if !kept[host] {
			p.Hosts = append(p.Hosts, contract.Plural(byHost[host], "exchange")+" with another host: "+shownHosts([]string{host})[0])
		}
	}
	p.Left = append(p.Left, p.Hosts...)
	p.serve(slices.DeleteFunc(hosts, func(host string) bool { return !kept[host] }))
	return slices.DeleteFunc(some, func(r Recorded) bool { return !kept[origin(r.Exchange.Request.URL)] }), nil
}

// shownHosts returns hosts without their schemes, and says what is hidden.
func shownHosts(hosts []string) (all []string) {
	for _, host := range hosts {
		if host = host[strings.Index(host, "://")+3:]; isDataHost(host) {
			host = "(a host that contains data)"
		}
		all = append(all, host)
	}
	return all
}

// origin is the scheme and host of a URL.
func origin(u *url.URL) string { return cmp.Or(u.Scheme, "https") + "://" + strings.ToLower(u.Host) }

// serve sets the servers, without addresses of a network, hosts that contain data, and hosts
// that say who the customers of the provider are.
func (p *Provider) serve(hosts []string) {
	customers := tenants(hosts)
	why := ""
	for _, host := range hosts {
		u, err := url.Parse(host)
		switch {
		case err != nil || u.Host == "" || u.Hostname() == "localhost" || net.ParseIP(u.Hostname()) != nil || !strings.Contains(u.Hostname(), "."):
			why = cmp.Or(why, "unknown: the traffic went to an address of a local network")
		case customers[host] || isDataHost(u.Host):
			why = "unknown: the host of the traffic seems to name a customer or an account"
		default:
			p.Servers = append(p.Servers, Server{host, "seen in " + p.Source})
		}
	}
	if strings.HasSuffix(why, "account") {
		p.Left = append(p.Left, "the hosts that seem to name a customer or an account")
	}
	if len(p.Servers) == 0 {
		p.Servers = []Server{{"https://" + p.Name + ".example", why}}
	}
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
