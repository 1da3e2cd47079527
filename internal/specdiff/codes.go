package specdiff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Messages about result codes.
var (
	resultMoved     = &contract.Template{ID: "documents.result-moved", Text: "code, status or message are at another place in a response"}
	codesEquivalent = &contract.Template{ID: "documents.codes-equivalent", Text: "other codes satisfy the same expectation"}
	codeNew         = &contract.Template{ID: "documents.code-new", Text: "a result code is new"}
	codeGone        = &contract.Template{ID: "documents.code-gone", Text: "a result code is no longer documented"}
	codeOutcome     = &contract.Template{ID: "documents.code-outcome", Text: "the code has another outcome for the order"}
	codeRetry       = &contract.Template{ID: "documents.code-retry", Text: "whether a request with this code may be retried has changed"}
	statusOther     = &contract.Template{ID: "documents.status-changed", Text: "the code has another status text"}
	messageOther    = &contract.Template{ID: "documents.message-changed", Text: "the code has another message"}
	httpOther       = &contract.Template{ID: "documents.http-changed", Text: "the code has another HTTP status"}
	codeWhen        = &contract.Template{ID: "documents.code-when", Text: "the condition of the code has changed"}
	codeDocumented  = &contract.Template{ID: "documents.code-documented", Text: "whether the code is documented has changed"}
)

// Reasons for the impact of such changes.
var (
	codeKnown             = &contract.Template{ID: "impact.documents.code-held", Text: "our adapter knows it"}
	codeUnknown           = &contract.Template{ID: "impact.documents.code-unknown", Text: "our adapter does not know the code: it reads the outcome as unknown, and each order needs an inquiry"}
	codeUndocumented      = &contract.Template{ID: "impact.documents.code-on-no-page", Text: "it is not known what our adapter does with it, and no page documents it"}
	codeUnknownToAdapters = &contract.Template{ID: "impact.documents.code-not-held", Text: "an adapter that does not know it reads the outcome as unknown"}
	codeReplaced          = &contract.Template{ID: "impact.documents.code-replaced", Text: "the code that replaces it may mean something else"}
	codeSameOutcome       = &contract.Template{ID: "impact.documents.code-beside", Text: "another code has the same outcome: {code}"}
	codeOnlyOne           = &contract.Template{ID: "impact.documents.code-only-one", Text: "no other code means {outcome}: our adapter cannot read the code that replaces it"}
	codeNewToClients      = &contract.Template{ID: "impact.documents.code-new", Text: "rated without a client: a client written before cannot know the outcome"}
	codeOnlyDocumented    = &contract.Template{ID: "impact.documents.code-only-documented", Text: "rated without a client: no other code means {outcome}"}
)

// codes compares two tables of result codes, and where the code is in a response.
func (c *comparison) codes(was, is *openapi.Operation) {
	if before, after := resultPlaces(was.Result), resultPlaces(is.Result); differ(before, after) {
		impact := contract.Breaks
		if slices.Equal(was.Result.Code, is.Result.Code) && slices.Equal(was.Result.Status, is.Result.Status) {
			impact = contract.Degrades // the message to people changes
		}
		c.add(is.ID, is.Line, contract.Change{Kind: "result-moved", At: contract.OutsidePlace("x-result.at"), Impact: impact, Before: before, Now: after, Message: resultMoved.Says()})
	}
	if before, after := classes(was), classes(is); differ(before, after) {
		c.add(is.ID, is.Line, contract.Change{Kind: "codes-equivalent", At: contract.OutsidePlace("x-result.equivalent"), Impact: contract.Minor, Before: before, Now: after, Message: codesEquivalent.Says()})
	}
	at := contract.ResponseStatus
	if len(is.Result.Code) > 0 {
		at = contract.ResponseBody(is.Result.Code[0])
	}
	pairs(was.Codes, is.Codes, (*openapi.Code).Name, func(old, now **openapi.Code) {
		switch {
		case old == nil:
			impact, why := c.newCode(was, *now)
			c.add(is.ID, (*now).Line, contract.Change{Kind: "code-new", Code: (*now).Name(), At: at, Impact: impact, Why: why, Before: absent(), Now: meaning(*now), Message: codeNew.Says()})
		case now == nil:
			impact, why := c.removedCode(*old, is)
			c.add(is.ID, 0, contract.Change{Kind: "code-gone", Code: (*old).Name(), At: at, Impact: impact, Why: why, Before: meaning(*old), Now: absent(), Message: codeGone.Says()})
		default:
			c.code(is, at, *old, *now)
		}
	})
	c.variants(was, is, at)
}

// newCode returns the impact of a new code. An unknown outcome is never a success, but
// each order needs an inquiry.
func (c *comparison) newCode(o *openapi.Operation, row *openapi.Code) (contract.Impact, contract.Message) {
	if c.uses.Documented {
		return contract.Breaks, codeNewToClients.Says()
	}
	switch known := c.uses.codes(o); {
	case slices.Contains(known, row.Code) && meansOtherwise(o, row):
		return contract.Breaks, variantUnknown.Says()
	case slices.Contains(known, row.Code):
		return contract.Harmless, codeKnown.Says()
	case known != nil:
		return contract.Breaks, codeUnknown.Says()
	case !row.Documented():
		return contract.Minor, codeUndocumented.Says()
	}
	return contract.Degrades, codeUnknownToAdapters.Says()
}

