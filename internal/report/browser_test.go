//go:build browser

package report_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"assay/internal/browser"
	"assay/internal/contract"
	"assay/internal/report"
)

// tab is a page of a report.
type tab struct{ *browser.Tab }

// open shows a page in the colours and at the width given.
func open(t testing.TB, chromium context.Context, text, colours string, width int64, actions ...chromedp.Action[chromedp.Void]) tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return tab{browser.Open(t, chromium, "file://"+file, colours, width, nil, actions...)}
}

func js[T any](p tab, expression string) T {
	p.Helper()
	return browser.JS[T](p.Tab, expression)
}

// ready waits until the script of the page has unpacked the issues.
func (p tab) ready() {
	p.Helper()
	p.Until(`document.documentElement.dataset.ready`)
}

// filter submits a filter, and returns what the page then says and how many issues it lists.
func (p tab) filter(text string) (says string, listed int) {
	p.Helper()
	says = js[string](p, fmt.Sprintf(`(() => { document.getElementById("filter").value = %q; document.getElementById("search").requestSubmit(); return document.getElementById("shown").textContent })()`, text))
	return says, js[int](p, `document.querySelectorAll("#issues > li").length`)
}

// TestBrowser_filters compares every filter with the findings of the report.
func TestBrowser_filters(t *testing.T) {
	chromium := browser.Start(t)
	for n, most := range map[int]int{12: 120 << 10, 10_000: 5 << 20, 100_000: 20 << 20} {
		r, how := many(n), families()
		text := html5(t, report.Runs(), r, how)
		if len(text) > most {
			t.Errorf("%d findings take %d bytes", n, len(text))
		}
		p := open(t, chromium, text, "light", 1280)
		p.ready()
		id := r.Results[7].Findings[0].Fingerprint
		on := func(f func(one contract.Result, f contract.Finding) bool) int {
			count := 0
			for _, one := range r.Results {
				if f(one, one.Findings[0]) {
					count++
				}
			}
			return count
		}
		type finding = contract.Finding
		type result = contract.Result
		usual := func(is func(result, finding) bool) int {
			return on(func(one result, f finding) bool { return !f.Expected && is(one, f) })
		}
		for filter, want := range map[string]int{
			"p:northpay":                 usual(func(one result, _ finding) bool { return one.Provider == "northpay" }),
			"provider:northpay,southpay": usual(func(one result, _ finding) bool { return one.Provider == "northpay" || one.Provider == "southpay" }),
			"!p:north*":                  usual(func(one result, _ finding) bool { return one.Provider != "northpay" }),
			"o:createOrder":              usual(func(one result, _ finding) bool { return one.Operation == "createOrder" }),
			"o:NORTHPAY/refund":          usual(func(one result, _ finding) bool { return one.Provider == "northpay" && one.Operation == "refund" }),
			"s:error":                    usual(func(_ result, f finding) bool { return f.Severity == contract.Error }),
			"s:error,warning":            usual(func(_ result, f finding) bool { return f.Severity != contract.Info }),
			"r:code-documented":          usual(func(_ result, f finding) bool { return f.Rule == "code-documented" }),
			"r:*-documented":             usual(func(_ result, f finding) bool { return strings.HasSuffix(f.Rule, "-documented") }),
			"f:client":                   usual(func(_ result, f finding) bool { return how.Families[f.Rule] == "client" }),
			"c:order/case1":              usual(func(one result, _ finding) bool { return strings.Contains(strings.ToLower(one.Case), "order/case1") }),
			"side:client":                usual(func(_ result, f finding) bool { return f.Side == contract.ClientSide }),
			"id:" + id:                   on(func(_ result, f finding) bool { return f.Fingerprint == id }),
			"fails":                      on(func(_ result, f finding) bool { return f.Counts() && f.Severity == contract.Error }),
			"waived":                     usual(func(_ result, f finding) bool { return f.Waived != nil }),
			"!waived":                    usual(func(_ result, f finding) bool { return f.Waived == nil }),
			"is:waived s:error":          usual(func(_ result, f finding) bool { return f.Waived != nil && f.Severity == contract.Error }),
			"expected":                   on(func(_ result, f finding) bool { return f.Expected }),
			"!expected":                  usual(func(result, finding) bool { return true }),
			"new":                        0,
			`"is a string"`:              usual(func(result, finding) bool { return true }),
			"amount13":                   usual(func(_ result, f finding) bool { return strings.Contains(f.Excerpt.Received+string(f.At), "amount13") }),
			"nothing-like-this":          0,
			"http:x":                     0,
			"(?":                         0,
			"p:northpay s:error r:*-documented,fields-required !waived txn_success": usual(func(one result, f finding) bool {
				return one.Provider == "northpay" && f.Severity == contract.Error && (strings.HasSuffix(f.Rule, "-documented") || f.Rule == "fields-required") && f.Waived == nil
			}),
		} {
			says, listed := p.filter(filter)
			if wanted := fmt.Sprintf("%s of %s finding", thousands(want), thousands(n)); !strings.HasPrefix(says, wanted) || listed != min(want, 200) {
				t.Errorf("%d findings, %s: the page says %q and lists %d, want %q", n, filter, says, listed, wanted)
			}
		}
		p.Clean()
	}
}

