package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
)

// Observed is one request, and why the sandbox responded as it did. It holds no value of
// the request but the reference, which String and WriteLogLine redact.
type Observed struct {
	Time      time.Time // when the request arrived
	Operation string    // "provider/operation"; "": the request matched none
	Method    string    // of a request that matched no operation
	Path      string    // as above, without what can be a value; the documented path if only the method is another
	Reference string    // the merchant's reference as sent; "": none was sent
	Status    int       // 0: there was no complete response
	Code      string    // "": the response has no documented code
	Fault     string    // that damaged the response
	Because   Reason
	When      string // for Condition: the when of the row
	// Violations are what the condition was about, or what the request was refused for,
	// each with its place and without a value.
	Violations []string
	Problem    string // for Unusable: what was wrong with it; for Undocumented: the methods of the path
}

// Reason is what decided a response.
type Reason string

// The reasons.
const (
	Condition    Reason = "condition"    // the when of a row held
	Success      Reason = "success"      // no when held, and the request has no fault
	Preferred    Reason = "preferred"    // the header Prefer asked for the code
	Repeated     Reason = "repeated"     // its idempotency key was used before
	Undecided    Reason = "undecided"    // the request has faults for which no code is documented
	Undocumented Reason = "undocumented" // no operation has this method and path
	Unusable     Reason = "unusable"     // the request could not be read, or asked for what there is not
)

// maxShown is the number of violations that a line shows.
const maxShown = 5

// String returns the line for people. It ends without a line break.
func (o Observed) String() string {
	var b strings.Builder
	if o.Operation == "" {
		b.WriteString(report.Foreign(o.Method + " " + o.Path))
	} else {
		b.WriteString(o.Operation)
	}
	if o.Reference != "" {
		b.WriteString(" " + report.Foreign(o.Reference))
	}
	b.WriteString(": ")
	switch {
	case o.Code != "" && o.Status != 0:
		b.WriteString(o.Code + " (HTTP " + strconv.Itoa(o.Status) + ")")
	case o.Status != 0:
		b.WriteString("HTTP " + strconv.Itoa(o.Status))
	default:
		b.WriteString("no response")
	}
	b.WriteString(", " + o.reason())
	if len(o.Violations) > 0 {
		b.WriteString(": " + strings.Join(o.Violations, "; "))
	}
	if o.Fault != "" {
		b.WriteString(", damaged by fault=" + o.Fault)
	}
	return b.String()
}

func (o Observed) reason() string {
	switch o.Because {
	case Condition:
		return "because " + o.When
	case Success:
		return "because no condition of another code holds"
	case Preferred:
		return "forced by Prefer"
	case Repeated:
		return "because its idempotency key was used before"
	case Undecided:
		return "refused: no code is documented for what is wrong"
	case Undocumented:
		if o.Problem == "" {
			return "refused: no operation is documented here"
		}
	}
	return "refused: " + report.Foreign(o.Problem)
}

// sentences returns place and sentence of each violation, which must not be used after the
// request.
func sentences(violations []openapi.RequestViolation) []string {
	var all []string
	for i, v := range violations {
		if i == maxShown {
			return append(all, strconv.Itoa(len(violations)-maxShown)+" more")
		}
		all = append(all, strings.Clone(report.Foreign(string(v.At))+": "+report.Sentence(v.Message)))
	}
	return all
}

// observing collects what is observed of one request. A nil *observing collects nothing,
// so that a sandbox without Observe does no work for it.
type observing struct {
	Observed
	report func(Observed)
}

func (s *Sandbox) observing() *observing {
	if s.options.Observe == nil {
		return nil
	}
	return &observing{Observed{Time: time.Now()}, s.options.Observe}
}

// unmatched reports a request that no operation has.
func (o *observing) unmatched(status int, method, path, problem string) {
	if o != nil {
		o.Status, o.Because, o.Method, o.Path, o.Problem = status, Undocumented, method, path, problem
		o.done()
	}
}

// undocumented reports a request to a path that no operation has. What can be a value in
// the path is hidden.
func (s *Sandbox) undocumented(r *http.Request) {
	seen := s.observing()
	if seen == nil {
		return
	}
	below, provider := rule.ShownPath(&openapi.Spec{}, r.URL.Path), ""
	for _, one := range s.specs {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/"+one.Provider+"/"); ok {
			below, provider = rule.ShownPath(one, rest), "/"+one.Provider
		}
	}
	seen.unmatched(http.StatusNotFound, rule.ShownMethod(r.Method), provider+below, "")
}

// otherMethod reports a request whose path is documented with other methods. It shows the
// documented path: the values of parameters may be personal.
func (s *Sandbox) otherMethod(r *http.Request, documented, problem string) {
	if o, ok := s.operations.Find(documented, r.URL); ok {
		s.observing().unmatched(http.StatusMethodNotAllowed, rule.ShownMethod(r.Method), "/"+o.Provider+o.Path, problem)
	}
}

// unusable notes a request that no row decided.
func (o *observing) unusable(status int, problem string) {
	if o != nil {
		o.Status, o.Because, o.Problem = status, Unusable, problem
	}
}

// decided notes what decided a response. row is nil if the request was refused.
func (o *observing) decided(q *question, row *openapi.Code, violation *openapi.RequestViolation, undecided []openapi.RequestViolation, status int) {
	if o == nil {
		return
	}
	o.Reference, o.Status = strings.Clone(q.reference), status // the reference may be part of memory that is used again
	switch {
	case row == nil:
		o.Because, o.Violations = Undecided, sentences(undecided)
		return
	case q.wish.code != "":
		o.Because = Preferred
	case row.When != nil:
		o.Because, o.When = Condition, row.When.String()
	default:
		o.Because = Success
	}
	o.Code = row.Name()
	if violation != nil {
		o.Violations = sentences([]openapi.RequestViolation{*violation})
	}
}

// repeated reports a request whose idempotency key was used before.
func (o *observing) repeated(q *question, row *openapi.Code, status int) {
	if o != nil {
		o.Reference, o.Status, o.Because, o.When, o.Code = strings.Clone(q.reference), status, Repeated, "", row.Name()
	}
}

// done reports what was observed. It is deferred, because a fault that ends the connection
// panics.
func (o *observing) done() {
	if o != nil {
		o.report(o.Observed)
	}
}

// damaged notes the fault of a response.
func (o *observing) damaged(fault string) {
	if o == nil {
		return
	}
	if o.Fault = fault; fault == "reset" || fault == "timeout" {
		o.Status = 0
	}
}
