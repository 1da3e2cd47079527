package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"assay/internal/catalog"
	"assay/internal/config"
	"assay/internal/contract"
	"assay/internal/filelock"
	"assay/internal/notify"
	"assay/internal/openapi"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// watching is everything that assay watch needs.
type watching struct {
	conf    *config.Watch
	jobs    []config.WatchJob
	store   *watchstore.Store
	watcher *watch.Watcher
	targets []string // that show whether this machine has connectivity
	notes   []string // what the configuration leaves open
	missing []string // credentials
	hosts   map[string]string
	lock    *filelock.Lock
}

// realClock is the clock of the machine.
type realClock struct{}

func (realClock) Now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// maxWait is how long a wait trusts the clock: it may be set, or the machine may sleep.
const maxWait = 15 * time.Second

// Wait waits for a time, but not longer than maxWait: the loop looks at the clock again.
func (realClock) Wait(ctx context.Context, until time.Time, wake <-chan struct{}) error {
	left := maxWait
	if !until.IsZero() {
		left = min(left, time.Until(until))
	}
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
	return ctx.Err()
}

// planWatch reads what assay.yaml says about watching, and finds out what the jobs are about.
// It opens and sends nothing.
func (p *program) planWatch() (*watching, error) {
	if p.config == nil {
		return nil, &exit{exitUsage, "assay watch needs assay.yaml with the member watch", "`assay help watch` has an example"}
	}
	if p.config.Watch == nil {
		return nil, &exit{exitUsage, p.config.Path + ": the member watch is missing", "`assay help watch` has an example"}
	}
	w := &watching{conf: p.config.Watch}
	k, err := p.catalog(catalog.Options{Now: p.time(), Wants: catalog.Named(providersOfJobs(w.conf.Jobs)...)})
	if err != nil {
		return nil, err
	}
	if w.hosts, err = p.hostsOfRuns(); err != nil {
		return nil, err
	}
	for _, m := range w.conf.Maintenance {
		if m.Provider != "" && !slices.Contains(k.Providers(), m.Provider) {
			e := unknownName("provider", m.Provider, k.Providers(), "assay list providers")
			e.text = m.By + ": maintenance: " + e.text
			return nil, e
		}
	}
	targets := map[string]bool{}
	for _, job := range w.conf.Jobs {
		if err := p.planJob(k, &job); err != nil {
			return nil, err
		}
		w.jobs = append(w.jobs, job)
		if job.Kind == watch.Live && !job.Sandbox {
			if w.hosts[job.Provider] == "" {
				w.hosts[job.Provider] = k.Spec(job.Provider).Servers[0].URL
			}
			targets[hostPort(w.hosts[job.Provider])] = true
			w.missing = append(w.missing, p.missingFor(k, job)...)
		}
	}
	w.targets = w.conf.Connectivity
	if len(w.targets) == 0 {
		w.targets = slices.Sorted(maps.Keys(targets))
		if len(targets) > 0 {
			w.notes = append(w.notes, w.conf.From+": without connectivity, an outage of all providers looks like a lost network: name a host that does not depend on them")
		}
	}
	return w, nil
}

func providersOfJobs(jobs []config.WatchJob) []string {
	var all []string
	for _, j := range jobs {
		if !slices.Contains(all, j.Provider) {
			all = append(all, j.Provider)
		}
	}
	return all
}

// hostsOfRuns gives where live requests of assay run go, by provider, as the environment and
// assay.yaml say.
func (p *program) hostsOfRuns() (map[string]string, error) {
	keys := config.Keys()
	key := keys[slices.IndexFunc(keys, func(k config.Key) bool { return k.Kind == config.Hosts })]
	var texts []string
	if s, ok := p.config.Setting(key, "run"); ok {
		texts = s.Texts
	}
	hosts, err := parseBases(texts)
	if err != nil {
		return nil, err
	}
	for _, v := range environmentValues(key, os.Getenv(key.Env)) {
		if provider, url, ok := strings.Cut(v.text, "="); ok {
			hosts[provider] = url
		}
	}
	return hosts, nil
}

// missingFor names the credentials that a live job lacks.
func (p *program) missingFor(k *catalog.Catalog, job config.WatchJob) []string {
	err := catalog.MissingCredentials(k.Spec(job.Provider), func(c *openapi.Credential) string { return p.getenv(c.Env) })
	var missing *catalog.CredentialsError
	if !errors.As(err, &missing) {
		return nil
	}
	var all []string
	for _, env := range missing.Env {
		all = append(all, p.variable(env))
	}
	return []string{job.From + ": " + job.Name + ": " + strings.Join(all, ", ") + " not set: the job has no data without"}
}

