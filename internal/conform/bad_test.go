package conform_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/openapi"
	"assay/internal/protocol"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/signature"
	"assay/internal/testsize"
	"assay/internal/transport"
)

type sender = func(ctx context.Context, over http.RoundTripper, r contract.Request) (contract.Exchange, error)

// retries sends a request up to three times, while again says so.
func retries(again func(ex contract.Exchange, err error) bool, change func(*contract.Request)) sender {
	return func(ctx context.Context, over http.RoundTripper, r contract.Request) (contract.Exchange, error) {
		var ex contract.Exchange
		var err error
		for range 3 {
			timed, cancel := attempt(ctx, r)
			ex, err = transport.Send(timed, over, r)
			cancel()
			if !again(ex, err) {
				break
			}
			if change != nil {
				change(&r)
			}
		}
		return ex, err
	}
}

func retriesOn(status int) sender {
	return retries(func(ex contract.Exchange, err error) bool { return err == nil && ex.Response.Status == status }, nil)
}

func retriesAfter(what error) sender {
	return retries(func(_ contract.Exchange, err error) bool { return err != nil && (what == nil || errors.Is(err, what)) }, nil)
}

// follows follows redirects, with the header and the body if whole is true.
func follows(whole bool) sender {
	return func(ctx context.Context, over http.RoundTripper, r contract.Request) (contract.Exchange, error) {
		ex, err := sendOnce(ctx, over, r)
		if err != nil || ex.Response.Status/100 != 3 {
			return ex, err
		}
		to, err := url.Parse(ex.Response.Header.Get("Location"))
		if err != nil {
			return ex, err
		}
		next := contract.Request{Method: r.Method, URL: to, Header: http.Header{"Content-Type": {"application/json"}}}
		if whole {
			next.Header, next.Body = r.Header, r.Body
		} else {
			next.URL.RawQuery = ""
		}
		return transport.Send(ctx, over, next)
	}
}

// believing reads a response again, signed anew, where it was not believed.
func believing(e *engine.Engine, only ...contract.SignatureState) func(protocol.Call, contract.Exchange, *contract.Outcome) {
	return func(call protocol.Call, ex contract.Exchange, o *contract.Outcome) {
		provider, operation, _ := strings.Cut(call.Operation, "/")
		spec := e.Spec(provider)
		s := spec.Operation(operation).Sign.Response
		if s == nil || o.State != contract.Unknown {
			return
		}
		x := openapi.NewView(spec.Operation(operation), ex, call.Credentials, nil)
		state := signature.ResponseState(s, x)
		x.Done()
		if len(only) > 0 && !slices.Contains(only, state) {
			return
		}
		if state == contract.SignatureMissing {
			ex.Response.Body = bytes.Replace(bytes.Replace(ex.Response.Body, []byte(`"head":{`), []byte(`"head":{"signature":"",`), 1), []byte(",}"), []byte("}"), 1)
		}
		ex.Response = signature.SignResponse(s, ex, call.Credentials, call.Now, signature.Zeros{})
		*o = e.Adapter(provider, contract.Setup{BaseURL: call.BaseURL, Credentials: call.Credentials, Now: func() time.Time { return call.Now }}).Operation(operation).Read(ex)
	}
}

// trusted reports whether a response has no signature that is wrong or missing.
func trusted(e *engine.Engine, call protocol.Call, ex contract.Exchange) bool {
	provider, operation, _ := strings.Cut(call.Operation, "/")
	o := e.Spec(provider).Operation(operation)
	x := openapi.NewView(o, ex, call.Credentials, nil)
	defer x.Done()
	state := signature.ResponseState(o.Sign.Response, x)
	return state == contract.SignatureNone || state == contract.SignatureValid
}

type readHook = func(protocol.Call, contract.Exchange, *contract.Outcome)

// reads changes every outcome that meets a condition.
func reads(when func(ex contract.Exchange, o contract.Outcome) bool, change func(o *contract.Outcome)) readHook {
	return func(_ protocol.Call, ex contract.Exchange, o *contract.Outcome) {
		if when(ex, *o) {
			change(o)
		}
	}
}

func accepted(_ contract.Exchange, o contract.Outcome) bool { return o.State.Accepted() }

