package adapter_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"assay/internal/adapter"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// whole is the complete documented response of a code, signed if responses are signed.
type whole struct {
	spec     *openapi.Spec
	op       *openapi.Operation
	row      *openapi.Code
	response contract.Response
	read     func(contract.Response) contract.Outcome
}

func (w whole) name() string { return w.op.Name() + "/" + w.row.Name() }

// with returns the response with another body.
func (w whole) with(body []byte) contract.Response {
	a := w.response
	a.Body = body
	return a
}

// signed returns a body with a new valid signature, so that only the rest matters.
func (w whole) signed(body []byte) []byte {
	return signature.Sign(w.op.Sign.Response, body, w.spec.TestCredentials(), signature.Zeros{})
}

// wholes returns the response of every code of every operation.
func wholes(t testing.TB) []whole {
	t.Helper()
	var every []whole
	for _, s := range all(t) {
		a := adapter.New(s, setup(s))
		for _, o := range s.Operations {
			for _, row := range o.Codes {
				example, ok := o.RowExample(row)
				if !ok {
					t.Fatalf("%s has no example of %s", o.Name(), row.Name())
				}
				w := whole{spec: s, op: o, row: row, read: func(response contract.Response) contract.Outcome {
					return a.Operation(o.ID).Read(contract.Exchange{Response: response})
				}}
				w.response = contract.Response{
					Status: example.HTTP, Header: http.Header{"Content-Type": {"application/json"}}, Body: w.signed(example.Body),
				}
				every = append(every, w)
			}
		}
	}
	return every
}

// TestEveryCode compares every adapter's table with the specification's, row by row.
func TestEveryCode(t *testing.T) {
	t.Parallel()
	for _, w := range wholes(t) {
		got := w.read(w.response)
		if got.State != w.row.State || got.Retry != w.row.Retry {
			t.Errorf("%s is read as %s (retry: %s); the specification says %s (retry: %s)", w.name(), got.State, got.Retry, w.row.State, w.row.Retry)
		}
		if got.Code != w.row.Code || got.Status != w.row.Status {
			t.Errorf("%s is read with code %q and status %q, and has %q and %q", w.name(), got.Code, got.Status, w.row.Code, w.row.Status)
		}
		if got.State == contract.Succeeded && !intact(w.spec, w.op, w.response) {
			t.Errorf("%s: what these tests take for a success that is whole, the example is not", w.name())
		}
	}
}

// honest returns the fault of an outcome, "" if there is none. The outcome has to be that of
// a documented code with its status, and a success has to be complete.
func honest(s *openapi.Spec, o *openapi.Operation, response contract.Response, got contract.Outcome) string {
	if got.State == contract.Unknown {
		switch {
		case got.Retry != contract.AfterInquiry:
			return "unknown, and may be sent again: " + string(got.Retry)
		case got.Token != nil || got.RedirectURL != "":
			return "unknown, and hands over a token or an address all the same"
		}
		return ""
	}
	met, ok := o.ResultCode(response)
	switch {
	case !ok || met.Row == nil || !met.Agrees(response):
		return "read as " + string(got.State) + " without a documented, agreeing code"
	case got.State != met.Row.State || got.Retry != met.Row.Retry:
		return "read as " + string(got.State) + " where the code says " + string(met.Row.State)
	case got.State == contract.Succeeded && !intact(s, o, response):
		return "read as succeeded without all that a success rests on"
	}
	return ""
}

// intact reports whether a response has everything that the specification requires of a
// success: a documented code of the documented type with its status and HTTP status, the
// members that conditions require, and the signature.
func intact(s *openapi.Spec, o *openapi.Operation, response contract.Response) bool {
	met, ok := o.ResultCode(response)
	if !ok || met.Row == nil || met.Row.State != contract.Succeeded || !met.Agrees(response) {
		return false
	}
	if o.Sign.Response != nil && signature.State(o.Sign.Response, response.Body, s.TestCredentials()) != "valid" {
		return false
	}
	needed := slices.Concat(o.Result.Code, o.Result.Status)
	x := openapi.NewView(o, contract.Exchange{Request: asking(), Response: response}, s.TestCredentials(), s.Merchant)
	for _, r := range o.Rules {
		if r.On != contract.InResponse || r.Severity == contract.Warning {
			continue
		}
		if holds, applies := x.Holds(r.Rule); applies && !holds {
			return false
		}
		needed = append(needed, r.At)
	}
	return !slices.ContainsFunc(o.Responses[response.Status].Violations(response.Body), func(v openapi.Violation) bool {
		return slices.ContainsFunc(needed, func(pointer contract.Pointer) bool {
			return pointer != "" && v.At.Contains(contract.ResponseBody(pointer))
		})
	})
}

// asking is an empty request; conditions on responses do not use it.
func asking() contract.Request {
	return contract.Request{Method: http.MethodPost, URL: &url.URL{}, Header: http.Header{}}
}
