package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/guidance"
	"hotline/app/insured"
	"hotline/app/ticket"
	"hotline/app/web"
)

// reading is the house with a filled library, on Thursday 19 November 2026, 11 in the
// morning in New York: a physician in Ohio and one in Kentucky, a consultant on the
// first desk and one on the second, a manager.
type reading struct {
	*door
	rooms                                     web.Rooms
	ohio, kentucky, rosa, una, grace, auditor *guest
	leila, manager                            actor.Actor
}

func newReading(t *testing.T) *reading {
	t.Helper()
	d := newDoor(t, account.Options{})
	d.db.Freeze(time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC))
	h := &reading{door: d, rooms: roomsOver(d.db, d.accounts)}
	public, _ := url.Parse("https://hotline.example")
	d.handler = web.New(h.rooms, web.Options{Public: public})
	operator := actor.Command("test")
	var week [7][]calendar.Segment
	for day := 1; day <= 5; day++ {
		week[day] = []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	}
	var desks []int64
	for _, name := range []string{"Risk", "Other"} {
		made, err := h.rooms.Desks.Add(t.Context(), operator, desk.NewDesk{Name: name, Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142", Week: week})
		h.must(err)
		desks = append(desks, made.ID)
	}
	add := func(name string, role actor.Role, desks ...int64) (*guest, actor.Actor) {
		email := strings.ToLower(strings.Fields(name)[0]) + "@example.org"
		p, err := d.accounts.Add(t.Context(), operator, account.NewPerson{Email: email, Name: name, Role: role, Password: doorPassword, Desks: desks, Zone: "America/New_York"})
		h.must(err)
		by, _, err := d.accounts.Actor(t.Context(), p.ID)
		h.must(err)
		g := d.guest()
		g.signIn(email).answers(t, 303, "/")
		return g, by
	}
	physician := func(name, state string) (*guest, actor.Actor) {
		g, by := add(name, actor.Physician)
		given, family, _ := strings.Cut(name, " ")
		_, err := h.rooms.Insured.AddPhysician(t.Context(), operator, insured.NewPhysician{GivenName: given, FamilyName: family, State: state, UserID: by.ID})
		h.must(err)
		return g, by
	}
	h.ohio, h.leila = physician("Leila Imani", "OH")
	h.kentucky, _ = physician("Owen Strand", "KY")
	h.rosa, _ = add("Rosa Delgado", actor.Consultant, desks[0])
	h.una, _ = add("Una Brandt", actor.Consultant, desks[1])
	h.grace, h.manager = add("Grace Oduya", actor.Manager)
	h.auditor, _ = add("Theo Lind", actor.Auditor)
	_, err := h.rooms.Guidance.Load(t.Context(), operator)
	h.must(err)
	return h
}

func (h *reading) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// ask opens a ticket in the Ohio physician's name.
func (h *reading) ask(question string) string {
	h.t.Helper()
	made, err := h.rooms.Tickets.Submit(h.t.Context(), h.leila, ticket.Submission{Key: uuid.NewString(), Topic: "discharge", Question: question})
	h.must(err)
	return made.Number
}

// rewrite publishes the article on parting anew.
func (h *reading) rewrite(change func(*guidance.Article)) {
	h.t.Helper()
	r, err := h.rooms.Guidance.Show(h.t.Context(), h.manager, parting, 0)
	h.must(err)
	a := r.Article
	a.Changed = ""
	change(&a)
	_, err = h.rooms.Guidance.Publish(h.t.Context(), h.manager, a)
	h.must(err)
}

const parting = "ending-the-relationship"

func readable(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestGuidanceIsFoundInSpiteOfASlip(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	for _, g := range []*guest{h.ohio, h.rosa, h.grace, h.auditor} {
		r := g.open("/guidance?q="+url.QueryEscape("abandonnment of a patient")).answers(t, 200, "")
		first := r.doc.Find("#found li").First()
		if href := first.Find("a").AttrOr("href", ""); href != "/guidance/"+parting {
			t.Errorf("first is %s", href)
		}
		if first.Find("mark").Length() == 0 {
			t.Error("nothing is marked")
		}
		if r.doc.Find("main").Length() != 1 || r.doc.Find("main#main h1").Length() != 1 {
			t.Error("not one main part with one heading")
		}
	}
	r := h.ohio.open("/guidance?topic=misinformation").answers(t, 200, "")
	if n := r.doc.Find("#found li").Length(); n != 1 {
		t.Errorf("%d articles on one topic", n)
	}
	if topic := r.doc.Find("#topic option[selected]").AttrOr("value", ""); topic != "misinformation" {
		t.Errorf("the topic chosen is %q", topic)
	}
}

func TestNothingFoundSaysWhatToDo(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	typed := `"><script>zeppelin</script>`
	r := h.ohio.open("/guidance?topic=misinformation&q="+url.QueryEscape(typed)).answers(t, 200, "")
	if got := r.doc.Find("#words").AttrOr("value", ""); got != typed {
		t.Errorf("what was typed came back as %q", got)
	}
	if r.doc.Find("#found script").Length() != 0 {
		t.Error("what was typed became markup")
	}
	if href := r.doc.Find(".empty a.button").AttrOr("href", ""); href != "/requests/new?topic=misinformation" {
		t.Errorf("asking leads to %q", href)
	}
	if said := readable(r.doc.Find("#found-said")); said != "0 articles found" {
		t.Errorf("it says %q", said)
	}
	if href := h.rosa.open("/guidance?q=zeppelin").doc.Find(".empty a.button").AttrOr("href", ""); href != "/guidance" {
		t.Errorf("staff are led to %q", href)
	}
}

func TestAnArticleSaysWhenToCallWhatToDoAndWhatHoldsInOnesState(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	r := h.ohio.open("/guidance/"+parting).answers(t, 200, "")
	for selector, want := range map[string]int{
		"h1": 1, ".standfirst": 1, ".call-now li": 8, `.call-now a[href="tel:+18005550142"]`: 1, ".numbered > li > div > strong": 8,
		".do-dont .do li": 3, ".do-dont .dont li": 4, ".say q": 1, ".states > div": 6, ".states .is-yours": 1, ".imprint > div": 5,
		".article script, .article style, .article [style]": 0,
	} {
		if n := r.doc.Find(selector).Length(); n != want {
			t.Errorf("%d of %s, want %d", n, selector, want)
		}
	}
	if n := r.doc.Find("section > .sources li").Length(); n < 5 {
		t.Errorf("%d sources", n)
	}
	if got := readable(r.doc.Find(".states > div").First().Find("dt")); got != "Ohio your state" {
		t.Errorf("the first state is %q", got)
	}
	r.doc.Find(".contents a").Each(func(_ int, a *goquery.Selection) {
		if href := a.AttrOr("href", "#none"); r.doc.Find("section"+href).Length() != 1 {
			t.Errorf("%s leads nowhere", href)
		}
	})
	if href := r.doc.Find(".to-do a.button").AttrOr("href", ""); href != "/requests/new?topic=discharge" {
		t.Errorf("asking leads to %q", href)
	}

	r = h.kentucky.open("/guidance/"+parting).answers(t, 200, "")
	first := r.doc.Find(".states > div").First()
	if got := readable(first); !strings.HasPrefix(got, "Kentucky, as every other state your stateWe have nothing specific here") {
		t.Errorf("Kentucky reads %q", got)
	}
	if r.doc.Find(".states .is-yours").Length() != 1 || r.doc.Find(".states > div").Length() != 6 {
		t.Error("a state note was doubled or lost")
	}

	r = h.rosa.open("/guidance/"+parting+"?state=TX").answers(t, 200, "")
	if got := readable(r.doc.Find(".states > div").First().Find("dt")); got != "Texas the ticket’s state" || r.doc.Find(".to-do").Length() != 0 {
		t.Errorf("staff read %q first", got)
	}
}

func TestAnArticleOverdueForReviewSaysSo(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	if r := h.ohio.open("/guidance/" + parting); r.doc.Find(".article .flash").Length() != 0 {
		t.Errorf("it says %q", readable(r.doc.Find(".article .flash")))
	}
	for at, overdue := range map[time.Time]bool{
		time.Date(2027, 5, 17, 3, 59, 0, 0, time.UTC): false, // still the 16th where the desk is
		time.Date(2027, 5, 17, 4, 1, 0, 0, time.UTC):  true,
	} {
		h.db.Freeze(at)
		r := h.ohio.open("/guidance/" + parting)
		said := readable(r.doc.Find(".article .flash"))
		if strings.Contains(said, "was to be reviewed by May 16, 2027 and has not been since November 16, 2026") != overdue {
			t.Errorf("at %v it says %q", at, said)
		}
		if strings.Contains(readable(r.doc.Find(".imprint")), "was due by") != overdue {
			t.Errorf("at %v the imprint says %q", at, readable(r.doc.Find(".imprint")))
		}
		if (h.ohio.open("/guidance").doc.Find("#found .tag").Length() > 0) != overdue {
			t.Errorf("at %v the list does not agree", at)
		}
	}
}

func TestWhatIsForTheDeskIsNotThereForPhysicians(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	number := h.ask("May I stop seeing this patient?")
	h.rewrite(func(a *guidance.Article) { a.Visible = guidance.ForDesk })
	h.ohio.open("/guidance/"+parting).answers(t, 404, "")
	h.ohio.open("/guidance/"+parting+"?version=1").answers(t, 404, "")
	for _, path := range []string{"/guidance", "/guidance?q=abandonment"} {
		if h.ohio.open(path).doc.Find(`#found a[href*="`+parting+`"]`).Length() != 0 {
			t.Errorf("%s lists it", path)
		}
		if h.rosa.open(path).doc.Find(`#found a[href*="`+parting+`"]`).Length() != 1 {
			t.Errorf("%s does not list it for staff", path)
		}
	}
	r := h.rosa.open("/guidance/"+parting+"?ticket="+number).answers(t, 200, "")
	if r.doc.Find(".article .tag").Length() != 1 || r.doc.Find("form[action$=citations]").Length() != 0 {
		t.Error("staff are not told, or may cite it")
	}
	h.rosa.post("/tickets/"+number+"/citations", url.Values{"article": {parting}}).answers(t, 422, "")
}

func TestWhatWasCitedIsReadAsItWas(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	number := h.ask("May I stop seeing this patient? He missed four visits.")
	cite := url.Values{"article": {parting}}
	h.una.post("/tickets/"+number+"/citations", cite).answers(t, 404, "")
	h.ohio.post("/tickets/"+number+"/citations", cite).answers(t, 404, "")
	h.rosa.post("/tickets/"+number+"/citations", url.Values{"article": {"none"}}).answers(t, 404, "")
	h.rosa.post("/tickets/"+number+"/citations?view=team", cite).answers(t, 303, "/tickets/"+number+"?view=team")
	h.rewrite(func(a *guidance.Article) {
		a.Title, a.Body, a.Changed, a.Author = "Parting, rewritten", "## Steps\n\n1. **Wait.** A day.\n", "Shorter.", "RN and risk consultant"
	})

	then := "/guidance/" + parting + "?version=1&ticket=" + number
	r := h.ohio.open(then).answers(t, 200, "")
	said := readable(r.doc.Find(".article .flash"))
	if !strings.Contains(said, "Version 1, as Rosa Delgado cited it on "+number+" on November 19, 2026. It has been rewritten since.") {
		t.Errorf("it says %q", said)
	}
	if strings.Contains(readable(r.doc.Find("h1")), "rewritten") || r.doc.Find(".numbered > li").Length() != 8 {
		t.Error("it is not the text of then")
	}
	if href := r.doc.Find(".article .flash a").AttrOr("href", ""); href != "/guidance/"+parting {
		t.Errorf("the newer version is at %q", href)
	}
	h.kentucky.open(then).answers(t, 404, "")
	r = h.ohio.open("/guidance/"+parting).answers(t, 200, "")
	if imprint := readable(r.doc.Find(".imprint")); !strings.Contains(imprint, "What changedShorter.") || !strings.Contains(imprint, ", RN and risk consultant") {
		t.Errorf("the imprint says %q", imprint)
	}
	if href := h.rosa.open("/guidance/"+parting).doc.Find(`.imprint a`).AttrOr("href", ""); href != "/guidance/"+parting+"?version=1" {
		t.Errorf("staff find version 1 at %q", href)
	}
	for _, version := range []string{"0", "-1", "01", "3", "x", "99999999999999999999"} {
		h.rosa.open("/guidance/"+parting+"?version="+version).answers(t, 404, "")
	}
	for _, slug := range []string{"none", "A", "%00", "a--b"} {
		h.ohio.open("/guidance/"+slug).answers(t, 404, "")
	}
}

func TestATicketOffersGuidanceAndMarksWhatWasCited(t *testing.T) {
	t.Parallel()
	h := newReading(t)
	number := h.ask("May I stop seeing this patient? He missed four visits and I never sent a certified letter.")
	rail := func() *goquery.Selection {
		return h.rosa.open("/tickets/"+number+"?view=team").answers(t, 200, "").doc.Find(".suggested")
	}
	first := rail().Find("li").First()
	if !strings.Contains(readable(first), "Matches “") || first.Find("button").Length() != 1 {
		t.Errorf("the first offer is %q", readable(first))
	}
	action := first.Find("form").AttrOr("action", "")
	slug := first.Find("input[name=article]").AttrOr("value", "")
	if slug != parting {
		t.Errorf("offers %s first", slug)
	}
	h.rosa.post(action, url.Values{"article": {slug}}).answers(t, 303, "/tickets/"+number+"?view=team")
	first = rail().Find("li").First()
	if !strings.Contains(readable(first), "Version 1, reviewed Nov 16, 2026. Cited ") || first.Find("button").Length() != 0 {
		t.Errorf("once cited it reads %q", readable(first))
	}
	h.rewrite(func(a *guidance.Article) { a.Summary = "Other lines." })
	first = rail().Find("li").First()
	if !strings.Contains(readable(first), "Rewritten since") || readable(first.Find("button")) != "Cite version 2" {
		t.Errorf("once rewritten it reads %q", readable(first))
	}
	if n := rail().Find("li").Length(); n > 4 {
		t.Errorf("%d offers", n)
	}
}