func failed(ex contract.Exchange, o contract.Outcome) bool {
	return ex.Response.Status == http.StatusInternalServerError && o.State == contract.Unknown
}

var (
	anyAmount    = regexp.MustCompile(`"(amount|value)":"?[0-9.]+"?`)
	anySignature = regexp.MustCompile(`"(signature|hash)":".`)
)

// amounts sends the amount as a number with three decimals to some providers.
func amounts(to ...string) func(protocol.Call, *contract.Request) {
	return func(call protocol.Call, r *contract.Request) {
		if provider, _, _ := strings.Cut(call.Operation, "/"); slices.Contains(to, provider) {
			r.Body = anyAmount.ReplaceAll(r.Body, []byte(`"$1":12.345`))
		}
	}
}

func decoded(raw []byte) any {
	value, _ := contract.Decode(raw) // nil has no members
	return value
}

// badClient is a client with one fault.
type badClient struct {
	name  string
	make  func(adapterClient) adapterClient
	rules []string // it violates, and no other
	only  []string // providers at which it does anything wrong; nil: all
}

// skips leaves out what takes long and has nothing to do with the fault: damage if the client
// reads as the adapter does, and failures if it only reads in another way.
func (c badClient) skips(a adapterClient) (all []conform.Skip) {
	what := []string{"damage-survived"}
	switch {
	case a.read != nil && !slices.Contains(c.rules, "failure-unknown") && c.rules != nil:
		what = []string{"sent-once", "gives-up", "failure-unknown"}
	case slices.Contains(c.rules, "damage-survived"):
		what = nil
	}
	for _, one := range what {
		all = append(all, conform.Skip{What: one, Reason: "takes long"})
	}
	return all
}

