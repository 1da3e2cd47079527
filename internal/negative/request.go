package negative

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"assay/internal/contract"
	"assay/internal/fixed"
	"assay/internal/fixture"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// op is one operation of a case's send. As in JSON Patch, add also replaces.
type op map[string]any

func set(path contract.Pointer, value any) op { return op{"op": "add", "path": path, "value": value} }
func remove(path contract.Pointer) op         { return op{"op": "remove", "path": path} }

// path converts a place of a request to a pointer into the document that send patches.
func path(place contract.Place) contract.Pointer {
	if pointer, inBody := place.Pointer(); inBody {
		return "/body" + pointer
	}
	kind, name := place.Named()
	if kind == "header" {
		return contract.PointerTo("headers", http.CanonicalHeaderKey(name))
	}
	return contract.PointerTo(kind, name) // query or path
}

// patched returns the base's request after a patch, signed again if resign is set.
func (d *deriver) patched(ops []op, resign bool) (contract.Request, json.RawMessage, bool) {
	send, err := contract.Encode(ops)
	if err != nil {
		return contract.Request{}, nil, false
	}
	r, body, err := fixture.Apply(d.o.Template(), send, d.base.Request, d.o.Request.FormTypes())
	if err != nil {
		return r, nil, false
	}
	if s := d.o.Sign.Request; s != nil && resign && (body || s.Outside != "") {
		r = signature.ResignRequest(s, r, d.spec.TestCredentials(), time.Time{}, signature.Zeros{})
	}
	return r, send, true
}

// view returns what expressions see of a request, for a merchant with the default
// settings.
func (d *deriver) view(r contract.Request) *openapi.View {
	x := openapi.NewView(d.o, contract.Exchange{Request: r}, d.spec.TestCredentials(), d.spec.Merchant)
	x.Now = fixed.Clock()
	x.Signature = signature.RequestState(d.o.Sign.Request, x)
	return x
}

// fault is one violation in a request.
type fault struct {
	at      contract.Place
	keyword string // JSON Schema's, "rule" or "signature"
	rule    *openapi.Rule
	empty   bool // the value is an empty string
	absent  bool // for a rule: members were left out to violate it
}

func (f fault) String() string {
	if f.rule != nil {
		return string(f.at) + " rule " + f.rule.ID
	}
	return string(f.at) + " " + f.keyword
}

// faults lists the violations of a request: parameters, body, conditions, signature.
func (d *deriver) faults(r contract.Request) []fault {
	var all []fault
	x := d.view(r)
	violations, _ := x.RequestViolations()
	for _, v := range slices.Concat(x.ParameterViolations(), violations) {
		all = append(all, fault{at: v.At, keyword: v.Keyword, empty: isEmpty(x, v.At)})
	}
	for _, rule := range d.o.Rules {
		if holds, applies := x.Holds(rule.Rule); rule.On == contract.InRequest && applies && !holds {
			all = append(all, fault{at: contract.RequestBody(rule.At), keyword: "rule", rule: rule})
		}
	}
	if s := d.o.Sign.Request; s != nil && (x.Signature == contract.SignatureInvalid || x.Signature == contract.SignatureExpired || x.Signature == contract.SignatureMissing && s.RequiredIn(x)) {
		all = append(all, fault{at: s.Place(), keyword: "signature"})
	}
	if f, found := d.authorizationFault(r); found {
		all = append(all, f)
	}
	return withoutConsequences(all)
}

func isEmpty(x *openapi.View, place contract.Place) bool {
	spots := x.Occurrences(place)
	return len(spots) == 1 && spots[0].Value == ""
}

// withoutConsequences removes violations that another one at the same place explains.
// An empty string that violates minLength counts as missing, so its other violations
// are dropped.
func withoutConsequences(all []fault) []fault {
	missing := map[contract.Place]bool{}
	for _, f := range all {
		missing[f.at] = missing[f.at] || f.keyword == "minLength" && f.empty
	}
	return slices.DeleteFunc(all, func(f fault) bool {
		return missing[f.at] && f.rule == nil && f.keyword != "minLength" && f.keyword != "signature" && f.keyword != "authorization"
	})
}

// findings returns the findings that the rules are expected to report for a request:
// all violations, and departures from a strict interpretation.
func (d *deriver) findings(r contract.Request, wrong []fault) []contract.ExpectedFinding {
	var all []contract.ExpectedFinding
	add := func(rule string, at contract.Place) {
		if e := (contract.ExpectedFinding{Rule: rule, At: at}); !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	for _, f := range wrong {
		switch f.keyword {
		case "rule":
			add("request-rules", f.at)
		case "signature":
			add("request-signed", f.at)
		case "authorization":
			add("request-authenticated", f.at)
		default:
			add("request-documented", f.at)
		}
	}
	x := d.view(r)
	for _, ambiguity := range d.spec.AllAmbiguities(d.o) {
		for _, departure := range ambiguity.Departures(x) {
			if departure.At.Direction() == contract.InRequest {
				add("strict-interpretation", departure.At)
			}
		}
	}
	return all
}
