package rule

import (
	"strconv"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Why a rule did not learn what a client under test makes of a response.
var (
	replyAbsent    = &contract.Template{ID: "trial.no-reply", Text: "not checked: the client gave no reply to a call that was made again", WayOut: "see why there is none, and let the client reply to every call"}
	replyRefused   = &contract.Template{ID: "trial.refused", Text: "not checked: the client said refused to a call", WayOut: "let the client say what it makes of the response"}
	requestNotSent = &contract.Template{ID: "trial.not-sent", Text: "not checked: no request arrived when the call was made again", WayOut: "let the client send the request of every call, also of one like an earlier call"}
)

// replayReasons returns the reasons of all rules that let a client under test make a call again.
func replayReasons() []*contract.Template {
	return []*contract.Template{replyAbsent, replyRefused, requestNotSent}
}

// replay is what a client under test did in a call with a changed response.
type replay struct {
	contract.Trial
	how    contract.Message // what assay did to the response
	status int              // of the response
}

// replays are those that did the same: the first, and how many there are.
type replays struct {
	first replay
	n     int
}

func (r *replays) add(one replay) {
	if r.n++; r.n == 1 {
		r.first = one
	}
}

// replay lets a client under test make a call again, with the response of an exchange, and
// returns what it makes of it. It notes what no reading shows: that the order was sent again,
// or sent although the client says that it was not.
func (p *Subject) replay(ex contract.Exchange, how contract.Message) (got contract.Outcome, ok bool) {
	u := p.UnderTest
	t := u.Read(ex)
	if how.Template != nil { // the first call is judged by itself
		one := replay{t, how, ex.Response.Status}
		if len(t.Requests) > 1 && !p.mayRepeatAfter(ex, t.Requests) {
			u.repeated.add(one)
		}
		if t.Refused && len(t.Requests) > 0 {
			u.refused.add(one)
		}
	}
	switch {
	case t.Hung || t.NoReply:
		p.inconclusive(replyAbsent)
	case len(t.Requests) == 0:
		p.inconclusive(requestNotSent)
	case t.Refused:
		p.inconclusive(replyRefused)
	default:
		return t.Outcome, true
	}
	return got, false
}

// mayRepeatAfter reports whether the documents allow these repeats of a request after a changed
// response: by its code, or by its HTTP status.
func (p *Subject) mayRepeatAfter(ex contract.Exchange, all []contract.Request) bool {
	x := openapi.NewView(p.Operation, ex, p.View.Credentials, p.View.Merchant)
	defer x.Done()
	return p.mayRepeat(all, retriable(x) || p.sameReference(ex.Response.Status))
}

// retriable reports whether the code of a response allows to repeat the request with the same
// reference.
func retriable(x *openapi.View) bool {
	result, ok := x.ResultCode()
	return ok && result.Row != nil && result.Row.Retry == contract.SameReference
}

// How a finding says that a response was changed, and that there are more of the kind.
var (
	afterChange = &contract.Template{ID: "failure.changed", Text: "assay {damage}"}
	othersToo   = &contract.Template{ID: "trial.others", Text: "{message}; other changes of the response with the same result: {n}"}
)

// addReplays adds a finding about what the client did with changed responses.
func (p *Subject) addReplays(of replays, doc string, at contract.Place, t *contract.Template, args ...contract.Arg) {
	first := of.first
	message := t.Says(append([]contract.Arg{contract.ArgMessage("failure", afterChange.Says(contract.ArgMessage("damage", first.how)))}, args...)...)
	if of.n > 1 {
		message = othersToo.Says(contract.ArgMessage("message", message), contract.ArgInt("n", int64(of.n-1)))
	}
	p.Report(contract.Finding{At: at, Detail: "changed response", Doc: doc, Message: message, Excerpt: p.sentExcerpt(first.Trial, "HTTP "+strconv.Itoa(first.status)+", the response that assay changed")})
}