func badClients(e *engine.Engine) []badClient {
	send := func(s sender) func(adapterClient) adapterClient {
		return func(a adapterClient) adapterClient { a.send = s; return a }
	}
	read := func(r readHook) func(adapterClient) adapterClient {
		return func(a adapterClient) adapterClient { a.read = r; return a }
	}
	prepare := func(p func(call protocol.Call, r *contract.Request)) func(adapterClient) adapterClient {
		return func(a adapterClient) adapterClient { a.prepare = p; return a }
	}
	body := func(change func([]byte) []byte) func(*contract.Request) {
		return func(r *contract.Request) { r.Body = change(bytes.Clone(r.Body)) }
	}
	signed := []string{"paytm"}
	always := func(contract.Exchange, error) bool { return true }
	return []badClient{
		{"good", func(a adapterClient) adapterClient { return a }, nil, nil},
		{"sends twice", send(retries(always, nil)), []string{"sent-once"}, nil},
		{"retries on 500", send(retriesOn(500)), []string{"sent-once"}, nil},
		{"retries on 502", send(retriesOn(502)), []string{"sent-once"}, nil},
		{"retries on 503", send(retriesOn(503)), []string{"sent-once"}, nil},
		{"retries on 429", send(retriesOn(429)), []string{"sent-once"}, nil},
		{"retries after errors", send(retriesAfter(nil)), []string{"sent-once"}, nil},
		{"retries after time-outs", send(retriesAfter(context.Canceled)), []string{"sent-once"}, nil},
		{"retries with another reference", send(retries(func(ex contract.Exchange, err error) bool { return err == nil && ex.Response.Status == 500 },
			body(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("1"), []byte("2")) }))), []string{"sent-once"}, nil},
		{"retries on responses that assay changed", send(retries(func(ex contract.Exchange, err error) bool {
			return err == nil && ex.Response.Status == 200 && bytes.Contains(ex.Response.Body, []byte("assay"))
		}, nil)), []string{"sent-once"}, nil},
		{"refuses what is lost", func(a adapterClient) adapterClient { a.lost = refusal; return a }, []string{"refused-unsent"}, nil},
		{"refuses what is unknown", func(a adapterClient) adapterClient {
			a.refuses = func(o contract.Outcome) bool { return o.State == contract.Unknown }
			return a
		}, []string{"refused-unsent"}, nil},
		{"sends other amounts, and refuses", func(a adapterClient) adapterClient {
			a.prepare, a.refuses = amounts("enkash", "ipayments"), func(o contract.Outcome) bool { return o.State.Accepted() }
			return a
		}, []string{"amount-exact", "refused-unsent", "request-documented"}, []string{"enkash", "ipayments"}},
		{"follows redirects", send(follows(true)), []string{"credentials-kept"}, nil},
		{"follows redirects with nothing", send(follows(false)), nil, nil},
		{"hangs", func(a adapterClient) adapterClient { a.send = transport.Send; return a }, []string{"gives-up"}, nil},
		{"reads 500 as failed", read(reads(failed, func(o *contract.Outcome) { o.State, o.Retry = contract.Rejected, contract.Never })), []string{"failure-unknown"}, nil},
		{"reads 500 as success", read(reads(failed, func(o *contract.Outcome) { o.State, o.Retry = contract.Succeeded, contract.Never })), []string{"damage-survived", "failure-unknown"}, nil},
		{"reads 500 as unavailable", read(reads(failed, func(o *contract.Outcome) { o.State, o.Retry = contract.Unavailable, contract.SameReference })), []string{"failure-unknown"}, nil},
		{"reads 500 as unavailable, after inquiry", read(reads(failed, func(o *contract.Outcome) { o.State, o.Retry = contract.Unavailable, contract.AfterInquiry })), nil, nil},
		{"reads time-outs as failed", func(a adapterClient) adapterClient {
			a.lost = func(_ context.Context, err error) protocol.Reply {
				return protocol.Reply{Outcome: contract.Outcome{State: contract.Rejected, Retry: contract.Never}}
			}
			return a
		}, []string{"failure-unknown"}, nil},
		{"believes all", read(believing(e)), []string{"signature-verified"}, signed},
		{"believes unsigned", read(believing(e, contract.SignatureMissing)), []string{"signature-verified"}, signed},
		{"believes forged", read(believing(e, contract.SignatureInvalid)), []string{"signature-verified"}, signed},
		{"loses references", read(reads(accepted, func(o *contract.Outcome) { o.Reference, o.ProviderReference = "", "" })), []string{"reference-kept"}, []string{"enkash", "ipayments", "paytring"}},
		{"another code", read(reads(accepted, func(o *contract.Outcome) { o.Code = "other" })), []string{"details-kept"}, nil},
		{"another token", read(reads(accepted, func(o *contract.Outcome) {
			if o.Token != nil {
				t := *o.Token
				t.Value += "x"
				o.Token = &t
			}
		})), []string{"details-kept"}, []string{"enkash"}},
		{"no redirect", read(reads(accepted, func(o *contract.Outcome) { o.RedirectURL = "" })), []string{"details-kept"}, []string{"enkash", "ipayments"}},
		{"stumbles", read(reads(func(ex contract.Exchange, o contract.Outcome) bool {
			return bytes.Contains(ex.Response.Body, []byte("assayExtra"))
		}, func(o *contract.Outcome) { *o = contract.UnknownOutcome() })), []string{"extra-tolerated"}, nil},
		{"unknown is success", read(func(call protocol.Call, ex contract.Exchange, o *contract.Outcome) {
			if o.State == contract.Unknown && o.Code != "" && trusted(e, call, ex) {
				o.State = contract.Succeeded
			}
		}), []string{"damage-survived", "unknown-never-succeeds"}, nil},
		{"another path", prepare(func(_ protocol.Call, r *contract.Request) { u := *r.URL; u.Path += "x"; r.URL = &u }), []string{"operation-documented"}, nil},
		{"another method", prepare(func(_ protocol.Call, r *contract.Request) { r.Method = http.MethodPut }), []string{"request-documented"}, nil},
		{"another reference", func(a adapterClient) adapterClient {
			a.ask = func(_ protocol.Call, c *contract.Call) {
				if c.Input != nil {
					c.Input = c.Input.Renamed(func(r string) string { return r + "9" })
				}
			}
			return a
		}, []string{"reference-carried"}, nil},
		{"sends other amounts", prepare(amounts("enkash", "ipayments")), []string{"amount-exact", "request-documented"}, []string{"enkash", "ipayments"}},
		{"sends other amounts, signed before", prepare(amounts("paytm", "paytring")), []string{"amount-exact", "request-documented", "request-signed"}, []string{"paytm", "paytring"}},
		{"signs wrongly", prepare(func(_ protocol.Call, r *contract.Request) {
			r.Body = anySignature.ReplaceAll(r.Body, []byte(`"$1":"x`))
		}), []string{"request-signed"}, []string{"paytm", "paytring"}},
		{"asks for its token", prepare(func(call protocol.Call, r *contract.Request) {
			if call.Token == nil {
				return
			}
			made, err := e.Adapter("enkash", contract.Setup{BaseURL: call.BaseURL, Credentials: call.Credentials, Now: func() time.Time { return call.Now }}).Operation("createToken").Request(contract.Call{})
			if err != nil {
				return
			}
			asked, err := transport.Freeze(made)
			if err != nil {
				return
			}
			r.Header.Del("Authorization")
			ex, err := transport.Send(context.Background(), &http.Transport{DisableKeepAlives: true}, asked)
			if text, ok := contract.Lookup(decoded(ex.Response.Body), "/token"); err == nil && ok {
				r.Header.Set("Authorization", "Bearer "+text.(string))
			}
		}), nil, nil},
		{"states only", read(reads(func(contract.Exchange, contract.Outcome) bool { return true }, func(o *contract.Outcome) { *o = contract.Outcome{State: o.State, Omits: contract.StateOnly} })), nil, nil},
	}
}

