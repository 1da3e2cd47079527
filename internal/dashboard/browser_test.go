//go:build browser

package dashboard_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"assay/internal/browser"
	"assay/internal/dashboard"
	"assay/internal/dashboard/month"
	"assay/internal/watch"
)

// tools is the folder with axe-core and html-validate.
const tools = "../report/testdata/browser"

const historyOf = "/thing?name=north-live+northpay%2FcreateOrder"

// site is a server with the month.
type site struct {
	*dashboard.Dashboard
	store *month.Store
	url   string
}

func serve(t testing.TB, token string) site {
	t.Helper()
	s := month.New()
	o := options(s)
	o.Token = token
	d := dashboard.New(o)
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	t.Cleanup(d.Close)
	return site{d, s, server.URL}
}

// own are the requests that a page may send.
func (s site) own(address string) bool { return strings.HasPrefix(address, s.url+"/") }

// TestBrowser_axe asks axe-core about every kind of page, in both colours and at two widths.
func TestBrowser_axe(t *testing.T) {
	axe := browser.Axe(t, tools)
	chromium := browser.Start(t)
	fault := serve(t, "")
	fault.store.Fail(watch.ErrDamaged)
	usual := serve(t, "")
	for _, one := range []struct {
		site
		target string
	}{{usual, "/"}, {usual, historyOf + "&step=day"}, {usual, "/thing?name=nothing"}, {fault, "/"}} {
		for _, colours := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 390} {
				p := browser.Open(t, chromium, one.url+one.target, colours, width, one.own)
				p.Accessible(axe, fmt.Sprint(one.target, ", ", colours, ", ", width), width)
				if one.store == usual.store && one.target != "/thing?name=nothing" {
					p.Clean()
				}
				p.Close() // a browser has few connections to one server
			}
		}
	}
}

