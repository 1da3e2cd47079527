package rule

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/redact"
	"assay/internal/report"
)

// UnderTest is what only a client under test can show: every request that it sent, and what
// it does when something fails. Requests sent by our engine show none of it.
type UnderTest struct {
	// Failures: rules about failures apply to this case. One case of each operation is enough:
	// a failure has no result code.
	Failures bool
	TLS      bool          // the rule about certificates applies too
	Timeout  time.Duration // how long a client may take to give up
	Arrived  []contract.Request
	Refused  bool                // the client said that it would not send this; Arrived shows whether it did
	People   []contract.Personal // the personal data of the call
	// Stated is the request that the client has to make; nil: the case states none.
	Stated *contract.StatedRequest
	Token  string // of the call; "": it has none
	// Try makes the call again, once for each failure, side by side if the client allows it.
	// It returns the trials in the order of the failures.
	Try func(failures ...contract.Failure) []contract.Trial
	// Read makes the call again with the response of an exchange. It returns what the client did
	// in the first call if the response is the same.
	Read func(contract.Exchange) contract.Trial

	trials map[contract.Failure]contract.Trial
	// repeated are the calls with changed responses in which the client sent the order again;
	// refused are those in which it sent the request and said that it would not.
	repeated, refused replays
}

// try returns the trials of some failures. Each failure is tried once. If the client gave no
// reply to one of them, the rule is inconclusive, unless it finds something.
func (p *Subject) try(failures ...contract.Failure) []contract.Trial {
	all := p.UnderTest.try(failures...)
	if slices.ContainsFunc(all, func(t contract.Trial) bool { return t.NoReply }) {
		p.inconclusive(replyAbsent)
	}
	return all
}

func (u *UnderTest) try(failures ...contract.Failure) []contract.Trial {
	missing := slices.DeleteFunc(slices.Clone(failures), func(f contract.Failure) bool {
		_, known := u.trials[f]
		return known
	})
	if u.trials == nil {
		u.trials = map[contract.Failure]contract.Trial{}
	}
	if len(missing) > 0 {
		for _, t := range u.Try(missing...) {
			u.trials[t.Failure] = t
		}
	}
	var all []contract.Trial
	for _, f := range failures {
		if t, known := u.trials[f]; known {
			all = append(all, t)
		}
	}
	return all
}

// The failures of each rule. All lost ones are tried at a time, since some of them take as
// long as the client waits.
var (
	lost = []contract.Failure{
		contract.TimeOut, contract.ResetBefore, contract.ResetAfter, contract.CutResponse, contract.Endless,
		contract.Status500, contract.Status502, contract.Status503, contract.Status429,
	}
	plainHTTP    = slices.Concat(lost, redirects) // over plain HTTP
	redirects    = []contract.Failure{contract.Redirect301, contract.Redirect302, contract.Redirect307, contract.Redirect308}
	certificates = []contract.Failure{contract.RightCertificate, contract.OtherName, contract.UnknownAuthority}
)

