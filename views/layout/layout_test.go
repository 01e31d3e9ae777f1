package layout

import (
	"context"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"hotline/views/ui"
)

var words = templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, `<p id="content">Here.</p>`)
	return err
})

func frame() Frame {
	return Frame{
		Title: "My work", Room: "desk", Person: &Person{Name: "Rosa Delgado", Initials: "RD", RoleWord: "risk consultant", OnDuty: "at work until 6 PM"},
		Nav:       []NavItem{{Label: "Desk", URL: "/desk", Current: true, Key: "d"}, {Label: "Calls", URL: "/calls"}},
		DeskPhone: "800 555 0142", DeskPhoneTel: "+18005550142", Key: "k7f", Live: true, Shortcuts: true, LogCall: true, Searches: true, Search: `004217 "x"`, Demo: true,
		Flash: ui.Flash{Words: "Sent to Dr Imani."},
	}
}

func render(t *testing.T, c templ.Component) (string, *goquery.Document) {
	t.Helper()
	var b strings.Builder
	if err := c.Render(templ.WithChildren(t.Context(), words), &b); err != nil {
		t.Fatal(err)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), d
}

func rooms() map[string]templ.Component {
	return map[string]templ.Component{"physician": Physician(frame()), "staff": Staff(frame()), "bare": Bare(frame())}
}

func TestEveryRoomKeepsThePolicyAndCarriesItsContent(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile(`<[^>]*\s(style|on[a-z]+)=|<style|<script>`)
	for name, c := range rooms() {
		markup, d := render(t, c)
		if found := inline.FindString(markup); found != "" {
			t.Errorf("%s: inline %s", name, found)
		}
		if d.Find("#content").Length() != 1 || d.Find(".flash").Length() != 1 {
			t.Errorf("%s: the content or the flash is missing", name)
		}
		if d.Find(`a.skip[href="#main"]`).Length() != 1 || d.Find(`#live[aria-live="polite"]`).Length() != 1 {
			t.Errorf("%s: no skip link or live line", name)
		}
		if title := d.Find("head title").Text(); title != "My work · Hotline" {
			t.Errorf("%s: title %q", name, title)
		}
		if d.Find(`a[href="/demo/mail"]`).Length() != 1 {
			t.Errorf("%s does not say that its people are invented", name)
		}
		if n := d.Find(`link[rel=stylesheet]`).Length(); n != 1 {
			t.Errorf("%s: %d stylesheets", name, n)
		}
	}
}

func TestThePhysicianAlwaysSeesTheNumberToCall(t *testing.T) {
	t.Parallel()
	f := frame()
	f.Person, f.Nav = nil, nil
	_, d := render(t, Physician(f))
	if a := d.Find(`.masthead a[href="tel:+18005550142"]`); a.Length() != 1 || !strings.Contains(a.Text(), "800 555 0142") {
		t.Error("no number in the masthead")
	}
	if d.Find("form[action='/signout']").Length() != 0 {
		t.Error("somebody who is not signed in is offered to sign out")
	}
	if d.Find("nav").Length() != 0 {
		t.Error("an empty navigation is drawn")
	}
}

func TestTheTopBarOffersOnlyWhatThePersonMay(t *testing.T) {
	t.Parallel()
	_, d := render(t, Staff(frame()))
	if q := d.Find("input#q").AttrOr("value", ""); q != `004217 "x"` {
		t.Errorf("search box holds %q", q)
	}
	if d.Find(`a[href="/calls/new"][data-shortcut="c"]`).Length() != 1 || d.Find(`nav a[aria-current="page"][data-go="d"]`).Length() != 1 {
		t.Error("no call to log, or no current place")
	}
	if d.Find(`form[method="post"][action="/signout"]`).Length() != 1 || d.Find(`a[href="/you"]`).Length() != 1 {
		t.Error("no way out or to oneself")
	}
	f := frame()
	f.LogCall, f.Searches, f.Shortcuts, f.Live = false, false, false, false
	_, d = render(t, Staff(f))
	if d.Find(`a[href="/calls/new"]`).Length() != 0 || d.Find("#shortcuts").Length() != 0 || d.Find("body[data-shortcuts], body[data-events]").Length() != 0 {
		t.Error("what was switched off is still there")
	}
}

func TestHtmxIsHeldToThePolicyAndShowsEveryAnswer(t *testing.T) {
	t.Parallel()
	_, d := render(t, Bare(frame()))
	var config struct {
		IncludeIndicatorStyles, AllowEval, SelfRequestsOnly bool
		HistoryCacheSize                                    int
		ResponseHandling                                    []struct {
			Code string
			Swap bool
		}
	}
	config.AllowEval, config.IncludeIndicatorStyles, config.HistoryCacheSize = true, true, 10
	if err := json.Unmarshal([]byte(d.Find(`meta[name="htmx-config"]`).AttrOr("content", "")), &config); err != nil {
		t.Fatal(err)
	}
	if config.AllowEval || config.IncludeIndicatorStyles || !config.SelfRequestsOnly || config.HistoryCacheSize != 0 {
		t.Errorf("%+v", config)
	}
	for status, swap := range map[string]bool{"200": true, "204": false, "401": true, "409": true, "413": true, "422": true, "429": true, "503": true, "404": false, "500": false} {
		for _, rule := range config.ResponseHandling {
			if regexp.MustCompile(rule.Code).MatchString(status) {
				if rule.Swap != swap {
					t.Errorf("%s: swap %v", status, rule.Swap)
				}
				break
			}
		}
	}
}
