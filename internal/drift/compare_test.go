package drift_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/shape"
)

// usual is a response of iPayments as it is documented.
const usual = `{"code":"0x0200","status":"SUCCESS","message":"Request Init","data":{"url":"https://app.digio.in/#/gateway/X","kid":"KID"}}`

// reading returns the uses of an adapter that needs url and kid.
func reading() *drift.Uses {
	u := &drift.Uses{Codes: []string{"0x0200", "0x0202"}, Status: true}
	for pointer, w := range map[contract.Pointer]drift.Weight{"/code": drift.Decides, "/status": drift.Decides, "/message": drift.Shows, "/data/url": drift.Decides, "/data/kid": drift.Decides} {
		note(u, "0x0200", pointer, w)
	}
	u.Refuse("0x0200", "/data/kid", "empty")
	return u
}

// note gives a member the same weight, however it changes.
func note(u *drift.Uses, code string, pointer contract.Pointer, w drift.Weight) {
	for _, how := range []string{drift.Gone, "null", "boolean", "integer", "number", "string", "array", "object"} {
		u.Note(code, pointer, how, w)
	}
}

// listed returns changes as text, one a line.
func listed(changes []contract.Change) string {
	var lines []string
	for _, c := range changes {
		lines = append(lines, fmt.Sprintf("%s %s %s %s", c.Impact, c.Kind, c.Code, c.At))
	}
	return strings.Join(lines, "; ")
}

