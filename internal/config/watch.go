package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"assay/internal/nearest"
	"assay/internal/watch"
)

// Watch is the member watch: what assay watch does.
type Watch struct {
	From         string // such as assay.yaml:12
	Store        string // the file of the ledger and the history
	Listen       string // HOST:PORT of the page; "": no page
	Token        string // the variable of the bearer token; "": none
	Connectivity []string
	Parallel     int
	Retention    watch.Retention
	Channels     []Channel
	Maintenance  []Maintenance
	Jobs         []WatchJob
}

// WatchJob is a job, and what it works on.
type WatchJob struct {
	watch.Job
	From      string
	Selection []string      // of live: cases
	Sandbox   bool          // of live: a simulated provider instead of the real one
	Drift     bool          // of live and folder: the shapes of the responses are compared with the baseline
	Folder    string        // of folder and drift
	Expect    time.Duration // of folder: without a new file for so long there is no data; 0: any time
	FailOn    string
	Budgets   []watch.Budget
}

// Maintenance is a window that is planned: once, or again and again.
type Maintenance struct {
	watch.Window                // once
	Schedule     watch.Schedule // again and again, if For is over 0
	For          time.Duration
}

// Channel is a way to notify somebody. Secrets are the names of environment variables.
type Channel struct {
	Name, From string
	Kind       string            // webhook, slack, mail or command
	Text       map[string]string // url, host, from, tls …
	Variables  map[string]string // the variables of secrets: url, secret, user, password
	List       map[string][]string
	Timeout    time.Duration
	Port       int
}

// The members of channels, by kind. A member that ends in "-variable" names the environment
// variable of a secret.
func channelMembers() map[string][]string {
	return map[string][]string{
		"webhook": {"url", "url-variable", "secret-variables"},
		"slack":   {"url-variable"},
		"mail":    {"host", "port", "tls", "from", "to", "user-variable", "password-variable"},
		"command": {"command", "pass-variables"},
	}
}

// required are the members without which a channel of a kind does nothing.
func requiredMembers() map[string][]string {
	return map[string][]string{"slack": {"url-variable"}, "mail": {"host", "from", "to"}, "command": {"command"}}
}

var nameOfJob = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// watch reads the member watch.
func (r *reader) watch(n *yaml.Node) {
	w := &Watch{From: r.from(n), Retention: watch.DefaultRetention(), Parallel: 4}
	r.members(n, "watch", []string{"store", "listen", "token-variable", "connectivity", "parallel", "retention", "channels", "maintenance", "jobs"}, func(name string, value *yaml.Node) {
		switch name {
		case "store":
			w.Store = r.file.at(r.text(value, "watch: store"), IsPath)
		case "listen":
			w.Listen = r.address(value)
		case "token-variable":
			w.Token = r.variableName(value, "watch: token-variable")
		case "connectivity":
			for _, one := range r.list(value, "watch: connectivity") {
				w.Connectivity = append(w.Connectivity, r.target(value, one))
			}
		case "parallel":
			w.Parallel = r.whole(value, "watch: parallel")
		case "retention":
			r.retention(value, &w.Retention)
		case "channels":
			r.members(value, "watch: channels", nil, func(name string, below *yaml.Node) { w.Channels = append(w.Channels, r.channel(name, below)) })
		case "maintenance":
			r.items(value, "watch: maintenance", func(one *yaml.Node) { w.Maintenance = append(w.Maintenance, r.maintenance(one)) })
		case "jobs":
			r.members(value, "watch: jobs", nil, func(name string, below *yaml.Node) { w.Jobs = append(w.Jobs, r.job(name, below)) })
		}
	})
	if w.Store == "" {
		r.fault(n, "watch: the member store is missing: the file that remembers what was found, such as watch.db")
	}
	if len(w.Jobs) == 0 {
		r.fault(n, "watch: the member jobs is missing: without a job nothing is watched")
	}
	for _, j := range w.Jobs {
		for _, b := range j.Budgets {
			if b.Per > w.Retention.Hour {
				r.faults = append(r.faults, fmt.Sprintf("%s: watch: jobs: %s: budget: per: %s is longer than requests are remembered, %s; see watch: retention: hour", j.From, j.Name, b.Per, w.Retention.Hour))
			}
		}
		for _, name := range j.Notify {
			if !slices.ContainsFunc(w.Channels, func(c Channel) bool { return c.Name == name }) {
				var known []string
				for _, c := range w.Channels {
					known = append(known, c.Name)
				}
				r.faults = append(r.faults, fmt.Sprintf("%s: watch: jobs: %s: notify: there is no channel %q%s", j.From, j.Name, name, nearest.DidYouMean(name, known)))
			}
		}
	}
	r.file.Watch = w
}

