package suites

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// nothing is a client that sends nothing and says so.
var nothing = ClientFunc(func(context.Context, Environment, Call) (Outcome, error) {
	return Outcome{}, Refuse("order", "is not sent")
})

func TestOptionFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		provider string
		option   Option
		want     string
	}{
		"no such provider":  {"paytn", Named("a", "b"), `there is no provider "paytn"; did you mean paytm? (there are `},
		"skip, no reason":   {"paytm", Skip("sent-once", " "), `Skip("sent-once"): a skip needs a reason`},
		"skip of nothing":   {"paytm", Skip("sent-twice", "because"), `Skip("sent-twice"): there is no such rule`},
		"skip of a rule":    {"paytm", Skip("sent-once", "because"), ""},
		"skip of a family":  {"paytm", Skip("client", "because"), ""},
		"skip of cases":     {"paytm", Skip("paytm/createOrder", "because"), ""},
		"no such operation": {"paytm", Operations("refund"), `Operations: paytm has no operation "refund"`},
		"an operation":      {"paytm", Operations("createOrder"), ""},
		"with provider":     {"paytm", Operations("paytm/createOrder"), ""},
		"no such format":    {"paytm", Report("xml", "x"), `Report: there is no format "xml"`},
		"no call at all":    {"paytm", Concurrency(0), "Concurrency: it is 1 or more"},
		"no time":           {"paytm", Timeout(0), "Timeout: it is more than 0"},
		"no such directory": {"paytm", Data("no/such/folder"), "no/such/folder"},
		"TLS":               {"paytm", TLS(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newRun(t.Context(), c.provider, nothing, settingsOf([]Option{c.option}))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("the error is %v, want %s", err, c.want)
			}
		})
	}
}

// TestNoResult checks what becomes of clients that give no outcome. Their texts show no
// credential and no personal data.
func TestNoResult(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		client  ClientFunc
		wrong   string // what the case says; "": nothing
		skipped string // what its rules say
	}{
		"refused": {nothing, "", "the client refused to send the request"},
		"error":   {func(context.Context, Environment, Call) (Outcome, error) { return Outcome{}, errors.New("no route") }, "the client returned an error: no route", "no request arrived"},
		"error with a secret": {func(_ context.Context, env Environment, call Call) (Outcome, error) {
			return Outcome{}, errors.New("key " + env.Credentials["merchantKey"])
		}, "whose text is not shown", "no request arrived"},
		"error with personal data": {func(_ context.Context, _ Environment, call Call) (Outcome, error) {
			return Outcome{}, errors.New("mobile " + call.Order.Customer.Mobile)
		}, "whose text is not shown", "no request arrived"},
		"panic":     {func(context.Context, Environment, Call) (Outcome, error) { panic("0123456789abcdef") }, "the client panicked: a value of type string\n    assay/suites.TestNoResult", "not checked: the case has no result"},
		"no state":  {func(context.Context, Environment, Call) (Outcome, error) { return Outcome{}, nil }, `the client returned an outcome whose state is none: ""`, "not checked"},
		"bad state": {func(context.Context, Environment, Call) (Outcome, error) { return Outcome{State: "paid"}, nil }, `an outcome whose state is none: "paid"`, "not checked"},
		"bad retry": {func(context.Context, Environment, Call) (Outcome, error) {
			return Outcome{State: Succeeded, Retry: "always"}, nil
		}, `an outcome whose retry is none: "always"`, "not checked"},
		"silent": {func(ctx context.Context, _ Environment, _ Call) (Outcome, error) {
			<-ctx.Done()
			return Outcome{}, ctx.Err()
		}, "the client gave no reply within 50ms", "not checked"},
		"no request": {func(context.Context, Environment, Call) (Outcome, error) { return UnknownOutcome(), nil }, "", "no request arrived"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := newRun(t.Context(), "paytm", c.client, settingsOf([]Option{Timeout(50 * time.Millisecond)}))
			if err != nil {
				t.Fatal(err)
			}
			accepted := r.cases[0]
			v := r.verdict(accepted, r.session.Rules(accepted)[0])
			if v.failure != "" || !strings.Contains(v.skipped, c.skipped) {
				t.Errorf("the rule fails with %q and is skipped with %q, want %q", v.failure, v.skipped, c.skipped)
			}
			text, wrong := r.wrong(accepted)
			if wrong != (c.wrong != "") || !strings.Contains(text, c.wrong) || strings.Contains(text, "0123456789abcdef") || strings.Contains(text, "9988000000") {
				t.Errorf("the case says %q, want %q", text, c.wrong)
			}
			last, err := r.finish()
			if err != nil || !strings.HasPrefix(last, "not conformant: ") {
				t.Errorf("the last line is %q (%v), want that it is not conformant", last, err)
			}
		})
	}
}

// TestOwnCall checks that a client cannot change what assay, or its next call, sees.
func TestOwnCall(t *testing.T) {
	t.Parallel()
	calls := 0
	client := ClientFunc(func(_ context.Context, env Environment, call Call) (Outcome, error) {
		calls++
		if call.Order.Reference == "changed" || env.Credentials["mid"] == "changed" {
			t.Error("the change of an earlier call is still there")
		}
		call.Order.Reference, call.Order.Notes["a"], env.Credentials["mid"] = "changed", "changed", "changed"
		return UnknownOutcome(), nil
	})
	r, err := newRun(t.Context(), "paytm", client, settingsOf(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.cases {
		if c.Name == "paytm/createOrder/everything" {
			for range 2 {
				r.session.Result(t.Context(), c)
				r, err = newRun(t.Context(), "paytm", client, settingsOf(nil))
				if err != nil {
					t.Fatal(err)
				}
			}
			if c.Input.References()[0] == "changed" {
				t.Error("the case has changed")
			}
		}
	}
	if calls == 0 {
		t.Error("the client was not called")
	}
}

// TestNothingKnown checks that a run fails in which no case gives a result, such as that of a
// client that refuses everything.
func TestNothingKnown(t *testing.T) {
	t.Parallel()
	r, err := newRun(t.Context(), "paytm", nothing, settingsOf(nil))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range r.cases {
		if _, err := r.finish(); err != nil {
			t.Errorf("after %d cases, the run fails with %v", i, err)
		}
		r.verdict(c, r.session.Rules(c)[0])
	}
	if _, err := r.finish(); err == nil {
		t.Error("the run passes")
	}
}
