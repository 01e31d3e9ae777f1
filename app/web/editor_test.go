package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"hotline/app/account"
	"hotline/app/actor"
)

const article = "/guidance/ending-the-relationship"

// library is a floor whose shelf is filled, with Rosa, Priya and Maya at their browsers.
type library struct {
	*floor
	rosa, priya, maya, leila *guest
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	f := newFloor(t)
	_, err := f.rooms.Guidance.Load(t.Context(), actor.Command("test"))
	f.must(err)
	return &library{f, f.as(f.rosa), f.as(f.priya), f.as(f.maya), f.as(f.leila)}
}

// browsed is a form as a browser would send it: what is typed, ticked and chosen.
func browsed(r reply, selector string) url.Values {
	out := url.Values{}
	r.doc.Find(selector).First().Find("input, select, textarea").Each(func(_ int, in *goquery.Selection) {
		name, value := in.AttrOr("name", ""), in.AttrOr("value", "")
		_, ticked := in.Attr("checked")
		kind := in.AttrOr("type", "")
		switch {
		case name == "" || kind == "file" || (kind == "checkbox" || kind == "radio") && !ticked:
			return
		case goquery.NodeName(in) == "textarea":
			value = in.Text()
		case goquery.NodeName(in) == "select":
			value = in.Find("option[selected]").AttrOr("value", in.Find("option").First().AttrOr("value", ""))
		}
		out.Add(name, value)
	})
	return out
}

// begun begins a change and gives its form.
func (l *library) begun(g *guest) url.Values {
	l.t.Helper()
	g.post("/guidance/drafts", url.Values{"article": {article}}).answers(l.t, 303, article+"/edit")
	return browsed(g.open(article+"/edit").answers(l.t, 200, ""), "#write")
}

// field is the name of the control below a heading.
func field(form url.Values, heading string) string {
	for name, values := range form {
		if n, is := strings.CutPrefix(name, "heading-"); is && values[0] == heading {
			return "text-" + n
		}
	}
	return ""
}

func TestADraftIsWrittenOfferedReturnedMendedAndApproved(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	form := l.begun(l.rosa)
	record := field(form, "What to write down")
	form.Set(record, form.Get(record)+" And the weather.")
	l.rosa.post(article+"/draft", form).answers(t, 204, "") // the page keeps itself
	form.Set("then", "keep")
	l.rosa.post(article+"/draft", form).answers(t, 303, article+"/edit") // from the revision it began with
	form = browsed(l.rosa.open(article+"/edit"), "#write")
	page := l.rosa.post(article+"/review", form).answers(t, 422, "")
	if got := said(page, ".error-summary li"); !strings.Contains(got, "what is new") {
		t.Errorf("said %q", got)
	}
	form.Set("changed", "The weather is noted.")
	l.rosa.post(article+"/review", form).answers(t, 303, article+"/edit")
	mine := l.rosa.open(article+"/edit").answers(t, 200, "")
	if mine.doc.Find(`form[action$="/publication"], #write`).Length() != 0 || mine.doc.Find(`form[action$="/review/removal"]`).Length() != 1 {
		t.Error("a writer is asked to approve, or may write on")
	}
	l.rosa.post(article+"/publication", url.Values{}).answers(t, 403, "")

	theirs := l.priya.open(article+"/edit").answers(t, 200, "")
	if got := said(theirs, ".diff ins"); !strings.Contains(got, "And the weather.") {
		t.Errorf("the difference says %q", got)
	}
	l.priya.post(article+"/return", url.Values{"remark": {" "}}).answers(t, 422, "")
	l.priya.post(article+"/return", url.Values{"remark": {"Which weather?"}}).answers(t, 303, article+"/edit")
	back := l.rosa.open(article+"/edit").answers(t, 200, "")
	if got := said(back, ".editor-remark"); got != "Priya Raman returned itWhich weather?" {
		t.Errorf("the remark reads %q", got)
	}
	form = browsed(back, "#write")
	form.Set(record, strings.Replace(form.Get(record), "the weather", "the hour", 1))
	form.Set("changed", "The hour is noted.")
	l.rosa.post(article+"/review", form).answers(t, 303, article+"/edit")
	l.priya.post(article+"/publication", browsed(l.priya.open(article+"/edit"), `form[action$="/publication"]`)).answers(t, 303, article)
	read := l.leila.open(article).answers(t, 200, "")
	if got := said(read, "article"); !strings.Contains(got, "And the hour.") {
		t.Error("the physician does not read it")
	}
	diff := l.maya.open(article+"/changes?from=1&to=2").answers(t, 200, "")
	if got := said(diff, ".diff-part ins"); !strings.Contains(got, "[added: ") || !strings.Contains(got, "And the hour.") {
		t.Errorf("the difference says %q", got)
	}
}