// trialRules check what a client under test sends, and what it does when something fails.
func trialRules() []Rule {
	failing := func(p *Subject) bool { return p.UnderTest != nil && p.UnderTest.Failures }
	all := []Rule{
		{
			ID: SentOnce, Title: "the client sends the order once", Family: "client",
			Templates: []*contract.Template{sentAgain, sentAgainAfter, sentOther, afterChange, othersToo}, Reasons: []*contract.Template{requestsNone},
			Side: contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.UnderTest != nil }, Run: sentOnce,
			About:  "A provider that received a request may have acted on it, also if its response was lost. A client that sends the order again can charge the customer twice (RFC 9110, section 9.2.2). Repeats with the documented idempotency key are no finding, and neither are those that the code of the response allows.",
			Remedy: "Switch off automatic retries for requests that create something, in the client and in its HTTP library, or send the same idempotency key again if the provider documents one. After a failure, or a response that the client cannot believe, ask for the status of the order.",
		},
		{
			ID: "refused-unsent", Title: "the client says refused only if it sent nothing", Family: "client",
			Templates: []*contract.Template{refusedSent, refusedSentAfter, afterChange, othersToo}, Reasons: []*contract.Template{requestsNone},
			Side: contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.UnderTest != nil }, Run: refusedUnsent,
			About:  "Refused means that the client would not send the request, so the order does not exist and may be made anew. If the request was sent, the provider may have acted on it, and the customer can pay twice.",
			Remedy: "Make the client say refused only before it sends anything. Once the request is on its way, a result that the client does not know is unknown.",
		},
		{
			ID: "details-kept", Title: "the client keeps code, token and redirect address of the response", Family: "client",
			Templates: []*contract.Template{detailCode, detailToken, detailRedirect, detailNoRedirect}, Reasons: []*contract.Template{detailsAbsent},
			Side: contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return p.UnderTest != nil }, Run: detailsKept,
			About:  "Support needs the provider's code to find out what happened. With a wrong token or redirect address the payment cannot go on.",
			Remedy: "Make the client pass on what the response has, unchanged.",
		},
		{
			ID: "failure-unknown", Title: "the client reads a lost response as unknown", Family: "client",
			Templates: []*contract.Template{lostRead}, Reasons: []*contract.Template{requestsNone},
			Side: contract.ClientSide, Severity: contract.Error, Applies: failing, Run: failureUnknown,
			About:  "Without a response it is not known whether the provider acted on the request. A client that calls this a success gives goods away; one that calls it a failure lets the customer pay a second time.",
			Remedy: "Make the client report time-outs, resets, incomplete responses and the pages of gateways as unknown, and ask for the status of the order.",
		},
		{
			ID: "gives-up", Title: "the client gives up on a response that never ends", Family: "client",
			Templates: []*contract.Template{hung}, Reasons: []*contract.Template{requestsNone},
			Side: contract.ClientSide, Severity: contract.Error, Applies: failing, Run: givesUp,
			About:  "A client without a limit of time for the whole call waits for ever, and with it the customer and a thread of the server. A limit for each read is not enough: a byte now and then resets it.",
			Remedy: "Give the whole call a limit of time, from the connection to the last byte of the response.",
		},
		{
			ID: "credentials-kept", Title: "the client sends credentials and personal data to no other host", Family: "client",
			Templates: []*contract.Template{credentialFollows, personFollows}, Reasons: []*contract.Template{requestsNone},
			Side: contract.ClientSide, Severity: contract.Error, Applies: failing, Run: credentialsKept,
			About:  "Whoever can make a provider's server redirect, gets what the client sends after it. HTTP libraries drop the Authorization header at another host at best; they keep other headers, and with 307 and 308 the body (RFC 9110, section 15.4).",
			Remedy: "Switch off redirects in the HTTP library: no operation of a payment provider documents one.",
		},
		{
			ID: "connection-verified", Title: "the client verifies the certificate of the server", Family: "client",
			Templates: []*contract.Template{certificateAccepted}, Reasons: []*contract.Template{requestsNone, rightRefused},
			Side: contract.ClientSide, Severity: contract.Error, Applies: func(p *Subject) bool { return failing(p) && p.UnderTest.TLS }, Run: connectionVerified,
			About:  "Without this check anyone on the way reads the credentials and writes the responses (RFC 9325, section 7).",
			Remedy: "Remove whatever switches off verification, such as verify=False, InsecureSkipVerify or NODE_TLS_REJECT_UNAUTHORIZED=0.",
		},
	}
	for i := range all {
		all[i].Reasons = append(all[i].Reasons, replayReasons()...)
	}
	return all
}

// SentOnce is the id of the rule about orders that are sent again.
const SentOnce = "sent-once"