// hostPort gives HOST:PORT of a URL.
func hostPort(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80"}[u.Scheme]
	}
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// planJob finds out what a job is about, and refuses one that could never say anything.
func (p *program) planJob(k *catalog.Catalog, job *config.WatchJob) error {
	s := k.Spec(job.Provider)
	if s == nil {
		e := unknownName("provider", job.Provider, k.Providers(), "assay list providers")
		e.text = job.From + ": " + job.Name + ": " + e.text
		return e
	}
	if job.Kind != watch.Live {
		for _, o := range s.Operations {
			job.Things = append(job.Things, o.Name())
		}
		return nil
	}
	if len(job.Selection) == 0 {
		job.Selection = []string{job.Provider}
	}
	for _, selected := range job.Selection {
		if name, _, _ := strings.Cut(selected, "/"); name != job.Provider && !strings.Contains(name, "*") {
			return &exit{exitUsage, fmt.Sprintf("%s: %s: the job is about %s, and %s is of another provider", job.From, job.Name, job.Provider, selected), "make a job for each provider"}
		}
	}
	cases, err := k.Select(job.Selection)
	if err != nil {
		return &exit{exitUsage, job.From + ": " + job.Name + ": " + err.Error(), "`assay list cases " + job.Provider + "` lists the cases"}
	}
	for _, one := range cases {
		name := one.Provider() + "/" + one.Operation()
		if one.Provider() != job.Provider {
			return &exit{exitUsage, fmt.Sprintf("%s: %s is of another provider than the job, %s", job.From, one.Name, job.Provider), "make a job for each provider"}
		}
		if !slices.Contains(job.Things, name) {
			job.Things = append(job.Things, name)
		}
	}
	if len(cases) == 0 {
		return &exit{exitUsage, job.From + ": no case matches " + strings.Join(job.Selection, " "), "`assay list cases` lists the cases"}
	}
	if job.Sandbox {
		job.Calls = 0
		return nil
	}
	if job.Calls == 0 {
		job.Calls = 2 * len(cases) // a case may need a token first
	}
	for _, b := range job.Budgets {
		if b.Calls < job.Calls {
			return &exit{exitUsage, fmt.Sprintf("%s: a budget of %s in %s is less than the %d that one run may send", job.From, contract.Plural(b.Calls, "request"), b.Per, job.Calls), "raise the budget, or lower max-calls or the selection"}
		}
	}
	return nil
}