func TestTwoWhoWriteAtOnceSeeBothTexts(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	rosas := l.begun(l.rosa)
	priyas := l.begun(l.priya)
	rosas.Set("title", "Rosa’s title")
	l.rosa.post(article+"/draft", rosas).answers(t, 204, "")
	priyas.Set("title", "Priya’s title")
	priyas.Set("then", "look")
	look := l.priya.post(article+"/draft", priyas).answers(t, 200, "")
	if got := said(look, ".field-error"); !strings.Contains(got, "Rosa Delgado has kept") {
		t.Errorf("said %q", got)
	}
	priyas.Set("then", "keep")
	page := l.priya.post(article+"/draft", priyas).answers(t, 409, "")
	if got := said(page, ".error-summary"); !strings.Contains(got, "Rosa Delgado kept it") || !strings.Contains(got, "Rosa’s") || !strings.Contains(got, "Priya’s") {
		t.Errorf("said %q", got)
	}
	again := browsed(page, "#write")
	if again.Get("title") != "Priya’s title" || again.Get("revision") == priyas.Get("revision") {
		t.Errorf("title %q over revision %s", again.Get("title"), again.Get("revision"))
	}
	again.Set("then", "keep")
	l.priya.post(article+"/draft", again).answers(t, 303, article+"/edit")
}

func TestARefusedDraftKeepsEverythingTyped(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	form := l.begun(l.rosa)
	form.Set("then", "keep")
	form.Set("title", strings.Repeat("x", 401))
	form.Set("state-0", "Ohio & Utah")
	form.Set("review_by", "someday")
	form.Set("heading-2", "Of my own")
	form.Set("text-2", "\nMine.\n")
	page := l.rosa.post(article+"/draft", form).answers(t, 422, "")
	again := browsed(page, "#write")
	for name := range form {
		if name != "then" && strings.TrimSpace(again.Get(name)) != strings.TrimSpace(form.Get(name)) {
			t.Errorf("%s came back as %.60q, was %.60q", name, again.Get(name), form.Get(name))
		}
	}
}

func TestASectionMovesAndStateNotesAreRows(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	form := l.begun(l.rosa)
	spare := form.Get("spare-at")
	form.Set("heading-"+spare, "Before a holiday")
	form.Set("text-"+spare, "Think of the pharmacy.")
	form.Set("state-0", "Maryland and Virginia")
	form.Set("state-words-0", "A rule of their own.")
	form.Set("state-1", "")
	form.Set("state-words-1", "")
	form.Set("then", "up-"+spare)
	l.rosa.post(article+"/draft", form).answers(t, 303, article+"/edit")
	page := l.rosa.open(article+"/edit").answers(t, 200, "")
	after := browsed(page, "#write")
	if got := field(after, "Before a holiday"); got == "" || got == "text-"+spare {
		t.Errorf("it stands at %q", got)
	}
	if after.Get("state-0") != "Maryland and Virginia" || after.Get("state-1") == "" || !strings.Contains(after.Get("state-else"), "nothing specific") {
		t.Errorf("states: %q, %q, %q", after.Get("state-0"), after.Get("state-1"), after.Get("state-else"))
	}
	view := l.rosa.open(article+"/draft").answers(t, 200, "")
	if got := said(view, "article"); !strings.Contains(got, "Think of the pharmacy.") || !strings.Contains(got, "A draft, as its readers would see it.") {
		t.Error("the preview is not the draft")
	}
}