// removedCode returns the impact of a code that is no longer documented. If it was the
// only code with a successful, pending or redirect outcome, our adapter reads its
// successor as unknown.
func (c *comparison) removedCode(row *openapi.Code, is *openapi.Operation) (contract.Impact, contract.Message) {
	if row.State != contract.Succeeded && row.State != contract.Pending && row.State != contract.Redirect {
		return contract.Minor, codeReplaced.Says()
	}
	for _, other := range is.Codes {
		if other.State == row.State {
			return contract.Minor, codeSameOutcome.Says(contract.ArgText("code", other.Name()))
		}
	}
	if c.uses.Documented {
		return contract.Breaks, codeOnlyDocumented.Says(contract.ArgText("outcome", string(row.State)))
	}
	return contract.Breaks, codeOnlyOne.Says(contract.ArgText("outcome", string(row.State)))
}

// meaning returns the meaning of a code in its row.
func meaning(row *openapi.Code) contract.Value {
	text := fmt.Sprintf("%s, send again: %s", row.State, row.Retry)
	if row.Status != "" {
		text = row.Status + ", " + text
	}
	v := terms(text, "outcome", string(row.State), "retry", string(row.Retry))
	v.Codes = []string{row.Name()}
	if row.Status != "" {
		v.Statuses = []string{row.Status}
	}
	if row.If != nil {
		v = with(v, "if", row.If.String())
	}
	return v
}

// resultPlaces returns where code, status and message are in a response.
func resultPlaces(r openapi.ResultAt) contract.Value {
	v := terms(fmt.Sprintf("code at %s, status at %s, message at %s", joined(texts(r.Code)), joined(texts(r.Status)), joined(texts(r.Message))))
	return with(with(with(v, "code", texts(r.Code)...), "status", texts(r.Status)...), "message", texts(r.Message)...)
}

// texts returns pointers or places as texts.
func texts[T ~string](list []T) []string {
	var all []string
	for _, one := range list {
		all = append(all, string(one))
	}
	return all
}

func joined(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, " or ")
}

// classes returns the equivalent codes, sorted, because their order has no meaning.
func classes(o *openapi.Operation) contract.Value {
	var all []string
	for _, class := range o.Equivalent {
		sorted := slices.Sorted(slices.Values(class))
		all = append(all, strings.Join(sorted, " = "))
	}
	slices.Sort(all)
	return with(terms(strings.Join(all, ", ")), "equivalent", all...)
}

// code compares the meaning of a code.
func (c *comparison) code(o *openapi.Operation, at contract.Place, was, is *openapi.Code) {
	differs := func(kind contract.Kind, impact contract.Impact, before, after contract.Value, message *contract.Template) {
		if differ(before, after) {
			c.add(o.ID, is.Line, contract.Change{Kind: kind, Code: is.Name(), At: at, Impact: impact, Before: before, Now: after, Message: message.Says()})
		}
	}
	differs("code-outcome", contract.Breaks, terms(string(was.State), "outcome", string(was.State)), terms(string(is.State), "outcome", string(is.State)), codeOutcome)
	differs("code-retry", contract.Breaks, terms(string(was.Retry), "retry", string(was.Retry)), terms(string(is.Retry), "retry", string(is.Retry)), codeRetry)
	differs("status-changed", contract.Breaks, statuses(was.Status), statuses(is.Status), statusOther)
	differs("message-changed", contract.Minor, messages(was.Messages), messages(is.Messages), messageOther)
	differs("http-changed", contract.Breaks, status(was.HTTP), status(is.HTTP), httpOther)
	differs("code-when", contract.Minor, expression(was.When), expression(is.When), codeWhen)
	differs("code-if", ifImpact(o, is), condition(was.If), condition(is.If), codeIf)
	differs("code-documented", contract.Minor, documented(was), documented(is), codeDocumented)
}

func documented(row *openapi.Code) contract.Value {
	switch {
	case row.Assumed:
		return terms("assumed", "assumed")
	case row.SeenIn == "":
		return terms("documented")
	}
	return terms("seen, and on no page ("+row.SeenIn+")", "seen", row.SeenIn)
}

func expression(e *openapi.Expression) contract.Value {
	if e == nil {
		return contract.Value{}
	}
	return terms(e.String(), "when", e.String())
}

func statuses(status string) (v contract.Value) {
	if status != "" {
		v.Notation, v.Statuses = status, []string{status}
	}
	return v
}

func messages(all []string) (v contract.Value) {
	if v.Notation = strings.Join(all, " | "); v.Notation == "" {
		return v // an empty text is the same as none
	}
	for _, text := range all {
		v.Messages = append(v.Messages, contract.MessagePattern(text))
	}
	return v
}

func status(http int) contract.Value {
	return contract.Value{Notation: strconv.Itoa(http), HTTP: []int{http}}
}
