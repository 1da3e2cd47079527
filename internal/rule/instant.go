package rule

import (
	"cmp"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// timesPlausibleRule checks the members of a response with x-means: timestamp.
func timesPlausibleRule() Rule {
	return Rule{
		ID: "times-plausible", Title: "every time in the response is plausible", Family: "response",
		Templates: []*contract.Template{instantOutside, instantOutsideUnit, instantFar, instantPassed},
		Reasons:   []*contract.Template{instantAbsent, bodyUnreadable, bodyEmpty},
		Side:      contract.ProviderSide, Severity: contract.Error, Applies: hasTimestamps, Run: timesPlausible,
		About:  "Seconds where the documents have milliseconds make a time in 1970. A client that reads such an expiry takes a fresh token for an expired one.",
		Remedy: "Compare the number with the unit in the documents, and report it to the provider. If the provider always sends another unit, change x-unit in the specification, and the client.",
	}
}

// Messages of times-plausible.
var (
	instantOutside     = &contract.Template{ID: "times-plausible.year", Text: "{place} is not a time between the years 2000 and 2100 in seconds, milliseconds or microseconds"}
	instantOutsideUnit = &contract.Template{ID: "times-plausible.unit", Text: "{place} is not a time between the years 2000 and 2100 if it is read in {unit}, as the documents say"}
	instantFar         = &contract.Template{ID: "times-plausible.far", Text: "{place} is more than {years} years away from the time in the Date header of the response"}
	instantPassed      = &contract.Template{ID: "times-plausible.passed", Text: "{place} had already passed when the provider sent the response, according to its Date header; so the token was never valid"}
	instantAbsent      = &contract.Template{ID: "times-plausible.none", Text: "times not checked: the response has none", WayOut: "use a case or a recording whose response has a time"}
)

// The years between which a time is plausible, and how many years it may lie from the time
// of its response.
const (
	firstYear = 2000
	lastYear  = 2100
	farYears  = 20
)

func hasTimestamps(p *Subject) bool {
	return slices.ContainsFunc(p.Operation.Statuses(), func(status int) bool { return len(p.Operation.Responses[status].Timestamps()) > 0 })
}

func timesPlausible(p *Subject) {
	if !p.View.HasResponseBody() {
		p.inconclusive(p.unreadable())
		return
	}
	checked, dated := false, len(p.View.Exchange.Response.Header["Date"]) > 0
	for _, m := range p.responseBody().Timestamps() {
		if contract.HasWildcard(m.Pointer) {
			for _, found := range p.View.Occurrences(contract.ResponseBody(m.Pointer)) {
				raw, err := contract.Encode(found.Value)
				checked = err == nil && p.instant(m, found.Place, raw) || checked
			}
			continue
		}
		raw, present, _ := p.View.ResponseMember(m.Pointer)
		switch {
		case !present:
		case !dated && plainInstant(raw, m.Unit):
			checked = true
		default:
			checked = p.instant(m, contract.ResponseBody(m.Pointer), raw) || checked
		}
	}
	if !checked {
		p.inconclusive(instantAbsent)
	}
}

// instant checks one time, and reports whether the value is one. A value that is none is
// a matter of the schema.
func (p *Subject) instant(m *openapi.Member, at contract.Place, raw []byte) bool {
	instants, isTime := Instants(raw, m.Unit)
	if !isTime {
		return false
	}
	plausible := slices.DeleteFunc(instants, func(t time.Time) bool { return t.Year() < firstYear || t.Year() >= lastYear })
	place := contract.ArgPlace("place", at)
	sent, isSent := p.sent()
	switch {
	case len(plausible) == 0 && m.Unit != "":
		p.add(at, "year", instantOutsideUnit, place, contract.ArgText("unit", m.Unit))
	case len(plausible) == 0:
		p.add(at, "year", instantOutside, place)
	case !isSent: // nothing says when the response was sent
	case expires(p, m.Pointer) && !slices.ContainsFunc(plausible, func(t time.Time) bool { return t.After(sent) }):
		p.add(at, "passed", instantPassed, place)
	case !slices.ContainsFunc(plausible, func(t time.Time) bool {
		return t.After(sent.AddDate(-farYears, 0, 0)) && t.Before(sent.AddDate(farYears, 0, 0))
	}):
		p.add(at, "far", instantFar, place, contract.ArgInt("years", farYears))
	}
	return true
}

// sent returns the time in the Date header of the response.
func (p *Subject) sent() (t time.Time, ok bool) {
	values := p.View.Exchange.Response.Header["Date"]
	if len(values) == 0 {
		return t, false
	}
	t, err := http.ParseTime(values[0])
	return t, err == nil
}

// expires reports whether a pointer names the expiry of a token that the operation issues.
func expires(p *Subject, pointer contract.Pointer) bool {
	return slices.ContainsFunc(p.Spec.Operations, func(o *openapi.Operation) bool {
		return o.Authorization != nil && o.Authorization.IssuedBy == p.Operation.ID && o.Authorization.Expires == pointer
	})
}

// Instants returns the times that a JSON value can mean: a number or digits in a unit of
// the Unix epoch, or in every unit if none is documented, or a date as text. It is not a
// time if isTime is false.
func Instants(raw []byte, unit string) (all []time.Time, isTime bool) {
	text, isText := contract.String(raw)
	if !isText {
		number, isNumber := contract.Number(string(raw))
		if !isNumber {
			return nil, len(raw) > 0 && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9') // a number that no time has
		}
		// 1654042500000.0 and 1.6540425e12 are whole; the schema says whether a fraction may be
		text = new(big.Int).Quo(number.Num(), number.Denom()).String()
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return nil, true
	case err != nil:
		return textInstants(text)
	}
	for _, known := range epochUnits {
		if unit == "" || unit == known.name {
			all = append(all, known.at(n).UTC())
		}
	}
	return all, true
}

// Expiry returns when a token expires that the operation of a.IssuedBy issued at a time. It is
// zero if the response does not say so. unit is that of a.Expires, or "".
func Expiry(a *openapi.Authorization, body []byte, unit string, issued time.Time) time.Time {
	if a.ExpiresIn != "" {
		raw, _ := contract.Raw(body, a.ExpiresIn)
		return issuedFor(raw, issued)
	}
	if a.Expires != "" {
		raw, _ := contract.Raw(body, a.Expires)
		if all, _ := Instants(raw, cmp.Or(unit, "milliseconds")); len(all) > 0 {
			return all[0]
		}
	}
	return time.Time{}
}

// mostLifetime is the longest lifetime of a token, in seconds. A longer one is no lifetime.
const mostLifetime = 100 * 366 * 24 * 60 * 60

// issuedFor adds a lifetime in seconds to a time. Digits in quotes are a number here, too.
func issuedFor(raw []byte, issued time.Time) time.Time {
	text, isText := contract.String(raw)
	if !isText {
		text = string(raw)
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if inside := seconds >= 0 && seconds <= mostLifetime; err != nil || !inside { // NaN is not inside
		return time.Time{}
	}
	return issued.Add(time.Duration(seconds * float64(time.Second)))
}

// epochUnits are the units in which a number counts from 1970.
var epochUnits = []struct {
	name   string
	at     func(int64) time.Time
	second int64 // how many are a second
}{
	{"seconds", func(n int64) time.Time { return time.Unix(n, 0) }, 1},
	{"milliseconds", time.UnixMilli, 1_000},
	{"microseconds", time.UnixMicro, 1_000_000},
}

// The seconds from 1970 between which a time is plausible.
var (
	firstSecond = time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	lastSecond  = time.Date(lastYear, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// plainInstant reports whether raw is a number, or digits as text, that is plausible in the
// unit, or in one of all if none is documented. It is what most times are, and costs no
// memory. false says nothing.
func plainInstant(raw []byte, unit string) bool {
	if n := len(raw); n > 1 && raw[0] == '"' {
		raw = raw[1 : n-1]
	}
	if len(raw) == 0 || len(raw) > 18 { // 19 digits may exceed int64
		return false
	}
	value := int64(0)
	for _, c := range raw {
		if c < '0' || c > '9' {
			return false
		}
		value = value*10 + int64(c-'0')
	}
	for i := range epochUnits {
		known := &epochUnits[i]
		if (unit == "" || unit == known.name) && value >= firstSecond*known.second && value < lastSecond*known.second {
			return true
		}
	}
	return false
}

// textInstants reads a date as text. A time without a zone counts as UTC.
func textInstants(text string) (all []time.Time, isTime bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.999999999", time.DateTime, time.DateOnly, http.TimeFormat} {
		if t, err := time.Parse(layout, text); err == nil {
			return []time.Time{t.UTC()}, true
		}
	}
	return nil, false
}
