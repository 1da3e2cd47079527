package rule_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/specs"
)

// TestTimesPlausible has an expiry in each unit, as a number and as text, with and without
// the time of the response.
func TestTimesPlausible(t *testing.T) {
	t.Parallel()
	source, err := specs.Files.ReadFile("enkash.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const date = "Mon, 05 Jan 2026 10:00:00 GMT" // 1767607200
	tests := []struct {
		name, unit, expiry, date, want string
	}{
		{"milliseconds", "milliseconds", "1767610800000", date, ""},
		{"milliseconds as text", "milliseconds", `"1767610800000"`, date, ""},
		{"the sample, without a date", "milliseconds", "1672531199000", "", ""},
		{"the sample, with a date", "milliseconds", "1672531199000", date, "passed"},
		{"one second before", "milliseconds", "1767607199000", date, "passed"},
		{"the same second", "milliseconds", "1767607200000", date, "passed"},
		{"seconds", "milliseconds", "1767610800", date, "unit"},
		{"seconds, without a date", "milliseconds", "1767610800", "", "unit"},
		{"seconds as text", "milliseconds", `"1767610800"`, "", "unit"},
		{"microseconds", "milliseconds", "1767610800000000", date, "unit"},
		{"zero", "milliseconds", "0", "", "unit"},
		{"negative", "milliseconds", "-1", "", "unit"},
		{"a number out of range", "milliseconds", "1e999999999", "", "unit"},
		{"too many digits", "milliseconds", "17676108000000000000000", "", "unit"},
		{"in 2099", "milliseconds", "4070908800000", date, "far"},
		{"in 2099, without a date", "milliseconds", "4070908800000", "", ""},
		{"in 2101", "milliseconds", "4133980800000", "", "unit"},
		{"seconds where they are documented", "seconds", "1767610800", date, ""},
		{"milliseconds where seconds are documented", "seconds", "1767610800000", date, "unit"},
		{"microseconds where they are documented", "microseconds", "1767610800000000", date, ""},
		{"seconds where no unit is documented", "", "1767610800", date, ""},
		{"milliseconds where no unit is documented", "", "1767610800000", date, ""},
		{"too small for any unit", "", "1767", date, "year"},
		{"a date that cannot be read", "milliseconds", "1672531199000", "yesterday", ""},
		{"a date as text", "", `"2026-01-05T11:00:00Z"`, date, ""},
		{"a local time as text", "", `"2026-01-05 11:00:00"`, date, ""},
		{"a passed date as text", "", `"2026-01-05T15:00:00+05:30"`, date, "passed"},
		{"the year 1970 as text", "", `"1970-01-21T11:00:00Z"`, date, "year"},
		{"a text that is no time", "", `"soon"`, date, "none"},
		{"null", "milliseconds", "null", date, "none"},
		{"an integer with a decimal point", "milliseconds", "1654042500000.0", "", ""},
		{"an integer with an exponent", "milliseconds", "1.6540425e12", "", ""},
		{"a fraction of a second", "seconds", "1654042500.25", "", ""},
		{"seconds with a decimal point, in milliseconds", "milliseconds", "1654042500.0", "", "unit"},
		{"a number that no time has", "milliseconds", "1e999999", "", "unit"},
		{"a text with a decimal point", "milliseconds", `"1654042500000.0"`, "", "none"},
		{"an object", "milliseconds", "{}", date, "none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			unit := ""
			if test.unit != "" {
				unit = "          x-unit: " + map[string]string{"seconds": "s", "milliseconds": "ms", "microseconds": "us"}[test.unit] + "\n"
			}
			s, err := openapi.Load(fstest.MapFS{"enkash.yaml": {Data: []byte(strings.Replace(string(source), "          x-unit: ms\n", unit, 1))}}, "enkash.yaml")
			if err != nil {
				t.Fatal(err)
			}
			o := s.Operation("createToken")
			ex := contract.Exchange{Response: contract.Response{
				Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
				Body: []byte(`{"token":"abc","resultCode":200,"expiry":` + test.expiry + `}`),
			}}
			if test.date != "" {
				ex.Response.Header.Set("Date", test.date)
			}
			got := apply(t, "times-plausible", &rule.Subject{Spec: s, Operation: o, View: openapi.NewView(o, ex, nil, nil)})
			found := ""
			switch {
			case got.Inconclusive != nil:
				_, found, _ = strings.Cut(got.Inconclusive.ID, ".")
			case len(got.Findings) > 0:
				f := got.Findings[0]
				_, found, _ = strings.Cut(f.Message.Template.ID, ".")
				if f.Side != contract.ProviderSide || f.Severity != contract.Error || f.At != "response#/expiry" {
					t.Errorf("found %+v", f)
				}
			}
			if found != test.want {
				t.Errorf("found %q, want %q", found, test.want)
			}
		})
	}
}