// kindMembers are the members of jobs, by kind.
func kindMembers() map[watch.Kind][]string {
	return map[watch.Kind][]string{
		watch.Live:   {"selection", "sandbox", "drift", "max-calls", "budget"},
		watch.Folder: {"folder", "drift", "expect"},
		watch.Drift:  {"folder"},
	}
}

func (r *reader) job(name string, n *yaml.Node) WatchJob {
	where := "watch: jobs: " + name
	j := WatchJob{Job: watch.Job{Name: name, Thresholds: watch.Thresholds{Failures: 2, Successes: 2, NoData: 2}}, From: r.from(n), FailOn: "error"}
	if !nameOfJob.MatchString(name) {
		r.fault(n, "%s: expected a name of a-z, 0-9 and -", where)
	}
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s: expected a mapping%s", where, got(n))
		return j
	}
	j.Kind = watch.Kind(scalarOf(n, "kind"))
	own, ok := kindMembers()[j.Kind]
	if !ok {
		r.fault(n, "%s: kind: expected live, folder or drift", where)
		return j
	}
	if j.Kind != watch.Live { // what was recorded does not pass by itself, and is read once
		j.Thresholds = watch.Thresholds{Failures: 1, Successes: 1, NoData: 1}
	}
	when := &timing{}
	known := append([]string{"kind", "provider", "every", "cron", "zone", "jitter", "thresholds", "remind", "notify", "fail-on"}, own...)
	met := map[string]bool{}
	r.members(n, where, known, func(member string, value *yaml.Node) {
		met[member] = true
		at := where + ": " + member
		switch member {
		case "provider":
			j.Provider = r.text(value, at)
		case "every", "cron", "zone", "jitter":
			r.timing(member, value, at, when)
		case "thresholds":
			r.thresholds(value, at, &j.Thresholds)
		case "remind":
			j.Remind = r.duration(value, at)
		case "notify":
			j.Notify = r.list(value, at)
		case "fail-on":
			j.FailOn = r.failOn(value, at, j.Kind)
		case "selection":
			j.Selection = r.list(value, at)
		case "sandbox":
			j.Sandbox = r.truth(value, at)
		case "drift":
			j.Drift = r.truth(value, at)
		case "max-calls":
			j.Calls = r.whole(value, at)
		case "budget":
			r.items(value, at, func(one *yaml.Node) { j.Budgets = append(j.Budgets, r.budget(one, at)) })
		case "folder":
			j.Folder = r.file.at(r.text(value, at), IsPath)
		case "expect":
			j.Expect = r.duration(value, at)
		}
	})
	if j.Kind == watch.Drift && !met["fail-on"] {
		j.FailOn = "breaks"
	}
	for _, member := range []string{"provider", "folder"} {
		if (member == "provider" || slices.Contains(own, member)) && !met[member] {
			r.fault(n, "%s: the member %s is missing", where, member)
		}
	}
	j.Schedule = r.schedule(n, where, when)
	return j
}

// timing is when something happens, as the file says it.
type timing struct {
	every, jitter time.Duration
	cron          string
	zone          *time.Location
	at            *yaml.Node // of every or cron
}

func (r *reader) timing(member string, value *yaml.Node, where string, t *timing) {
	switch member {
	case "every":
		t.every, t.at = r.duration(value, where), value
	case "cron":
		t.cron, t.at = r.text(value, where), value
	case "jitter":
		t.jitter = r.duration(value, where)
	case "zone":
		name := r.text(value, where)
		zone, err := time.LoadLocation(name)
		if err != nil {
			r.fault(value, "%s: there is no time zone %q; expected one such as Asia/Kolkata or UTC", where, name)
			return
		}
		t.zone = zone
	}
}

// schedule makes the schedule of a mapping that has every or cron.
func (r *reader) schedule(n *yaml.Node, where string, t *timing) (s watch.Schedule) {
	var err error
	switch {
	case t.at != nil && t.every == 0 && t.cron == "":
		return s // its fault is noted
	case t.at == nil, t.every > 0 && t.cron != "":
		r.fault(n, "%s: expected one of every and cron", where)
		return s
	case t.cron != "":
		zone := t.zone
		if zone == nil {
			zone = time.UTC
		}
		s, err = watch.Cron(t.cron, zone, t.jitter)
	default:
		s, err = watch.Every(t.every, t.jitter)
		if err == nil && t.zone != nil {
			r.fault(t.at, "%s: zone is for cron; an interval has none", where)
		}
	}
	if err != nil {
		r.fault(t.at, "%s: %v", where, err)
	}
	return s
}

