package conform

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"assay/internal/client"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/engine"
	"assay/internal/openapi"
	"assay/internal/protocol"
	"assay/internal/signature"
	"assay/internal/standin"
)

// firstCall is the first call of a case: the client gets the response of the case.
type firstCall struct {
	once     sync.Once
	resolved *engine.Resolved
	call     protocol.Call           // without base URL
	stated   *contract.StatedRequest // the request that the call states; nil: none
	token    contract.Token
	exchange contract.Exchange
	reply    protocol.Reply
	orders   []contract.Request // what arrived for the operation of the case, in order
	others   []contract.Request // what else arrived
	issued   *contract.Response // of the operation that issues the token; nil: none does
	issuer   *openapi.Operation
	err      error    // why there is no exchange
	secrets  []string // of Options

	calls   atomic.Int64 // of this case, for the ids
	silent  atomic.Bool  // no request arrived when the call was made again
	mu      sync.Mutex
	noReply error // the first call of the case to which the client gave no reply
}

// first plays the first call of a case, once.
func (s *Session) first(ctx context.Context, c *contract.Case) *firstCall {
	s.mu.Lock()
	f := s.calls[c.Name]
	if f == nil {
		f = &firstCall{secrets: s.options.Secrets}
		s.calls[c.Name] = f
	}
	s.mu.Unlock()
	f.once.Do(func() {
		if crashed := crash.Contain("calling the client for "+c.Name, func() { f.err = s.play(ctx, c, f) }); crashed != nil {
			f.err = crashed
		}
	})
	return f
}

// play makes the first call of a case.
func (s *Session) play(ctx context.Context, c *contract.Case, f *firstCall) error {
	o := s.operationOf(c)
	if !s.hello.Has(o.Name()) {
		return inconclusive(operationAbsent.Says(contract.ArgText("operation", o.Name())))
	}
	f.resolved = s.engine.Resolved(c)
	f.call = protocol.Call{ID: c.Name, Operation: o.Name(), Credentials: f.resolved.CallCredentials, Now: f.resolved.Now(), Options: c.Options}
	response, err := s.response(ctx, c, f)
	if err != nil {
		return err
	}
	var before *contract.Exchange
	if c.After != "" {
		earlier := s.first(ctx, s.engine.Fixtures.Case(c.After))
		var cannot *InconclusiveError
		switch {
		case earlier.err != nil && !errors.As(earlier.err, &cannot):
			return &beforeError{s.engine.Fixtures.Case(c.After), earlier.err}
		case earlier.err != nil, earlier.reply.Refused:
			return inconclusive(beforeAbsent.Says(contract.ArgText("case", c.After)))
		}
		f.call.After, before = &earlier.reply, &earlier.exchange
	}
	if err := f.input(before); err != nil {
		return inconclusive(inputAbsent.Says(contract.ArgText("why", err.Error())))
	}
	var shown contract.Response
	var failed error
	var once sync.Once
	got := s.do(ctx, f, standin.Options{Respond: func(ctx context.Context, r contract.Request) contract.Response {
		if a, issues := f.issues(r); issues {
			return a
		}
		if s.options.Forward && f.asksOther(r) {
			return contract.Response{Status: http.StatusNotFound, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("assay: only the operation of the case is passed on\n")}
		}
		once.Do(func() { shown, failed = response(ctx, r) })
		if failed != nil {
			return contract.Response{Status: http.StatusBadGateway, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("assay: no response of the provider\n")}
		}
		return shown
	}})
	f.orders, f.others = f.split(got.arrived)
	if len(f.orders) > 0 {
		f.exchange = contract.Exchange{Request: f.orders[0], Response: shown, Origin: "client", Evidence: f.exchange.Evidence}
	}
	switch {
	case !s.options.Client.Hello().Has(o.Name()): // the hello came after the call
		return inconclusive(operationAbsent.Says(contract.ArgText("operation", o.Name())))
	case got.err != nil:
		return got.err
	case failed != nil:
		return failed
	case len(f.orders) == 0 && got.reply.Refused:
		return inconclusive(callRefused.Says())
	case len(f.orders) == 0:
		return inconclusive(requestAbsent.Says())
	}
	f.reply = got.reply
	return nil
}

// respond gives the response to the request of a client.
type respond func(ctx context.Context, r contract.Request) (contract.Response, error)