// Messages of the rules about clients under test.
var (
	requestsNone = &contract.Template{ID: "trial.none", Text: "failures not checked: no request of the client arrived", WayOut: "make the client send its requests to the base URL of the call"}

	sentAgain      = &contract.Template{ID: "sent-once.again", Text: "the client sent the same order {n} times, although the first request got a response"}
	sentAgainAfter = &contract.Template{ID: "sent-once.failure", Text: "after {failure}, the client sent the order again: {n} requests arrived; the order may exist {n} times"}
	sentOther      = &contract.Template{ID: "sent-once.other", Text: "after {failure}, the client repeated its request, but not with the same idempotency key: {n} requests arrived; the order may exist {n} times"}

	refusedSent      = &contract.Template{ID: "refused-unsent.first", Text: "the client says that it refused to send the request, but the request arrived; it can know at best that the result is unknown"}
	refusedSentAfter = &contract.Template{ID: "refused-unsent.after", Text: "after {failure}, the client says that it refused to send the request, but the request arrived; the result is unknown"}

	detailsAbsent    = &contract.Template{ID: "details-kept.none", Text: "details not checked: the client gives no code, token or redirect address, or reads the response as unknown", WayOut: "let the client give code, token or redirectUrl"}
	detailCode       = &contract.Template{ID: "details-kept.code", Text: "the client gives another code than the response, which has {code}"}
	detailToken      = &contract.Template{ID: "details-kept.token", Text: "the client gives another token than the response"}
	detailNoRedirect = &contract.Template{ID: "details-kept.no-redirect", Text: "the client gives no redirect address, and the response has one here; without it the payer cannot pay"}
	detailRedirect   = &contract.Template{ID: "details-kept.redirect", Text: "the client gives a redirect address that is no absolute http or https URL, and not what the response has"}

	lostRead = &contract.Template{ID: "failure-unknown.read", Text: "after {failure}, the client reads the result as {state} (retry: {retry}); expected unknown"}
	hung     = &contract.Template{ID: "gives-up.hung", Text: "after {failure}, the client gave no result within {seconds} s"}

	credentialFollows = &contract.Template{ID: "credentials-kept.credential", Text: "after {failure}, the client sent the credential {name} to the other host"}
	personFollows     = &contract.Template{ID: "credentials-kept.personal", Text: "after {failure}, the client sent personal data of the customer ({kind}) to the other host"}

	certificateAccepted = &contract.Template{ID: "connection-verified.accepted", Text: "with {failure}, the client sent its request all the same"}
	rightRefused        = &contract.Template{ID: "connection-verified.right", Text: "certificates not checked: the client sent no request over TLS with a certificate of the authority that it is to trust either", WayOut: "make the client trust SSL_CERT_FILE, NODE_EXTRA_CA_CERTS or REQUESTS_CA_BUNDLE"}
)

// failureText describes a failure, after "after" or "with".
func failureText(f contract.Failure) contract.Message { return failureTexts[f].Says() }

var failureTexts = map[contract.Failure]*contract.Template{
	contract.TimeOut:          {ID: "failure.time-out", Text: "a time-out"},
	contract.ResetBefore:      {ID: "failure.reset-before", Text: "a reset of the connection before the request was read"},
	contract.ResetAfter:       {ID: "failure.reset-after", Text: "a reset of the connection after the request was read"},
	contract.CutResponse:      {ID: "failure.truncated", Text: "a truncated response"},
	contract.Status500:        {ID: "failure.status-500", Text: "HTTP 500"},
	contract.Status502:        {ID: "failure.status-502", Text: "HTTP 502"},
	contract.Status503:        {ID: "failure.status-503", Text: "HTTP 503"},
	contract.Status429:        {ID: "failure.status-429", Text: "HTTP 429"},
	contract.Endless:          {ID: "failure.endless", Text: "a response that never ends"},
	contract.Redirect301:      {ID: "failure.redirect-301", Text: "a redirect (301)"},
	contract.Redirect302:      {ID: "failure.redirect-302", Text: "a redirect (302)"},
	contract.Redirect307:      {ID: "failure.redirect-307", Text: "a redirect (307)"},
	contract.Redirect308:      {ID: "failure.redirect-308", Text: "a redirect (308)"},
	contract.OtherName:        {ID: "failure.tls-other-name", Text: "a certificate for another host"},
	contract.UnknownAuthority: {ID: "failure.tls-unknown", Text: "a certificate of an unknown authority"},
	contract.RightCertificate: {ID: "failure.tls-right", Text: "the right certificate"},
}

// The documents of the rules about failures.
const (
	repeatDoc      = "https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2"
	redirectDoc    = "https://www.rfc-editor.org/rfc/rfc9110#section-15.4"
	certificateDoc = "https://www.rfc-editor.org/rfc/rfc9325#section-7"
)