func (r *reader) thresholds(n *yaml.Node, where string, t *watch.Thresholds) {
	r.members(n, where, []string{"failures", "successes", "no-data"}, func(name string, value *yaml.Node) {
		v := r.whole(value, where+": "+name)
		switch name {
		case "failures":
			t.Failures = v
		case "successes":
			t.Successes = v
		default:
			t.NoData = v
		}
	})
}

func (r *reader) budget(n *yaml.Node, where string) watch.Budget {
	b := watch.Budget{}
	r.members(n, where, []string{"calls", "per"}, func(name string, value *yaml.Node) {
		if name == "calls" {
			b.Calls = r.whole(value, where+": calls")
		} else {
			b.Per = r.duration(value, where+": per")
		}
	})
	if b.Calls == 0 || b.Per == 0 {
		r.fault(n, "%s: expected calls and per, such as {calls: 100, per: 24h}", where)
	}
	return b
}

// failOn reads the mildest severity, or for drift impact, that is a failure.
func (r *reader) failOn(n *yaml.Node, where string, kind watch.Kind) string {
	valid := []string{"error", "warning", "info"}
	if kind == watch.Drift {
		valid = []string{"breaks", "degrades", "minor"}
	}
	text := r.text(n, where)
	if text != "" && !slices.Contains(valid, text) {
		r.fault(n, "%s: %q is none of %s", where, text, strings.Join(valid, ", "))
	}
	return text
}

func (r *reader) retention(n *yaml.Node, keep *watch.Retention) {
	at := map[string]*time.Duration{"run": &keep.Single, "minute": &keep.Minute, "hour": &keep.Hour, "day": &keep.Day}
	r.members(n, "watch: retention", slices.Sorted(maps.Keys(at)), func(name string, value *yaml.Node) {
		*at[name] = r.duration(value, "watch: retention: "+name)
	})
	if keep.Single > keep.Minute || keep.Minute > keep.Hour || keep.Hour > keep.Day {
		r.fault(n, "watch: retention: run, minute, hour and day must not become shorter in this order")
	}
}

func (r *reader) maintenance(n *yaml.Node) Maintenance {
	const where = "watch: maintenance"
	m := Maintenance{Window: watch.Window{ID: fmt.Sprintf("%s:%d", Name, n.Line), By: r.from(n)}}
	when := &timing{}
	r.members(n, where, []string{"provider", "from", "to", "why", "every", "cron", "zone", "for"}, func(name string, value *yaml.Node) {
		at := where + ": " + name
		switch name {
		case "provider":
			m.Provider = r.text(value, at)
		case "why":
			m.Why = r.text(value, at)
		case "from":
			m.From = r.instant(value, at)
		case "to":
			m.To = r.instant(value, at)
		case "for":
			m.For = r.duration(value, at)
		default:
			r.timing(name, value, at, when)
		}
	})
	once := !m.From.IsZero() || !m.To.IsZero()
	switch {
	case once && (when.at != nil || m.For > 0), !once && m.For == 0:
		r.fault(n, "%s: expected from and to, or cron and for", where)
	case once && !m.From.Before(m.To):
		r.fault(n, "%s: to must be after from", where)
	case !once:
		m.Schedule = r.schedule(n, where, when)
		if when.every > 0 && when.every <= m.For {
			r.fault(n, "%s: for must be shorter than every: otherwise it never ends", where)
		}
	}
	return m
}

func (r *reader) channel(name string, n *yaml.Node) Channel {
	where := "watch: channels: " + name
	c := Channel{Name: name, From: r.from(n), Text: map[string]string{}, Variables: map[string]string{}, List: map[string][]string{}}
	if !nameOfJob.MatchString(name) {
		r.fault(n, "%s: expected a name of a-z, 0-9 and -", where)
	}
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s: expected a mapping%s", where, got(n))
		return c
	}
	c.Kind = scalarOf(n, "kind")
	own, ok := channelMembers()[c.Kind]
	if !ok {
		r.fault(n, "%s: kind: expected webhook, slack, mail or command", where)
		return c
	}
	met := map[string]bool{}
	r.members(n, where, append([]string{"kind", "timeout"}, own...), func(member string, value *yaml.Node) {
		met[member] = true
		at := where + ": " + member
		switch {
		case member == "kind":
		case member == "timeout":
			c.Timeout = r.duration(value, at)
		case member == "port":
			c.Port = r.whole(value, at)
		case member == "to", member == "command", member == "pass-variables":
			c.List[member] = r.list(value, at)
		case member == "secret-variables":
			for _, one := range r.list(value, at) {
				c.List[member] = append(c.List[member], r.checkVariable(value, one, at))
			}
		case strings.HasSuffix(member, "-variable"):
			c.Variables[strings.TrimSuffix(member, "-variable")] = r.variableName(value, at)
		default:
			c.Text[member] = r.text(value, at)
		}
	})
	for _, member := range requiredMembers()[c.Kind] {
		if !met[member] {
			r.fault(n, "%s: the member %s is missing", where, member)
		}
	}
	if c.Kind == "webhook" && met["url"] == met["url-variable"] {
		r.fault(n, "%s: expected one of url and url-variable", where)
	}
	if address := c.Text["url"]; address != "" {
		if u, err := url.Parse(address); err != nil || u.User != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			r.fault(n, "%s: url: expected an http or https URL without user and password", where)
		}
	}
	if tls := c.Text["tls"]; tls != "" && !slices.Contains([]string{"starttls", "tls", "none"}, tls) {
		r.fault(n, "%s: tls: %q is none of starttls, tls, none", where, tls)
	}
	return c
}

