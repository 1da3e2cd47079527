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
	"slices"
	"strings"
	"time"

	"assay/internal/catalog"
	"assay/internal/config"
	"assay/internal/filelock"
	"assay/internal/notify"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// watching is everything that assay watch needs.
type watching struct {
	conf     *config.Watch
	jobs     []config.WatchJob
	store    *watchstore.Store
	watcher  *watch.Watcher
	delivery *notify.Delivery
	targets  []string // that show whether this machine has connectivity
	notes    []string // what the configuration leaves open
	lock     *filelock.Lock
}

// realClock is the clock of the machine.
type realClock struct{}

func (realClock) Now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// maxWait is how long a wait trusts the clock: it may be set, or the machine may sleep.
const maxWait = 15 * time.Second

// Wait waits for a time.
func (realClock) Wait(ctx context.Context, until time.Time, wake <-chan struct{}) error {
	for {
		left := time.Until(until)
		if until.IsZero() {
			left = maxWait
		}
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(min(left, maxWait))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-wake:
			timer.Stop()
		case <-timer.C:
		}
		return ctx.Err() // the loop looks at the clock again
	}
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
	hosts, err := parseBases(hostTexts(p.hosts))
	if err != nil {
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
			base := k.Spec(job.Provider).Servers[0].URL
			if own, ok := hosts[job.Provider]; ok {
				base = own
			}
			targets[hostPort(base)] = true
		}
	}
	w.targets = w.conf.Connectivity
	if len(w.targets) == 0 {
		w.targets = slices.Sorted(maps.Keys(targets))
		if len(targets) > 0 {
			w.notes = append(w.notes, w.conf.From+": without connectivity, only the hosts of the watched providers show whether this machine has a network: an outage of all of them looks like a lost network. Name a host that does not depend on them")
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

func hostTexts(values []value) []string {
	var all []string
	for _, v := range values {
		all = append(all, v.text)
	}
	return all
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
		e.text = job.From + ": " + e.text
		return e
	}
	if job.Kind != watch.Live {
		for _, o := range s.Operations {
			job.Things = append(job.Things, o.Name())
		}
		if info, err := os.Stat(job.Folder); err != nil || !info.IsDir() {
			return &exit{exitUsage, fmt.Sprintf("%s: %s: there is no folder %s", job.From, job.Name, job.Folder), "make it; recordings and logs are put into it"}
		}
		return nil
	}
	if len(job.Selection) == 0 {
		job.Selection = []string{job.Provider}
	}
	cases, err := k.Select(job.Selection)
	if err != nil {
		return &exit{exitUsage, job.From + ": " + err.Error(), "`assay list cases` lists the cases"}
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
			return &exit{exitUsage, fmt.Sprintf("%s: a budget of %d requests in %s is less than the %d that one run may send", job.From, b.Calls, b.Per, job.Calls), "raise the budget, or lower max-calls or the selection"}
		}
	}
	return nil
}

// openWatch opens the store and the channels. No other process may watch with the same store.
func (p *program) openWatch(ctx context.Context, w *watching) error {
	channels, err := p.channels(w.conf)
	if err != nil {
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
		Store: w.store, Clock: clock, Keep: w.conf.Retention, Run: runner.run, Parallel: w.conf.Parallel,
		Planned: func(at time.Time) []watch.Window { return plannedWindows(w.conf.Maintenance, at) },
		Log:     func(line string) { note(p.stderr, "%s", line) },
		Budgets: map[string][]watch.Budget{},
	}
	for _, job := range w.jobs {
		runner.jobs[job.Name] = job
		w.watcher.Jobs = append(w.watcher.Jobs, job.Job)
		w.watcher.Budgets[job.Name] = job.Budgets
	}
	if len(w.targets) > 0 {
		w.watcher.Online = func(ctx context.Context) error { return reachable(ctx, w.targets) }
	}
	// Without channels, too: messages to a channel that was removed are given up.
	w.delivery = notify.NewDelivery(w.store, channels, clock.Now)
	w.watcher.Messages = func(j watch.Job, e watch.Event) []watch.Message {
		var all []watch.Message
		for _, name := range j.Notify {
			all = append(all, notify.NewMessage(e, name, clock.Now()))
		}
		return all
	}
	w.watcher.Deliver = func(ctx context.Context, _ time.Time) time.Time { return p.deliver(ctx, w.delivery) }
}

// deliver sends what is due, and says what failed.
func (p *program) deliver(ctx context.Context, d *notify.Delivery) time.Time {
	pass, err := d.Pass(ctx)
	if err != nil && ctx.Err() == nil {
		note(p.stderr, "the outbox cannot be read or written: %v", err)
	}
	for _, a := range pass.Failed {
		note(p.stderr, "%s: a message could not be sent, and is sent again at %s: %s", a.Message.Channel, a.Next.Format(time.RFC3339), a.Why)
	}
	for _, a := range pass.GivenUp {
		note(p.stderr, "%s: a message is given up: %s: %s", a.Message.Channel, a.Message.Event.ID, a.Why)
	}
	return pass.Next
}

// channels makes the channels of the configuration.
func (p *program) channels(conf *config.Watch) ([]notify.Channel, error) {
	var all []notify.Config
	for _, c := range conf.Channels {
		all = append(all, notify.Config{
			Name: c.Name, Kind: notify.Kind(c.Kind), Timeout: c.Timeout, URL: c.Text["url"], URLEnv: c.Variables["url"], SecretEnvs: c.List["secret-variables"],
			Host: c.Text["host"], Port: c.Port, From: c.Text["from"], To: c.List["to"], TLS: notify.TLS(c.Text["tls"]),
			UserEnv: c.Variables["user"], PasswordEnv: c.Variables["password"], Command: c.List["command"], PassEnv: c.List["pass-variables"],
		})
	}
	channels, err := notify.New(all, notify.Options{Now: p.now})
	if err != nil {
		return nil, &exit{exitUsage, conf.From + ": channels: " + strings.ReplaceAll(err.Error(), "\n", "\n  "), "`assay help watch` lists the members of channels"}
	}
	return channels, nil
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