// withFailures returns the cases of a provider with which failures are tried.
func withFailures(s *conform.Session, e *engine.Engine, provider string) []*contract.Case {
	return slices.DeleteFunc(spoken(e), func(c *contract.Case) bool {
		return c.Provider() != provider || !slices.ContainsFunc(s.Rules(c), func(r rule.Rule) bool { return r.ID == "gives-up" })
	})
}

// violated returns the rules that findings of a report violate, and the findings as text.
func violated(r *contract.Report) (rules []string, texts string) {
	var b strings.Builder
	for _, result := range r.Results {
		if result.Verdict == contract.Errored || result.Verdict == contract.Inconclusive {
			b.WriteString(result.Case + ": " + string(result.Verdict) + ": " + result.Why + "\n")
		}
		var findings []contract.Finding
		for _, f := range result.Findings {
			if f.Counts() && f.Severity == contract.Error {
				rules = append(rules, f.Rule)
				findings = append(findings, f)
			}
		}
		if len(findings) > 0 {
			b.WriteString(report.Failure(result.Case, findings, nil) + "\n")
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules), b.String()
}

// TestBadClients holds clients with one fault each to the cases of all providers with which
// failures are tried. Each violates its rules, and no other. The short form holds each client to
// one provider.
func TestBadClients(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	places := make(chan struct{}, 8) // most of the time, they wait
	var running sync.WaitGroup
	provider := 0
	for _, spec := range e.Specs {
		if !slices.ContainsFunc(spoken(e), func(c *contract.Case) bool { return c.Provider() == spec.Provider }) {
			continue // there is no adapter to make a client from
		}
		provider++
		for i, c := range badClients(e) {
			if !testsize.Full() && i%4 != provider%4 && !slices.Contains(c.only, spec.Provider) {
				continue // each client goes to another provider
			}
			if c.only != nil && !slices.Contains([]string{"enkash", "ipayments", "paytm", "paytring"}, spec.Provider) {
				continue // which rules such a client violates depends on the provider
			}
			places <- struct{}{}
			running.Go(func() {
				defer func() { <-places }()
				client := c.make(adapterClient{engine: e})
				o := conform.Options{Client: client, Skips: c.skips(client)}.WithWaits(giveUp)
				if c.name == "hangs" {
					o.Timeout = 3 * time.Second
				}
				s := conform.New(e, o)
				rules, texts := violated(s.Run(t.Context(), withFailures(s, e, spec.Provider), contract.Error, "test", nil))
				want := c.rules
				if c.only != nil && !slices.Contains(c.only, spec.Provider) {
					want = nil
					if client.refuses != nil {
						want = []string{"refused-unsent"}
					}
				}
				if !slices.Equal(rules, want) {
					t.Errorf("%s: a client that %s violates %q, want %q:\n%s", spec.Provider, c.name, rules, want, texts)
				}
			})
		}
	}
	running.Wait()
}
