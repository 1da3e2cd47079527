package drift_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/drift"
)

// usual is an answer of iPayments as it is documented.
const usual = `{"code":"0x0200","status":"SUCCESS","message":"Request Init","data":{"url":"https://app.digio.in/#/gateway/X","kid":"KID"}}`

// reading is what an adapter that needs url and kid does.
func reading() *drift.Uses {
	u := &drift.Uses{Codes: []string{"0x0200", "0x0202"}, Status: true}
	for pointer, w := range map[string]drift.Weight{"/code": drift.Decides, "/status": drift.Decides, "/message": drift.Shows, "/data/url": drift.Decides, "/data/kid": drift.Decides} {
		u.Note("0x0200", pointer, w)
	}
	return u
}

// told is what is told of changes, a line each.
func told(changes []contract.Change) string {
	var lines []string
	for _, c := range changes {
		lines = append(lines, fmt.Sprintf("%s %s %s %s", c.Impact, c.Kind, c.Code, c.At))
	}
	return strings.Join(lines, "; ")
}

// TestCompare changes one thing after the other in twenty-five answers of which
// there were twenty-five as usual.
func TestCompare(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	swap := func(was, is string) func(*contract.Exchange) {
		if !strings.Contains(usual, was) {
			t.Fatalf("%s is not in the usual answer", was)
		}
		return func(ex *contract.Exchange) { ex.Answer.Body = []byte(strings.Replace(usual, was, is, 1)) }
	}
	for name, c := range map[string]struct {
		change func(*contract.Exchange)
		most   int // in how many; 0: in all
		want   string
	}{
		"nothing":                      {func(*contract.Exchange) {}, 0, ""},
		"a member more":                {swap(`"data"`, `"extra":1,"data"`), 1, "harmless member-added 0x0200 answer#/extra"},
		"a member read is gone":        {swap(`,"kid":"KID"`, ``), 0, "breaks member-removed 0x0200 answer#/data/kid"},
		"a member read is absent":      {swap(`,"kid":"KID"`, ``), 1, "breaks member-absent 0x0200 answer#/data/kid"},
		"an object is gone":            {swap(`,"data":{"url":"https://app.digio.in/#/gateway/X","kid":"KID"}`, ``), 0, "breaks member-removed 0x0200 answer#/data"},
		"the message is gone":          {swap(`"message":"Request Init",`, ``), 0, "degrades member-removed 0x0200 answer#/message"},
		"another type":                 {swap(`"KID"`, `7`), 1, "breaks member-retyped 0x0200 answer#/data/kid"},
		"null":                         {swap(`"KID"`, `null`), 1, "breaks member-null 0x0200 answer#/data/kid"},
		"another format":               {swap(`"https://app.digio.in/#/gateway/X"`, `"12345678901234567890123456789012"`), 0, "degrades format-changed 0x0200 answer#/data/url"},
		"another length":               {swap(`"KID"`, `"KIDKIDKIDKID"`), 0, "degrades length-changed 0x0200 answer#/data/kid"},
		"a code nobody knows":          {swap(`0x0200`, `0x0210`), 1, "breaks code-new 0x0210 answer#/code"},
		"a code somebody knows":        {swap(`0x0200`, `0x0202`), 9, "harmless code-new 0x0202 answer#/code"},
		"another status":               {swap(`SUCCESS`, `DONE`), 1, "breaks status-changed 0x0200 answer#/status"},
		"another message":              {swap(`Request Init`, `Request is on its way`), 1, "watch message-changed 0x0200 answer#/message"},
		"another HTTP status":          {func(ex *contract.Exchange) { ex.Answer.Status = http.StatusCreated }, 1, "breaks http-changed 0x0200 answer.status"},
		"another media type":           {func(ex *contract.Exchange) { ex.Answer.Header.Set("Content-Type", "text/html; charset=utf-8") }, 1, "watch media-changed 0x0200 answer.header.content-type"},
		"a code of another type":       {swap(`"0x0200"`, `200`), 1, "breaks member-retyped 200 answer#/code"},
		"the code is gone":             {swap(`"code":"0x0200",`, ``), 1, "breaks member-removed none answer#/code"},
		"no JSON":                      {func(ex *contract.Exchange) { ex.Answer.Body = []byte("<html>") }, 1, "breaks code-new none answer#"},
		"a code no more":               {swap(`0x0200`, `0x0202`), 0, "watch code-gone 0x0200 answer#/code"},
		"slower by less than a factor": {func(ex *contract.Exchange) { ex.Answer.Duration *= 3 / 2 }, 0, ""},
		"slower":                       {func(ex *contract.Exchange) { ex.Answer.Duration *= 4 }, 0, "degrades slower 0x0200 answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := times(25, exchange(o, usual))
			for i := range all {
				all[i].Answer.Duration = 10 * time.Millisecond
				all[i].Answer.Header = all[i].Answer.Header.Clone()
				if c.most == 0 || i < c.most {
					c.change(&all[i])
				}
			}
			old := times(25, exchange(o, usual))
			for i := range old {
				old[i].Answer.Duration = 10 * time.Millisecond
			}
			changes := drift.Compare(drift.Learn(o, old...), drift.Learn(o, all...), o, reading())
			got := told(changes)
			if c.want == "" && got != "" || !strings.Contains(got, strings.Split(c.want, ";")[0]) || len(changes) > 2 {
				t.Errorf("tells %q, want %q", got, c.want)
			}
			accepted := drift.Accept(map[string]*drift.Shape{o.Name(): drift.Learn(o, old...)}, map[string]*drift.Shape{o.Name(): drift.Learn(o, all...)}, changes)
			if next := accepted[o.Name()]; next != nil {
				if again := told(drift.Compare(next, drift.Learn(o, all...), o, reading())); again != "" {
					t.Errorf("accepted, and the next run tells %q", again)
				}
			}
		})
	}
}

