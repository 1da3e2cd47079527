package dashboard_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"assay/internal/dashboard"
	"assay/internal/dashboard/month"
	"assay/internal/watch"
)

const token = "correct-horse-battery-staple-20"

// TestGuard refuses what is not for the page, and says why. Every response has the headers
// that keep a browser from doing anything else with it.
func TestGuard(t *testing.T) {
	t.Parallel()
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	method := func(name string) func(*http.Request) { return func(r *http.Request) { r.Method = name } }
	bearer := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", value) }
	}
	basic := func(user, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(user, password) }
	}
	for name, one := range map[string]struct {
		token, target string
		edit          func(*http.Request)
		want          int
	}{
		"loopback address":                    {"", "/", host("127.0.0.1:8420"), 200},
		"another loopback address":            {"", "/", host("127.8.9.1"), 200},
		"IPv6":                                {"", "/", host("[::1]:8420"), 200},
		"IPv6 without a port":                 {"", "/", host("[::1]"), 200},
		"localhost":                           {"", "/", host("LocalHost:8420"), 200},
		"a name below localhost":              {"", "/", host("assay.localhost"), 200},
		"a name that DNS rebinds":             {"", "/", host("evil.test:8420"), 421},
		"a name that begins like loopback":    {"", "/", host("127.0.0.1.evil.test"), 421},
		"a name that ends like localhost":     {"", "/", host("evillocalhost"), 421},
		"an address of the network":           {"", "/", host("192.0.2.7"), 421},
		"no host":                             {"", "/", host(""), 421},
		"rebound events":                      {"", "/events", host("evil.test"), 421},
		"rebound metrics":                     {"", "/metrics", host("evil.test"), 421},
		"rebound JSON":                        {"", "/api/things", host("evil.test"), 421},
		"no token":                            {token, "/", host("watch.test"), 401},
		"no token on loopback":                {token, "/", host("localhost"), 401},
		"no token for events":                 {token, "/events", host("watch.test"), 401},
		"no token for metrics":                {token, "/metrics", host("watch.test"), 401},
		"no token for what is not there":      {token, "/nothing", host("watch.test"), 401},
		"bearer token":                        {token, "/", bearer("Bearer " + token), 200},
		"bearer token, other case":            {token, "/", bearer("bearer  " + token), 200},
		"token in another scheme":             {token, "/", bearer("Digest " + token), 401},
		"bearer token with more":              {token, "/", bearer("Bearer " + token + "x"), 401},
		"bearer token with less":              {token, "/", bearer("Bearer " + token[:20]), 401},
		"empty bearer token":                  {token, "/", bearer("Bearer "), 401},
		"token as password":                   {token, "/", basic("anybody", token), 200},
		"token as user name":                  {token, "/", basic(token, ""), 401},
		"wrong password":                      {token, "/", basic("anybody", "x"), 401},
		"token in the query":                  {token, "/?token=" + token, host("watch.test"), 401},
		"health without a token":              {token, "/healthz", host("watch.test"), 200},
		"ready without a token":               {token, "/readyz", host("watch.test"), 200},
		"POST":                                {"", "/", method(http.MethodPost), 405},
		"DELETE":                              {"", "/healthz", method(http.MethodDelete), 405},
		"HEAD":                                {"", "/", method(http.MethodHead), 200},
		"no such page":                        {"", "/nothing", nil, 404},
		"a path that climbs":                  {"", "/report/../../etc/passwd", nil, 404},
		"a long query":                        {"", "/thing?name=" + strings.Repeat("a", 5000), nil, 414},
		"a thing with markup and a bidi sign": {"", "/thing?name=%3Cscript%3E%E2%80%AE", nil, 404},
	} {
		o := options(month.New())
		o.Token = one.token
		edits := []func(*http.Request){}
		if one.edit != nil {
			edits = append(edits, one.edit)
		}
		r := get(t, dashboard.New(o), one.target, edits...)
		if r.StatusCode != one.want {
			t.Errorf("%s: status %d, want %d", name, r.StatusCode, one.want)
		}
		if basic := strings.Contains(strings.Join(r.Header.Values("WWW-Authenticate"), " "), "Basic"); basic != (one.want == 401) {
			t.Errorf("%s: asks for a password: %v", name, basic)
		}
		for header, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin"} {
			if got := r.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		policy := r.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy %q has no %s", name, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
			t.Errorf("%s: the policy %q allows too much", name, policy)
		}
		page := text(t, r, one.want)
		if strings.Contains(page, token) || strings.Contains(page, "<script>\u202e") || strings.Contains(page, "\u202e") {
			t.Errorf("%s: the page shows what it should not: %s", name, page)
		}
	}
}

// TestReady needs a store that works and a loop that has started.
func TestReady(t *testing.T) {
	t.Parallel()
	s := month.New()
	o := options(s)
	status, now := o.Status(), month.Now()
	o.Status, o.Now = func() dashboard.Status { return status }, func() time.Time { return now }
	d := dashboard.New(o)
	text(t, get(t, d, "/readyz"), http.StatusOK)
	for _, err := range []error{watch.ErrFull, watch.ErrDamaged, watch.ErrBusy} {
		s.Fail(faultOf(err))
		now = now.Add(time.Minute)
		if got, want := text(t, get(t, d, "/readyz"), http.StatusServiceUnavailable), "not ready: the store: "+err.Error()+"\n"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		text(t, get(t, d, "/healthz"), http.StatusOK)
	}
	s.Fail(nil)
	text(t, get(t, d, "/readyz"), http.StatusServiceUnavailable) // the store is not asked at once
	now = now.Add(time.Minute)
	text(t, get(t, d, "/readyz"), http.StatusOK)
	status = dashboard.Status{}
	text(t, get(t, d, "/readyz"), http.StatusServiceUnavailable)
}
