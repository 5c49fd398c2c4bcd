// SPDX-License-Identifier: Apache-2.0

package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
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

// patience is how long a page may take for a thing that is waited for, on a machine that does other work too.
const patience = 2 * time.Minute

// tab is a page in a browser, with everything that it complained of or asked for.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string
	requests []string
}

// open starts a browser with a page of REVGN_REPORT_PAGES, at a width, light or dark.
func open(t *testing.T, name string, width int, dark bool) *tab {
	t.Helper()
	url := pageURL(t, name)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browserPath(t)), chromedp.NoSandbox)
	alloc, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(end)
	p := &tab{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	call(p, network.Enable, network.EnableParams{})
	call(p, log.Enable, cdp.Empty{})
	call(p, runtime.Enable, cdp.Empty{})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	p.size(width, 900)
	p.run(chromedp.Navigate(url))
	return p
}

// size makes the window so large; a narrow one is a phone's.
func (p *tab) size(width, height int) {
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: int64(height), DeviceScaleFactor: 1, Mobile: width < 500})
}

func call[P, R any](p *tab, command cdp.Command[P, R], params P) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, command, params); err != nil {
		p.t.Fatal(err)
	}
}

func browserPath(t *testing.T) string {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && name != "" {
			return path
		}
	}
	t.Skip("no chromium: install it (apt-get install chromium) or name it in $CHROMIUM")
	return ""
}

func pageURL(t *testing.T, name string) string {
	dir := os.Getenv("REVGN_REPORT_PAGES")
	if dir == "" {
		t.Skip("no pages: run make browser, which makes them")
	}
	path, err := filepath.Abs(filepath.Join(dir, name+".html"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// hear keeps what a browser says of a page.
func (p *tab) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		p.problems = append(p.problems, "console."+string(e.Type))
	case *log.EventEntryAdded:
		p.problems = append(p.problems, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	}
}

func (p *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// value evaluates JavaScript.
func value[T any](p *tab, script string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		p.t.Fatalf("%s: %v", script, err)
	}
	return v
}

// wait waits until a condition holds in the page. It asks from outside: the page's policy forbids it to evaluate text itself.
func (p *tab) wait(condition string) {
	p.t.Helper()
	for end := time.Now().Add(patience); !value[bool](p, condition); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("after %s it does not hold that %s", patience, condition)
		}
	}
}

// drawn brings a figure into sight and waits until it is drawn.
func (p *tab) drawn(id string) {
	p.t.Helper()
	value[bool](p, `(document.getElementById("figure-`+id+`").scrollIntoView({block: "center"}), true)`)
	p.wait(`document.getElementById("figure-` + id + `").dataset.drawn === "true"`)
}

// quiet fails where the page complained or asked for anything but itself.
func (p *tab) quiet() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.problems) > 0 {
		p.t.Errorf("the browser says: %s", strings.Join(p.problems, "; "))
	}
	for _, url := range p.requests {
		if !strings.HasPrefix(url, "file://") || !strings.HasSuffix(url, ".html") {
			p.t.Errorf("the page asks for %.80s", url)
		}
	}
	if len(p.requests) == 0 {
		p.t.Error("no request was seen, not even that of the page: is the test listening?")
	}
}
