//go:build browser

package browser

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long an action of the browser may take.
const patience = 30 * time.Second

// Tab is a page in Chromium.
type Tab struct {
	testing.TB
	Ctx context.Context
	URL string
	// Own reports whether the page may ask for an address besides its own; nil: for none.
	Own func(address string) bool

	stop     func()
	guard    sync.Mutex
	requests []string // that are not for the page itself
	faults   []string // what the console says, and exceptions
}

// Start starts Chromium; each call of Open gives it another page.
func Start(t testing.TB) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("allow-file-access-from-files", false))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start; Debian's package chromium has it: %v", err)
	}
	return ctx
}

// Open shows the page at an address in the colours (light or dark) and at the width given.
func Open(t testing.TB, browser context.Context, address, colours string, width int64, own func(string) bool, actions ...chromedp.Action[chromedp.Void]) *Tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	p := &Tab{TB: t, Ctx: ctx, URL: address, Own: own, stop: stop}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	p.Do(append([]chromedp.Action[chromedp.Void]{
		Send(network.Enable, network.EnableParams{}), Send(log.Enable, cdp.Empty{}),
		Send(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: colours}}}),
		chromedp.EmulateViewport(width, 900),
	}, actions...)...)
	p.Do(chromedp.Navigate(p.URL))
	return p
}

func (p *Tab) hear(event any) {
	p.guard.Lock()
	defer p.guard.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		address, _, _ := strings.Cut(e.Request.URL, "#")
		if address != p.URL && address != "data:," && (p.Own == nil || !p.Own(address)) {
			p.requests = append(p.requests, e.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		p.faults = append(p.faults, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		p.faults = append(p.faults, fmt.Sprint("console.", e.Type))
	case *log.EventEntryAdded:
		p.faults = append(p.faults, e.Entry.Text)
	}
}

// Close closes the page. The end of the test closes it, too.
func (p *Tab) Close() { p.stop() }

// Send is the action that sends a command of the protocol.
func Send[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// Do does what a reader would do.
func (p *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, stop := context.WithTimeout(p.Ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.Fatal(err)
	}
}

// JS evaluates an expression, and waits if it is a promise.
func JS[T any](p *Tab, expression string) T {
	p.Helper()
	ctx, stop := context.WithTimeout(p.Ctx, patience)
	defer stop()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatal(err)
	}
	return value
}

// Until waits until an expression is true.
func (p *Tab) Until(expression string) {
	p.Helper()
	JS[bool](p, `new Promise((done) => { const look = () => (`+expression+`) ? done(true) : setTimeout(look, 1); look(); })`)
}

// Clean fails if the page asked for something or the console is not empty.
func (p *Tab) Clean() {
	p.Helper()
	p.guard.Lock()
	defer p.guard.Unlock()
	if len(p.requests)+len(p.faults) > 0 {
		p.Errorf("requests %q, console %q", p.requests, p.faults)
	}
}

// Axe reads axe-core from the folder that `make test-browser` fills.
func Axe(t testing.TB, folder string) string {
	t.Helper()
	axe, err := os.ReadFile(folder + "/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("`make test-browser` installs axe-core: %v", err)
	}
	return string(axe)
}

// Accessible asks axe-core about the page, and fails if the page is wider than the window.
func (p *Tab) Accessible(axe, name string, width int64) {
	p.Helper()
	JS[any](p, axe+"; 0")
	for _, one := range JS[[]string](p, `axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.map((v) => v.id + ": " + v.nodes[0].html + " " + v.nodes[0].failureSummary))`) {
		p.Errorf("%s: %s", name, one)
	}
	if wide := JS[int](p, `document.documentElement.scrollWidth`); wide > int(width) {
		p.Errorf("%s: the page is %d wide", name, wide)
	}
}

// Picture takes a picture of the window.
func (p *Tab) Picture() []byte {
	p.Helper()
	ctx, stop := context.WithTimeout(p.Ctx, patience)
	defer stop()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Fatal(err)
	}
	return picture
}