// identities returns the sorted ids of changes.
func identities(changes []contract.Change) string {
	var all []string
	for _, c := range changes {
		all = append(all, c.ID)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// counted returns changes and their counts as text, one a line.
func counted(changes []contract.Change) string {
	var lines []string
	for _, c := range changes {
		lines = append(lines, fmt.Sprintf("%s %s, %s", listed([]contract.Change{c}), c.Was, c.Is))
	}
	return strings.Join(lines, "; ")
}

// TestCompare changes one property at a time in some of twenty-five responses, or in
// all of them.
func TestCompare(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	swap := func(was, is string) func(*contract.Exchange) {
		if !strings.Contains(usual, was) {
			t.Fatalf("%s is not in the usual response", was)
		}
		return func(ex *contract.Exchange) { ex.Response.Body = []byte(strings.Replace(usual, was, is, 1)) }
	}
	for name, c := range map[string]struct {
		change func(*contract.Exchange)
		most   int // in how many; 0: in all
		want   string
	}{
		"nothing":                      {func(*contract.Exchange) {}, 0, ""},
		"a member more":                {swap(`"data"`, `"extra":1,"data"`), 1, "harmless member-added 0x0200 response#/extra"},
		"a member read is gone":        {swap(`,"kid":"KID"`, ``), 0, "breaks member-removed 0x0200 response#/data/kid"},
		"a member read is absent":      {swap(`,"kid":"KID"`, ``), 1, "breaks member-absent 0x0200 response#/data/kid"},
		"an empty text, not taken":     {swap(`"KID"`, `""`), 0, "breaks format-changed 0x0200 response#/data/kid"},
		"an object is gone":            {swap(`,"data":{"url":"https://app.digio.in/#/gateway/X","kid":"KID"}`, ``), 0, "breaks member-removed 0x0200 response#/data"},
		"the message is gone":          {swap(`"message":"Request Init",`, ``), 0, "degrades member-removed 0x0200 response#/message"},
		"another type":                 {swap(`"KID"`, `7`), 1, "breaks member-retyped 0x0200 response#/data/kid"},
		"null":                         {swap(`"KID"`, `null`), 1, "breaks member-null 0x0200 response#/data/kid"},
		"another format":               {swap(`"https://app.digio.in/#/gateway/X"`, `"12345678901234567890123456789012"`), 0, "degrades format-changed 0x0200 response#/data/url"},
		"another length":               {swap(`"KID"`, `"KIDKIDKIDKID"`), 0, "degrades length-changed 0x0200 response#/data/kid"},
		"an unknown code":              {swap(`0x0200`, `0x0210`), 1, "breaks code-new 0x0210 response#/code"},
		"a code somebody knows":        {swap(`0x0200`, `0x0202`), 9, "harmless code-new 0x0202 response#/code"},
		"another status":               {swap(`SUCCESS`, `DONE`), 1, "breaks status-changed 0x0200 response#/status"},
		"an insecure URL":              {swap(`"https:`, `"http:`), 0, "degrades format-changed 0x0200 response#/data/url"},
		"another message":              {swap(`Request Init`, `Request is on its way`), 1, "minor message-changed 0x0200 response#/message"},
		"another HTTP status":          {func(ex *contract.Exchange) { ex.Response.Status = http.StatusCreated }, 1, "breaks http-changed 0x0200 response.status"},
		"another media type":           {func(ex *contract.Exchange) { ex.Response.Header.Set("Content-Type", "text/html; charset=utf-8") }, 1, "minor media-changed 0x0200 response.header.content-type"},
		"a code of another type":       {swap(`"0x0200"`, `200`), 1, "breaks member-retyped 200 response#/code"},
		"the code is absent":           {swap(`"code":"0x0200",`, ``), 1, "breaks member-absent  response#/code 25 of 25, 24 of 25"},
		"the code is gone":             {swap(`"code":"0x0200",`, ``), 0, "breaks member-removed  response#/code 25 of 25, 0 of 25"},
		"the code is null":             {swap(`"0x0200"`, `null`), 3, "breaks member-null  response#/code 0 of 25, 3 of 25"},
		"the code is empty":            {swap(`"0x0200"`, `""`), 3, "breaks format-changed  response#/code 0 of 25, 3 of 25"},
		"the code is an object":        {swap(`"0x0200"`, `{}`), 3, "breaks member-retyped  response#/code 0 of 25, 3 of 25"},
		"the status is null":           {swap(`"SUCCESS"`, `null`), 3, "breaks member-null 0x0200 response#/status 0 of 25, 3 of 25"},
		"the status is a number":       {swap(`"SUCCESS"`, `1`), 3, "breaks member-retyped 0x0200 response#/status 0 of 25, 3 of 25"},
		"the status is empty":          {swap(`"SUCCESS"`, `""`), 3, "breaks status-changed 0x0200 response#/status 0 of 25, 3 of 25"},
		"the message is null":          {swap(`"Request Init"`, `null`), 3, "degrades member-null 0x0200 response#/message 0 of 25, 3 of 25"},
		"no JSON":                      {func(ex *contract.Exchange) { ex.Response.Body = []byte("<html>") }, 1, "breaks code-new none response#"},
		"a code no more":               {swap(`0x0200`, `0x0202`), 0, "minor code-gone 0x0200 response#/code; harmless code-new 0x0202 response#/code"},
		"slower by less than a factor": {func(ex *contract.Exchange) { ex.Response.Duration *= 3 / 2 }, 0, ""},
		"slower":                       {func(ex *contract.Exchange) { ex.Response.Duration *= 4 }, 0, "degrades slower 0x0200 response"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := times(25, exchange(o, usual))
			for i := range all {
				all[i].Response.Duration = 10 * time.Millisecond
				all[i].Response.Header = all[i].Response.Header.Clone()
				if c.most == 0 || i < c.most {
					c.change(&all[i])
				}
			}
			old := times(25, exchange(o, usual))
			for i := range old {
				old[i].Response.Duration = 10 * time.Millisecond
			}
			changes := drift.Compare(shape.Learn(o, old...), shape.Learn(o, all...), o, reading())
			if got := identities(changes); got != ids()[name] {
				t.Errorf("ids %q, want %q", got, ids()[name])
			}
			without := drift.Compare(shape.Learn(o, old...), shape.Learn(o, all...), o, nil)
			if c.most == 0 && kinds(without) != kinds(changes) { // rare changes are reported of members that the client reads
				t.Errorf("without a client it reports %q, with one %q", kinds(without), kinds(changes))
			}
			for _, change := range without {
				if change.Why.Template == nil || !slices.Contains(contract.Impacts(), change.Impact) {
					t.Errorf("without a client %s is %s: %v", change.Kind, change.Impact, change.Why)
				}
			}
			got := listed(changes)
			if got != c.want && counted(changes) != c.want {
				t.Errorf("reports %q, want %q", counted(changes), c.want)
			}
			accepted := drift.Accept(map[string]*shape.Shape{o.Name(): shape.Learn(o, old...)}, map[string]*shape.Shape{o.Name(): shape.Learn(o, all...)}, changes)
			if next := accepted[o.Name()]; next != nil {
				if again := listed(drift.Compare(next, shape.Learn(o, all...), o, reading())); again != "" {
					t.Errorf("after accepting, the next run reports %q", again)
				}
			}
		})
	}
}

// kinds lists the changes without their impact, which depends on the client.
func kinds(changes []contract.Change) string {
	var all []string
	for _, c := range changes {
		all = append(all, fmt.Sprintf("%s %s %s", c.Kind, c.Code, c.At))
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// TestCompare_small compares samples that are too small to show a change.
func TestCompare_small(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	extra := strings.Replace(usual, `"data"`, `"extra":"a","data"`, 1)
	refusal := `{"code":"0x0202","status":"FAILURE","message":"Some error"}`
	for name, c := range map[string]struct{ was, is []contract.Exchange }{
		"an optional member in two of four, absent in four": {
			append(times(2, exchange(o, extra)), times(2, exchange(o, usual))...), times(4, exchange(o, usual)),
		},
		"a refusal that no request provoked":   {append(times(3, exchange(o, refusal)), times(4, exchange(o, usual))...), times(2000, exchange(o, usual))},
		"a member once, and then in a few not": {times(1, exchange(o, extra)), times(9, exchange(o, usual))},
		"few lengths":                          {times(3, exchange(o, usual)), times(3, exchange(o, strings.Replace(usual, "KID", "KIDKIDKIDKID", 1)))},
		"few measured": {times(5, exchange(o, usual)), func() []contract.Exchange {
			ex := exchange(o, usual)
			all := times(5, ex)
			for i := range all {
				all[i].Response.Duration = time.Second
			}
			return all
		}()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := listed(drift.Compare(shape.Learn(o, c.was...), shape.Learn(o, c.is...), o, reading())); got != "" {
				t.Errorf("false alarm: %s", got)
			}
		})
	}
}

// TestCompare_rare compares undocumented members that our adapter does not read and
// that are rarely null or rarely have another value. A small old sample without the
// rare value must not be reported.
func TestCompare_rare(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	with := func(n int, fee, live string) []contract.Exchange {
		all := times(n, exchange(o, strings.Replace(usual, `"data"`, `"fee":`+fee+`,"live":`+live+`,"data"`, 1)))
		for i := range all {
			all[i].Response.Duration = 0
		}
		return all
	}
	rare := slices.Concat(with(48, "1.5", "false"), with(2, "null", "true"))
	for n, want := range map[int]string{20: "", 2000: "minor member-null 0x0200 response#/fee; minor enum-widened 0x0200 response#/live"} {
		if got := listed(drift.Compare(shape.Learn(o, with(n, "1.5", "false")...), shape.Learn(o, rare...), o, reading())); got != want {
			t.Errorf("%d before: reports %q, want %q", n, got, want)
		}
	}
	if got := listed(drift.Compare(shape.Learn(o, with(20, "1.5", "false")...), shape.Learn(o, with(20, "null", "false")...), o, reading())); got != "minor member-null 0x0200 response#/fee" {
		t.Errorf("always null: reports %q", got)
	}
}

// TestCompare_signature removes the signature from Paytm's responses.
func TestCompare_signature(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	signed := `{"head":{"signature":"x"},"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"txnToken":"a"}}`
	bare := strings.Replace(signed, `"signature":"x"`, ``, 1)
	for most, want := range map[int]string{1: "some responses are no longer signed", 25: "responses are no longer signed"} {
		is := append(times(most, exchange(o, bare)), times(25-most, exchange(o, signed))...)
		u := &drift.Uses{Codes: []string{"0000"}}
		note(u, "0000", "/head/signature", drift.Decides)
		changes := drift.Compare(shape.Learn(o, times(25, exchange(o, signed))...), shape.Learn(o, is...), o, u)
		if len(changes) != 1 || changes[0].Kind != contract.SignatureGone || changes[0].Impact != contract.Breaks || report.Sentence(changes[0].Message) != want {
			t.Errorf("reports %s, want %s", listed(changes), want)
		}
	}
}

// TestCompare_headers adds and removes headers, which no document requires.
func TestCompare_headers(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	with := func(n int, evidence contract.Evidence, names ...string) []contract.Exchange {
		ex := exchange(o, usual)
		ex.Evidence = evidence
		ex.Response.Header = http.Header{"Content-Type": {"application/json"}}
		for _, name := range names {
			ex.Response.Header.Set(name, "a value")
		}
		return times(n, ex)
	}
	join := func(all ...[]contract.Exchange) []contract.Exchange { return slices.Concat(all...) }
	real, made, read := contract.Production, contract.Simulated, contract.Documented
	for name, c := range map[string]struct {
		was, is []contract.Exchange
		want    string
	}{
		"gone":           {with(25, real, "X-Limit"), with(25, real), "minor header-removed 0x0200 response.header.x-limit"},
		"sometimes gone": {with(25, real, "X-Limit"), join(with(15, real), with(10, real, "X-Limit")), "minor header-absent 0x0200 response.header.x-limit"},
		"in another case": {with(25, real, "X-Limit"), func() []contract.Exchange {
			all := with(25, real)
			all[0].Response.Header["x-LIMIT"] = []string{"1"}
			return all
		}(), ""},
		"new":                         {with(25, real), with(25, real, "X-New"), "harmless header-added 0x0200 response.header.x-new"},
		"read by our adapter":         {with(25, real, "X-Read"), with(25, real), "breaks header-removed 0x0200 response.header.x-read"},
		"what proxies put there":      {with(25, real, "Via", "Age", "Connection"), with(25, real, "Date", "Content-Length", "Server"), ""},
		"few before and few after":    {with(4, real, "X-Limit"), with(4, real), ""},
		"once absent":                 {with(25, real, "X-Limit"), join(with(1, real), with(24, real, "X-Limit")), ""},
		"once new":                    {with(25, real), join(with(24, real), with(1, real, "X-New")), ""},
		"sometimes there, and gone":   {join(with(24, real, "X-Limit"), with(1, real)), with(25, real), ""},
		"of a sandbox and a provider": {with(25, made), with(25, real, "X-New"), ""},
		"of a provider and a sandbox": {with(25, real, "X-Limit"), with(25, made), ""},
		"of two sandboxes":            {with(25, made), with(25, made, "X-New"), "harmless header-added 0x0200 response.header.x-new"},
		"beside what documents print": {join(with(1, read), with(24, real)), with(25, real, "X-New"), ""},
		"half of a sandbox":           {with(25, made), join(with(12, made), with(13, real, "X-New")), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := reading()
			u.Headers = []string{"x-read"}
			changes := drift.Compare(shape.Learn(o, c.was...), shape.Learn(o, c.is...), o, u)
			if got := listed(changes); got != c.want {
				t.Errorf("reports %q, want %q", got, c.want)
			}
			for _, change := range changes {
				if bytes.Contains(change.Example, []byte("a value")) || !bytes.Contains(change.Example, []byte(`"status":200`)) {
					t.Errorf("example %s", change.Example)
				}
			}
		})
	}
}

// TestCompare_requests changes accepted requests.
func TestCompare_requests(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "createOrder")
	sent := `{"merchantCode":"M","clientRefId":"REF1","redirectUrl":"https://shop.example.com/","amount":"100.00","note":"n"}`
	asked := func(n int, body, query string) []contract.Exchange {
		ex := exchange(o, usual)
		ex.Request.Body, ex.Request.URL = []byte(body), &url.URL{Path: o.Path, RawQuery: query}
		return times(n, ex)
	}
	swap := func(from, to string) string {
		if !strings.Contains(sent, from) {
			t.Fatalf("%s is not sent", from)
		}
		return strings.Replace(sent, from, to, 1)
	}
	for name, c := range map[string]struct {
		body string
		n    int // how many of 25 requests have it
		want string
	}{
		"nothing":                             {sent, 25, ""},
		"more":                                {swap(`"note"`, `"extra":1,"note"`), 1, "minor member-added accepted request#/extra"},
		"another type":                        {swap(`"100.00"`, `100`), 1, "minor member-retyped accepted request#/amount"},
		"null":                                {swap(`"n"`, `null`), 1, "minor member-null accepted request#/note"},
		"without what is required":            {swap(`"clientRefId":"REF1",`, ``), 1, "minor member-absent accepted request#/clientRefId"},
		"never with what is required":         {swap(`"clientRefId":"REF1",`, ``), 25, "minor member-removed accepted request#/clientRefId"},
		"without an optional parameter, once": {swap(`,"note":"n"`, ``), 1, ""},
		"without an optional parameter":       {swap(`,"note":"n"`, ``), 25, "harmless member-removed accepted request#/note"},
		"another format":                      {swap(`"REF1"`, `"0aa5cf4c-92b1-4d8e-a0a1-3ad6e5a1a0aa"`), 25, "format-changed accepted request#/clientRefId"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := slices.Concat(asked(c.n, c.body, ""), asked(25-c.n, sent, ""))
			got := listed(drift.Compare(shape.Learn(o, asked(25, sent, "")...), shape.Learn(o, is...), o, reading()))
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("reports %q, want %q", got, c.want)
			}
			for _, bad := range []string{"breaks", "degrades"} {
				if strings.Contains(got, bad) {
					t.Errorf("what we send ourselves %s: %s", bad, got)
				}
			}
			if few := listed(drift.Compare(shape.Learn(o, asked(2, sent, "")...), shape.Learn(o, asked(2, c.body, "")...), o, reading())); strings.Contains(few, "harmless") {
				t.Errorf("reports %q of too few", few)
			}
		})
	}
	paytm := operation(t, "paytm", "createOrder")
	accepted := `{"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"txnToken":"a"}}`
	query := func(raw string) *shape.Shape {
		ex := exchange(paytm, accepted)
		ex.Request.URL, ex.Request.Body = &url.URL{Path: paytm.Path, RawQuery: raw}, []byte(`{}`)
		return shape.Learn(paytm, times(25, ex)...)
	}
	changes := drift.Compare(query("mid=a&orderId=b"), query("mid=a"), paytm, nil)
	if got := listed(changes); got != "minor member-removed accepted request.query.orderId" {
		t.Errorf("reports %q", got)
	} else if string(changes[0].Example) != `{"query":{}}` {
		t.Errorf("example %s", changes[0].Example)
	}
}

