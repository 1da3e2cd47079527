package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
)

// wish holds the preferences of a request.
type wish struct {
	code, variant, fault string
	handling             string // "lenient", "strict", or "" for the sandbox's own setting
	at                   time.Time
	merchant             map[string]bool
}

// preferences reads the header Prefer. A wrong value of one of our preferences is an
// error. Unknown preferences are ignored, as RFC 7240 demands.
func preferences(h http.Header) (wish, error) {
	w := wish{}
	for _, line := range h.Values("Prefer") {
		for _, one := range strings.Split(line, ",") {
			one, parameters, _ := strings.Cut(one, ";")
			name, value := preference(one)
			switch {
			case name == "code":
				w.code = value
				for parameter := range strings.SplitSeq(parameters, ";") {
					if name, value := preference(parameter); name == "variant" {
						w.variant = value
					}
				}
			case name == "variant":
				return w, fmt.Errorf("variant=%s belongs to a code: code=CODE; variant=%[1]s, with a semicolon", value)
			case name == "handling": // RFC 7240, section 4.4
				if value != "lenient" && value != "strict" {
					return w, fmt.Errorf("handling is lenient or strict, not %q", value)
				}
				w.handling = value
			case name == "fault":
				if !slices.Contains(contract.Faults(), value) {
					return w, fmt.Errorf("there is no fault %q; there are %s", value, strings.Join(contract.Faults(), ", "))
				}
				w.fault = value
			case name == "at":
				at, err := time.Parse(time.RFC3339, value)
				if err != nil {
					return w, fmt.Errorf("at=%s is no time such as 2023-01-01T00:00:00Z", value)
				}
				w.at = at
			case strings.HasPrefix(name, "merchant."):
				if value != "true" && value != "false" {
					return w, fmt.Errorf("%s is true or false, not %q", name, value)
				}
				if w.merchant == nil {
					w.merchant = map[string]bool{}
				}
				w.merchant[strings.TrimPrefix(name, "merchant.")] = value == "true"
			}
		}
	}
	return w, nil
}

// unknownFeature says that a preferred feature is none that the provider can switch on; "": all
// are.
func (o *operation) unknownFeature(w wish) string {
	for _, name := range slices.Sorted(maps.Keys(w.merchant)) {
		if _, known := o.of.Merchant[name]; !known {
			features := strings.Join(slices.Sorted(maps.Keys(o.of.Merchant)), ", ")
			if features == "" {
				features = "none"
			}
			return fmt.Sprintf("%s has no feature %q; it has %s", o.of.Provider, name, features)
		}
	}
	return ""
}

// preference reads name=value.
func preference(text string) (name, value string) {
	name, value, _ = strings.Cut(text, "=")
	return strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"`)
}