func TestANewArticleIsBegunWithFourThingsAndSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	page := l.rosa.post("/guidance/drafts", url.Values{"title": {"Gifts"}, "slug": {"ending-the-relationship"}}).answers(t, 422, "")
	if got := page.doc.Find("#title").AttrOr("value", "") + " " + said(page, ".error-summary li"); !strings.HasPrefix(got, "Gifts Choose") {
		t.Errorf("said %q", got)
	}
	l.rosa.post("/guidance/drafts", url.Values{"title": {"When a patient’s gift is too much!"}, "topic": {"other_liability"}, "visible": {"desk"}}).answers(t, 303, "/guidance/when-a-patients-gift-is-too-much/edit")
	page = l.rosa.open("/guidance/when-a-patients-gift-is-too-much/edit").answers(t, 200, "")
	for _, a := range page.doc.Find("#check li a").EachIter() {
		if page.doc.Find(a.AttrOr("href", "")).Length() != 1 {
			t.Errorf("%s leads nowhere", a.AttrOr("href", ""))
		}
	}
	if n := page.doc.Find("#check li").Length(); n < 5 {
		t.Errorf("only %d things are missing", n)
	}
	for _, path := range []string{"", "/edit", "/draft", "/changes"} {
		l.leila.open("/guidance/when-a-patients-gift-is-too-much"+path).answers(t, 404, "")
	}
	l.rosa.open("/guidance/when-a-patients-gift-is-too-much/draft").answers(t, 200, "")
	l.rosa.open("/guidance/when-a-patients-gift-is-too-much/changes").answers(t, 200, "")
	list := l.priya.open("/guidance/drafts").answers(t, 200, "")
	if got := said(list, "main"); !strings.Contains(got, "When a patient’s gift is too much!") {
		t.Error("it is not listed")
	}
	l.rosa.post("/guidance/when-a-patients-gift-is-too-much/draft/removal", nil).answers(t, 303, "/guidance/drafts")
}