// TestBrowser_live changes the page without loading it again. What is not new stays: the
// focus, and what is scrolled.
func TestBrowser_live(t *testing.T) {
	chromium := browser.Start(t)
	s := serve(t, "")
	p := browser.Open(t, chromium, s.url+"/", "light", 390, s.own)
	p.Until(`document.documentElement.dataset.live`)
	const link = `document.querySelector('#things a[href*="orderStatus"]')`
	browser.JS[int](p, `(window.stays = true, `+link+`.focus(), document.querySelector("#things .scroll").scrollLeft = 77, 0)`)
	all, _ := s.store.Things(t.Context())
	for _, thing := range all {
		if thing.State == watch.Failing {
			thing.State, thing.RowState, thing.Problem, thing.Why = watch.OK, watch.OK, nil, "3 cases passed"
			s.store.Set(thing)
		}
	}
	s.Changed()
	p.Until(`document.getElementById("headline").textContent === "1 of 8 things degraded, 1 without data"`)
	for expression, want := range map[string]string{
		`String(window.stays)`:                                         "true",
		`document.activeElement.getAttribute("href")`:                  "/thing?name=north-live+northpay%2ForderStatus",
		`String(document.querySelector("#things .scroll").scrollLeft)`: "77",
		`document.getElementById("news").textContent`:                  "1 of 8 things degraded, 1 without data",
		`document.title`: "1 of 8 things degraded, 1 without data · assay watch",
		`document.getElementById("live").textContent`:                   "This page updates by itself.",
		`String(document.querySelectorAll("#wrong li.error").length)`:   "0",
		`document.querySelectorAll("#things .badge.error").length + ""`: "0",
	} {
		if got := browser.JS[string](p, expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
	p.Clean()

	thing := browser.Open(t, chromium, s.url+historyOf, "light", 1280, s.own)
	thing.Until(`document.documentElement.dataset.live`)
	s.store.Set(watch.Thing{Name: "north-live northpay/createOrder", Job: "north-live", Provider: "northpay", State: watch.Degraded, Since: month.Now(), Seen: month.Now(), Why: "slow"})
	s.Changed()
	thing.Until(`document.getElementById("headline").textContent.endsWith("degraded")`)
	thing.Clean()

	s.Close()
	p.Until(`document.getElementById("live").textContent.startsWith("The connection is lost")`)
}

// TestBrowser_token logs in with the token as password: the page, its updates and its events
// have it.
func TestBrowser_token(t *testing.T) {
	s := serve(t, token)
	address := strings.Replace(s.url, "://", "://anybody:"+token+"@", 1)
	p := browser.Open(t, browser.Start(t), address+"/", "light", 1280, func(a string) bool {
		return s.own(strings.Replace(a, "anybody:"+token+"@", "", 1))
	})
	p.Until(`document.documentElement.dataset.live`)
	s.store.Set(watch.Thing{Name: "east-logs eastpay/refund", Job: "east-logs", Provider: "eastpay", State: watch.OK, Since: month.Now(), Seen: month.Now()})
	s.Changed()
	p.Until(`document.getElementById("headline").textContent.startsWith("1 of 9 things failing")`)
	p.Clean()
}

// TestBrowser_hidden waits for nothing while the page cannot be seen, and shows what has
// changed when it can.
func TestBrowser_hidden(t *testing.T) {
	s := serve(t, "")
	p := browser.Open(t, browser.Start(t), s.url+"/", "light", 1280, s.own)
	p.Until(`document.documentElement.dataset.live`)
	const see = `(Object.defineProperty(document, "hidden", { value: %t, configurable: true }), document.dispatchEvent(new Event("visibilitychange")), delete document.documentElement.dataset.live, 0)`
	browser.JS[int](p, fmt.Sprintf(see, true))
	for until := time.Now().Add(10 * time.Second); s.Streams() > 0; {
		if time.Now().After(until) {
			t.Fatal("the hidden page waits for events")
		}
		runtime.Gosched()
	}
	s.store.Set(watch.Thing{Name: "east-logs eastpay/refund", Job: "east-logs", Provider: "eastpay", State: watch.OK, Since: month.Now(), Seen: month.Now()})
	s.Changed()
	if listening := browser.JS[string](p, `document.getElementById("headline").textContent`); !strings.HasPrefix(listening, "1 of 8") {
		t.Errorf("the hidden page says %s", listening)
	}
	browser.JS[int](p, fmt.Sprintf(see, false))
	p.Until(`document.getElementById("headline").textContent.startsWith("1 of 9 things failing")`)
	p.Clean()
}

// TestBrowser_withoutScript shows everything, and says how to see more.
func TestBrowser_withoutScript(t *testing.T) {
	s := serve(t, "")
	p := browser.Open(t, browser.Start(t), s.url+"/", "light", 1280, s.own, browser.Send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	p.Do(browser.Send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})) // so that this test can look
	shown := browser.JS[string](p, `document.body.innerText`)
	for _, want := range []string{"1 of 8 things failing", "Reload it to see more", "acknowledged by Asha", "the bank moves its data centre", "in 2 minutes"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	p.Clean()
}

// TestBrowser_keyboard reaches everything with the tabulator, and shows where it is.
func TestBrowser_keyboard(t *testing.T) {
	s := serve(t, "")
	chromium := browser.Start(t)
	for _, target := range []string{"/", historyOf} {
		p := browser.Open(t, chromium, s.url+target, "light", 1280, s.own)
		p.Until(`document.documentElement.dataset.live`)
		p.Do(chromedp.KeyEvent(kb.Tab))
		if focus := browser.JS[string](p, `document.activeElement.className`); focus != "skip" {
			t.Errorf("%s: the first stop is %q", target, focus)
		}
		p.Do(chromedp.KeyEvent(kb.Enter))
		if focus := browser.JS[string](p, `document.activeElement.id`); focus != "main" {
			t.Errorf("%s: the link goes to %q", target, focus)
		}
		want := browser.JS[int](p, `[...document.querySelectorAll("main a, main summary, main button, main [tabindex='0']")].map((one) => one.reached = "no").length`)
		reached := 0
		for range want {
			p.Do(chromedp.KeyEvent(kb.Tab))
			if browser.JS[bool](p, `(() => { const e = document.activeElement, seen = getComputedStyle(e).outlineStyle === "solid" && e.reached === "no"; e.reached = "yes"; return seen })()`) {
				reached++
			}
		}
		if reached != want || want < 8 {
			t.Errorf("%s: the tabulator reaches %d of %d", target, reached, want)
		}
		p.Clean()
	}
}

// TestBrowser_states says each state by a word and a mark, also in a chart.
func TestBrowser_states(t *testing.T) {
	s := serve(t, "")
	p := browser.Open(t, browser.Start(t), s.url+"/", "light", 1280, s.own)
	badges := browser.JS[[]string](p, `[...document.querySelectorAll("#things .badge")].map((one) => one.innerText)`)
	slices.Sort(badges)
	if got := strings.Join(slices.Compact(badges), ", "); got != "? no data, ▲ degraded, ✓ ok, ✗ failing" {
		t.Errorf("the badges are %s", got)
	}
	// Without colours, each state has its own width and place.
	shapes := browser.JS[[]string](p, `[...document.querySelectorAll(".legend svg")].map((svg) => [...svg.querySelectorAll("rect:not(.ground)")].map((r) => [r.getAttribute("y"), r.getAttribute("width")].join("/")).join())`)
	slices.Sort(shapes)
	if n := len(shapes); n != 5 || len(slices.Compact(shapes)) != n {
		t.Errorf("the shapes of the states are %q", shapes)
	}
	p.Clean()
}

// TestBrowser_policy lets a page load and run nothing but its own.
func TestBrowser_policy(t *testing.T) {
	s := serve(t, "")
	p := browser.Open(t, browser.Start(t), s.url+"/", "light", 1280, s.own)
	p.Until(`document.documentElement.dataset.live`)
	for directive, attack := range map[string]string{
		"img-src":         `document.body.append(Object.assign(new Image(), { src: "https://127.0.0.1:1/x.png" }))`,
		"script-src-elem": `document.body.append(Object.assign(document.createElement("script"), { textContent: "window.ran = true" }))`,
		"script-src-attr": `document.body.insertAdjacentHTML("beforeend", "<b onclick='window.ran = true'>x</b>"); document.body.lastChild.click()`,
		"style-src-attr":  `document.body.insertAdjacentHTML("beforeend", "<b style='color: red'>x</b>")`,
		"connect-src":     `fetch("https://127.0.0.1:1/x").catch(() => {})`,
	} {
		const violated = `new Promise((done) => { addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true }); %s })`
		if got := browser.JS[string](p, fmt.Sprintf(violated, attack)); got != directive {
			t.Errorf("%s: %s", directive, got)
		}
	}
	if browser.JS[bool](p, `"ran" in window`) {
		t.Error("a script ran")
	}
}

// TestBrowser_markup holds pages to html-validate.
func TestBrowser_markup(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--no-install", "html-validate", "-c", ".htmlvalidate.json"}
	s := serve(t, "")
	for name, target := range map[string]string{"overview": "/", "thing": historyOf, "missing": "/thing?name=x"} {
		status := 200
		if name == "missing" {
			status = 404
		}
		file := filepath.Join(dir, name+".html")
		if err := os.WriteFile(file, []byte(text(t, get(t, s, target), status)), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	validate := exec.CommandContext(t.Context(), "npx", args...)
	validate.Dir = tools
	if out, err := validate.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestPictures writes the pictures of the README into the directory that ASSAY_PICTURES
// names; `make pictures` does that.
func TestPictures(t *testing.T) {
	dir := os.Getenv("ASSAY_PICTURES")
	if dir == "" {
		t.Skip("`make pictures` writes the pictures")
	}
	chromium := browser.Start(t)
	s := serve(t, "")
	for _, one := range []struct {
		name, target, colours string
		width, height         int64
	}{
		{"watch-desk.png", "/", "light", 1100, 1120}, {"watch-telephone.png", "/", "light", 390, 820},
	} {
		p := browser.Open(t, chromium, s.url+one.target, one.colours, one.width, s.own, chromedp.EmulateViewport(one.width, one.height))
		p.Until(`document.documentElement.dataset.live`)
		picture := p.Picture()
		if len(picture) > 200_000 {
			t.Errorf("%s has %d bytes", one.name, len(picture))
		}
		if err := os.WriteFile(filepath.Join(dir, one.name), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