// list reads a text, or a list of texts.
func (r *reader) list(n *yaml.Node, what string) []string {
	var all []string
	if n.Kind != yaml.SequenceNode {
		return []string{r.text(n, what)}
	}
	for _, one := range n.Content {
		all = append(all, r.text(one, what))
	}
	return all
}

// items calls visit for each item of a list, or for the only one.
func (r *reader) items(n *yaml.Node, what string, visit func(*yaml.Node)) {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, one := range n.Content {
			visit(one)
		}
	case yaml.MappingNode:
		visit(n)
	default:
		r.fault(n, "%s: expected a list of mappings%s", what, got(n))
	}
}

func (r *reader) duration(n *yaml.Node, what string) time.Duration {
	v, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v <= 0 {
		text := "%s: expected a time over 0 in h, m and s, such as 30s or 24h"
		if kind := got(n); kind != ", got a number" || !strings.HasPrefix(n.Value, "0") {
			text += kind
		}
		r.fault(n, text, what)
		return 0
	}
	return v
}

func (r *reader) whole(n *yaml.Node, what string) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil || v <= 0 {
		if kind := got(n); kind != ", got a number" {
			r.fault(n, "%s: expected a whole number over 0%s", what, kind)
		} else {
			r.fault(n, "%s: expected a whole number over 0, got %s", what, n.Value)
		}
		return 1
	}
	return v
}

func (r *reader) truth(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		r.fault(n, "%s: expected true or false%s", what, got(n))
	}
	return n.Value == "true"
}

// instant reads a time with its offset.
func (r *reader) instant(n *yaml.Node, what string) time.Time {
	at, err := time.Parse(time.RFC3339, n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		r.fault(n, "%s: expected a time with its offset, such as 2026-12-01T02:00:00+05:30", what)
	}
	return at.UTC()
}

func (r *reader) address(n *yaml.Node) string {
	text := r.text(n, "watch: listen")
	if _, port, err := net.SplitHostPort(text); text != "" && (err != nil || port == "") {
		r.fault(n, "watch: listen: expected HOST:PORT, such as 127.0.0.1:9480")
	}
	return text
}

// target reads what shows that this machine has connectivity: HOST:PORT, or a URL.
func (r *reader) target(n *yaml.Node, text string) string {
	if u, err := url.Parse(text); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil {
		port := u.Port()
		if port == "" {
			port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
		}
		return net.JoinHostPort(u.Hostname(), port)
	}
	if host, port, err := net.SplitHostPort(text); text != "" && (err != nil || host == "" || port == "") {
		r.fault(n, "watch: connectivity: expected HOST:PORT or a URL without user and password")
	}
	return text
}

func (r *reader) variableName(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode {
		r.fault(n, "%s: expected the name of an environment variable in capitals with an underscore%s", what, got(n))
		return ""
	}
	return r.checkVariable(n, n.Value, what)
}

// checkVariable refuses what is no name of a variable. The message does not quote it: it may
// be a secret in the wrong place.
func (r *reader) checkVariable(n *yaml.Node, name, what string) string {
	if !variable.MatchString(name) {
		r.fault(n, "%s: expected the name of an environment variable in capitals with an underscore, such as WATCH_TOKEN; a secret never stands in this file", what)
		return ""
	}
	return name
}

// scalarOf gives the text of a member; "" if there is none.
func scalarOf(n *yaml.Node, name string) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name && n.Content[i+1].Kind == yaml.ScalarNode {
			return n.Content[i+1].Value
		}
	}
	return ""
}