// sendFile sends a form with one file under a name.
func (g *guest) sendFile(path string, form url.Values, fieldName, name string, content []byte) reply {
	g.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, values := range form {
		for _, v := range values {
			_ = w.WriteField(field, v)
		}
	}
	part, err := w.CreateFormFile(fieldName, name)
	if err != nil {
		g.t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = w.Close()
	r := httptest.NewRequestWithContext(g.t.Context(), http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return g.send(r)
}

func TestAnAttachmentIsHandedOutAsAFileToThoseWhoReadItsArticle(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	form := l.begun(l.rosa)
	pdf := append([]byte("%PDF-1.7\n"), make([]byte, 3<<20)...) // more than an ordinary form may weigh
	if got := said(l.rosa.sendFile(article+"/files", nil, "file", "x.pdf", []byte("<script>")).answers(t, 422, ""), ".error-summary li"); !strings.Contains(got, "We take PDF") {
		t.Errorf("said %q", got)
	}
	l.rosa.sendFile(article+"/files", nil, "file", "Größe & \"Form\".pdf", pdf).answers(t, 303, article+"/edit#papers")
	page := l.rosa.open(article+"/edit").answers(t, 200, "")
	path := page.doc.Find(".papers a").AttrOr("href", "")
	l.leila.open(path).answers(t, 404, "")
	form.Set("changed", "With a form.")
	l.rosa.post(article+"/review", form).answers(t, 303, article+"/edit")
	l.priya.post(article+"/publication", nil).answers(t, 303, article)
	got := l.leila.open(path).answers(t, 200, "")
	h := got.Header()
	if h.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment; filename") || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("Cache-Control") != "no-store" || got.Body.Len() != len(pdf) {
		t.Errorf("%v, %d bytes", h, got.Body.Len())
	}
	l.leila.sendFile(article+"/files", nil, "file", "x.pdf", pdf).answers(t, 413, "") // only the desk's forms are large
	l.maya.post(path+"/removal", nil).answers(t, 303, article+"/edit#papers")
	l.leila.open(path).answers(t, 404, "")
}

func TestAManagerKeepsAndWithdrawsAndSaysWhetherAdviceIsAffected(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.cite()
	page := l.maya.open(article+"/edit").answers(t, 200, "")
	if got := said(page, ".imprint"); !strings.Contains(got, "1 consultation") {
		t.Errorf("facts: %q", got)
	}
	keep := browsed(page, `form[action$="/keeping"]`)
	keep.Set("review_by", "2031-01-01")
	keep.Set("visible", "desk")
	refused := l.maya.post(article+"/keeping", keep).answers(t, 422, "")
	if again := browsed(refused, `form[action$="/keeping"]`); again.Get("review_by") != "2031-01-01" || again.Get("visible") != "desk" {
		t.Errorf("came back as %v", again)
	}
	keep.Set("review_by", "2027-01-01")
	keep.Set("visible", "insured")
	keep.Set("keeper", idOf(l.floor.priya))
	l.maya.post(article+"/keeping", keep).answers(t, 303, article+"/edit")
	l.rosa.post(article+"/keeping", keep).answers(t, 404, "")

	refused = l.maya.post(article+"/withdrawal", url.Values{"why": {"The law changed."}}).answers(t, 422, "")
	if got := said(refused, ".error-summary li") + refused.doc.Find("#why").Text(); got != "Say whether it changes advice already given.The law changed." {
		t.Errorf("said %q", got)
	}
	l.maya.post(article+"/withdrawal", url.Values{"why": {"The law changed."}, "affects": {"yes"}}).answers(t, 422, "")
	l.maya.post(article+"/withdrawal", url.Values{"why": {"The law changed."}, "affects": {"no"}}).answers(t, 303, article+"/edit")
	l.rosa.post(article+"/withdrawal", url.Values{"why": {"x"}, "affects": {"no"}}).answers(t, 404, "")
	if got := said(l.maya.open(article+"/edit").answers(t, 200, ""), ".editor-note"); !strings.Contains(got, "The law changed.") {
		t.Errorf("said %q", got)
	}
	l.leila.open("/guidance/ending-the-relationship?version=1").answers(t, 200, "") // it was cited to her
}

func TestTheLibraryGoesOutAsAFolderAndAFolderComesInAfterADryRun(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	out := l.rosa.open("/guidance/export.zip").answers(t, 200, "")
	dry := l.maya.sendFile("/guidance/import", nil, "folder", "guidance.zip", out.Body.Bytes()).answers(t, 200, "")
	if got := said(dry, ".lede"); !strings.Contains(got, "0 changed") || !strings.Contains(got, "There is nothing to do.") {
		t.Errorf("said %q", got)
	}
	archive, err := zip.NewReader(bytes.NewReader(out.Body.Bytes()), int64(out.Body.Len()))
	l.must(err)
	var text bytes.Buffer
	f, err := archive.Open("guidance/ending-the-relationship.md")
	l.must(err)
	_, err = text.ReadFrom(f)
	l.must(err)
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	part, err := w.Create("ending-the-relationship.md")
	l.must(err)
	_, err = part.Write(append(text.Bytes(), "\nOne more line.\n"...))
	l.must(err)
	l.must(w.Close())
	dry = l.maya.sendFile("/guidance/import", nil, "folder", "one.zip", packed.Bytes()).answers(t, 200, "")
	if got := said(dry, "tbody"); !strings.Contains(got, "a new version") {
		t.Errorf("said %q", got)
	}
	l.leila.open(article+"?version=2").answers(t, 404, "")
	form := browsed(dry, "main form")
	if got, err := base64.StdEncoding.DecodeString(form.Get("packed")); err != nil || !bytes.Equal(got, packed.Bytes()) {
		t.Error("the page does not carry the folder")
	}
	form.Set("changed", "A line.")
	l.maya.post("/guidance/import", form).answers(t, 303, "/guidance")
	if got := said(l.leila.open(article).answers(t, 200, ""), "article"); !strings.Contains(got, "One more line.") {
		t.Error("it was not read in")
	}
	l.maya.sendFile("/guidance/import", nil, "folder", "x.zip", []byte("no archive")).answers(t, 422, "")
	l.maya.post("/guidance/import", nil).answers(t, 422, "")
}

func idOf(p *account.Person) string { return strings.TrimPrefix(capOf(p), "cap-") }

// underReview is a change of Rosa's that waits for a colleague.
func (l *library) underReview() {
	l.t.Helper()
	form := l.begun(l.rosa)
	record := field(form, "What to write down")
	form.Set(record, form.Get(record)+" And the weather.")
	form.Set("changed", "The weather is noted.")
	l.rosa.post(article+"/review", form).answers(l.t, 303, article+"/edit")
}

// cite has somebody rely on the article.
func (l *library) cite() {
	l.t.Helper()
	number := l.claimed(l.floor.rosa, "May I stop?").Number
	l.rosa.post("/tickets/"+number+"/citations", url.Values{"article": {"ending-the-relationship"}})
}

const (
	keepForm = `form[action$="/keeping"]`
	awayForm = `form[action$="/withdrawal"]`
)

func TestAManagerKeepsAndWithdrawsAnArticleThatIsBeingWrittenOrReviewed(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.cite()
	l.begun(l.rosa)
	written := l.maya.open(article+"/edit").answers(t, 200, "")
	l.rosa.post(article+"/draft/removal", nil).answers(t, 303, "/guidance/drafts")
	l.underReview()
	reviewed := l.maya.open(article+"/edit").answers(t, 200, "")
	for name, page := range map[string]reply{"written": written, "reviewed": reviewed} {
		if page.doc.Find(keepForm).Length() != 1 || page.doc.Find(awayForm).Length() != 1 || page.doc.Find(awayForm+" #away_affects").Length() != 1 {
			t.Errorf("%s: a manager can neither keep nor withdraw it", name)
		}
		seen := map[string]bool{}
		for _, one := range page.doc.Find("[id]").EachIter() {
			if id := one.AttrOr("id", ""); seen[id] {
				t.Errorf("%s: two things are #%s", name, id)
			} else {
				seen[id] = true
			}
		}
	}
	if page := l.priya.open(article + "/edit"); page.doc.Find(keepForm+", "+awayForm).Length() != 0 {
		t.Error("a consultant is shown what only managers do")
	}
	refused := l.maya.post(article+"/withdrawal", url.Values{"why": {"The law changed."}}).answers(t, 422, "")
	if got := refused.doc.Find(".error-summary a").AttrOr("href", ""); got != "#away_affects" || refused.doc.Find("#why").Text() != "The law changed." {
		t.Errorf("it leads to %q, and kept %q", got, refused.doc.Find("#why").Text())
	}
	keep := browsed(reviewed, keepForm)
	keep.Set("keeper", idOf(l.floor.priya))
	l.maya.post(article+"/keeping", keep).answers(t, 303, article+"/edit")

	stale := browsed(l.priya.open(article+"/edit"), `form[action$="/publication"]`)
	stale.Set("affects", "yes")
	stale.Set("affects_why", "Thirty days were not enough.")
	away := url.Values{"why": {"The law changed."}, "affects": {"no"}}
	for range 2 { // pressed twice
		l.maya.post(article+"/withdrawal", away).answers(t, 303, article+"/edit")
	}
	late := l.priya.post(article+"/publication", stale).answers(t, 409, "")
	if got := said(late, ".error-summary li") + said(late, ".typed"); !strings.Contains(got, "not in review any more") || !strings.Contains(got, "Thirty days were not enough.") {
		t.Errorf("said %q", got)
	}
	if got := said(late, ".editor-note"); !strings.Contains(got, "The law changed.") {
		t.Errorf("the writers’ page says %q", got)
	}
	l.leila.open("/guidance/ending-the-relationship?version=2").answers(t, 404, "")
	refused = l.maya.post(article+"/withdrawal", url.Values{"why": {"It is worse."}, "affects": {"no"}}).answers(t, 409, "")
	if got := said(refused, ".typed"); got != "It is worse." {
		t.Errorf("what was typed: %q", got)
	}
}

func TestARemarkOutlivesTheDraftItIsAbout(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	remark := url.Values{"remark": {"Which weather?"}}
	kept := func(page reply) {
		t.Helper()
		if got := said(page, ".typed"); got != "Which weather?" || said(page, ".error-summary li") == "" {
			t.Errorf("what was typed: %q, said %q", got, said(page, ".error-summary li"))
		}
	}
	l.underReview()
	l.rosa.post(article+"/review/removal", nil).answers(t, 303, article+"/edit")
	kept(l.priya.post(article+"/return", remark).answers(t, 409, "")) // it is being written again
	l.rosa.post(article+"/draft/removal", nil).answers(t, 303, "/guidance/drafts")
	kept(l.priya.post(article+"/return", remark).answers(t, 409, "")) // it was dropped
	l.rosa.post("/guidance/drafts", url.Values{"title": {"Gifts"}, "topic": {"other_liability"}, "visible": {"desk"}}).answers(t, 303, "/guidance/gifts/edit")
	l.rosa.post("/guidance/gifts/draft/removal", nil).answers(t, 303, "/guidance/drafts")
	kept(l.priya.post("/guidance/gifts/return", remark).answers(t, 409, "")) // and there is no article
}

func TestWhatWasWrittenOutlivesTheDraftItWasWrittenIn(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	form := l.begun(l.rosa)
	record := field(form, "What to write down")
	form.Set(record, form.Get(record)+" And the weather.")
	form.Set("then", "keep")
	l.rosa.post("/guidance/none/draft", form).answers(t, 404, "")
	l.maya.post(article+"/draft/removal", nil).answers(t, 303, "/guidance/drafts")
	for _, path := range []string{article + "/draft", article + "/review"} {
		page := l.rosa.post(path, form).answers(t, 409, "")
		if got := said(page, ".typed"); !strings.Contains(got, "And the weather.") || said(page, ".error-summary li") == "" {
			t.Errorf("%s: what was typed: %q, said %q", path, got, said(page, ".error-summary li"))
		}
	}
}

func TestAPreviewSaysWhenTheDraftIsToBeReviewedAgain(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	form := l.begun(l.rosa)
	for typed, want := range map[string]string{"2027-03-04": "Next reviewby March 4, 2027", "": ""} {
		form.Set("review_by", typed)
		form.Set("then", "preview")
		l.rosa.post(article+"/draft", form).answers(t, 303, article+"/draft")
		got := said(l.rosa.open(article+"/draft").answers(t, 200, ""), ".imprint")
		if !strings.Contains(got, want) || strings.Contains(got, "was due") {
			t.Errorf("due %q: the imprint says %q", typed, got)
		}
	}
}

func TestAnUploadLeavesNothingBehindOnDisk(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.begun(l.rosa)
	mark := []byte("%PDF-1.7\n" + uuid.NewString())
	l.rosa.sendFile(article+"/files", nil, "file", "form.pdf", append(mark, make([]byte, 4<<20)...)).answers(t, 303, article+"/edit#papers")
	kept, err := filepath.Glob(filepath.Join(os.TempDir(), "multipart-*"))
	l.must(err)
	for _, path := range kept {
		if content, err := os.ReadFile(path); err == nil && bytes.HasPrefix(content, mark) {
			t.Errorf("%s is still there", path)
			_ = os.Remove(path)
		}
	}
}

func TestAFormSentTwiceIsAnsweredTwiceAlike(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	form := l.begun(l.rosa)
	record := field(form, "What to write down")
	form.Set(record, form.Get(record)+" And the weather.")
	form.Set("changed", "The weather is noted.")
	for range 2 {
		l.rosa.post(article+"/review", form).answers(t, 303, article+"/edit")
	}
	other := url.Values{}
	for name, values := range form {
		other[name] = values
	}
	other.Set(record, "Something else.")
	l.rosa.post(article+"/review", other).answers(t, 409, "")
	approval := browsed(l.priya.open(article+"/edit"), `form[action$="/publication"]`)
	for range 2 {
		l.priya.post(article+"/publication", approval).answers(t, 303, article)
	}
	if got := said(l.priya.open(article), ".flash"); !strings.Contains(got, "Version 2 is published.") {
		t.Errorf("said %q", got)
	}
	l.begun(l.rosa)
	for range 2 {
		l.rosa.post(article+"/draft/removal", nil).answers(t, 303, "/guidance/drafts")
	}
}

func TestNobodyOffersWhatAColleagueWroteMeanwhile(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	old := l.begun(l.rosa)
	theirs := l.begun(l.priya)
	theirs.Set("title", "Priya’s title")
	l.priya.post(article+"/draft", theirs).answers(t, 204, "")
	l.rosa.post(article+"/review", url.Values{"revision": {old.Get("revision")}, "changed": {"Mine."}}).answers(t, 409, "")
	if got := said(l.priya.open(article+"/edit").answers(t, 200, ""), ".editor-stand"); strings.Contains(got, "In review") {
		t.Errorf("it is %q", got)
	}
}