// addTrial adds a finding about what the client did after a failure.
func (p *Subject) addTrial(of contract.Trial, doc string, at contract.Place, t *contract.Template, args ...contract.Arg) {
	message := t.Says(append([]contract.Arg{contract.ArgMessage("failure", failureText(of.Failure))}, args...)...)
	p.Report(contract.Finding{At: at, Detail: string(of.Failure), Doc: doc, Message: message, Excerpt: p.sentExcerpt(of, receivedAfter(of.Failure))})
}

// sentExcerpt shows what a client sent and got in a trial. The exchange of the case shows
// something else: the response that it got when nothing failed and nothing was changed.
func (p *Subject) sentExcerpt(of contract.Trial, received string) *contract.Excerpt {
	var sent []string
	for _, r := range of.Requests {
		sent = append(sent, ShownMethod(r.Method)+" "+ShownPath(p.Spec, r.URL.Path))
	}
	for _, r := range of.Elsewhere {
		sent = append(sent, ShownMethod(r.Method)+" "+ShownPath(p.Spec, r.URL.Path)+", to the other host")
	}
	if left := len(sent) - maxMembers; left > 0 {
		sent = append(sent[:maxMembers], "… "+strconv.Itoa(left)+" more")
	}
	return &contract.Excerpt{Sent: strings.Join(sent, "\n"), Received: received}
}

// receivedAfter says what a client got when something failed.
func receivedAfter(f contract.Failure) string {
	status := string(f[strings.LastIndexByte(string(f), '-')+1:])
	switch f {
	case contract.TimeOut:
		return "no response"
	case contract.ResetBefore, contract.ResetAfter:
		return "no response; the connection was reset"
	case contract.CutResponse:
		return "half of the response"
	case contract.Endless:
		return "the beginning of a response, and no end"
	case contract.Status500, contract.Status502, contract.Status503, contract.Status429:
		return "HTTP " + status
	case contract.Redirect301, contract.Redirect302, contract.Redirect307, contract.Redirect308:
		return "HTTP " + status + ", to another host"
	}
	return report.Sentence(failureText(f)) // a certificate
}

func sentOnce(p *Subject) {
	u := p.UnderTest
	if len(u.Arrived) == 0 {
		p.inconclusive(requestsNone)
		return
	}
	if n := len(u.Arrived); n > 1 && !p.mayRepeat(u.Arrived, retriable(p.View)) {
		p.Report(contract.Finding{At: contract.RequestRoot, Detail: "again", Doc: repeatDoc, Message: sentAgain.Says(contract.ArgInt("n", int64(n)))})
		return // what it does after failures is no other fault
	}
	again := sentAgainAfter
	if p.Operation.Idempotency != nil {
		again = sentOther
	}
	if u.repeated.n > 0 {
		p.addReplays(u.repeated, repeatDoc, contract.RequestRoot, again, contract.ArgInt("n", int64(len(u.repeated.first.Requests))))
	}
	if !u.Failures {
		return
	}
	for _, t := range p.try(plainHTTP...) {
		if n := len(t.Requests); n > 1 && !p.mayRepeat(t.Requests, p.sameReference(statusOf(t.Failure))) {
			p.addTrial(t, repeatDoc, contract.RequestRoot, again, contract.ArgInt("n", int64(n)))
		}
	}
}

// refusedUnsent checks that the client sent nothing where it says that it would not.
func refusedUnsent(p *Subject) {
	u := p.UnderTest
	if len(u.Arrived) == 0 {
		p.inconclusive(requestsNone)
		return
	}
	if u.Refused {
		p.add(contract.ResponseRoot, "refused", refusedSent)
		return // what it says about other responses is no other fault
	}
	if u.refused.n > 0 {
		p.addReplays(u.refused, "", contract.ResponseRoot, refusedSentAfter)
	}
	if !u.Failures {
		return
	}
	for _, t := range p.try(plainHTTP...) {
		if t.Refused && len(t.Requests) > 0 {
			p.addTrial(t, "", contract.ResponseRoot, refusedSentAfter)
		}
	}
}