// TestCompare_small has too little to tell anything from.
func TestCompare_small(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	extra := strings.Replace(usual, `"data"`, `"extra":"a","data"`, 1)
	refusal := `{"code":"0x0202","status":"FAILURE","message":"Some error"}`
	for name, c := range map[string]struct{ was, is []contract.Exchange }{
		"an optional member in two of four, absent in four": {
			append(times(2, exchange(o, extra)), times(2, exchange(o, usual))...), times(4, exchange(o, usual)),
		},
		"a refusal that nobody provoked":       {append(times(3, exchange(o, refusal)), times(4, exchange(o, usual))...), times(2000, exchange(o, usual))},
		"a member once, and then in a few not": {times(1, exchange(o, extra)), times(9, exchange(o, usual))},
		"few lengths":                          {times(3, exchange(o, usual)), times(3, exchange(o, strings.Replace(usual, "KID", "KIDKIDKIDKID", 1)))},
		"few measured": {times(5, exchange(o, usual)), func() []contract.Exchange {
			ex := exchange(o, usual)
			all := times(5, ex)
			for i := range all {
				all[i].Answer.Duration = time.Second
			}
			return all
		}()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := told(drift.Compare(drift.Learn(o, c.was...), drift.Learn(o, c.is...), o, reading())); got != "" {
				t.Errorf("cries wolf: %s", got)
			}
		})
	}
}

// TestCompare_signature takes the signature from Paytm's answers.
func TestCompare_signature(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	signed := `{"head":{"signature":"x"},"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"txnToken":"a"}}`
	bare := strings.Replace(signed, `"signature":"x"`, ``, 1)
	for most, want := range map[int]string{1: "is not always signed any more", 25: "is not signed any more"} {
		is := append(times(most, exchange(o, bare)), times(25-most, exchange(o, signed))...)
		u := &drift.Uses{Codes: []string{"0000"}}
		u.Note("0000", "/head/signature", drift.Decides)
		changes := drift.Compare(drift.Learn(o, times(25, exchange(o, signed))...), drift.Learn(o, is...), o, u)
		if len(changes) != 1 || changes[0].Kind != contract.SignatureGone || changes[0].Impact != contract.Breaks || changes[0].Message != want {
			t.Errorf("tells %s, want %s", told(changes), want)
		}
	}
}

// TestCompare_enum widens a list of values, which the documents have or not.
func TestCompare_enum(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytm", "createOrder")
	with := func(n int, value string) []contract.Exchange {
		return times(n, exchange(o, fmt.Sprintf(`{"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"isPromoCodeValid":%s}}`, value)))
	}
	was := drift.Learn(o, with(20, "false")...)
	if got := told(drift.Compare(was, drift.Learn(o, with(20, "true")...), o, nil)); got != "watch enum-widened 0000 answer#/body/isPromoCodeValid" {
		t.Errorf("tells %q", got)
	}
	if got := told(drift.Compare(drift.Learn(o, with(19, "false")...), drift.Learn(o, with(20, "true")...), o, nil)); got != "" {
		t.Errorf("tells %q of too few", got)
	}
}

// alike tells whether two changes are one, however their example is laid out.
func alike(a, b contract.Change) bool {
	var x, y any
	if json.Unmarshal(a.Example, &x) != nil || json.Unmarshal(b.Example, &y) != nil {
		return false
	}
	a.Example, b.Example = nil, nil
	return reflect.DeepEqual(x, y) && reflect.DeepEqual(a, b)
}

// TestReport writes the changes of a comparison in JSON, which reads back.
func TestReport(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	changes := drift.Compare(drift.Learn(o, times(25, exchange(o, usual))...), drift.Learn(o, times(25, exchange(o, strings.Replace(usual, `"KID"`, "7", 1)))...), o, reading())
	var b strings.Builder
	if err := drift.Write(&b, "json", &drift.Report{Schema: drift.ReportVersion, FailOn: contract.Breaks, Changes: changes}, nil); err != nil {
		t.Fatal(err)
	}
	var back drift.Report
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || len(back.Changes) != 1 || !alike(back.Changes[0], changes[0]) || back.Failing() != 1 {
		t.Errorf("%v: %s", err, b.String())
	}
	if err := drift.Write(&b, "xml", &back, nil); err == nil {
		t.Error("there is a format xml")
	}
}
