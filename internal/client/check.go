package client

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/transport"
)

// CheckCredentials refuses a credential of a length that the specification excludes.
func CheckCredentials(s *openapi.Spec, credentials map[string]string) error {
	for _, c := range s.Credentials {
		if n := len(credentials[c.Name]); n > 0 && len(c.Bytes) > 0 && !slices.Contains(c.Bytes, n) {
			sizes := strings.ReplaceAll(strings.Trim(fmt.Sprint(c.Bytes), "[]"), " ", " or ")
			return &contract.RefusedError{Provider: s.Provider, Field: "credentials." + c.Name, Reason: "must have " + sizes + " bytes"}
		}
	}
	return nil
}

// Check refuses a request with faults: the error is a *contract.RefusedError that lists all
// of them. fields names the member of the input at each place of the body.
func Check(s *openapi.Spec, o *openapi.Operation, r *http.Request, credentials map[string]string, fields map[contract.Pointer]string) error {
	if err := o.Compile(); err != nil {
		return err
	}
	frozen, err := transport.Freeze(r)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Provider, err)
	}
	x := openapi.NewView(o, contract.Exchange{Request: frozen}, credentials, s.Merchant)
	defer x.Done()
	return refusal(s.Provider, x.RequestFaults(true), fields)
}

// refusal returns the refusal for the faults of a request, nil if there are none. It names
// the first member as its field and the others in its reason.
func refusal(provider string, faults []openapi.RequestViolation, fields map[contract.Pointer]string) error {
	slices.SortStableFunc(faults, func(a, b openapi.RequestViolation) int { // only places of the body have a member of the input
		return outside(a.At) - outside(b.At)
	})
	var all []contract.RefusedError
	for _, f := range faults {
		one := contract.RefusedError{Provider: provider, Field: field(fields, f.At), Reason: report.Sentence(f.Message)}
		if f.Keyword == openapi.ConditionFault {
			one.Reason = "violates a condition: " + one.Reason
		}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return nil
	}
	first := all[0]
	for _, other := range all[1:] {
		first.Reason += "; "
		if other.Field != first.Field {
			first.Reason += other.Field + " "
		}
		first.Reason += other.Reason
	}
	return &first
}

// outside is 0 for places in a body and 1 for others.
func outside(at contract.Place) int {
	if _, inBody := at.Pointer(); inBody {
		return 0
	}
	return 1
}

// field returns the name of the member of the input at a place of the request, or of a
// member above it. It returns a place outside of the body as it is.
func field(fields map[contract.Pointer]string, at contract.Place) string {
	pointer, inBody := at.Pointer()
	if !inBody {
		return string(at)
	}
	tokens := slices.Collect(pointer.Tokens())
	best, depth := string(at), -1
	for place, name := range fields {
		pattern := slices.Collect(place.Tokens())
		if len(pattern) <= depth || len(pattern) > len(tokens) {
			continue
		}
		if filled, ok := fill(pattern, tokens, name); ok {
			best, depth = strings.Join(append([]string{filled}, tokens[len(pattern):]...), "."), len(pattern)
		}
	}
	return best
}

// fill matches tokens with a pattern. It puts the token at each * of the pattern in place
// of the next * of the name.
func fill(pattern, tokens []string, name string) (string, bool) {
	for i, want := range pattern {
		if want == contract.Every {
			name = strings.Replace(name, contract.Every, tokens[i], 1)
		} else if want != tokens[i] {
			return "", false
		}
	}
	return name, true
}