// checkPaths refuses a store without a folder, and jobs whose folder does not exist.
func (w *watching) checkPaths() error {
	if dir := filepath.Dir(w.conf.Store); !isFolder(dir) {
		return &exit{exitUsage, fmt.Sprintf("%s: store: there is no folder %s", w.conf.From, dir), "make it; " + filepath.Base(w.conf.Store) + " is made in it"}
	}
	for _, j := range w.jobs {
		if j.Folder != "" && !isFolder(j.Folder) {
			return &exit{exitUsage, fmt.Sprintf("%s: %s: there is no folder %s", j.From, j.Name, j.Folder), "make it; recordings and logs are put into it"}
		}
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// openWatch opens the store and the channels. No other process may watch with the same store.
func (p *program) openWatch(ctx context.Context, w *watching) error {
	channels, err := p.channels(w.conf)
	if err != nil {
		return err
	}
	if err := w.checkPaths(); err != nil {
		return err
	}
	path := w.conf.Store + ".lock"
	if w.lock, err = filelock.Try(path); err != nil {
		return &exit{exitUsage, err.Error(), "watch: store names the file"}
	}
	if w.lock == nil {
		return &exit{exitInconclusive, fmt.Sprintf("%s: another assay watches with it (%s)", w.conf.Store, filelock.Holder(path)), "end it first, or use another file"}
	}
	if w.store, err = watchstore.Open(ctx, w.conf.Store); err != nil {
		w.lock.Unlock()
		return &exit{exitUsage, err.Error(), ""}
	}
	p.assemble(w, channels)
	return nil
}

func (w *watching) close() error {
	err := w.store.Close()
	w.lock.Unlock()
	return err
}

// assemble makes the watcher.
func (p *program) assemble(w *watching, channels []notify.Channel) {
	var clock watch.Clock = realClock{}
	if p.clock != nil {
		clock = p.clock
	}
	runner := &watchRunner{p: p, file: p.config.Path, ledger: w.conf.Store, jobs: map[string]config.WatchJob{}, store: w.store}
	w.watcher = &watch.Watcher{
		Store: w.store, Jobs: w.watchJobs(), Clock: clock, Keep: w.conf.Retention, Run: runner.run, Parallel: w.conf.Parallel,
		Planned:   func(at time.Time) []watch.Window { return plannedWindows(w.conf.Maintenance, at) },
		Log:       func(line string) { note(p.stderr, "%s", line) },
		Committed: p.logEvents,
		Budgets:   map[string][]watch.Budget{},
	}
	for _, job := range w.jobs {
		runner.jobs[job.Name] = job
		w.watcher.Budgets[job.Name] = job.Budgets
	}
	if len(w.targets) > 0 {
		w.watcher.Online = func(ctx context.Context) error { return reachable(ctx, w.targets) }
	}
	// Without channels, too: messages to a channel that was removed are given up.
	delivery := notify.NewDelivery(w.store, channels, clock.Now)
	w.watcher.Messages = func(j watch.Job, e watch.Event) []watch.Message {
		var all []watch.Message
		for _, name := range j.Notify {
			all = append(all, notify.NewMessage(e, name, clock.Now()))
		}
		return all
	}
	w.watcher.Deliver = func(ctx context.Context, _ time.Time) time.Time { return p.deliver(ctx, delivery) }
}

// logEvents writes a line for each event of a run.
func (p *program) logEvents(c watch.Commit) {
	for _, e := range c.Events {
		note(p.stderr, "%s: %s", e.Thing, strings.TrimSuffix(string(e.Kind)+", "+string(e.To)+": "+e.Why, ": "))
	}
}

// deliver sends what is due, and says what failed.
func (p *program) deliver(ctx context.Context, d *notify.Delivery) time.Time {
	pass, err := d.Pass(ctx)
	if err != nil && ctx.Err() == nil {
		note(p.stderr, "the outbox cannot be read or written: %v", err)
	}
	for _, a := range pass.Failed {
		note(p.stderr, "%s: %s could not be sent, and is sent again at %s: %s", a.Message.Channel, a.Message.Event.ID, a.Next.Format(time.RFC3339), a.Why)
	}
	for _, a := range pass.GivenUp {
		note(p.stderr, "%s: %s is given up: %s", a.Message.Channel, a.Message.Event.ID, a.Why)
	}
	return pass.Next
}

// channels makes the channels of the configuration.
func (p *program) channels(conf *config.Watch) ([]notify.Channel, error) {
	var all []notify.Channel
	for _, c := range conf.Channels {
		made, err := notify.New([]notify.Config{{
			Name: c.Name, Kind: notify.Kind(c.Kind), Timeout: c.Timeout, URL: c.Text["url"], URLEnv: c.Variables["url"], SecretEnvs: c.List["secret-variables"],
			Host: c.Text["host"], Port: c.Port, From: c.Text["from"], To: c.List["to"], TLS: notify.TLS(c.Text["tls"]),
			UserEnv: c.Variables["user"], PasswordEnv: c.Variables["password"], Command: c.List["command"], PassEnv: c.List["pass-variables"],
		}}, notify.Options{Now: p.now})
		if err != nil {
			return nil, &exit{exitUsage, c.From + ": channels: " + strings.ReplaceAll(err.Error(), "\n", "\n  "), "`assay config --schema` has the members of channels"}
		}
		all = append(all, made...)
	}
	return all, nil
}

// plannedWindows gives the maintenance windows of the configuration that are in force at a
// time, or begin within a day.
func plannedWindows(all []config.Maintenance, at time.Time) []watch.Window {
	var windows []watch.Window
	for _, m := range all {
		if m.For == 0 {
			windows = append(windows, m.Window)
			continue
		}
		for begin := m.Schedule.Next(at.Add(-m.For)); !begin.IsZero() && begin.Before(at.Add(24*time.Hour)); begin = m.Schedule.Next(begin) {
			one := m.Window
			one.From, one.To = begin, begin.Add(m.For)
			windows = append(windows, one)
		}
	}
	return windows
}

// throughProxy gives the address to dial for a target: that of the proxy of the environment, if
// live requests to it go through one.
func throughProxy(target string) string {
	request := &http.Request{URL: &url.URL{Scheme: "https", Host: target}}
	if proxy, err := http.ProxyFromEnvironment(request); err == nil && proxy != nil {
		return hostPort(proxy.String())
	}
	return target
}

// dialTimeout is how long a host has to accept a connection.
const dialTimeout = 5 * time.Second

// reachable returns an error if no target accepts a connection. It sends nothing.
func reachable(ctx context.Context, targets []string) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	results := make(chan error, len(targets))
	for _, target := range targets {
		go func() {
			conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", throughProxy(target))
			if err == nil {
				err = conn.Close()
			}
			results <- err
		}()
	}
	for range targets {
		if <-results == nil {
			return nil
		}
	}
	return errors.New("none of " + strings.Join(targets, ", ") + " accepts a connection")
}
