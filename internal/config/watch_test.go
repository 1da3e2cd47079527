package config_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/config"
	"assay/internal/watch"
)

// watched is a watch with everything that it can have.
const watched = `watch:
  store: state/watch.db
  listen: 127.0.0.1:9480
  token-variable: WATCH_TOKEN
  connectivity: ["https://example.com/health", "192.0.2.1:53"]
  parallel: 2
  retention: {run: 24h, minute: 48h, hour: 72h, day: 96h}
  channels:
    hook: {kind: webhook, url: "https://hooks.example/a", secret-variables: [HOOK_SECRET, HOOK_SECRET_OLD], timeout: 5s}
    hidden: {kind: webhook, url-variable: HOOK_URL}
    team: {kind: slack, url-variable: SLACK_URL}
    post: {kind: mail, host: mail.example, port: 587, tls: starttls, from: assay@example.com, to: [ops@example.com], user-variable: MAIL_USER, password-variable: MAIL_PASSWORD}
    pager: {kind: command, command: [./page, --now], pass-variables: PAGER_TOKEN}
  maintenance:
    - {provider: paytm, from: 2026-12-01T02:00:00+05:30, to: 2026-12-01T04:00:00+05:30, why: announced}
    - {cron: "0 2 * * 0", zone: Asia/Kolkata, for: 90m}
  jobs:
    paytm-live:
      kind: live
      provider: paytm
      selection: [paytm/createOrder/accepted]
      every: 5m
      jitter: 30s
      drift: true
      max-calls: 4
      budget: {calls: 100, per: 24h}
      thresholds: {failures: 3, successes: 2, no-data: 4}
      remind: 6h
      fail-on: warning
      notify: [hook, team]
    paytm-logs: {kind: folder, provider: paytm, folder: logs, cron: "*/10 * * * *", expect: 24h, notify: pager}
    paytm-drift: {kind: drift, provider: paytm, folder: logs, every: 24h, fail-on: degrades}
    trial: {kind: live, provider: paytm, sandbox: true, every: 1m, budget: [{calls: 1, per: 1s}, {calls: 2, per: 1m}]}
`

func TestWatch(t *testing.T) {
	t.Parallel()
	f, err := config.Parse(filepath.Join("up", "assay.yaml"), []byte(watched))
	if err != nil {
		t.Fatal(err)
	}
	w := f.Watch
	if w.Store != filepath.Join("up", "state", "watch.db") || w.Listen != "127.0.0.1:9480" || w.Token != "WATCH_TOKEN" || w.Parallel != 2 || w.Retention.Day != 96*time.Hour {
		t.Errorf("%+v", w)
	}
	if got := strings.Join(w.Connectivity, " "); got != "example.com:443 192.0.2.1:53" {
		t.Error(got)
	}
	if len(w.Channels) != 5 || w.Channels[0].Text["url"] != "https://hooks.example/a" || len(w.Channels[0].List["secret-variables"]) != 2 || w.Channels[3].Variables["password"] != "MAIL_PASSWORD" || w.Channels[3].Port != 587 {
		t.Errorf("%+v", w.Channels)
	}
	if m := w.Maintenance; len(m) != 2 || !m[0].To.Equal(time.Date(2026, 11, 30, 22, 30, 0, 0, time.UTC)) || m[1].For != 90*time.Minute {
		t.Errorf("%+v", m)
	}
	j := w.Jobs[0]
	if j.Name != "paytm-live" || j.Kind != watch.Live || j.Calls != 4 || j.Thresholds != (watch.Thresholds{Failures: 3, Successes: 2, NoData: 4}) || !j.Drift || j.FailOn != "warning" || j.Schedule.String() != "every 5m0s" || j.From != filepath.Join("up", "assay.yaml")+":19" {
		t.Errorf("%+v", j)
	}
	if j = w.Jobs[1]; j.Folder != filepath.Join("up", "logs") || j.Expect != 24*time.Hour || j.Thresholds != (watch.Thresholds{Failures: 1, Successes: 1, NoData: 1}) || j.Schedule.String() != "*/10 * * * * UTC" {
		t.Errorf("%+v", j)
	}
	if j = w.Jobs[2]; j.FailOn != "degrades" {
		t.Errorf("%+v", j)
	}
	if j = w.Jobs[3]; len(j.Budgets) != 2 || !j.Sandbox || j.FailOn != "error" {
		t.Errorf("%+v", j)
	}
}

