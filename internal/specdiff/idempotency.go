package specdiff

import (
	"strconv"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Messages about the repeating of requests.
var (
	idempotencyNew  = &contract.Template{ID: "documents.idempotency-new", Text: "a request may be repeated with the same key"}
	idempotencyGone = &contract.Template{ID: "documents.idempotency-gone", Text: "no key makes it safe any more to repeat a request"}
	keyMoved        = &contract.Template{ID: "documents.idempotency-key", Text: "the key that makes it safe to repeat a request is elsewhere"}
	keyHours        = &contract.Template{ID: "documents.idempotency-hours", Text: "how many hours a key makes it safe to repeat a request has changed"}
	keyConflict     = &contract.Template{ID: "documents.idempotency-conflict", Text: "what another request with a known key gets has changed"}
)

// idempotency compares how requests may be repeated. A client that relies on a key that no
// longer counts, or counts for a shorter time, makes a second order.
func (c *comparison) idempotency(was, is *openapi.Operation) {
	old, now := was.Idempotency, is.Idempotency
	at := func(part string) contract.Place { return contract.OutsidePlace("x-idempotency." + part) }
	switch {
	case old == nil && now == nil:
	case old == nil:
		c.add(is.ID, now.Line, contract.Change{Kind: "idempotency-new", At: at("at"), Impact: contract.Minor, Before: absent(), Now: terms(string(now.At)), Message: idempotencyNew.Says()})
	case now == nil:
		c.add(is.ID, is.Line, contract.Change{Kind: "idempotency-gone", At: at("at"), Impact: contract.Breaks, Before: terms(string(old.At)), Now: absent(), Message: idempotencyGone.Says()})
	default:
		changed := func(part string, impact contract.Impact, before, after contract.Value, message *contract.Template) {
			if differ(before, after) {
				c.add(is.ID, now.Line, contract.Change{Kind: "idempotency-changed", At: at(part), Impact: impact, Before: before, Now: after, Message: message.Says()})
			}
		}
		changed("at", contract.Breaks, terms(string(old.At)), terms(string(now.At)), keyMoved)
		changed("hours", hoursImpact(old.Hours, now.Hours), hours(old.Hours), hours(now.Hours), keyHours)
		changed("conflict", conflictImpact(old.Conflict), conflict(old.Conflict), conflict(now.Conflict), keyConflict)
	}
}

// hoursImpact rates another time. 0 means that the documents name none.
func hoursImpact(was, is int) contract.Impact {
	switch {
	case was == 0:
		return contract.Degrades
	case is != 0 && is < was:
		return contract.Breaks
	}
	return contract.Minor
}

// conflictImpact rates another code for a known key with another request.
func conflictImpact(was string) contract.Impact {
	if was == "" {
		return contract.Minor
	}
	return contract.Degrades
}

func hours(n int) contract.Value {
	if n == 0 {
		return absent()
	}
	return terms(strconv.Itoa(n)+" hours", "hours", strconv.Itoa(n))
}

func conflict(code string) contract.Value {
	if code == "" {
		return absent()
	}
	return terms("code "+code, "code", code)
}