// mayRepeat reports whether the documents allow these repeats of a request: they are the same,
// and they have the same idempotency key, or their method is one that can be repeated (RFC
// 9110, section 9.2.2), or the code of the response may be retried with the same reference:
// retriable.
func (p *Subject) mayRepeat(all []contract.Request, retriable bool) bool {
	keys, texts := map[string]bool{}, map[string]bool{}
	for _, r := range all {
		x := openapi.NewView(p.Operation, contract.Exchange{Request: r}, p.View.Credentials, p.View.Merchant)
		keys[x.IdempotencyKey()] = true
		texts[r.Method+" "+string(x.RepeatedText(nil))] = true
		x.Done()
	}
	if len(texts) > 1 {
		return false
	}
	return p.Operation.Idempotency != nil && len(keys) == 1 && !keys[""] || p.repeatable() || retriable
}

// repeatable reports whether the method of the operation is idempotent.
func (p *Subject) repeatable() bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete}, p.Operation.Method)
}

// statusOf returns the HTTP status that a failure is; 0: it is none.
func statusOf(failure contract.Failure) int {
	status, _ := strconv.Atoi(strings.TrimPrefix(string(failure), "status-")) // 0 if it is none
	return status
}

// sameReference reports whether every documented code with an HTTP status may be retried with
// the same reference.
func (p *Subject) sameReference(status int) bool {
	found := false
	for _, row := range p.Operation.Codes {
		if row.HTTP != status {
			continue
		}
		if found = row.Retry == contract.SameReference; !found {
			return false
		}
	}
	return found
}

// detailsKept compares what the client gives besides outcome and references with the response.
func detailsKept(p *Subject) {
	got, ok := p.readWhole()
	if !ok {
		return
	}
	result, _ := p.View.ResultCode()
	if got.State == contract.Unknown || result == nil || result.Row == nil {
		p.inconclusive(detailsAbsent)
		return
	}
	checked := false
	if got.Gives(contract.CodePart) {
		if checked = true; got.Code != result.Code {
			p.add(result.CodeAt, "code", detailCode, contract.ArgText("code", result.Row.Name()))
		}
	}
	if pointer, issues := p.issuedAt(); issues && got.Gives(contract.TokenPart) && result.Row.State == contract.Succeeded {
		checked = true
		value, _ := contract.Lookup(p.View.ResponseBody(), pointer)
		if text, _ := contract.Text(value); got.Token == nil || got.Token.Value != text {
			p.add(contract.ResponseBody(pointer), "token", detailToken)
		}
	}
	if got.Gives(contract.RedirectPart) {
		at, there := p.redirectAt()
		there = there && (result.Row.State == contract.Succeeded || result.Row.State == contract.Redirect)
		switch checked = checked || there || got.RedirectURL != ""; {
		case got.RedirectURL == "" && there:
			p.add(contract.ResponseBody(at), "no redirect", detailNoRedirect)
		case got.RedirectURL != "" && !contract.AbsoluteURL(got.RedirectURL) && !bytes.Contains(p.View.Exchange.Response.Body, []byte(strconv.Quote(got.RedirectURL))):
			p.add(contract.ResponseRoot, "redirect", detailRedirect)
		}
	}
	if !checked {
		p.inconclusive(detailsAbsent)
	}
}

// redirectAt returns where the response sends the payer: the only documented member that has
// an absolute URL which the request does not have.
func (p *Subject) redirectAt() (at contract.Pointer, ok bool) {
	body := p.responseBody()
	if body == nil {
		return "", false
	}
	found := 0
	for _, m := range body.Members() {
		value, _ := contract.Lookup(p.View.ResponseBody(), m.Pointer)
		text, _ := value.(string)
		if isAddressAt(p, m.Pointer) && !hasText(p.View.RequestBody(), text) {
			at, found = m.Pointer, found+1
		}
	}
	return at, found == 1
}

// hasText reports whether a text stands anywhere in a value.
func hasText(value any, text string) bool {
	has := func(inner any) bool { return hasText(inner, text) }
	switch v := value.(type) {
	case string:
		return v == text
	case []any:
		return slices.ContainsFunc(v, has)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), has)
	}
	return false
}

// issuedAt returns where the response has a token for other operations.
func (p *Subject) issuedAt() (at contract.Pointer, ok bool) {
	for _, o := range p.Spec.Operations {
		if a := o.Authorization; a != nil && a.IssuedBy == p.Operation.ID {
			return a.Token, true
		}
	}
	return "", false
}

