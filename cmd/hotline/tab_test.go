package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe/axe.min.js
var axe string

// chromium finds a browser. Without one the browser tests are skipped and say so;
// in CI a missing one fails.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no Chromium on this machine, and CI must have one")
	}
	t.Skip("no Chromium on this machine: the journeys are not run")
	return ""
}

// browser is one Chromium for a test.
type browser struct {
	t   *testing.T
	ctx context.Context
	url string
}

func openBrowser(t *testing.T, url string) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, ctx: ctx, url: url}
}

// tab is one person at a browser of their own.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	width, height int64

	mu       sync.Mutex
	problems []string // what the browser complained about: violated policies, errors of scripts
}

func (b *browser) tab(width, height int64) *tab {
	b.t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	b.t.Cleanup(stop)
	t := &tab{t: b.t, ctx: ctx, url: b.url, width: width, height: height}
	if err := chromedp.Listen(ctx, t.hear); err != nil {
		b.t.Fatal(err)
	}
	t.do(chromedp.EmulateViewport(width, height))
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		b.t.Fatal(err)
	}
	return t
}

func (t *tab) hear(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry != nil && e.Entry.Level == "error" && !strings.Contains(e.Entry.Text, "status of 4") {
			t.problems = append(t.problems, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		t.problems = append(t.problems, "script: "+e.ExceptionDetails.Text)
	}
}

func (t *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	t.t.Helper()
	ctx, stop := context.WithTimeout(t.ctx, 30*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		where, _ := chromedp.Run(t.ctx, chromedp.Location())
		t.t.Fatalf("at %s: %v", where, err)
	}
}

// open goes to a page.
func (t *tab) open(path string) { t.t.Helper(); t.do(chromedp.Navigate(t.url + path)) }

// signIn signs a demo account in.
func (t *tab) signIn(email, password string) {
	t.t.Helper()
	t.open("/signin")
	t.fill("#email", email)
	t.fill("#password", password)
	t.press(`form[action="/signin"] button`)
}

// fill puts words into a field in place of what is there, all at once as a phone's
// keyboard does.
func (t *tab) fill(selector, words string) {
	t.t.Helper()
	t.do(chromedp.WaitVisible(selector))
	t.is(`(() => { const e = document.querySelector(` + quote(selector) + `); if (!e) return false; e.focus(); e.value = ""; return true })()`)
	ctx, stop := context.WithTimeout(t.ctx, 30*time.Second)
	defer stop()
	if _, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: words}); err != nil {
		t.t.Fatalf("typing into %s: %v", selector, err)
	}
}

// tick chooses a radio button or a box, as a person does by its label.
func (t *tab) tick(selector string) {
	t.t.Helper()
	t.is(`(() => { const e = document.querySelector(` + quote(selector) + `); if (!e) return false; e.click(); return e.checked })()`)
}

// choose picks an option of a select.
func (t *tab) choose(selector, value string) {
	t.t.Helper()
	t.is(`(() => { const e = document.querySelector(` + quote(selector) + `); if (!e) return false; e.value = ` + quote(value) + `;
		e.dispatchEvent(new Event("change", {bubbles: true})); return e.value === ` + quote(value) + ` })()`)
}

// press clicks something that leads to another page, and waits for it.
func (t *tab) press(selector string) {
	t.t.Helper()
	ctx, stop := context.WithTimeout(t.ctx, 30*time.Second)
	defer stop()
	if _, err := chromedp.RunResponse(ctx, chromedp.WaitVisible(selector), chromedp.Click(selector)); err != nil {
		where, _ := chromedp.Run(t.ctx, chromedp.Location())
		t.t.Fatalf("pressing %s at %s: %v", selector, where, err)
	}
}

// keys presses keys on the page as it is.
func (t *tab) keys(which string) { t.t.Helper(); t.do(chromedp.KeyEvent(which)) }

// unfold opens what can be folded away, whether it was open or not.
func (t *tab) unfold(selector string) {
	t.t.Helper()
	t.is(`(() => { const d = document.querySelector(` + quote(selector) + `); if (!d) return false; if (!d.open) d.querySelector("summary").click(); return d.open })()`)
}

// is waits until an expression holds in the page.
func (t *tab) is(expression string) {
	t.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		// A page that is just being left answers with an error; the next one is asked again.
		held, err := chromedp.Run(t.ctx, chromedp.Evaluate[bool](expression))
		if err == nil && held {
			return
		}
		if time.Now().After(deadline) {
			text, _ := chromedp.Run(t.ctx, chromedp.Evaluate[string](`document.body.innerText.slice(0, 1500)`))
			where, _ := chromedp.Run(t.ctx, chromedp.Location())
			t.t.Fatalf("never held at %s: %s (%v)\n%s", where, expression, err, text)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// sees waits until words stand on the page.
func (t *tab) sees(words string) {
	t.t.Helper()
	t.is(`document.body.innerText.replace(/\s+/g, " ").includes(` + quote(words) + `)`)
}

// lacks says that words do not stand on the page as it is.
func (t *tab) lacks(words string) {
	t.t.Helper()
	if strings.Contains(eval[string](t, `document.body.textContent`), words) {
		t.t.Errorf("the page shows %q", words)
	}
}

func (t *tab) at() string {
	t.t.Helper()
	where, err := chromedp.Run(t.ctx, chromedp.Location())
	if err != nil {
		t.t.Fatal(err)
	}
	return strings.TrimPrefix(where, t.url)
}

func eval[T any](t *tab, expression string) T {
	t.t.Helper()
	v, err := chromedp.Run(t.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// whole says that the page is accessible by axe (nothing serious or critical), does
// not scroll sideways, and made the browser complain about nothing.
func (t *tab) whole() {
	t.t.Helper()
	type violation struct {
		ID, Impact, Help string
		Where            []string
	}
	// A window tall enough that nothing lies half under the composers, where a target
	// measures smaller than it is.
	t.do(chromedp.EmulateViewport(t.width, 3*t.height))
	defer t.do(chromedp.EmulateViewport(t.width, t.height))
	eval[int](t, axe+";0")
	found := eval[[]violation](t, `axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(r => r.violations.map(v =>
		({ID: v.id, Impact: v.impact, Help: v.help, Where: v.nodes.slice(0, 3).map(n => n.target.join(' '))})))`)
	for _, v := range found {
		if v.Impact == "serious" || v.Impact == "critical" {
			t.t.Errorf("%s: axe %s (%s): %s %v", t.at(), v.ID, v.Impact, v.Help, v.Where)
		}
	}
	if over := eval[int](t, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.t.Errorf("%s: scrolls sideways by %d px", t.at(), over)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.problems {
		t.t.Errorf("%s: the browser says: %s", t.at(), p)
	}
	t.problems = nil
}