// TestCompare_enum widens an enumeration, documented and undocumented.
func TestCompare_enum(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	with := func(n int, value string) []contract.Exchange {
		return times(n, exchange(o, fmt.Sprintf(`{"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"isPromoCodeValid":%s}}`, value)))
	}
	was := shape.Learn(o, with(20, "false")...)
	if got := listed(drift.Compare(was, shape.Learn(o, with(20, "true")...), o, nil)); got != "minor enum-widened 0000 response#/body/isPromoCodeValid" {
		t.Errorf("reports %q", got)
	}
	if got := listed(drift.Compare(shape.Learn(o, with(19, "false")...), shape.Learn(o, with(20, "true")...), o, nil)); got != "" {
		t.Errorf("reports %q of too few", got)
	}
}

// alike reports whether two changes are equal, whatever the layout of their example.
func alike(a, b contract.Change) bool {
	var x, y any
	if json.Unmarshal(a.Example, &x) != nil || json.Unmarshal(b.Example, &y) != nil {
		return false
	}
	a.Example, b.Example = nil, nil
	return reflect.DeepEqual(x, y) && reflect.DeepEqual(a, b)
}

// TestReport writes the changes of a comparison as JSON, and reads them back.
func TestReport(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	changes := drift.Compare(shape.Learn(o, times(25, exchange(o, usual))...), shape.Learn(o, times(25, exchange(o, strings.Replace(usual, `"KID"`, "7", 1)))...), o, reading())
	var b strings.Builder
	if err := report.Drifts().Write(&b, "json", &contract.Drift{Schema: contract.DriftSchema, FailOn: contract.Breaks, Changes: changes}, report.How{}); err != nil {
		t.Fatal(err)
	}
	var back contract.Drift
	bare := changes[0] // a report has sentences and no templates
	bare.Message, bare.Why = contract.Message{}, contract.Message{}
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || len(back.Changes) != 1 || !alike(back.Changes[0], bare) || back.Failing() != 1 {
		t.Errorf("%v: %s", err, b.String())
	}
	if err := report.Drifts().Write(&b, "xml", &back, report.How{}); err == nil {
		t.Error("there is a format xml")
	}
}