func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// TestBrowser_states filters the changes of a comparison by impact and state.
func TestBrowser_states(t *testing.T) {
	p := open(t, browser.Start(t), html5(t, report.Drifts(), sampleDrift(), report.How{}), "dark", 1280)
	p.ready()
	for _, filter := range []string{"new", "back", "known", "acknowledged", "s:breaks", "i:degrades", "s:minor", "impact:harmless", "k:member-retyped", "f:code", "f:header", "fixed", "id:0123456789af"} {
		if says, listed := p.filter(filter); listed != 1 || says != "1 of 5 changes." {
			t.Errorf("%s: the page says %q and lists %d", filter, says, listed)
		}
	}
	p.Clean()
}

// TestBrowser_sameIssues compares the issues that the script makes with those in the page.
func TestBrowser_sameIssues(t *testing.T) {
	chromium := browser.Start(t)
	const issues = `[...document.querySelectorAll("#issues > li")].map((one) => one.outerHTML.replaceAll(' open=""', "")).join("\n")`
	for name, text := range map[string]string{"run": html5(t, report.Runs(), many(10_000), families()), "sample": html5(t, report.Runs(), sample(), families()), "drift": html5(t, report.Drifts(), sampleDrift(), report.How{})} {
		p := open(t, chromium, text, "light", 1280)
		p.ready()
		before := strings.Split(js[string](p, issues), "\n")
		p.filter("!nothing-like-this")
		after := strings.Split(js[string](p, issues), "\n")
		for i := range before {
			if len(before) != len(after) || before[i] != after[i] {
				t.Fatalf("%s: %d and %d lines; the page has\n%s\nand the script makes\n%s", name, len(before), len(after), before[i], after[min(i, len(after)-1)])
			}
		}
		p.Clean()
	}
}

// TestBrowser_address keeps the view in the address, and shows it again.
func TestBrowser_address(t *testing.T) {
	chromium := browser.Start(t)
	p := open(t, chromium, html5(t, report.Runs(), many(10_000), families()), "light", 1280)
	p.ready()
	p.Do(chromedp.KeyEvent("/"))
	if focus := js[string](p, `(() => { const box = document.activeElement; box.value = ""; return box.id })()`); focus != "filter" {
		t.Errorf("/ goes to %q", focus)
	}
	p.Do(chromedp.SendKeys(chromedp.CSS("#filter"), `p:northpay "a string" !waived`), chromedp.KeyEvent(kb.Enter))
	first := js[string](p, `document.getElementById("shown").textContent`)
	if hash := js[string](p, "location.hash"); hash != `#filter=p:northpay+%22a+string%22+!waived` {
		t.Errorf("the address is %s", hash)
	}
	p.Do(chromedp.Click(chromedp.CSS("#next")))
	second := js[string](p, `document.getElementById("shown").textContent`)
	hash := js[string](p, "location.hash")
	if !strings.HasSuffix(hash, "&page=2") || !strings.Contains(second, "these are 201 to 400") {
		t.Errorf("on the second page: %s, %s", hash, second)
	}
	js[bool](p, `new Promise((done) => { addEventListener("hashchange", () => done(true), { once: true }); history.back() })`)
	if says := js[string](p, `document.getElementById("shown").textContent`); says != first {
		t.Errorf("after going back: %q, not %q", says, first)
	}
	p.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.URL+hash))
	p.ready()
	if says := js[string](p, `document.getElementById("shown").textContent`); says != second {
		t.Errorf("opened by its address: %q, not %q", says, second)
	}
	p.Do(chromedp.Click(chromedp.CSS("#clear")))
	if hash, says := js[string](p, "location.hash"), js[string](p, `document.getElementById("shown").textContent`); hash != "" || !strings.HasPrefix(says, "9,565 findings") {
		t.Errorf("cleared: %q, %q", hash, says)
	}
	number := js[string](p, `(() => { const a = document.querySelector(".heat td a"); a.click(); return a.innerText })()`)
	js[bool](p, `new Promise((done) => setTimeout(() => done(true)))`)
	if says := js[string](p, `document.getElementById("shown").textContent`); !strings.Contains(strings.ReplaceAll(number, ",", ""), " "+strings.ReplaceAll(strings.Fields(says)[0], ",", "")) {
		t.Errorf("a cell with %q shows %q", number, says)
	}
	p.Clean()
}

