package negative

import (
	"slices"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/view"
)

// A row of the table of result codes can have a condition, its when. It says for which kind of
// fault the row is: for a signature, for credentials, for a violation, or for what earlier
// requests did. For signatures and credentials it counts before words, because providers
// describe them in any words; for other faults it counts where words decide nothing.

// suits reports whether the condition of a row does not exclude a fault. A row about earlier
// requests is for no fault.
func suits(row *openapi.Code, f fault) bool {
	if row.When == nil {
		return true
	}
	about := map[string]bool{}
	for _, name := range []string{"signature", "signatureForm", "authentication", "violation", view.References} {
		if row.When.Names(name) {
			about[name] = true
		}
	}
	switch {
	case len(about) == 0:
		return true
	case f.keyword == "signature":
		return about["signature"] || about["signatureForm"]
	case f.keyword == "authorization":
		return about["authentication"]
	}
	return about["violation"]
}

// conditions evaluates conditions for a negative request.
type conditions struct {
	x, base *openapi.View
	faults  []openapi.RequestViolation
}

// conditionsOf returns what evaluates conditions for a request that was changed.
func (d *deriver) conditionsOf(r contract.Request) *conditions {
	c := &conditions{x: d.authenticated(r), base: d.authenticated(d.base.Request)}
	c.faults = c.x.RequestFaults(false)
	return c
}

// authenticated returns the view of a request with the state of its credentials.
func (d *deriver) authenticated(r contract.Request) *openapi.View {
	x := d.view(r)
	x.Authentication, _ = d.o.Authentication(r, d.spec.TestCredentials(), d.token(), time.Time{})
	return x
}

func (c *conditions) done() {
	c.x.Done()
	c.base.Done()
}

// name reports whether the condition of a row holds because of a fault: it holds for the
// violation, or for the request and not for the request that was changed.
func (c *conditions) name(row *openapi.Code, f fault) bool {
	if row.When == nil || !suits(row, f) {
		return false
	}
	if row.When.Names("violation") && f.keyword != "signature" && f.keyword != "authorization" {
		v := c.violation(f)
		if c.x.True(row.When, &v) {
			return true
		}
	}
	return c.x.True(row.When, nil) && !c.base.True(row.When, nil)
}

// violation returns a fault as conditions see it. Validators report no second constraint that
// an enumeration implies, so the fault can be missing in the list.
func (c *conditions) violation(f fault) openapi.RequestViolation {
	v := openapi.RequestViolation{At: f.at, Keyword: f.keyword}
	if f.rule != nil {
		v.Keyword = openapi.ConditionFault
	}
	for _, found := range c.faults {
		if found.At == v.At {
			v.Value = found.Value
		}
	}
	return v
}

// named returns the rows whose condition holds because of a fault.
func (w words) named(f fault, c *conditions) []row {
	if c == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(w.refusals), func(r row) bool { return !c.name(r.code, f) })
}