// TestCompare_message changes the message for adapters that use it in different ways.
func TestCompare_message(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	another, empty := strings.Replace(usual, "Request Init", "it is on its way", 1), strings.Replace(usual, "Request Init", "", 1)
	decides := reading()
	note(decides, "0x0200", "/message", drift.Decides)
	decides.Refuse("0x0200", "/message", "text")
	unread := &drift.Uses{Codes: []string{"0x0200"}}
	note(unread, "0x0200", "/code", drift.Decides)
	for name, c := range map[string]struct {
		uses      *drift.Uses
		body, why string
		want      contract.Impact
	}{
		"shown":           {reading(), another, "only shows", contract.Minor},
		"nothing to show": {reading(), empty, "now there is none", contract.Degrades},
		"decided by":      {decides, another, "rejects such a message", contract.Breaks},
		"not read":        {unread, another, "does not read it", contract.Minor},
		"no uses":         {nil, another, "not known", contract.Minor},
	} {
		changes := drift.Compare(shape.Learn(o, times(25, exchange(o, usual))...), shape.Learn(o, times(25, exchange(o, c.body))...), o, c.uses)
		if len(changes) != 1 || changes[0].Kind != contract.MessageChanged || changes[0].Impact != c.want || !strings.Contains(report.Sentence(changes[0].Why), c.why) {
			t.Errorf("%s: %+v", name, changes)
		}
	}
}

// TestCompare_number replaces numbers by those of another unit.
func TestCompare_number(t *testing.T) {
	t.Parallel()
	o := operation(t, "enkash", "createToken")
	at := func(n int, expiry string) []contract.Exchange {
		return times(n, exchange(o, `{"token":"abcdef1234567890","expiry":`+expiry+`,"resultCode":200,"resultMessage":"Token generated successfully."}`))
	}
	const today, later = "1763000000000", "4102444800000"
	for name, c := range map[string]struct {
		was, is []contract.Exchange
		want    string
	}{
		"a day later":                 {at(25, today), at(25, later), ""},
		"seconds, and not their time": {at(25, today), at(25, "900"), "number-changed"},
		"a time in seconds":           {at(25, today), at(25, "1763000000"), "number-changed"},
		"in one of many":              {at(25, today), append(at(24, today), at(1, "900")...), "number-changed"},
		"in one of few":               {at(19, today), append(at(18, today), at(1, "900")...), ""},
		"few of few":                  {at(4, today), at(4, "900"), ""},
		"below zero":                  {at(25, today), at(25, "-1"), "number-changed"},
		"below zero in one":           {at(25, today), append(at(24, today), at(1, "-1")...), "number-changed"},
		"always 0 before":             {at(25, "0"), at(25, today), ""},
		"0 now":                       {at(25, today), at(25, "0"), "number-changed"},
		"another digit":               {at(25, "999999999999"), at(25, today), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was, is := shape.Learn(o, c.was...), shape.Learn(o, c.is...)
			got := listed(drift.Compare(was, is, o, nil))
			want := c.want
			if want != "" {
				want = "minor " + want + " 200 response#/expiry"
			}
			if got != want {
				t.Errorf("reports %q, want %q", got, want)
			}
			if often := counted(drift.Compare(was, is, o, nil)); name == "in one of many" && !strings.HasSuffix(often, " 25 of 25, 1 of 25") {
				t.Errorf("reports %q", often)
			}
			raw, err := shape.Marshal(was)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(raw), "1763000000") {
				t.Errorf("the shape has a time:\n%s", raw)
			}
			back, err := shape.Unmarshal("a file", raw)
			if err != nil {
				t.Fatal(err)
			}
			if again := listed(drift.Compare(back, is, o, nil)); again != got {
				t.Errorf("read back it reports %q, before %q", again, got)
			}
		})
	}
	order := operation(t, "ipayments", "createOrder")
	sent := func(amount string) *shape.Shape {
		ex := exchange(order, usual)
		ex.Request.URL, ex.Request.Body = &url.URL{Path: order.Path}, []byte(`{"merchantCode":"M","clientRefId":"REF1","redirectUrl":"https://shop.example.com/","amount":`+amount+`}`)
		return shape.Learn(order, times(25, ex)...)
	}
	if got := listed(drift.Compare(sent("1"), sent("500000"), order, nil)); got != "" {
		t.Errorf("an amount is reported: %q", got)
	}
}

// TestCompare_format sends URIs to a provider whose documents require the format.
func TestCompare_format(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "createOrder")
	sent := func(to string) *shape.Shape {
		ex := exchange(o, usual)
		ex.Request.URL, ex.Request.Body = &url.URL{Path: o.Path}, []byte(`{"redirectUrl":"`+to+`"}`)
		return shape.Learn(o, times(25, ex)...)
	}
	for to, want := range map[string]string{
		"http://shop.example.com/":  "harmless format-changed accepted request#/redirectUrl",
		"https://shop.example.com/": "",
		"nowhere":                   "minor format-changed accepted request#/redirectUrl",
	} {
		if got := listed(drift.Compare(sent("https://shop.example.com/a"), sent(to), o, nil)); got != want {
			t.Errorf("%s: reports %q, want %q", to, got, want)
		}
	}
	if got := listed(drift.Compare(sent("http://shop.example.com/"), sent("https://shop.example.com/"), o, nil)); got != "harmless format-changed accepted request#/redirectUrl" {
		t.Errorf("with TLS: reports %q", got)
	}
}

// TestCompare_none compares responses that are not JSON.
func TestCompare_none(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	page := exchange(o, "<html>")
	page.Response.Status = http.StatusBadGateway
	changes := drift.Compare(shape.Learn(o, times(25, exchange(o, usual))...), shape.Learn(o, append(times(24, exchange(o, usual)), page)...), o, reading())
	if len(changes) != 1 || report.Sentence(changes[0].Message) != "responses without a result code" || report.Words(changes[0].Now) != "no JSON, HTTP 502" || changes[0].Impact != contract.Breaks {
		t.Errorf("%+v", changes)
	}
}

// TestAccept_uncoded accepts that responses without a code have another form.
func TestAccept_uncoded(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	with := func(code string) map[string]*shape.Shape {
		odd := exchange(o, strings.Replace(usual, `"code":"0x0200",`, code, 1))
		return map[string]*shape.Shape{o.Name(): shape.Learn(o, append(times(20, exchange(o, usual)), times(5, odd)...)...)}
	}
	was, is := with(""), with(`"code":null,`)
	changes := drift.Compare(was[o.Name()], is[o.Name()], o, reading())
	if got := counted(changes); got != "breaks member-null  response#/code 0 of 25, 5 of 25" {
		t.Errorf("reports %q", got)
	}
	next := drift.Accept(was, is, changes)
	if again := drift.Compare(next[o.Name()], is[o.Name()], o, reading()); len(again) > 0 {
		t.Errorf("after accepting, the next run reports %q", listed(again))
	}
}

