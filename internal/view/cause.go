package view

import (
	"strings"

	"assay/internal/contract"
)

// Truth is whether a condition holds for an exchange, as far as the exchange shows.
type Truth uint8

// The values of Truth.
const (
	Undecided Truth = iota // it depends on something that the exchange does not show
	False
	True
)

// Alternatives returns the conditions that the source joins with ||, in order. The whole
// expression is the only one if it joins none. Each can be evaluated alone.
func (e *Expression) Alternatives() []*Expression {
	e.split.Do(func() {
		for _, source := range alternatives(e.Source) {
			e.alternatives = append(e.alternatives, &Expression{Source: source, Line: e.Line})
		}
		if len(e.alternatives) == 1 {
			e.alternatives = []*Expression{e}
		}
	})
	return e.alternatives
}

// alternatives splits the source of an expression at each || outside of brackets and
// strings. It does not split a conditional a ? b : c, which binds weaker than ||.
func alternatives(source string) []string {
	var all []string
	depth, start, quote := 0, 0, byte(0)
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'':
			quote = c
		case c == '(', c == '[', c == '{':
			depth++
		case c == ')', c == ']', c == '}':
			depth--
		case depth == 0 && c == '?':
			return []string{source}
		case depth == 0 && strings.HasPrefix(source[i:], "||"):
			all = append(all, strings.TrimSpace(source[start:i]))
			start, i = i+2, i+1
		}
	}
	return append(all, strings.TrimSpace(source[start:]))
}

// doubts are the variables in an expression that an exchange may not show.
type doubts struct{ signature, authentication, merchant, credentials, references, violation bool }

func newDoubts(e *Expression) doubts {
	return doubts{
		e.mentions("signature"), e.mentions("authentication"), e.mentions("merchant"),
		e.mentions("credentials"), e.mentions(References), e.mentions("violation"),
	}
}

// Undecidable reports whether an expression names something that a recorded exchange does
// not show; see Truth. It can then be false, but hardly true.
func (x *View) Undecidable(e *Expression) bool {
	_ = e.Compile() // an expression that does not compile names nothing
	d := e.doubts
	return d.merchant || d.signature && x.Signature == contract.SignatureUnverified ||
		d.authentication && x.Authentication == contract.AuthenticationUnverified ||
		d.credentials && len(x.Credentials) == 0 || d.references && x.Known == nil
}

// Truth evaluates the condition of a result code for the request of a recorded exchange.
// A condition that names violation is true if it is true for one of the faults. The
// signature or authorization of a request that could not be verified, the merchant's
// settings, and earlier requests if Known is nil are not known: a condition that depends
// on them is undecided.
func (x *View) Truth(e *Expression, faults []RequestViolation) Truth {
	_ = e.Compile() // an expression that does not compile stays undecided
	v := &x.memo.variables
	v.recorded = true
	defer func() { v.recorded = false }()
	if !e.doubts.violation {
		return truth(x.holds(e, nil, nil))
	}
	all := False
	for i := range faults {
		switch truth(x.holds(e, nil, &faults[i])) {
		case True:
			return True
		case Undecided:
			all = Undecided
		}
	}
	if e.needs.violation || len(faults) > 0 {
		return all
	}
	return truth(x.holds(e, nil, nil))
}

func truth(holds, applies bool) Truth {
	switch {
	case !applies:
		return Undecided
	case holds:
		return True
	}
	return False
}

// undecidable reports whether the value of a variable is not known for a recorded
// exchange.
func (v *variables) undecidable(name string) bool {
	switch {
	case !v.recorded:
		return false
	case name == "signature", name == "signatureForm":
		return v.view.Signature == contract.SignatureUnverified
	case name == "authentication":
		return v.view.Authentication == contract.AuthenticationUnverified
	}
	return name == "merchant"
}
