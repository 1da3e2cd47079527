package judge_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/history"
	"assay/internal/judge"
	"assay/internal/report"
)

// customer is a name that a request has at a place whose values are never shown.
const customer = "Zzyzx"

// responded returns a line of traffic in which iPayments responds with a result code and a
// media type.
func responded(code, media string) string {
	return fmt.Sprintf(`{"request":{"method":"POST","url":"https://console.ipayments.in/v1/service/paycc/init/kyc","headers":{"Accept":"application/json","Content-Type":"application/json","Authorization":"Basic dGVzdC1jbGllbnQta2V5OnRlc3QtY2xpZW50LXNlY3JldA=="},"body":"{\"pan\":\"AAAAA0000A\",\"name\":\"%s\",\"email\":\"p@example.com\",\"mobile\":\"0000000001\",\"merchantCode\":\"MIDTEST00001\"}"},`+
		`"response":{"status":200,"headers":{"Content-Type":%q},"body":"{\"code\":\"%s\",\"message\":\"Request Init\",\"status\":\"SUCCESS\",\"data\":{\"url\":\"https://app.digio.in/x\",\"kid\":\"K1\"}}"}}`+"\n", customer, media, code)
}

// groupsOf judges lines of traffic and returns the report, and its groups of one rule.
func groupsOf(t *testing.T, lines string, workers int, of string) (*contract.Report, []contract.Group) {
	t.Helper()
	e := enginetest.Load(t)
	tally, err := enginetest.NewJudge(t, e, judge.Options{Recorded: true}).Check(t.Context(), []string{"-"}, strings.NewReader(lines), judge.CheckOptions{FailOn: contract.Error, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	r := tally.Report(e.Catalog, "test", 10000)
	var all []contract.Group
	for _, g := range r.Traffic.Groups {
		if g.Finding.Rule == of {
			all = append(all, g)
		}
	}
	return r, all
}

// TestCodesApart judges two result codes each. Those that a message names have findings of
// their own. Of those that it hides, an id says no more than the message: it must not help to
// guess them.
func TestCodesApart(t *testing.T) {
	t.Parallel()
	const long = "a text of the provider and no code"
	for name, c := range map[string]struct {
		one, other string
		apart      bool
		hidden     bool // neither stands in the report
	}{
		"the same code":                 {"0x0210", "0x0210", false, false},
		"two codes":                     {"0x0210", "0x0299", true, false},
		"differ in case":                {"ABC", "abc", true, false},
		"a code and a hidden one":       {"0x0210", long, true, false},
		"hidden, of one length":         {long, strings.ToUpper(long), false, true},
		"hidden, of two lengths":        {long, long + "!", true, true},
		"two mobile numbers":            {"9811098110", "9822098220", false, true},
		"two PANs":                      {"ABCPE1234F", "QWEPT9876Z", false, true},
		"it repeats a name":             {customer, strings.ToUpper(customer), false, true},
		"it repeats a name and a login": {customer, "test-client-key", false, true},
		"a name of somebody else":       {"0x0210", "Zzyz", true, false},
	} {
		r, groups := groupsOf(t, responded(c.one, "application/json")+responded(c.other, "application/json"), 1, "code-documented")
		if len(groups) != 1 && !c.apart || len(groups) != 2 && c.apart {
			t.Errorf("%s: %d findings", name, len(groups))
		}
		for _, g := range groups {
			text := report.Group(g)
			if c.hidden && (strings.Contains(strings.ToLower(text), strings.ToLower(c.one)) || strings.Contains(text, c.other)) {
				t.Errorf("%s is shown:\n%s", name, text)
			}
		}
		first, _ := groupsOf(t, responded(c.one, "application/json"), 1, "code-documented")
		if err := history.NewMarker(history.Earlier{File: "first.json", Report: first}).Report(r); err != nil || r.TrafficFails() != c.apart {
			t.Errorf("%s: against a report with the first, the second fails: %t, want %t (%v)", name, r.TrafficFails(), c.apart, err)
		}
	}
}

// TestEcho judges an undocumented code that repeats a name of the request, however the request
// spells it. No report shows it, and one id stands for all of them. A name that only looks similar
// hides nothing.
func TestEcho(t *testing.T) {
	t.Parallel()
	_, plain := groupsOf(t, responded(customer, "application/json"), 1, "code-documented")
	for title, c := range map[string]struct {
		name, code string // name as it stands in the line: JSON in JSON
		hidden     bool
	}{
		"as it is":                      {"Zzyzx", "Zzyzx", true},
		"capitals":                      {"zZyzX", "Zzyzx", true},
		"behind its first character":    {"mother", "mother", true}, // the body has an m before
		"an escape":                     {`Zz\\u0079zx`, "Zzyzx", true},
		"a character like an ASCII one": {"Zzy\u212ax", "ZzykX", true},
		"another name":                  {"Zzyzy", "Zzyzx", false},
		"a longer name":                 {"Zzyzxy", "Zzyzx", false},
	} {
		line := strings.Replace(responded(c.code, "application/json"), `\"name\":\"`+customer+`\"`, `\"name\":\"`+c.name+`\"`, 1)
		_, groups := groupsOf(t, line, 1, "code-documented")
		if len(groups) != 1 {
			t.Fatalf("%s: %d findings", title, len(groups))
		}
		if text := report.Group(groups[0]); strings.Contains(text, c.code) == c.hidden {
			t.Errorf("%s: hidden is %t:\n%s", title, !c.hidden, text)
		}
		if (groups[0].Finding.Fingerprint == plain[0].Finding.Fingerprint) != c.hidden {
			t.Errorf("%s: the id is %s, and that of an echo %s", title, groups[0].Finding.Fingerprint, plain[0].Finding.Fingerprint)
		}
	}
}

// TestRest judges more result codes than have findings of their own. The others are one finding, which
// counts them, and which no baseline knows. The report is the same whatever worker judged which
// exchange, and whatever came first.
func TestRest(t *testing.T) {
	t.Parallel()
	const kinds, most = 300, 48
	var up, down strings.Builder
	for i := range 2 * kinds {
		up.WriteString(responded("X"+strconv.Itoa(i%kinds), "application/json"))
		down.WriteString(responded("X"+strconv.Itoa(kinds-1-i%kinds), "application/json"))
	}
	r, groups := groupsOf(t, up.String(), 1, "code-documented")
	sum, rest := int64(0), contract.Group{}
	listed := map[string]int64{}
	for _, g := range groups {
		sum += g.Count
		listed[g.Finding.Fingerprint] = g.Count
		if g.Finding.Rest {
			rest = g
		}
	}
	if len(groups) != most+1 || sum != 2*kinds || rest.Count != 2*(kinds-most) || rest.Finding.At != "response#/code" || !strings.Contains(report.Group(rest), "no baseline knows them") {
		t.Fatalf("%d findings of %d exchanges, the rest is %d:\n%s", len(groups), sum, rest.Count, report.Group(rest))
	}
	for _, workers := range []int{1, 4} {
		_, again := groupsOf(t, down.String(), workers, "code-documented")
		for _, g := range again {
			if listed[g.Finding.Fingerprint] != g.Count {
				t.Errorf("%d workers, another order: %s occurs %d times, and %d times in order", workers, g.Finding.Fingerprint, g.Count, listed[g.Finding.Fingerprint])
			}
		}
	}
	same, _ := groupsOf(t, up.String(), 1, "code-documented")
	if err := history.NewMarker(history.Earlier{File: "same.json", Report: same}).Report(r); err != nil || !r.TrafficFails() || r.Baseline.New != 1 || r.Baseline.Known != most {
		t.Errorf("against itself: fails %t, %+v, %v", r.TrafficFails(), r.Baseline, err)
	}
}

// TestMediaTypesApart judges undocumented media types: one finding each, without parameters.
func TestMediaTypesApart(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, media := range []string{"text/html", "text/html; boundary=canary", "TEXT/HTML", "text/plain", "application/problem+json", "application/vnd.api.v2+json", "nonsense", "x", "text/" + customer, "application/deadbeefcafe", ""} {
		b.WriteString(responded("0x0200", media))
	}
	_, groups := groupsOf(t, b.String(), 1, "type-documented")
	got := map[string]int64{}
	for _, g := range groups {
		got[report.Sentence(g.Finding.Message)] = g.Count
	}
	for says, want := range map[string]int64{
		"the media type is text/html, not the documented application/json":                3,
		"the media type is text/plain, not the documented application/json":               1,
		"the media type is application/problem+json, not the documented application/json": 1,
		"there is no media type; the documented one is application/json":                  1,
	} {
		if got[says] != want {
			t.Errorf("%d times %q, want %d", got[says], says, want)
		}
		delete(got, says)
	}
	if len(got) != 1 || strings.Contains(fmt.Sprint(got), "canary") || strings.Contains(strings.ToLower(fmt.Sprint(got)), strings.ToLower(customer)) {
		t.Errorf("the hidden ones: %v", got)
	}
}

// TestUnknownRest sends requests to more unknown paths than have findings of their own.
func TestUnknownRest(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j, tally := enginetest.NewJudge(t, e, judge.Options{Recorded: true}), judge.NewTally(contract.Info)
	const paths, most = 1100, 1000
	for i := range paths {
		path := fmt.Sprintf("/%c/%c/%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676)
		r, ok := j.Unknown(addressed(t, http.MethodGet, "https://console.ipayments.in"+path).Request, "har:a.har#"+strconv.Itoa(i+1))
		if !ok {
			t.Fatal(path)
		}
		tally.Unknown(int64(i+1), r)
	}
	traffic := tally.Report(e.Catalog, "test", 10000).Traffic
	last := int64(0)
	for _, g := range traffic.Groups {
		if g.Finding.Rest {
			last = g.Count
		}
	}
	if len(traffic.Groups) != most+1 || last != paths-most {
		t.Errorf("%d findings, and the rest counts %d", len(traffic.Groups), last)
	}
}