// asking returns twenty exchanges of an operation with a request and a response.
func asking(o *openapi.Operation, request, response string) []contract.Exchange {
	ex := exchange(o, response)
	ex.Request.URL, ex.Request.Body = &url.URL{Path: o.Path}, []byte(request)
	return times(20, ex)
}

const (
	order   = `{"head":{"signature":"c2lnbmF0dXJlLW9mLXRoZS1ib2R5"},"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"txnToken":"token1"}}`
	payment = `{"body":{"requestType":"PAYMENT","mid":"MID","orderId":"ORDERX12","websiteName":"retail","callbackUrl":"https://shop.example/payment/return","txnAmount":{"value":"299.00","currency":"INR"},"userInfo":{"custId":"CUST_CLIENT_1","firstName":"Asha"}}}`
)

// TestCompare_names adds members whose names contain words of the request. Documented
// names are not personal; a name with a person's words is reported without it.
func TestCompare_names(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	for name, want := range map[string]string{
		"payment":     "harmless member-added 0000 response#/body/payment",
		"paymentUrl":  "harmless member-added 0000 response#/body/paymentUrl",
		"amountInr":   "harmless member-added 0000 response#/body/amountInr",
		"ashaWallet":  "harmless member-added 0000 response#/body/*",
		"retailPrice": "harmless member-added 0000 response#/body/*",
		"retailers":   "harmless member-added 0000 response#/body/retailers",
		"clientName":  "harmless member-added 0000 response#/body/clientName",
		"returnMode":  "harmless member-added 0000 response#/body/returnMode",
		"of_orderx12": "harmless member-added 0000 response#/body/*",
		"9812345670":  "harmless member-added 0000 response#/body/*",
		"amount299":   "harmless member-added 0000 response#/body/amount299",
	} {
		is := strings.Replace(order, `"txnToken"`, fmt.Sprintf(`%q:1,"txnToken"`, name), 1)
		changes := drift.Compare(shape.Learn(o, asking(o, payment, order)...), shape.Learn(o, asking(o, payment, is)...), o, nil)
		if got := counted(changes); got != want+" 0 of 20, 20 of 20" {
			t.Errorf("%s: reports %q, want %q", name, got, want)
		}
	}
}

// TestCompare_open changes the names in an object that may have any names.
func TestCompare_open(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	with := func(names string) *shape.Shape {
		return shape.Learn(o, asking(o, payment, strings.Replace(order, `"txnToken"`, `"extraParamsMap":{`+names+`},"txnToken"`, 1))...)
	}
	if got := listed(drift.Compare(with(""), with(`"asha":1,"other":"x"`), o, nil)); got != "" {
		t.Errorf("reports %q", got)
	}
	few := func(n int, body string) *shape.Shape {
		ex := exchange(o, order)
		ex.Request.URL, ex.Request.Body = &url.URL{Path: o.Path}, []byte(body)
		return shape.Learn(o, times(n, ex)...)
	}
	more := strings.Replace(payment, `"mid"`, `"extra":1,"mid"`, 1)
	for n, want := range map[int]string{1: "", 20: "minor member-added accepted request#/body/extra"} {
		if got := listed(drift.Compare(few(n, payment), few(20, more), o, nil)); got != want {
			t.Errorf("%d requests before: reports %q, want %q", n, got, want)
		}
	}
}

// TestCompare_crowd adds more members than a shape stores: no other member is reported
// as missing.
func TestCompare_crowd(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	crowd := func(before string) string {
		var all []string
		for _, a := range "abcdefghijklmnopqrstuvwxyz" {
			for _, b := range "abcdefghijklmnopqrst" {
				all = append(all, fmt.Sprintf(`"a%c%cmore":{"x":1}`, a, b))
			}
		}
		return strings.Replace(order, `"txnToken"`, before+`"aaa":{`+strings.Join(all, ",")+`},"txnToken"`, 1)
	}
	was := shape.Learn(o, asking(o, payment, strings.Replace(order, `"txnToken"`, `"zeal":1,"txnToken"`, 1))...)
	is := shape.Learn(o, asking(o, payment, crowd(`"zeal":1,`))...)
	if got := listed(drift.Compare(was, is, o, nil)); got != "harmless member-added 0000 response#/body/aaa" {
		t.Errorf("reports %q", got)
	}
	if got := listed(drift.Compare(is, was, o, nil)); got != "minor member-removed 0000 response#/body/aaa" {
		t.Errorf("compared the other way it reports %q", got)
	}
	if members := len(is.Codes["0000"][0].Members); members > 330 {
		t.Errorf("the shape has %d members", members)
	}
	a, b := shape.NewLearner(), shape.NewLearner()
	for i, ex := range asking(o, payment, crowd(`"zeal":1,`)) {
		to := a
		if i%3 == 0 {
			to = b
		}
		_ = to.Learn(int64(i)+1, ex, o)
	}
	a.Merge(b)
	if got, want := written(t, a.Shapes()[o.Name()]), written(t, is); got != want {
		t.Error("two learners come to another shape than one")
	}
}