// TestBrowser_axe asks axe-core about every kind of page, in both colours and at two widths.
func TestBrowser_axe(t *testing.T) {
	axe := browser.Axe(t, "testdata/browser")
	chromium := browser.Start(t)
	pages := map[string]string{
		"none": html5(t, report.Runs(), many(0), families()), "12": html5(t, report.Runs(), many(12), families()), "10,000": html5(t, report.Runs(), many(10_000), families()),
		"sample": html5(t, report.Runs(), sample(), families()), "drift": html5(t, report.Drifts(), sampleDrift(), report.How{}),
	}
	for name, text := range pages {
		for _, colours := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 390} {
				p := open(t, chromium, text, colours, width)
				if name != "none" {
					p.ready()
				}
				js[int](p, `[...document.querySelectorAll("details")].slice(0, 20).map((one) => one.open = true).length`)
				p.Accessible(axe, fmt.Sprint(name, ", ", colours, ", ", width), width)
				p.Clean()
			}
		}
	}
}

// TestBrowser_withoutScript shows summary, tables and the first issues.
func TestBrowser_withoutScript(t *testing.T) {
	p := open(t, browser.Start(t), html5(t, report.Runs(), many(10_000), families()), "light", 1280, browser.Send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	p.Do(browser.Send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})) // so that this test can look
	if listed := js[int](p, `document.querySelectorAll("#issues > li").length`); listed != 200 {
		t.Errorf("%d issues", listed)
	}
	if text := js[string](p, `document.body.innerText`); !strings.Contains(text, "The first 200 of 9,565 findings, the worst first.") || strings.Contains(text, "How to filter") {
		t.Errorf("the page says %s", text[:min(1000, len(text))])
	}
	p.Clean()
}

// TestBrowser_print opens what is closed, and leaves out what cannot be used on paper.
func TestBrowser_print(t *testing.T) {
	p := open(t, browser.Start(t), html5(t, report.Runs(), many(12), families()), "dark", 800, browser.Send(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	p.ready()
	if shown := js[bool](p, `document.querySelector("#search").checkVisibility() || document.querySelector(".quick").checkVisibility()`); shown {
		t.Error("the filter is printed")
	}
	if most := js[float64](p, `Math.min(...[...document.querySelectorAll(".issue .body")].map((one) => one.getBoundingClientRect().height))`); most < 20 {
		t.Error("closed issues are not printed")
	}
	if pdf, err := chromedp.Run(p.Ctx, chromedp.PrintToPDF()); err != nil || len(pdf) < 10_000 {
		t.Errorf("the PDF has %d bytes: %v", len(pdf), err)
	}
}

// TestBrowser_policy lets a page load and run nothing but its own.
func TestBrowser_policy(t *testing.T) {
	p := open(t, browser.Start(t), html5(t, report.Runs(), many(12), families()), "light", 1280)
	p.ready()
	const violated = `new Promise((done) => {
		addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true });
		%s
	})`
	for directive, attack := range map[string]string{
		"img-src":         `document.body.append(Object.assign(new Image(), { src: "https://127.0.0.1:1/x.png" }))`,
		"script-src-elem": `document.body.append(Object.assign(document.createElement("script"), { textContent: "window.ran = true" }))`,
		"script-src-attr": `document.body.insertAdjacentHTML("beforeend", "<b onclick='window.ran = true'>x</b>"); document.body.lastChild.click()`,
		"style-src-attr":  `document.body.insertAdjacentHTML("beforeend", "<b style='color: red'>x</b>")`,
		"connect-src":     `fetch("https://127.0.0.1:1/x").catch(() => {})`,
	} {
		if got := js[string](p, fmt.Sprintf(violated, attack)); got != directive {
			t.Errorf("%s: %s", directive, got)
		}
	}
	if js[bool](p, `"ran" in window`) {
		t.Error("a script ran")
	}
}

// BenchmarkFirstPaint measures how long it takes until somebody sees a page with 10,000
// findings, and until it can filter.
func BenchmarkFirstPaint(b *testing.B) {
	chromium := browser.Start(b)
	text := html5(b, report.Runs(), many(10_000), families())
	var paint, filter float64
	for b.Loop() {
		p := open(b, chromium, text, "light", 1280)
		p.ready()
		filter += js[float64](p, `performance.now()`)
		paint += js[float64](p, `new Promise((done) => new PerformanceObserver((list) => done(list.getEntries()[0].startTime)).observe({ type: "paint", buffered: true }))`)
	}
	b.ReportMetric(paint/float64(b.N), "paint-ms")
	b.ReportMetric(filter/float64(b.N), "filter-ms")
}