// watchFaults are files that are wrong, with what is said about each. Those that begin with
// ! are not for the schema: only assay compares what stands in several places.
func watchFaults() map[string]string {
	job := func(text string) string {
		return "watch: {store: a.db, channels: {hook: {kind: webhook, url: \"https://a.example\"}}, jobs: {a: " + text + "}}"
	}
	channel := func(text string) string {
		return "watch: {store: a.db, jobs: {a: {kind: live, provider: paytm, every: 1m}}, channels: {c: " + text + "}}"
	}
	more := func(text string) string {
		return "watch: {store: a.db, jobs: {a: {kind: live, provider: paytm, every: 1m}}, " + text + "}"
	}
	return map[string]string{
		"watch: [a]": "expected a mapping of store",
		"watch: {stor: a.db, jobs: {a: {kind: live, provider: paytm, every: 1m}}}": `watch has no member "stor"; did you mean store?`,
		"watch: {jobs: {a: {kind: live, provider: paytm, every: 1m}}}":             "the member store is missing",
		"watch: {store: a.db}":                                                            "the member jobs is missing",
		job("{kind: live, every: 1m}"):                                                    "jobs: a: the member provider is missing",
		job("{kind: life, provider: paytm, every: 1m}"):                                   "kind: expected live, folder or drift",
		job("{kind: folder, provider: paytm, every: 1m}"):                                 "the member folder is missing",
		job("{kind: folder, provider: paytm, folder: a, every: 1m, selection: paytm}"):    `has no member "selection"`,
		job("{kind: live, provider: paytm}"):                                              "expected one of every and cron",
		job("{kind: live, provider: paytm, every: 1m, cron: \"* * * * *\"}"):              "expected one of every and cron",
		job("{kind: live, provider: paytm, every: soon}"):                                 "every: expected a time over 0",
		"!" + job("{kind: live, provider: paytm, every: 1500ms}"):                         "whole seconds",
		"!" + job("{kind: live, provider: paytm, cron: \"61 * * * *\"}"):                  "five fields",
		"!" + job("{kind: live, provider: paytm, cron: \"* * * * *\", zone: Mars/North}"): "there is no time zone",
		"!" + job("{kind: live, provider: paytm, every: 1m, jitter: 1m}"):                 "jitter under 1m",
		"!" + job("{kind: live, provider: paytm, every: 1m, zone: Asia/Kolkata}"):         "zone is for cron",
		job("{kind: live, provider: paytm, every: 1m, thresholds: {failures: 0}}"):        "failures: expected a whole number over 0",
		job("{kind: live, provider: paytm, every: 1m, budget: {calls: 3}}"):               "expected calls and per",
		job("{kind: live, provider: paytm, every: 1m, fail-on: breaks}"):                  `"breaks" is none of error, warning, info`,
		job("{kind: drift, provider: paytm, folder: a, every: 1m, fail-on: error}"):       `"error" is none of breaks`,
		"!" + job("{kind: live, provider: paytm, every: 1m, notify: hok}"):                `there is no channel "hok"; did you mean hook?`,
		job("{kind: live, provider: paytm, every: 1m, sandbox: 1}"):                       "sandbox: expected true or false",
		"watch: {store: a.db, jobs: {A_b: {kind: live, provider: paytm, every: 1m}}}":     "expected a name of a-z",
		channel("{kind: fax}"):                                                                "expected webhook, slack, mail or command",
		channel("{kind: slack}"):                                                              "the member url-variable is missing",
		channel("{kind: slack, url: \"https://a.example\"}"):                                  `has no member "url"`,
		channel("{kind: webhook}"):                                                            "expected one of url and url-variable",
		channel("{kind: webhook, url: \"https://user:word@a.example\"}"):                      "without user and password",
		channel("{kind: slack, url-variable: \"https://hooks.example/T0\"}"):                  "expected the name of an environment variable",
		channel("{kind: mail, host: a, from: b, to: c, tls: ssl}"):                            `"ssl" is none of starttls, tls, none`,
		channel("{kind: webhook, url: \"https://a.example\", secret-variables: whsec_x}"):     "expected the name of an environment variable",
		"!" + job("{kind: live, provider: paytm, every: 1m, budget: {calls: 3, per: 9000h}}"): "is longer than requests are remembered",
		more("listen: nowhere"):                                                               "expected HOST:PORT",
		more("parallel: none"):                                                                "parallel: expected a whole number over 0",
		"!" + more("retention: {run: 48h, minute: 24h}"):                                      "must not become shorter",
		"!" + more("connectivity: nothing"):                                                   "expected HOST:PORT or a URL",
		more("maintenance: {for: 1h, from: 2026-12-01T00:00:00Z}"):                            "expected from and to, or cron and for",
		"!" + more("maintenance: {for: 1h}"):                                                  "expected one of every and cron",
		"!" + more("maintenance: {from: 2026-12-02T00:00:00Z, to: 2026-12-01T00:00:00Z}"):     "to must be after from",
		"!" + more("maintenance: {from: 2026-12-02, to: 2026-12-03}"):                         "expected a time with its offset",
		"!" + more("maintenance: {every: 1h, for: 2h}"):                                       "it never ends",
		job("{kind: live, provider: paytm, every: 1m, max-calls: 0}"):                         "expected a whole number over 0, got 0",
		more("maintenance: soon"):                                                             "expected a list of mappings",
	}
}

// TestWatchFaults says what is wrong and where, and quotes no secret that stands in the wrong
// place.
func TestWatchFaults(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	if ok, _ := accepts(t, s, watched); !ok {
		t.Error("the schema refuses a watch with everything")
	}
	for text, want := range watchFaults() {
		plain, own := strings.CutPrefix(text, "!")
		_, err := config.Parse("assay.yaml", []byte(plain))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "assay.yaml:1: ") {
			t.Errorf("%s: %v, want %s", plain, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "user:word") || strings.Contains(err.Error(), "/T0") || strings.Contains(err.Error(), "whsec_x")) {
			t.Errorf("a secret is shown: %v", err)
		}
		if ok, applies := accepts(t, s, plain); applies && ok != own {
			t.Errorf("%s: the schema accepts it: %t", plain, ok)
		}
	}
}