// TestCompare_once has one response of many that our adapter rejects, and one of few
// without an optional member.
func TestCompare_once(t *testing.T) {
	t.Parallel()
	paytm, paytring, enkash := operation(t, "paytm", "createOrder"), operation(t, "paytring", "createOrder"), operation(t, "enkash", "createOrder")
	paid := `{"response_code":0,"response_message":"SUCCESS","payload":{"orderId":"o","redirectionUrl":"https://pay.example/"}}`
	made := `{"status":true,"url":"aHR0cHM6Ly9jaGVja291dC5leGFtcGxlLmNvbS9wYXk=","order_id":"488645160184316011","message":"Order created successfully"}`
	reads := func(code string, pointers ...contract.Pointer) *drift.Uses {
		u := &drift.Uses{Codes: []string{code}}
		for _, pointer := range pointers {
			note(u, code, pointer, drift.Decides)
			u.Refuse(code, pointer, "empty")
		}
		return u
	}
	decodes := reads("0000", "/body/txnToken")
	decodes.Refuse("0000", "/body/txnToken", "word") // such as the example, which is no base64
	for name, c := range map[string]struct {
		o        *openapi.Operation
		u        *drift.Uses
		was, odd string
		n        int // exchanges before
		want     string
	}{
		"base64 without padding":        {paytm, decodes, strings.Replace(order, "token1", "YW5vdGhlciB0ZXh0Pw==", 1), strings.Replace(order, "token1", "YW5vdGhlciB0ZXh0Pz8x", 1), 20, ""},
		"a word in place of base64":     {paytm, decodes, strings.Replace(order, "token1", "YW5vdGhlciB0ZXh0Pw==", 1), strings.Replace(order, "token1", "another", 1), 20, "breaks format-changed 0000 response#/body/txnToken"},
		"an empty token":                {paytm, reads("0000", "/body/txnToken"), order, strings.Replace(order, "token1", "", 1), 20, "breaks format-changed 0000 response#/body/txnToken"},
		"an empty token after two":      {paytm, reads("0000", "/body/txnToken"), order, strings.Replace(order, "token1", "", 1), 2, ""},
		"no token":                      {paytm, reads("0000", "/body/txnToken"), order, strings.Replace(order, `,"txnToken":"token1"`, "", 1), 5, "breaks member-absent 0000 response#/body/txnToken"},
		"no signature":                  {paytm, reads("0000", "/head/signature"), order, strings.Replace(order, `"signature":"c2lnbmF0dXJlLW9mLXRoZS1ib2R5"`, "", 1), 5, "breaks signature-gone 0000 response#/head/signature"},
		"an error beside success":       {paytring, reads("200", "/error"), made, strings.Replace(made, `"status"`, `"error":{"message":"x"},"status"`, 1), 20, "breaks member-added 200 response#/error"},
		"no payload, as others have it": {enkash, reads("0", "/payload/redirectionUrl"), paid, strings.Replace(paid, `{"orderId":"o","redirectionUrl":"https://pay.example/"}`, "null", 1), 5, "breaks member-null 0 response#/payload"},
		"no member of our own":          {paytm, reads("0000", "/body/session"), strings.Replace(order, `"txnToken"`, `"session":"s","txnToken"`, 1), order, 5, "breaks member-absent 0000 response#/body/session"},
		"an empty one among texts":      {paytm, reads("0000", "/body/txnToken"), strings.Replace(order, "token1", "a token of words", 1), strings.Replace(order, "token1", "", 1), 20, "breaks format-changed 0000 response#/body/txnToken"},
		"without an optional address":   {paytring, reads("200", "/url"), made, strings.Replace(made, `"url":"aHR0cHM6Ly9jaGVja291dC5leGFtcGxlLmNvbS9wYXk=",`, "", 1), 5, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := append(times(19, exchange(c.o, c.was)), exchange(c.o, c.odd))
			if got := listed(drift.Compare(shape.Learn(c.o, times(c.n, exchange(c.o, c.was))...), shape.Learn(c.o, is...), c.o, c.u)); got != c.want {
				t.Errorf("reports %q, want %q", got, c.want)
			}
		})
	}
}

// TestCompare_by rates a missing member by the outcome without it, not by the outcome
// for other values.
func TestCompare_by(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	u := &drift.Uses{Codes: []string{"0000"}}
	u.Note("0000", "/head/signature", drift.Gone, drift.Read)
	u.Note("0000", "/head/signature", "string", drift.Decides)
	u.Note("0000", "/body/txnToken", "integer", drift.Shows)
	u.Note("0000", "/body/txnToken", drift.Gone, drift.Decides)
	for is, want := range map[string]string{
		strings.Replace(order, `"signature":"c2lnbmF0dXJlLW9mLXRoZS1ib2R5"`, "", 1):           "minor signature-gone 0000 response#/head/signature",
		strings.Replace(order, `"token1"`, "7", 1):                                            "degrades member-retyped 0000 response#/body/txnToken",
		strings.Replace(order, `,"txnToken":"token1"`, "", 1):                                 "breaks member-removed 0000 response#/body/txnToken",
		strings.Replace(order, `"head":{"signature":"c2lnbmF0dXJlLW9mLXRoZS1ib2R5"},`, "", 1): "minor member-removed 0000 response#/head",
	} {
		if got := listed(drift.Compare(shape.Learn(o, times(20, exchange(o, order))...), shape.Learn(o, times(20, exchange(o, is))...), o, u)); got != want {
			t.Errorf("reports %q, want %q", got, want)
		}
	}
}

// TestCompare_request compares the same responses to different requests.
func TestCompare_request(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytring", "createOrder")
	response := `{"status":true,"order_id":"488645160184316011","message":"order placed, waiting for payment"}`
	note := func(text string) *shape.Shape {
		return shape.Learn(o, asking(o, `{"key":"test_123","amount":"299","notes":{"udf1":"`+text+`"}}`, response)...)
	}
	if got := listed(drift.Compare(note("a shirt to wear"), note("payment, by card"), o, nil)); strings.Contains(got, "message") {
		t.Errorf("another note makes another message: %q", got)
	}
	if got := listed(drift.Compare(note("payment, by card"), note("a shirt to wear"), o, nil)); strings.Contains(got, "message") {
		t.Errorf("another note makes another message: %q", got)
	}
	was := shape.Learn(o, asking(o, `{}`, response)...)
	other := strings.Replace(response, "waiting for payment", "waiting for approval", 1)
	if got := listed(drift.Compare(was, shape.Learn(o, asking(o, `{}`, other)...), o, nil)); got != "minor message-changed 200 response#/message" {
		t.Errorf("reports %q", got)
	}
	refused := `{"status":false,"error":{"message":"amount is wrong","code":400}}`
	refusal := func(body string) *shape.Shape {
		ex := exchange(o, body)
		ex.Response.Status = http.StatusBadRequest
		return shape.Learn(o, times(20, ex)...)
	}
	changes := drift.Compare(refusal(refused), refusal(strings.Replace(refused, "amount is wrong", "nothing was understood", 1)), o, nil)
	if len(changes) != 1 || changes[0].At != "response#/error/message" || !bytes.Contains(changes[0].Example, []byte(`"message":"<string`)) || !strings.Contains(changes[0].Doc, "400") {
		t.Errorf("%+v", changes)
	}
	created := func(status int, sent, message string, n int) *shape.Shape {
		ex := exchange(o, strings.Replace(response, "order placed, waiting for payment", message, 1))
		ex.Response.Status, ex.Request.URL, ex.Request.Body = status, &url.URL{Path: o.Path}, []byte(`{"notes":{"udf1":"`+sent+`"}}`)
		return shape.Learn(o, times(n, ex)...)
	}
	changes = drift.Compare(created(200, "", "placed", 20), created(201, "", "placed", 20), o, nil)
	if len(changes) != 2 || changes[1].Kind != contract.CodeNew || changes[1].At != "response.status" || changes[0].At != "response.status" || !bytes.Contains(changes[1].Example, []byte(`"status":201`)) {
		t.Errorf("%+v", changes)
	}
	token := operation(t, "enkash", "createOrder")
	paid := func(n int, code, message, payer string) *shape.Shape {
		ex := exchange(token, `{"response_code":`+code+`,"response_message":"`+message+`","payload":{"orderId":"o"}}`)
		ex.Request.URL, ex.Request.Body = &url.URL{Path: token.Path}, []byte(`{"customerInfo":{"firstName":"`+payer+`"}}`)
		return shape.Learn(token, times(n, ex)...)
	}
	for name, c := range map[string]struct {
		was, is *shape.Shape
		want    string
	}{
		"another":                         {paid(20, "0", "success", "Asha"), paid(20, "0", "done", "Asha"), "minor message-changed 0 response#/response_message"},
		"one before, and none documented": {paid(1, "117", "success", "Asha"), paid(20, "117", "done", "Asha"), ""},
		"of somebody called so":           {paid(20, "0", "finished", "Someone"), paid(20, "0", "finished", "Finished"), ""},
	} {
		if got := listed(drift.Compare(c.was, c.is, token, nil)); got != c.want {
			t.Errorf("%s: reports %q, want %q", name, got, c.want)
		}
	}
	kyc := operation(t, "ipayments", "initKyc")
	code := shape.Learn(kyc, asking(kyc, `{"merchantCode":"299","name":"Asha"}`, strings.Replace(usual, "0x0200", "0x0299", 1))...)
	if _, ok := code.Codes["0x0299"]; !ok {
		t.Errorf("a code is hidden by three digits of a request: %v", code.Codes)
	}
}

