package openapi

import (
	"net/http"
	"slices"

	"assay/internal/contract"
	"assay/internal/view"
)

// The keywords of faults that no schema finds.
const (
	MediaTypeFault = "mediaType" // the request has another media type
	ConditionFault = "rule"      // a condition of x-rules is violated
)

// Their messages.
var (
	otherMediaType    = &contract.Template{ID: "request-fault.type", Text: "the media type is not {documented|or}"}
	mediaTypeTwice    = &contract.Template{ID: "request-fault.type.repeated", Text: "the header Content-Type stands more than once"}
	conditionViolated = &contract.Template{ID: "request-fault.condition", Text: "{documented}"}
)

// RequestFaults lists everything in a request that the documents exclude: violations by
// its parameters and its body, another media type, and violated conditions of severity
// error. What adapters do not send and what the sandbox refuses comes from this list.
// Value and Message are filled in if detailed is true; Value also if the condition of a
// result code names it.
func (x *View) RequestFaults(detailed bool) []RequestViolation {
	var all []RequestViolation
	if r := x.Exchange.Request; x.o.Request != nil && len(r.Body) > 0 && !x.o.Request.Accepts(r.Header) {
		all = append(all, RequestViolation{At: contract.RequestType, Keyword: MediaTypeFault, Message: mediaTypeFault(r.Header, x.o.Request)})
	}
	for _, v := range x.ParameterViolations() {
		all = append(all, x.requestFault(&v, detailed))
	}
	violations, _ := x.RequestViolations()
	for _, v := range violations {
		all = append(all, x.requestFault(&v, detailed))
	}
	for _, i := range x.plan.conditions {
		if holds, applies := x.Condition(i); applies && !holds {
			r := x.o.Rules[i]
			all = append(all, RequestViolation{At: contract.RequestBody(r.At), Keyword: ConditionFault, Message: conditionViolated.Says(contract.ArgText("documented", r.Message))})
		}
	}
	return all
}

// mediaTypeFault says why a body does not accept the Content-Type.
func mediaTypeFault(h http.Header, b *Body) contract.Message {
	if len(h["Content-Type"]) > 1 {
		return mediaTypeTwice.Says()
	}
	return otherMediaType.Says(contract.ArgList("documented", b.Types))
}

// requestFault turns a violation of a schema into a fault of the request.
func (x *View) requestFault(v *Violation, detailed bool) RequestViolation {
	fault := RequestViolation{At: v.At, Keyword: v.Keyword}
	if detailed {
		fault.Message = view.Reason(v)
	}
	if pointer, inBody := v.At.Pointer(); inBody && v.Keyword != "required" && (detailed || x.plan.valued) {
		fault.Value, _ = x.RequestText(pointer)
	}
	return fault
}

// Forgives reports whether the lenient schema of an ambiguity accepts a value that the
// schema refuses. A violated condition is not a schema violation, and an absent member and one
// that stands twice have no value, so none can be forgiven. Another media type always is, because SDKs
// send JSON as text or as a form.
func (x *View) Forgives(fault RequestViolation, ambiguities []*Ambiguity) bool {
	if len(ambiguities) == 0 || fault.Keyword == ConditionFault || fault.Keyword == "required" || fault.Keyword == view.Repeated {
		return false
	}
	if fault.Keyword == MediaTypeFault {
		return true
	}
	return slices.ContainsFunc(x.Occurrences(fault.At), func(at Occurrence) bool {
		return slices.ContainsFunc(ambiguities, func(r *Ambiguity) bool { return r.LenientAccepts(at) })
	})
}

// Reference returns the merchant's reference in the request, or "" if none is documented
// or sent.
func (x *View) Reference() string { return string(x.ReferenceText()) }

// ReferenceText is Reference as bytes of the request, which must not be changed.
func (x *View) ReferenceText() []byte {
	for _, pointer := range x.plan.references {
		if text, present := x.RequestBytes(pointer); present {
			return text
		}
	}
	for _, p := range x.o.Parameters {
		if p.In == "path" && p.Means == "reference" {
			text, _ := x.PathParameter(p.Name)
			return []byte(text)
		}
	}
	return nil
}
