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

// Doubts is a set of variables that an exchange may not show.
type Doubts uint8

// The variables in Doubts.
const (
	ofSignature Doubts = 1 << iota
	ofAuthentication
	ofMerchant
	ofCredentials
	ofReferences
	ofViolation
)

func newDoubts(e *Expression) (d Doubts) {
	for i, name := range []string{"signature", "authentication", "merchant", "credentials", References, "violation"} {
		if e.mentions(name) {
			d |= 1 << i
		}
	}
	return d
}

// Doubts returns the variables in an expression that an exchange may not show. An
// expression that does not compile has none.
func (e *Expression) Doubts() Doubts {
	_ = e.Compile()
	return e.doubts
}

// Unknown returns the variables that this exchange does not show. An expression that names
// one can be false, but hardly true; see Truth.
func (x *View) Unknown() Doubts {
	d := ofMerchant
	if x.Signature == contract.SignatureUnverified {
		d |= ofSignature
	}
	if x.Authentication == contract.AuthenticationUnverified {
		d |= ofAuthentication
	}
	if len(x.Credentials) == 0 {
		d |= ofCredentials
	}
	if x.Known == nil {
		d |= ofReferences
	}
	return d
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
	if e.doubts&ofViolation == 0 {
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