// TestCompare_slower draws both samples from one distribution with a long tail.
func TestCompare_slower(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	random := rand.New(rand.NewPCG(1, 2))
	sample := func(n int, factor float64) *shape.Shape {
		all := times(n, exchange(o, usual))
		for i := range all {
			all[i].Response.Duration = time.Duration(factor * math.Exp(.8*random.NormFloat64()) * float64(40*time.Millisecond))
		}
		return shape.Learn(o, all...)
	}
	honest, slow := 0, 0
	for range 100 {
		was := sample(20, 1)
		if listed(drift.Compare(was, sample(20, 1), o, reading())) != "" {
			honest++
		}
		if listed(drift.Compare(was, sample(20, 8), o, reading())) != "" {
			slow++
		}
	}
	if honest > 1 || slow < 80 {
		t.Errorf("of 100 honest nights %d are slower, of 100 slow ones %d", honest, slow)
	}
}

// TestCompare_risen makes a rare form the usual one: the change is reported although
// the form is not new.
func TestCompare_risen(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	u := &drift.Uses{Codes: []string{"0000"}, Status: true}
	for _, pointer := range []contract.Pointer{"/body/resultInfo/resultCode", "/body/resultInfo/resultStatus", "/body/txnToken"} {
		note(u, "0000", pointer, drift.Decides)
	}
	u.Refuse("0000", "/body/txnToken", "empty")
	swap := func(from, to string) contract.Exchange { return exchange(o, strings.Replace(order, from, to, 1)) }
	lost := exchange(o, order)
	lost.Response.Status = http.StatusServiceUnavailable
	for name, c := range map[string]struct {
		odd  contract.Exchange
		want string
	}{
		"pages":           {exchange(o, "<html>"), "breaks code-new none response# 1 of 100, 100 of 100"},
		"no code":         {swap(`"resultCode":"0000",`, ""), "breaks member-removed  response#/body/resultInfo/resultCode 99 of 100, 0 of 100"},
		"null for a code": {swap(`"0000"`, "null"), "breaks member-null  response#/body/resultInfo/resultCode 1 of 100, 100 of 100"},
		"null":            {swap(`"token1"`, "null"), "breaks member-null 0000 response#/body/txnToken 1 of 100, 100 of 100"},
		"an empty text":   {swap(`"token1"`, `""`), "breaks format-changed 0000 response#/body/txnToken 1 of 100, 100 of 100"},
		"another status":  {swap(`"S"`, `"F"`), "breaks status-changed 0000 response#/body/resultInfo/resultStatus 1 of 100, 100 of 100"},
		"another HTTP":    {lost, "breaks http-changed 0000 response.status 1 of 100, 100 of 100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was := shape.Learn(o, append(times(99, exchange(o, order)), c.odd)...)
			if got := counted(drift.Compare(was, shape.Learn(o, times(100, c.odd)...), o, u)); got != c.want {
				t.Errorf("reports %q, want %q", got, c.want)
			}
			if got := listed(drift.Compare(was, shape.Learn(o, append(times(97, exchange(o, order)), times(3, c.odd)...)...), o, u)); got != "" {
				t.Errorf("three for one: reports %q", got)
			}
		})
	}
	token := operation(t, "enkash", "createToken")
	issued := `{"token":"abcdef1234567890","expiry":1763000000000,"resultCode":0,"resultMessage":"Token generated successfully."}`
	for _, bare := range []string{strings.Replace(issued, `"resultCode":0,`, "", 1), "{}", "[]", "null"} {
		is := append(times(95, exchange(token, issued)), times(5, exchange(token, bare))...)
		got := counted(drift.Compare(shape.Learn(token, times(100, exchange(token, issued))...), shape.Learn(token, is...), token, nil))
		if !strings.HasPrefix(got, "minor member-absent  response#/resultCode 100 of 100, 95 of 100") {
			t.Errorf("%s: reports %q", bare, got)
		}
	}
	made := operation(t, "ipayments", "initKyc")
	reads := reading()
	reads.Note("0x0200", "/data/url", drift.Gone, drift.Decides)
	without := strings.Replace(usual, `,"data":{"url":"https://app.digio.in/#/gateway/X","kid":"KID"}`, "", 1)
	is := append(times(95, exchange(made, usual)), times(5, exchange(made, without))...)
	if got := counted(drift.Compare(shape.Learn(made, times(100, exchange(made, usual))...), shape.Learn(made, is...), made, reads)); got != "breaks member-absent 0x0200 response#/data 100 of 100, 95 of 100" {
		t.Errorf("reports %q", got)
	}
}

