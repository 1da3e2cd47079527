package judge_test

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/judge"
	"assay/internal/traffic"
)

// kiosk returns a judge of an invented provider with x-idempotency, and its catalog, after
// a change of the document.
func kiosk(t testing.TB, old, replacement string) (*judge.Judge, *catalog.Catalog) {
	t.Helper()
	raw, err := os.ReadFile("../openapi/testdata/idempotency/kiosk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.Replace(raw, []byte(old), []byte(replacement), 1)
	k, err := catalog.Load(catalog.Data{Specs: fstest.MapFS{"kiosk.yaml": {Data: raw}}, Fixtures: fstest.MapFS{}, Cassettes: fstest.MapFS{}}, catalog.Options{Traffic: true})
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(k, judge.Options{Recorded: true, Keys: map[string]map[string]string{"kiosk": {"key": "test-key", "secret": "test-secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	return j, k
}

// charge is an exchange of the invented provider.
type charge struct {
	key, receipt string
	amount       int
	day          int    // of January, in the Date of the response; 0: it has none
	response     string // the id of the charge, or a field of an error
	merchant     string // of another merchant; "": the usual one
}

func (c charge) exchange() contract.Exchange {
	ex := contract.Exchange{
		Request: contract.Request{
			Method: "POST", URL: &url.URL{Scheme: "https", Host: "api.kiosk.example.com", Path: "/v1/charges"},
			Header: http.Header{"Content-Type": {"application/json"}, "Authorization": {cmp.Or(c.merchant, "Basic dGVzdC1rZXk6dGVzdC1zZWNyZXQ=")}},
			Body:   fmt.Appendf(nil, `{"amount":%d,"receipt":%q}`, c.amount, c.receipt),
		},
		Response: contract.Response{
			Status: 200, Header: http.Header{"Content-Type": {"application/json"}},
			Body: fmt.Appendf(nil, `{"id":%q,"receipt":%q,"created_at":1767610000000}`, c.response, c.receipt),
		},
	}
	if c.key != "" {
		ex.Request.Header.Set("Idempotency-Key", c.key)
	}
	if c.day != 0 {
		ex.Response.Header.Set("Date", fmt.Sprintf("Mon, %02d Jan 2026 00:00:00 GMT", c.day))
	}
	if message, refused := map[string]string{
		"key": "The key was used for another charge", "receipt": "The receipt was used before", "amount": "The amount must be at least 100",
	}[c.response]; refused {
		ex.Response.Status = 400
		ex.Response.Body = fmt.Appendf(nil, `{"error":{"code":"REFUSED","description":%q,"field":%q}}`, message, c.response)
	}
	return ex
}

// TestRepeats checks traffic with repeats. The last exchange of each row has the findings.
func TestRepeats(t *testing.T) {
	t.Parallel()
	first := charge{key: "k-1", receipt: "r-1", amount: 100, day: 5, response: "charge_1"}
	with := func(change func(*charge)) charge {
		c := first
		change(&c)
		return c
	}
	const key, order, explained = "idempotency-key-unique", "repeat-same-order", contract.CodeExplained
	for name, c := range map[string]struct {
		old, replacement string
		all              []charge
		findings         []string // rule and template, and the place
		open             []string // rule and reason
	}{
		"a first request": {all: []charge{first}, open: []string{order + " repeat.none"}},
		"a repeat":        {all: []charge{first, first}},
		"another order": {
			all:      []charge{first, with(func(c *charge) { c.response = "charge_2" })},
			findings: []string{"error provider " + order + ".other response#/id"},
		},
		"another body, refused": {
			all:      []charge{first, with(func(c *charge) { c.amount, c.response = 200, "key" })},
			findings: []string{"error client " + key + ".conflict request.header.idempotency-key"},
		},
		"another body, accepted": {
			all: []charge{first, with(func(c *charge) { c.amount, c.receipt, c.response = 200, "r-2", "charge_2" })},
			findings: []string{
				"error client " + key + ".conflict request.header.idempotency-key",
				"error provider " + order + ".accepted response.status",
			},
		},
		"another body, and the documents say nothing": {
			old: "        conflict: {code: REFUSED, variant: key-reused}\n",
			all: []charge{first, with(func(c *charge) { c.receipt, c.response = "r-2", "charge_2" })},
			findings: []string{
				"error client " + key + ".reused request.header.idempotency-key",
			},
		},
		"a repeat refused as another request": {
			all:      []charge{first, with(func(c *charge) { c.response = "key" })},
			findings: []string{"warning provider " + order + ".conflict response#/error/code"},
		},
		"a repeat refused as a duplicate": {
			all:      []charge{first, with(func(c *charge) { c.response = "receipt" })},
			findings: []string{"warning provider " + explained + ".false response#/error/code"},
		},
		"a duplicate": {
			all:      []charge{first, with(func(c *charge) { c.key, c.response = "k-2", "receipt" })},
			findings: []string{"info provider " + explained + ".true response#/error/code"},
			open:     []string{order + " repeat.none"},
		},
		"a duplicate that was accepted, and its repeat": {
			all: []charge{first, with(func(c *charge) { c.key, c.response = "k-2", "charge_2" }), with(func(c *charge) { c.key, c.response = "k-2", "charge_2" })},
			findings: []string{
				"warning provider " + explained + ".accepted response.status",
			},
		},
		"no key": {
			all:      []charge{with(func(c *charge) { c.key = "" }), with(func(c *charge) { c.key, c.response = "", "charge_2" })},
			findings: []string{"warning provider " + explained + ".accepted response.status"},
			open:     []string{key + " repeat.key", order + " repeat.key"},
		},
		"after a refusal the key is free": {
			all:  []charge{with(func(c *charge) { c.amount, c.response = 1, "amount" }), first},
			open: []string{order + " repeat.none"},
		},
		"the last minute": {
			all:      []charge{first, with(func(c *charge) { c.day, c.response = 5, "charge_2" })},
			findings: []string{"error provider " + order + ".other response#/id"},
		},
		"after the hours": {
			all:  []charge{first, with(func(c *charge) { c.day, c.receipt, c.response = 6, "r-2", "charge_2" })},
			open: []string{order + " repeat.none"},
		},
		"after the hours, a repeat of the second": {
			all: []charge{
				first, with(func(c *charge) { c.day, c.receipt, c.response = 6, "r-2", "charge_2" }), with(func(c *charge) { c.day, c.receipt, c.response = 6, "r-2", "charge_3" }),
			},
			findings: []string{"error provider " + order + ".other response#/id"},
		},
		"without a date": {
			all:  []charge{first, with(func(c *charge) { c.day, c.amount, c.receipt, c.response = 0, 200, "r-2", "charge_2" })},
			open: []string{key + " repeat.undated", order + " repeat.undated"},
		},
		"without a date, and a key counts for ever": {
			old:      "        hours: 24\n",
			all:      []charge{with(func(c *charge) { c.day = 0 }), with(func(c *charge) { c.day, c.response = 0, "charge_2" })},
			findings: []string{"error provider " + order + ".other response#/id"},
		},
		"of another merchant": {
			all:  []charge{first, with(func(c *charge) { c.merchant, c.receipt, c.response = "Basic eDp5", "r-2", "charge_2" })},
			open: []string{order + " repeat.none"},
			findings: []string{
				"error client request-authenticated.invalid request.header.authorization",
				"warning provider " + explained + ".accepted response.status",
			},
		},
		"a key in the body": {
			old: "at: request.header.idempotency-key", replacement: "at: request#/receipt",
			all: []charge{first, with(func(c *charge) { c.amount, c.response = 200, "charge_2" })},
			findings: []string{
				"error client " + key + ".conflict request#/receipt",
				"error provider " + order + ".accepted response.status",
				"warning provider " + explained + ".accepted response.status",
			},
		},
		"a response without an order": {
			old: "id: {type: string, minLength: 1, x-means: provider-reference,", replacement: "id: {type: string, minLength: 1,",
			all:  []charge{first, first},
			open: []string{order + " repeat.unnamed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j, k := kiosk(t, c.old, c.replacement)
			sequence, lines := j.Sequence(), []byte(nil)
			var last contract.Result
			for _, one := range c.all {
				var ok bool
				if last, ok = sequence.Judge(one.exchange()); !ok {
					t.Fatal("no operation")
				}
				line, err := traffic.Append(nil, one.exchange())
				if err != nil {
					t.Fatal(err)
				}
				lines = append(append(lines, bytes.TrimSpace(line)...), '\n')
			}
			var findings, open []string
			for _, f := range last.Findings {
				findings = append(findings, fmt.Sprint(f.Severity, " ", f.Side, " ", f.Message.Template.ID, " ", f.At))
			}
			for _, gap := range last.Inconclusive {
				if gap.Rule == key || gap.Rule == order {
					open = append(open, gap.Rule+" "+gap.Why.Template.ID)
				}
			}
			slices.Sort(findings)
			slices.Sort(c.findings)
			if !slices.Equal(findings, c.findings) || !slices.Equal(open, c.open) {
				t.Errorf("findings %q, want %q; inconclusive %q, want %q", findings, c.findings, open, c.open)
			}
			want := judge.NewTally(contract.Error)
			sequence = j.Sequence()
			for i, one := range c.all {
				r, _ := sequence.Judge(one.exchange())
				r.Origin = fmt.Sprintf("ndjson:-#%d", i+1)
				want.Add(int64(i+1), r)
			}
			for _, workers := range []int{1, 3} {
				got, err := j.Check(t.Context(), []string{"-"}, bytes.NewReader(lines), judge.CheckOptions{FailOn: contract.Error, Workers: workers})
				if err != nil {
					t.Fatal(err)
				}
				if has, wants := written(t, got.Report(k, "", 1000)), written(t, want.Report(k, "", 1000)); has != wants {
					t.Errorf("%d workers:\n%s\none by one:\n%s", workers, has, wants)
				}
			}
		})
	}
}

// TestRepeatsAlone judges an exchange without earlier ones: nothing is known of repeats.
func TestRepeatsAlone(t *testing.T) {
	t.Parallel()
	j, _ := kiosk(t, "", "")
	r, _ := j.Judge(charge{key: "k-1", receipt: "r-1", amount: 100, day: 5, response: "charge_1"}.exchange())
	var open []string
	for _, gap := range r.Inconclusive {
		open = append(open, gap.Rule+" "+gap.Why.Template.ID)
	}
	for _, want := range []string{"idempotency-key-unique repeat.earlier", "repeat-same-order repeat.earlier"} {
		if !slices.Contains(open, want) {
			t.Errorf("inconclusive %s; no %s", strings.Join(open, ", "), want)
		}
	}
}

// TestRepeatsReplaced: a tool that redacts replaced every key, or a member of the body. No
// side is blamed.
func TestRepeatsReplaced(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(ex *contract.Exchange){
		"the key":  func(ex *contract.Exchange) { ex.Request.Header.Set("Idempotency-Key", "[REDACTED]") },
		"a member": func(ex *contract.Exchange) { ex.Request.Body = []byte(`{"amount":100,"receipt":"***"}`) },
		"the order of the repeat": func(ex *contract.Exchange) {
			ex.Response.Body = contract.Replace(ex.Response.Body, "/id", []byte(`"***"`))
		},
	} {
		j, _ := kiosk(t, "", "")
		sequence := j.Sequence()
		for i, receipt := range []string{"r-1", "r-2"} {
			if name == "the order of the repeat" {
				receipt = "r-1"
			}
			ex := charge{key: "k-1", receipt: receipt, amount: 100, day: 5, response: fmt.Sprint("charge_", i)}.exchange()
			if i == 1 || name == "the key" {
				change(&ex)
			}
			r, _ := sequence.Judge(asRecorded(t, ex))
			for _, f := range r.Findings {
				if f.Rule == "idempotency-key-unique" || f.Rule == "repeat-same-order" {
					t.Errorf("%s: %s at %s", name, f.Message.Template.ID, f.At)
				}
			}
		}
	}
}

// TestRepeatsUndated checks repeats whose responses have no Date: the time of the recording
// counts, and without one nothing about the repeat passes.
func TestRepeatsUndated(t *testing.T) {
	t.Parallel()
	const key, order = "idempotency-key-unique", "repeat-same-order"
	began := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		started  []time.Time // of both requests
		findings string
		open     string // of the operation
	}{
		"the times are known":       {[]time.Time{began, began.Add(time.Second)}, key + " " + order, ""},
		"the hours are over":        {[]time.Time{began, began.Add(24 * time.Hour)}, "", order + " repeat.none"},
		"no time":                   {[]time.Time{{}, {}}, "", key + " repeat.undated, " + order + " repeat.undated"},
		"the first has no time":     {[]time.Time{{}, began}, "", key + " repeat.undated, " + order + " repeat.undated"},
		"only the first has a time": {[]time.Time{began, {}}, "", key + " repeat.undated, " + order + " repeat.undated"},
	} {
		j, k := kiosk(t, "", "")
		sequence, tally, other := j.Sequence(), judge.NewTally(contract.Error), judge.NewTally(contract.Error)
		var found []string
		for i, started := range c.started {
			ex := charge{key: "k-1", receipt: fmt.Sprint("r-", i), amount: 100 + i, response: fmt.Sprint("charge_", i)}.exchange()
			ex.Started = started
			r, _ := sequence.Judge(ex)
			if i == 0 {
				tally.Add(1, r)
			} else {
				other.Add(2, r)
			}
			for _, f := range r.Findings {
				found = append(found, f.Rule)
			}
		}
		other.Merge(tally)
		var open []string
		for _, r := range other.Report(k, "", 10).Results {
			if r.Origin != contract.WholeTraffic {
				continue
			}
			for _, gap := range r.Inconclusive {
				if open = append(open, gap.Rule+" "+gap.Why.Template.ID); slices.Contains(r.Checked, gap.Rule) {
					t.Errorf("%s: %s counts as checked too", name, gap.Rule)
				}
			}
		}
		if got := strings.Join(found, " "); got != c.findings {
			t.Errorf("%s: findings %q, want %q", name, got, c.findings)
		}
		if got := strings.Join(open, ", "); got != c.open {
			t.Errorf("%s: inconclusive %q, want %q", name, got, c.open)
		}
	}
}