// TestPlainInstant compares the fast way with Instants: what it accepts is plausible.
func TestPlainInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raw := []byte(rapid.StringMatching(`"?[0-9]{1,20}"?`).Draw(t, "raw"))
		if (raw[0] == '"') != (raw[len(raw)-1] == '"') {
			t.Skip("no JSON")
		}
		unit := rapid.SampledFrom([]string{"", "seconds", "milliseconds", "microseconds"}).Draw(t, "unit")
		all, isTime := rule.Instants(raw, unit)
		plausible := slices.ContainsFunc(all, func(at time.Time) bool { return at.Year() >= 2000 && at.Year() < 2100 })
		if rule.PlainInstant(raw, unit) && (!isTime || !plausible) {
			t.Fatalf("%s in %q is accepted, but means %v", raw, unit, all)
		}
	})
	for _, raw := range []string{"1700000000", `"1700000000"`, "1700000000000", "1700000000000000"} {
		if !rule.PlainInstant([]byte(raw), "") {
			t.Errorf("%s is not accepted", raw)
		}
	}
}

// TestExpiry reads when a token expires, from a time and from a lifetime in seconds.
func TestExpiry(t *testing.T) {
	t.Parallel()
	issued := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	at := &openapi.Authorization{Expires: "/expiry"}
	in := &openapi.Authorization{ExpiresIn: "/expires_in"}
	for name, c := range map[string]struct {
		a    *openapi.Authorization
		body string
		unit string
		want time.Duration // after issued; negative: the response does not say so
	}{
		"a time":               {at, `{"expiry":1767610800000}`, "", time.Hour},
		"a time in seconds":    {at, `{"expiry":1767610800}`, "seconds", time.Hour},
		"no time":              {at, `{"expiry":"soon"}`, "", -1},
		"a lifetime":           {in, `{"expires_in":3600}`, "", time.Hour},
		"a lifetime as text":   {in, `{"expires_in":"3600"}`, "", time.Hour},
		"a lifetime of 0":      {in, `{"expires_in":0}`, "", 0},
		"a fraction":           {in, `{"expires_in":1.5}`, "", 1500 * time.Millisecond},
		"in another notation":  {in, `{"expires_in":3.6e3}`, "", time.Hour},
		"below 0":              {in, `{"expires_in":-1}`, "", -1},
		"a time as a lifetime": {in, `{"expires_in":1767610800000}`, "", -1},
		"beyond every number":  {in, `{"expires_in":1e999}`, "", -1},
		"no number":            {in, `{"expires_in":"NaN"}`, "", -1},
		"null":                 {in, `{"expires_in":null}`, "", -1},
		"absent":               {in, `{"expiry":1767610800000}`, "", -1},
		"no place":             {&openapi.Authorization{}, `{"expires_in":3600}`, "", -1},
		"no JSON":              {in, `expires_in=3600`, "", -1},
	} {
		got := rule.Expiry(c.a, []byte(c.body), c.unit, issued)
		if want := issued.Add(c.want); c.want < 0 && !got.IsZero() || c.want >= 0 && !got.Equal(want) {
			t.Errorf("%s: %s, want %s after it was issued", name, got, c.want)
		}
	}
}