// failureUnknown checks what the client makes of a lost response. A client may also say that
// the provider is unavailable, if it does not send the request again.
func failureUnknown(p *Subject) {
	if len(p.UnderTest.Arrived) == 0 {
		p.inconclusive(requestsNone)
		return
	}
	for _, t := range p.try(lost...) {
		if t.Refused && len(t.Requests) == 0 {
			p.inconclusive(requestNotSent)
		}
		o := t.Outcome
		careful := o.State == contract.Unknown || o.State == contract.Unavailable
		if t.Hung || t.NoReply || t.Errored || t.Refused || careful && (!o.Gives(contract.RetryPart) || o.Retry != contract.SameReference || p.retriesSafely(t.Failure)) {
			continue
		}
		p.addTrial(t, p.Operation.URL, contract.ResponseRoot, lostRead, contract.ArgText("state", string(o.State)), contract.ArgText("retry", retryText(o)))
	}
}

// retriesSafely reports whether a request may be repeated after a failure: it has an
// idempotency key, or the documents say so.
func (p *Subject) retriesSafely(failure contract.Failure) bool {
	return p.Operation.Idempotency != nil && p.View.IdempotencyKey() != "" || p.repeatable() || p.sameReference(statusOf(failure))
}

func retryText(o contract.Outcome) string {
	if !o.Gives(contract.RetryPart) {
		return "not given"
	}
	return string(o.Retry)
}

func givesUp(p *Subject) {
	if len(p.UnderTest.Arrived) == 0 {
		p.inconclusive(requestsNone)
		return
	}
	for _, t := range p.try(lost...) {
		if t.Hung {
			p.addTrial(t, p.Operation.URL, contract.ResponseRoot, hung, contract.ArgInt("seconds", int64(p.UnderTest.Timeout/time.Second)))
		}
	}
}

func credentialsKept(p *Subject) {
	if len(p.UnderTest.Arrived) == 0 {
		p.inconclusive(requestsNone)
		return
	}
	for _, t := range p.try(redirects...) {
		for _, r := range t.Elsewhere {
			sent := wholeText(r)
			for _, c := range p.Spec.Credentials {
				if value := p.View.Credentials[c.Name]; value != "" && holds(sent, value) {
					p.addTrial(t, redirectDoc, contract.RequestRoot, credentialFollows, contract.ArgText("name", c.Name))
				}
			}
			if token := p.UnderTest.Token; token != "" && holds(sent, token) {
				p.addTrial(t, redirectDoc, contract.RequestRoot, credentialFollows, contract.ArgText("name", "token"))
			}
			for _, kind := range p.peopleIn(sent) {
				p.addTrial(t, redirectDoc, contract.RequestRoot, personFollows, contract.ArgText("kind", kind))
			}
		}
	}
}

// peopleIn returns the kinds of personal data of the call that a text holds, each once.
func (p *Subject) peopleIn(sent []byte) []string {
	var kinds []string
	for _, one := range p.UnderTest.People {
		if one.Text != "" && !slices.Contains(kinds, one.Kind) && holds(sent, one.Text) {
			kinds = append(kinds, one.Kind)
		}
	}
	return kinds
}

// holds reports whether a text holds a value, in any encoding that redact knows. The value
// counts as a secret: surrogates of personal data are looked for too.
func holds(text []byte, value string) bool {
	s := redact.New(nil)
	s.Secret(value)
	_, leaked := s.Leaked(text)
	return leaked
}

// wholeText returns a request as text: its address, header and body.
func wholeText(r contract.Request) []byte {
	var b bytes.Buffer
	b.WriteString(r.Method + " " + r.URL.RequestURI() + "\n")
	_ = http.Header(r.Header).Write(&b) // a buffer has no errors
	b.WriteByte('\n')
	b.Write(r.Bytes())
	return b.Bytes()
}

func connectionVerified(p *Subject) {
	if len(p.UnderTest.Arrived) == 0 {
		p.inconclusive(requestsNone)
		return
	}
	for _, t := range p.try(certificates...) {
		switch {
		case t.Failure == contract.RightCertificate:
			if len(t.Requests) == 0 && !t.NoReply {
				p.inconclusive(rightRefused)
			}
		case len(t.Requests) > 0:
			p.addTrial(t, certificateDoc, contract.RequestRoot, certificateAccepted)
		}
	}
}