// response returns what gives the response of a case: the recording, or the source of the
// engine. It also gets the token that the call needs.
func (s *Session) response(ctx context.Context, c *contract.Case, f *firstCall) (respond, error) {
	if err := s.issue(ctx, f); err != nil {
		return nil, err
	}
	if !s.options.Forward {
		play := s.engine.Play(ctx, c)
		if why := play.Inconclusive(); why != "" {
			return nil, &InconclusiveError{Text: why}
		}
		if play.Err != nil {
			return nil, play.Err
		}
		f.exchange.Evidence = play.Exchange.Evidence
		recorded := f.signedFor(*play.Exchange)
		return func(context.Context, contract.Request) (contract.Response, error) { return recorded, nil }, nil
	}
	line, err := s.engine.Connect(f.resolved)
	var cannot *engine.NotPlayableError
	switch {
	case errors.As(err, &cannot):
		return nil, &InconclusiveError{Message: cannot.Why}
	case err != nil:
		return nil, err
	case changed(c):
		return nil, inconclusive(requestChanged.Says())
	}
	if line.Reserve != nil { // before the client waits for the response
		if err := line.Reserve(ctx); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, r contract.Request) (contract.Response, error) {
		ex, _, err := line.Send(ctx, f.forwarded(r))
		f.exchange.Evidence = ex.Evidence
		if err != nil {
			return contract.Response{}, err
		}
		return f.signedFor(ex), nil
	}, nil
}