// TestCompare_hidden has recordings that hide the usual values of a member, and show the rare ones:
// nothing has changed as long as these are rare.
func TestCompare_hidden(t *testing.T) {
	t.Parallel()
	paytm, ipayments, token := operation(t, "paytm", "createOrder"), operation(t, "ipayments", "initKyc"), operation(t, "enkash", "createToken")
	paid, kid := &drift.Uses{Codes: []string{"0000"}}, reading()
	note(paid, "0000", "/body/txnToken", drift.Decides)
	paid.Refuse("0000", "/body/txnToken", "empty")
	note(kid, "0x0200", "/data/kid", drift.Decides)
	const issued = `{"token":"abcdef1234567890","expiry":1763000000000,"resultCode":200,"resultMessage":"Token generated successfully."}`
	list := strings.Replace(usual, `"kid":`, `"n":[525],"kid":`, 1)
	for name, c := range map[string]struct {
		o                 *openapi.Operation
		u                 *drift.Uses
		usual, value, odd string
		before            int // odd ones of 100
		want              string
	}{
		"an empty secret":  {paytm, paid, order, `"token1"`, `""`, 1, "breaks format-changed 0000 response#/body/txnToken"},
		"null as a secret": {paytm, paid, order, `"token1"`, "null", 1, "breaks member-null 0000 response#/body/txnToken"},
		"null":             {ipayments, kid, usual, `"KID"`, "null", 1, "breaks member-null 0x0200 response#/data/kid"},
		"another format":   {ipayments, kid, usual, `"KID"`, `"0aa5cf4c-92b1-4d8e-a0a1-3ad6e5a1a0aa"`, 0, "degrades format-changed 0x0200 response#/data/kid"},
		"another type":     {ipayments, kid, list, "[525]", "525", 0, "minor member-retyped 0x0200 response#/data/n"},
		"a longer list":    {ipayments, kid, list, "[525]", "[1,2,3,4,5,6]", 0, "minor size-changed 0x0200 response#/data/n"},
	} {
		with := func(value string) contract.Exchange {
			ex := exchange(c.o, strings.Replace(c.usual, c.value, value, 1))
			ex.Recorder = &contract.Recorder{Name: "a recorder"}
			return ex
		}
		was := shape.Learn(c.o, append(times(100-c.before, with(c.value)), times(c.before, with(c.odd))...)...)
		for _, hidden := range []string{`"REDACTED"`, `"***"`} {
			if hidden == `"REDACTED"` && c.value[0] != '"' {
				continue // stands for texts only
			}
			for odd, want := range map[int]string{1: "", 3: "", 99: c.want, 100: c.want} {
				is := shape.Learn(c.o, append(times(100-odd, with(hidden)), times(odd, with(c.odd))...)...)
				if got := listed(drift.Compare(was, is, c.o, c.u)); got != want {
					t.Errorf("%s, %d of 100, the others are %s: reports %q, want %q", name, odd, hidden, got, want)
				}
			}
		}
	}
	// The baseline hides the usual values, which now are shown.
	for name, c := range map[string]struct{ before, now string }{
		"another format": {`"0aa5cf4c-92b1-4d8e-a0a1-3ad6e5a1a0aa"`, `"KID"`}, "another type": {"null", `"KID"`},
		"a longer list": {"[1]", "[1,2,3,4,5,6]"}, "another unit": {"525", "52500"}, "a longer text": {`"A"`, `"ABCDEFGHIJ"`}, "another value": {"true", "false"},
	} {
		with := func(value string) contract.Exchange {
			ex := exchange(ipayments, strings.Replace(usual, `"kid":"KID"`, `"more":`+value, 1))
			ex.Recorder = &contract.Recorder{Name: "a recorder"}
			return ex
		}
		was := shape.Learn(ipayments, append(times(97, with(`"***"`)), times(3, with(c.before))...)...)
		if got := listed(drift.Compare(was, shape.Learn(ipayments, times(100, with(c.now))...), ipayments, kid)); got != "" {
			t.Errorf("the baseline hides, %s: reports %q", name, got)
		}
	}
	// One number of another unit is reported. All numbers are of another unit only if few are hidden.
	was := shape.Learn(token, times(100, exchange(token, issued))...)
	for odd, want := range map[int]string{3: "100 of 100, 1 of 100", 97: "100 of 100, 100 of 100"} {
		others := times(100-odd, exchange(token, strings.Replace(issued, "1763000000000", `"***"`, 1)))
		for i := range others {
			others[i].Recorder = &contract.Recorder{Name: "a recorder"}
		}
		is := shape.Learn(token, append(others, times(odd, exchange(token, strings.Replace(issued, "1763000000000", "1763000000", 1)))...)...)
		if got := counted(drift.Compare(was, is, token, nil)); !strings.HasSuffix(got, want) {
			t.Errorf("%d of 100 in another unit: %q, want %q", odd, got, want)
		}
	}
}

// TestCompare_absent checks where a member was absent first and last, present before or
// not, with one or two Learners.
func TestCompare_absent(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	with, without := `{"code":"0x0200","data":{"url":"u","kid":"K"}}`, `{"code":"0x0200","data":{"url":"u"}}`
	was := shape.Learn(o, times(25, exchange(o, with))...)
	for _, split := range []bool{false, true} {
		a, b := shape.NewLearner(), shape.NewLearner()
		for i := range int64(20) {
			ex := exchange(o, with)
			if i < 10 {
				ex = exchange(o, without)
			}
			ex.Origin = fmt.Sprintf("#%d", i+1)
			to := a
			if split && i%2 < 1 && i < 10 || split && i == 9 {
				to = b
			}
			_ = to.Learn(i+1, ex, o)
		}
		a.Merge(b)
		found := false
		for _, c := range drift.Compare(was, a.Shapes()[o.Name()], o, nil) {
			if c.Kind == contract.MemberAbsent && c.At == "response#/data/kid" {
				found = true
				if c.First != "#1" || c.Last != "#10" {
					t.Errorf("split %v: absent first %s, last %s", split, c.First, c.Last)
				}
			}
		}
		if !found {
			t.Error("no change of the member is reported")
		}
	}
}

// TestBase64Words tells texts in base64 that look like words by chance from another format.
func TestBase64Words(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	u := &drift.Uses{Codes: []string{"0000"}}
	note(u, "0000", "/body/txnToken", drift.Decides)
	u.Refuse("0000", "/body/txnToken", "word")
	u.Refuse("0000", "/body/txnToken", "hex")
	was := strings.Replace(order, "token1", "YW5vdGhlciB0ZXh0Pw==", 1)
	changed := "breaks format-changed 0000 response#/body/txnToken"
	for name, c := range map[string]struct {
		text    string
		n, same int // exchanges with the text, and as before
		want    string
	}{
		"one of one":             {"YW5vdGhlciB0ZXh0Pz8x", 1, 0, ""},
		"four of four":           {"YW5vdGhlciB0ZXh0Pz8x", 4, 0, ""},
		"five of five":           {"YW5vdGhlciB0ZXh0Pz8x", 5, 0, changed},
		"six of twenty":          {"YW5vdGhlciB0ZXh0Pz8x", 6, 14, ""},
		"fifteen of twenty":      {"YW5vdGhlciB0ZXh0Pz8x", 15, 5, changed},
		"words that are short":   {"another", 1, 0, changed},
		"hex is never by chance": {"00112233445566778899aabbccddeeff", 1, 0, changed},
	} {
		is := append(times(c.n, exchange(o, strings.Replace(order, "token1", c.text, 1))), times(c.same, exchange(o, was))...)
		if got := listed(drift.Compare(shape.Learn(o, times(20, exchange(o, was))...), shape.Learn(o, is...), o, u)); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: reports %q, want %q", name, got, c.want)
		}
	}
}

// The sentence about another unit has the ends of the ranges as they are.
func TestRangeInWords(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	at := func(time string) *shape.Shape {
		return shape.Learn(o, times(25, exchange(o, `{"head":{"responseTimestamp":`+time+`},"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"}}}`))...)
	}
	var found []string
	for _, c := range drift.Compare(at("1654041600000"), at("1654041600"), o, nil) {
		found = append(found, report.Sentence(c.Message))
	}
	if want := []string{"is 1000000000 to 9999999999, and was 1000000000000 to 9999999999999"}; !slices.Equal(found, want) {
		t.Errorf("got %q, expected %q", found, want)
	}
}
