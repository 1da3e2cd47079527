package suites

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/fixed"
	"assay/internal/protocol"
	"assay/internal/redact"
	"assay/internal/report"
)

// giveUp is how long the HTTP client of an environment waits for a response.
const giveUp = 2 * time.Second

// local is a client of this process as a client under test.
type local struct {
	client Client
	hello  protocol.Hello
	http   *http.Client

	mu     sync.Mutex
	errors map[string]string // what the client returned, by the id of the call
}

// newLocal returns a client of this process. timeout is how long a call may take; roots are
// the authorities that it trusts; nil: those of the system.
func newLocal(client Client, hello protocol.Hello, timeout time.Duration, roots *x509.CertPool) *local {
	return &local{client: client, hello: hello, errors: map[string]string{}, http: &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       min(giveUp, timeout/2),
	}}
}

// Hello returns what the options say of the client.
func (l *local) Hello() protocol.Hello { return l.hello }

// Close does nothing: the client lives as long as the process.
func (l *local) Close() error { return nil }

// Do makes a call. A client that panics gives no reply. A client that is late is left alone:
// nothing can end a goroutine.
func (l *local) Do(ctx context.Context, call protocol.Call) (protocol.Reply, error) {
	type result struct {
		reply protocol.Reply
		err   error
	}
	// Without the deadline: a client has to have a limit of its own.
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	ended := make(chan result, 1)
	raw, err := json.Marshal(call)
	if err != nil {
		return protocol.Reply{}, err
	}
	go func() {
		var a result
		if crashed := crash.Contain("the client", func() { a.reply, a.err = l.callWith(own, raw) }); crashed != nil {
			a = result{err: &protocol.NoReplyError{Why: panicked(crashed)}}
		}
		ended <- a
	}()
	select {
	case a := <-ended:
		return a.reply, a.err
	case <-ctx.Done():
		return protocol.Reply{}, ctx.Err()
	}
}

// callWith gives the client a call of its own, as JSON carries it: whatever the client changes
// in it, assay does not see.
func (l *local) callWith(ctx context.Context, raw []byte) (protocol.Reply, error) {
	var c protocol.Call
	if err := json.Unmarshal(raw, &c); err != nil {
		return protocol.Reply{}, err
	}
	return l.call(ctx, c)
}

// call gives the client a call and makes a reply of what it returns.
func (l *local) call(ctx context.Context, c protocol.Call) (protocol.Reply, error) {
	env := Environment{
		BaseURL: c.BaseURL, HTTP: l.http, Credentials: c.Credentials,
		Now: func() time.Time { return c.Now }, Random: fixed.Random(c.ID),
	}
	outcome, err := l.client.Do(ctx, env, callOf(c))
	reply := protocol.Reply{ID: c.ID, Outcome: outcome}
	if err != nil {
		var refused *RefusedError
		reply.Refused = errors.As(err, &refused)
		reply.Errored = !reply.Refused
		reply.Outcome = contract.UnknownOutcome()
		reply.Outcome.Omits, reply.Outcome.Message = StateOnly, err.Error()
		if reply.Errored {
			l.note(c, err)
		}
		return reply, nil
	}
	if !slices.Contains(contract.States(), outcome.State) {
		return reply, &protocol.NoReplyError{Why: fmt.Sprintf("the client returned an outcome whose state is none: %q", outcome.State)}
	}
	if reply.Outcome.Retry == "" {
		reply.Outcome.Omits |= RetryPart
	}
	if reply.Outcome.Gives(RetryPart) && !slices.Contains(contract.Retries(), outcome.Retry) {
		return reply, &protocol.NoReplyError{Why: fmt.Sprintf("the client returned an outcome whose retry is none: %q", outcome.Retry)}
	}
	return reply, nil
}

// panicked says that the client panicked, and where.
func panicked(crashed *crash.Error) string {
	text := crashed.What + " panicked: " + crashed.Reason
	for _, function := range crashed.Stack {
		text += "\n  " + function
	}
	return text
}

// note keeps the error of a call, without it if it holds credentials or personal data.
func (l *local) note(c protocol.Call, err error) {
	text := err.Error()
	known := redact.New(nil)
	for _, value := range c.Credentials {
		known.Secret(value)
	}
	if c.Token != nil {
		known.Secret(c.Token.Value)
	}
	if c.Input != nil {
		for _, one := range c.Input.People() {
			known.Personal(one.Kind, one.Text)
		}
	}
	if _, leaked := known.Leaked([]byte(text)); leaked {
		text = fmt.Sprintf("%T, whose text is not shown: it has credentials or personal data", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errors[c.ID] = report.Errors(report.Visible(text))
}

// failed returns the error of a call; "": there was none.
func (l *local) failed(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.errors[id]
}

// callOf returns a call as the client gets it.
func callOf(c protocol.Call) Call {
	made := Call{ID: c.ID, Operation: c.Operation, Request: c.Request, Options: c.Options, Token: c.Token}
	switch input := c.Input.(type) {
	case *Order:
		made.Order = input
	case *KYC:
		made.KYC = input
	}
	if c.After != nil {
		made.After = &c.After.Outcome
	}
	return made
}
