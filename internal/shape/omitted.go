package shape

import (
	"slices"
	"sync"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/redact"
)

// A recorder can leave out a body, cut it, or replace a value. What it leaves out is no
// change of the provider, so it is neither learnt nor compared:
//
//	without the response, or its result code  the exchange is left out
//	without the body of the request           the request is left out
//	without another value                     Member.Replaced counts it
//
// Secrets and personal data are replaced by design. Of these a shape keeps nothing but the
// type, so nothing is left out.

// lacksResult reports whether the recording of an exchange lacks the body of the response,
// or what tells its result code.
func lacksResult(ex contract.Exchange, o *openapi.Operation, response any, met openapi.ResultCode) bool {
	if slices.Contains(ex.Omitted, contract.ResponseRoot) || redact.ReplacedBody(ex.Response.Body) {
		return true
	}
	if (met.CodeAt == contract.ResponseStatus || !o.Lists(met.Code)) && slices.ContainsFunc(o.Result.Code, func(pointer contract.Pointer) bool { return redact.ReplacedAt(response, pointer) }) {
		return true
	}
	request := sync.OnceValue(func() any {
		value, _ := contract.Decode(ex.Request.Body) // nil has no members
		return value
	})
	for _, row := range o.Codes { // what tells the variants of the code apart
		if row.Code != met.Code || row.If == nil {
			continue
		}
		for _, place := range slices.Concat(row.If.Places(), row.If.ResponsePlaces()) {
			pointer, inBody := place.Pointer()
			switch {
			case !inBody:
			case place.Direction() == contract.InResponse && redact.ReplacedAt(response, pointer),
				place.Direction() == contract.InRequest && (lacksRequest(ex, o) || redact.ReplacedAt(request(), pointer)):
				return true
			}
		}
	}
	return false
}

// lacksRequest reports whether the recording of an exchange lacks the body of the request,
// which the documents describe.
func lacksRequest(ex contract.Exchange, o *openapi.Operation) bool {
	return ex.Recorder != nil && o.Request != nil && o.Request.Root != nil &&
		(slices.Contains(ex.Omitted, contract.RequestBody("")) || redact.ReplacedBody(ex.Request.Body))
}

// hides reports whether a value of the response was replaced in the recording.
func hides(ex contract.Exchange, response any, at contract.Place) bool {
	pointer, inBody := at.Pointer()
	return ex.Recorder != nil && inBody && redact.ReplacedAt(response, pointer)
}

// printsReplaced reports whether the documents print a replaced value at a place, such as a
// card number of which the provider shows the last digits.
func printsReplaced(o *openapi.Operation, of contract.Direction, pointer contract.Pointer, known *openapi.Member) bool {
	if known != nil && slices.ContainsFunc(known.Examples, redact.Replaced) {
		return true
	}
	return of == contract.InResponse && slices.ContainsFunc(o.Codes, func(row *openapi.Code) bool {
		printed, _ := o.Example(row.Name())
		body, err := contract.Decode(printed.Body)
		return err == nil && redact.ReplacedAt(body, pointer)
	})
}

// replaced reports whether a text stands for a value that was taken out of a recording. A
// type in brackets does not: documents print <string> in place of a value, and a client that
// copies it has sent it.
func replaced(text string) bool {
	return redact.Replaced(text) && !slices.Contains([]string{"<string>", "<integer>", "<number>", "<float>", "<boolean>", "<object>", "<array>"}, text)
}

// lacks remembers which recorder omitted something first.
func (l *Learner) lacks(by *contract.Recorder, at Origin) {
	if l.recorder == nil || at.Before(l.first) {
		l.recorder, l.first = by, at
	}
}

// Omitted counts what the recordings lack. It returns the recorder that omitted an exchange
// or a request first, or nil.
func (l *Learner) Omitted() (contract.Omitted, *contract.Recorder) {
	var sum contract.Omitted
	for _, of := range l.operations {
		sum = sum.Plus(of.omitted)
		for _, g := range of.codes {
			sum.Values += g.part.replaced()
		}
		if of.accepted != nil {
			sum.Values += of.accepted.part.replaced()
		}
	}
	return sum, l.recorder
}

// replaced returns how many values were replaced in the recordings.
func (p *Part) replaced() (n int64) {
	for _, m := range p.Members {
		if m.Replaced != nil {
			n += m.Replaced.N
		}
	}
	return n
}