// ofConnection are the headers of a request that are about the connection to this machine, or
// about codings of the response.
var ofConnection = []string{"Accept-Encoding", "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// forwarded returns a request as it goes on to the provider.
func (f *firstCall) forwarded(r contract.Request) contract.Request {
	u, base := *r.URL, f.base()
	u.Scheme, u.Host = base.Scheme, base.Host
	r.URL, r.Header = &u, r.Header.Clone()
	for _, name := range ofConnection {
		r.Header.Del(name)
	}
	return r
}

// asksOther reports whether a request goes to another operation of the provider.
func (f *firstCall) asksOther(r contract.Request) bool {
	return !f.goesTo(f.resolved.Operation, r) && slices.ContainsFunc(f.resolved.Spec.Operations, func(o *openapi.Operation) bool { return f.goesTo(o, r) })
}

// signedFor returns a response as it is signed for the credentials that the client has: a
// case about wrong credentials gives it others, and the client could verify nothing.
func (f *firstCall) signedFor(ex contract.Exchange) contract.Response {
	s := f.resolved.Operation.Sign.Response
	if s == nil || len(f.resolved.Case.Credentials) == 0 {
		return ex.Response
	}
	x := f.resolved.View(ex)
	defer x.Done()
	if signature.ResponseState(s, x) != contract.SignatureValid {
		return ex.Response
	}
	return signature.SignResponse(s, ex, f.resolved.CallCredentials, f.resolved.Now(), signature.Zeros{})
}

// changed reports whether a case changes the request after it was made, so that no client
// sends it.
func changed(c *contract.Case) bool { return len(c.Send) > 0 }

// issue gets the token that the call of an operation needs, and the response that a client
// gets that asks for a token itself.
func (s *Session) issue(ctx context.Context, f *firstCall) error {
	a := f.resolved.Operation.Authorization
	if a == nil || a.IssuedBy == "" {
		return nil
	}
	token, ex, err := s.engine.Token(ctx, f.resolved)
	if err != nil {
		return err
	}
	f.token, f.call.Token = token, &token
	f.issued, f.issuer = &ex.Response, f.resolved.Spec.Operation(a.IssuedBy)
	return nil
}

// issues returns the response to a request for a token.
func (f *firstCall) issues(r contract.Request) (contract.Response, bool) {
	if f.issuer == nil || f.issuer.ID == f.resolved.Operation.ID || !f.goesTo(f.issuer, r) {
		return contract.Response{}, false
	}
	return *f.issued, true
}

// input sets the input of the call, or the request that the case states.
func (f *firstCall) input(before *contract.Exchange) error {
	stated, isStated := f.resolved.Input.(*client.Input)
	if !isStated {
		f.call.Input = f.resolved.Input
		return nil
	}
	setup := contract.Setup{BaseURL: f.resolved.Base, Credentials: f.resolved.CallCredentials, Now: f.resolved.Now}
	filled, err := client.Filled(f.resolved.Spec, f.resolved.Operation, setup, stated, before)
	if err != nil {
		return err
	}
	r := &protocol.Request{Path: map[string]string{}, Query: map[string][]string{}, Headers: map[string][]string{}, Body: filled.Body}
	for name, text := range filled.Path {
		r.Path[name] = text.Text
	}
	for name, values := range filled.Query {
		r.Query[name] = texts(values)
	}
	for name, values := range filled.Headers {
		r.Headers[name] = texts(values)
	}
	f.call.Request, f.stated = r, filled
	return nil
}

func texts(all []contract.StatedText) []string {
	var found []string
	for _, one := range all {
		found = append(found, one.Text)
	}
	return found
}

// called is what became of one call.
type called struct {
	reply              protocol.Reply
	arrived, elsewhere []contract.Request
	err                error // why there is no reply
}

// do gives the client one call, whose requests go to a server of its own.
func (s *Session) do(ctx context.Context, f *firstCall, o standin.Options) called {
	var baseURL atomic.Value
	if s.options.waits != nil {
		o.Waits = func() { s.options.waits(baseURL.Load().(string)) }
	}
	server, err := standin.Start(o)
	if err != nil {
		return called{err: err}
	}
	call := own(f.call)
	if n := f.calls.Add(1); n > 1 {
		call.ID += "#" + strconv.FormatInt(n, 10)
	}
	base := f.base()
	call.BaseURL = server.URL + base.Path
	baseURL.Store(call.BaseURL)
	var got called
	defer func() { server.Close() }() // also if a client in this process panics; twice is no error
	select {
	case s.free <- struct{}{}:
		got.reply, got.err = s.ask(ctx, call)
	case <-ctx.Done():
		got.err = ctx.Err()
	}
	got.arrived, got.elsewhere = server.Close()
	for i := range got.arrived { // rules see the address of the provider
		u := *got.arrived[i].URL
		u.Scheme, u.Host = base.Scheme, base.Host
		got.arrived[i].URL = &u
	}
	return got
}

// ask gives the client one call, and gives its place back to other calls, whatever happens.
func (s *Session) ask(ctx context.Context, call protocol.Call) (protocol.Reply, error) {
	defer func() { <-s.free }()
	s.made.Add(1)
	timed, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	reply, err := s.options.Client.Do(timed, call)
	if timed.Err() != nil { // whatever the client said when it was stopped
		return reply, timed.Err()
	}
	if err == nil {
		err = reply.Valid()
	}
	return reply, err
}

// own returns a copy of a call that a client in the same process may change.
func own(call protocol.Call) protocol.Call {
	call.Credentials, call.Options = maps.Clone(call.Credentials), slices.Clone(call.Options)
	if call.Input != nil {
		call.Input = call.Input.Renamed(func(reference string) string { return reference })
	}
	if call.Token != nil {
		t := *call.Token
		call.Token = &t
	}
	if call.After != nil {
		after := *call.After
		call.After = &after
	}
	if r := call.Request; r != nil {
		call.Request = &protocol.Request{
			Path: maps.Clone(r.Path), Query: url.Values(http.Header(r.Query).Clone()), Headers: http.Header(r.Headers).Clone(), Body: slices.Clone(r.Body),
		}
	}
	return call
}

// base returns the base URL of the provider, without a slash at the end.
func (f *firstCall) base() *url.URL {
	u, err := url.Parse(strings.TrimSuffix(f.resolved.Base, "/"))
	if err != nil { // not reached: the loader has parsed it
		return &url.URL{}
	}
	return u
}

// split separates the requests for the operation of the case from all others. If there is
// none, they are those like the first request that asks for no token.
func (f *firstCall) split(arrived []contract.Request) (orders, others []contract.Request) {
	var like *contract.Request
	for i := range arrived {
		if f.goesTo(f.resolved.Operation, arrived[i]) {
			like = nil
			break
		}
		if _, issues := f.issues(arrived[i]); like == nil && !issues {
			like = &arrived[i]
		}
	}
	for _, r := range arrived {
		if f.goesTo(f.resolved.Operation, r) || like != nil && r.Method == like.Method && r.URL.Path == like.URL.Path {
			orders = append(orders, r)
		} else {
			others = append(others, r)
		}
	}
	return orders, others
}

// goesTo reports whether a request goes to an operation.
func (f *firstCall) goesTo(o *openapi.Operation, r contract.Request) bool {
	t := o.Template().Below(f.base().Path)
	return r.Method == o.Method && t.Matches(r.URL) && strings.Count(r.URL.EscapedPath(), "/") == strings.Count(t.Text(), "/")
}
