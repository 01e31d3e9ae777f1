package web_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/ticket"
	"hotline/app/web"
)

// switchboard is the house while the telephone rings, on Thursday 19 November 2026, 11
// in the morning in New York: two consultants at work who may hold two each, a manager,
// a physician with a policy, a number and a delegate, and another.
type switchboard struct {
	*door
	rooms                web.Rooms
	rosa, grace, manager *guest
	rosaBy, graceBy      actor.Actor
	imani, okafor        int64
}

func newSwitchboard(t *testing.T) *switchboard {
	t.Helper()
	d := newDoor(t, account.Options{})
	d.db.Freeze(time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC))
	b := &switchboard{door: d, rooms: roomsOver(d.db, d.accounts)}
	public, _ := url.Parse("https://hotline.example")
	d.handler = web.New(b.rooms, web.Options{Public: public})
	operator := actor.Command("test")
	var week [7][]calendar.Segment
	for day := 1; day <= 5; day++ {
		week[day] = []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	}
	made, err := b.rooms.Desks.Add(t.Context(), operator, desk.NewDesk{Name: "Risk", Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142", Week: week})
	b.must(err)
	add := func(name string, role actor.Role) (*guest, actor.Actor) {
		email := strings.ToLower(strings.Fields(name)[0]) + "@example.org"
		in := account.NewPerson{Email: email, Name: name, Role: role, Password: doorPassword, Zone: "America/New_York"}
		if role == actor.Consultant {
			in.Desks = []int64{made.ID}
		}
		p, err := d.accounts.Add(t.Context(), operator, in)
		b.must(err)
		if role == actor.Consultant {
			b.must(b.rooms.Desks.Engage(t.Context(), operator, desk.Engagement{UserID: p.ID, Cap: 2, Topics: []string{"discharge"}}))
			b.must(b.rooms.Desks.StartDuty(t.Context(), operator, p.ID, nil))
		}
		by, _, err := d.accounts.Actor(t.Context(), p.ID)
		b.must(err)
		g := d.guest()
		g.signIn(email).answers(t, 303, "/")
		return g, by
	}
	b.rosa, b.rosaBy = add("Rosa Delgado", actor.Consultant)
	b.grace, b.graceBy = add("Grace Oduya", actor.Consultant)
	b.manager, _ = add("Elena Marsh", actor.Manager)
	practice, err := b.rooms.Insured.AddPractice(t.Context(), operator, insured.NewPractice{Name: "Imani & Cole", City: "Columbus", State: "OH"})
	b.must(err)
	b.imani, err = b.rooms.Insured.AddPhysician(t.Context(), operator, insured.NewPhysician{GivenName: "Leila", FamilyName: "Imani", Specialty: "Family medicine", State: "OH", PracticeID: practice})
	b.must(err)
	b.okafor, err = b.rooms.Insured.AddPhysician(t.Context(), operator, insured.NewPhysician{GivenName: "Chidi", FamilyName: "Okafor", Specialty: "Surgery", State: "KY"})
	b.must(err)
	_, err = b.rooms.Insured.AddPhone(t.Context(), operator, insured.NewPhone{PhysicianID: b.imani, Typed: "(614) 555-0134"})
	b.must(err)
	from, _ := insured.ParseDate("2026-04-01")
	until, _ := insured.ParseDate("2027-04-01")
	policy, err := b.rooms.Insured.AddPolicy(t.Context(), operator, insured.NewPolicy{Number: "PL-0048213", Effective: from, Expires: until})
	b.must(err)
	b.must(b.rooms.Insured.Cover(t.Context(), operator, insured.Coverage{PolicyID: policy, PhysicianID: b.imani}))
	marcus, err := d.accounts.Add(t.Context(), operator, account.NewPerson{Email: "marcus@example.org", Name: "Marcus Cole", Role: actor.Delegate})
	b.must(err)
	ends, _ := insured.ParseDate("2027-07-01")
	_, err = b.rooms.Insured.Delegate(t.Context(), operator, insured.NewDelegation{PhysicianID: b.imani, UserID: marcus.ID, MayAsk: true, MayHear: true, Until: &ends})
	b.must(err)
	return b
}

func (b *switchboard) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// count is how many rows a table has.
func (d *door) count(table string) (n int) {
	d.t.Helper()
	if err := d.db.Pool().QueryRow(d.t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}

// written is the call form on a page, as a browser would send it, with more typed in.
func (r reply) written(more ...string) url.Values {
	form := url.Values{}
	r.doc.Find("form.call").Find("input, textarea, select").Each(func(_ int, in *goquery.Selection) {
		name, value := in.AttrOr("name", ""), in.AttrOr("value", "")
		switch kind := in.AttrOr("type", ""); {
		case goquery.NodeName(in) == "textarea":
			value = in.Text()
		case goquery.NodeName(in) == "select":
			value = in.Find("option[selected]").AttrOr("value", "")
		case kind == "radio" || kind == "checkbox":
			if _, on := in.Attr("checked"); !on {
				return
			}
		}
		form.Add(name, value)
	})
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

// usual is what a call about a discharge is filled with.
func (b *switchboard) usual(more ...string) []string {
	return append([]string{"narrative", "A patient will not leave.", "physician_id", strconv.FormatInt(b.imani, 10), "topic", "discharge", "urgency", "routine"}, more...)
}

// logged sends a call and gives the number it was logged under.
func (g *guest) logged(form url.Values) string {
	g.t.Helper()
	r := g.post("/calls", form)
	number, ok := strings.CutPrefix(r.Header().Get("Location"), "/tickets/")
	if r.Code != 303 || !ok {
		g.t.Fatalf("answered %d: %s", r.Code, strings.Join(strings.Fields(r.doc.Find("h1, .error-summary").Text()), " "))
	}
	return number
}

func texts(s *goquery.Selection) []string {
	return s.Map(func(_ int, one *goquery.Selection) string { return strings.Join(strings.Fields(one.Text()), " ") })
}

func TestACallerIsFoundWhileTheirNameNumberOrPolicyIsTyped(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	for _, typed := range []string{"Imani", "dr. imanni", "leila", "PL-0048213", "pl 0048213", "0048213", "614 555", "(614) 555-0134", "+1 614 555 0134", "5550134", "imani & col"} {
		r := b.rosa.open("/calls/callers?q="+url.QueryEscape(typed)).answers(t, 200, "")
		found := texts(r.doc.Find(`input[name="physician_id"] + label`))
		if len(found) != 2 || found[0] != "Dr Leila Imani" || found[1] != "Go on with an unknown caller" {
			t.Errorf("%q finds %q", typed, found)
		}
		if r.doc.Find("html body form, h1").Length() != 0 {
			t.Error("a whole page in the place of a part")
		}
	}
	r := b.rosa.open("/calls/callers?who=nobody+of+this+name").answers(t, 200, "")
	if found := texts(r.doc.Find("label")); len(found) != 1 || !strings.Contains(r.doc.Find("#callers-found").Text(), "Nobody found") {
		t.Error(found)
	}
	for _, hint := range texts(b.rosa.open("/calls/callers?q=imani").doc.Find(".hint"))[:1] {
		if !strings.Contains(hint, "Family medicine, Imani & Cole, Columbus. PL-0048213, in force today") {
			t.Error(hint)
		}
	}
	b.manager.open("/calls/callers?q=imani").answers(t, 200, "")
	b.guest().open("/calls/callers?q=imani").answers(t, 401, "")
}

func TestTheCardSaysWhoIsCallingAndWhatTheyAskedBefore(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	before := b.rosa.logged(b.rosa.open("/calls/new").written(b.usual("urgency", "urgent")...))
	done := b.rosa.logged(b.rosa.open("/calls/new").written(b.usual("answered", "yes", "advice", "Thirty days.")...))
	r := b.grace.open("/calls/caller?physician_id="+strconv.FormatInt(b.imani, 10)).answers(t, 200, "")
	said := strings.Join(texts(r.doc.Find(".caller-found")), " ")
	for _, want := range []string{"Dr Leila Imani", "In force today", "PL-0048213, to Mar 31, 2027", "Imani & Cole, Columbus, Ohio", "(614) 555-0134", "Marcus Cole may ask and hear until Jun 30",
		"Rosa Delgado, due 3:00 PM today", "resolved"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
	links := r.doc.Find(".open-tickets a").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") })
	if !slices.Equal(links, []string{"/tickets/" + before, "/tickets/" + done}) {
		t.Error(links)
	}
	if r.doc.Find("datalist option").AttrOr("value", "") != "Marcus Cole" {
		t.Error("the delegate is not offered as the one who speaks")
	}
	// The same matter, with a script: the card alone comes back with it.
	r = b.grace.open(r.doc.Find("button[hx-get]").First().AttrOr("hx-get", "")).answers(t, 200, "")
	if r.doc.Find(`input[name="matter"]`).AttrOr("value", "") != before || r.doc.Find(`input[name="physician_id"]`).AttrOr("value", "") != strconv.FormatInt(b.imani, 10) {
		t.Error("the matter is not taken")
	}
	b.grace.open("/calls/caller?physician_id=424242").answers(t, 404, "")
	r = b.grace.open("/calls/caller?physician_id=0").answers(t, 200, "")
	if !strings.Contains(r.doc.Text(), "Unknown caller") {
		t.Error("no card for nobody")
	}
}

func TestTheFormBeginsWithWhatTheCallerSaysAndGoesInTheOrderOfAConversation(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	r := b.rosa.open("/calls/new").answers(t, 200, "")
	var names []string
	r.doc.Find("main").Find("input, textarea, select").Each(func(_ int, in *goquery.Selection) {
		if name := in.AttrOr("name", ""); !slices.Contains(names, name) {
			names = append(names, name)
		}
	})
	want := "narrative who physician_id caller_name caller_role phone topic urgency state deadline_day deadline_time next_step advice direction outcome answered keep"
	if strings.Join(names, " ") != want {
		t.Error(names)
	}
	if _, first := r.doc.Find("#narrative").Attr("autofocus"); !first {
		t.Error("the large box does not take the focus")
	}
	r.doc.Find("form.call input:not([type=hidden]), form.call textarea, form.call select").Each(func(_ int, in *goquery.Selection) {
		if id := in.AttrOr("id", ""); id == "" || r.doc.Find(`label[for="`+id+`"]`).Length() == 0 {
			t.Errorf("%s has no label", in.AttrOr("name", ""))
		}
	})
	form := r.written()
	if form.Get("direction") != "in" || form.Get("outcome") != "answered" || form.Get("answered") != "no" || form.Get("keep") != "yes" || form.Get("urgency")+form.Get("topic") != "" {
		t.Error(form)
	}
	if at, err := time.Parse(time.RFC3339, form.Get("started")); err != nil || !at.Equal(b.db.Now()) || r.doc.Find("[data-clock-from]").AttrOr("data-clock-from", "") != form.Get("started") {
		t.Error("the clock does not run from now")
	}
	if r.doc.Find("form.call").AttrOr("data-draft-url", "") != "/drafts/"+form.Get("key") || form.Get("kind") != "call" {
		t.Error("what is typed is not kept")
	}
	// A reload finds the same form, with its clock.
	here := r.doc.Find("form.call").AttrOr("data-here", "")
	b.db.Freeze(b.db.Now().Add(3 * time.Minute))
	again := b.rosa.open(here).answers(t, 200, "").written()
	if again.Get("key") != form.Get("key") || again.Get("started") != form.Get("started") {
		t.Error("a reload begins anew")
	}
	if keep := b.manager.open("/calls/new").doc.Find(`[name="keep"]`).Length(); keep != 0 {
		t.Error("a manager keeps no tickets")
	}
	b.guest().open("/calls/new").answers(t, 401, "")
}

func TestANumberThatRingsFindsItsCaller(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	r := b.rosa.open("/calls/new?from="+url.QueryEscape("+16145550134")).answers(t, 200, "")
	form := r.written()
	if form.Get("physician_id") != strconv.FormatInt(b.imani, 10) || form.Get("phone") != "+16145550134" || !strings.Contains(r.doc.Find(".caller-found").Text(), "Found by the number") {
		t.Error(form)
	}
	if !strings.Contains(r.doc.Find(".call-bar").Text(), "Incoming from +16145550134") {
		t.Error("the bar does not say who rings")
	}
	r = b.rosa.open("/calls/new?from=anonymous").answers(t, 200, "")
	if form := r.written(); form.Get("physician_id") != "" || form.Get("phone") != "anonymous" {
		t.Error(form)
	}
	r = b.rosa.open("/calls/new?physician="+strconv.FormatInt(b.okafor, 10)).answers(t, 200, "")
	if r.doc.Find(".caller-name strong").Text() != "Dr Chidi Okafor" || !strings.Contains(r.doc.Find(".caller-name").Text(), "No policy on file") {
		t.Error(r.doc.Find(".caller-found").Text())
	}
}

func TestACallIsLoggedAndSaysWhoHasIt(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	b.db.Freeze(b.db.Now())
	form := b.rosa.open("/calls/new").written(b.usual("phone", "614 555 0134", "caller_name", "Marcus Cole", "deadline_day", "11/23/2026", "deadline_time", "8:30 AM", "next_step", "He comes in Monday.")...)
	b.db.Freeze(b.db.Now().Add(4 * time.Minute))
	number := b.rosa.logged(form)
	s, err := b.rooms.Tickets.Show(t.Context(), b.rosaBy, number)
	b.must(err)
	if !s.HeldBy(b.rosaBy.ID) || s.CallerDeadline == nil || !s.CallerDeadline.Equal(time.Date(2026, 11, 23, 13, 30, 0, 0, time.UTC)) || s.NextStep != "He comes in Monday." || s.CallerName != "Marcus Cole" {
		t.Fatalf("%+v", s)
	}
	legs, err := b.rooms.Calls.Of(t.Context(), b.rosaBy, s.ID)
	b.must(err)
	if len(legs) != 1 || legs[0].EndedAt.Sub(legs[0].StartedAt) != 4*time.Minute {
		t.Fatalf("%+v", legs)
	}
	for _, c := range []struct {
		by   *guest
		more []string
		says string
	}{
		{b.rosa, []string{"keep", "no"}, "It waits for the router."},
		{b.rosa, []string{"answered", "yes", "advice", "Thirty days."}, "answered on the call"},
		{b.rosa, nil, "; you have it."},
		{b.rosa, []string{"keep", "yes"}, "You are full, so it waits for the router."},
		{b.grace, []string{"ticket", number}, "Call logged on " + number + "; Rosa Delgado has it."},
		{b.grace, []string{"ticket", number, "answered", "yes", "advice", "Thirty days."}, "Rosa Delgado has it, so it stays open"},
	} {
		got := c.by.logged(c.by.open("/calls/new").written(b.usual(c.more...)...))
		if said := c.by.open("/you").doc.Find(".flash").Text(); !strings.Contains(said, c.says) || !strings.Contains(said, got) {
			t.Errorf("says %q, want %q", said, c.says)
		}
	}
}

func TestAFullConsultantIsToldBeforeTheyKeepACall(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	for range 2 {
		b.rosa.logged(b.rosa.open("/calls/new").written(b.usual()...))
	}
	r := b.rosa.open("/calls/new")
	if !strings.Contains(r.doc.Find("#keep-hint").Text(), "2 of 2") || r.written().Get("keep") != "no" {
		t.Error(r.doc.Find("#keep-hint").Text())
	}
}

func TestWithoutAScriptTheCallerIsFoundAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	words := "\nHe said “I will sue”. \U0001F620\n  <b>مرحبا</b> & \"quoted\""
	form := b.rosa.open("/calls/new").written("narrative", words, "who", "imanni", "topic", "discharge", "urgency", "urgent", "advice", "Pay nothing yet.", "then", "find", "state", "KY", "outcome", "dropped")
	b.rosa.post("/calls/form", form).answers(t, 303, "/calls/new?draft="+form.Get("key")+"&find=1#caller")
	r := b.rosa.open("/calls/new?draft="+form.Get("key")).answers(t, 200, "")
	back := r.written()
	for name, values := range form {
		if name != "then" && strings.Join(back[name], "|") != strings.Join(values, "|") {
			t.Errorf("%s came back as %q, sent as %q", name, back[name], values)
		}
	}
	id := strconv.FormatInt(b.imani, 10)
	if r.doc.Find(`input[name="physician_id"]`).First().AttrOr("value", "") != id {
		t.Error("nobody found")
	}
	back.Set("physician_id", id)
	back.Set("outcome", "answered")
	number := b.rosa.logged(back)
	s, err := b.rooms.Tickets.Show(t.Context(), b.rosaBy, number)
	b.must(err)
	if s.Question != words || s.State != "KY" {
		t.Errorf("kept %q", s.Question)
	}
	if b.count("drafts") != 0 {
		t.Error("a draft is left")
	}
	b.rosa.open("/calls/new?draft="+form.Get("key")).answers(t, 303, "/tickets/"+number)
}

func TestATicketOfTheCallerIsContinuedOrAddedTo(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	before := b.grace.logged(b.grace.open("/calls/new").written(b.usual()...))
	form := b.rosa.open("/calls/new").written(b.usual("narrative", "He came back.", "continue", before)...)
	b.rosa.post("/calls/form", form)
	r := b.rosa.open("/calls/new?draft=" + form.Get("key"))
	if r.written().Get("matter") != before || !strings.Contains(r.doc.Find(".open-tickets").Text(), "Same matter") {
		t.Fatal("the matter is not taken")
	}
	form = r.written()
	form.Set("continue", "none")
	b.rosa.post("/calls/form", form)
	if got := b.rosa.open("/calls/new?draft=" + form.Get("key")).written().Get("matter"); got != "" {
		t.Fatal("the matter is not let go of", got)
	}
	form.Del("continue")
	form.Set("matter", before)
	second := b.rosa.logged(form)
	var matters []int64
	for _, number := range []string{before, second} {
		s, err := b.rooms.Tickets.Show(t.Context(), b.rosaBy, number)
		b.must(err)
		matters = append(matters, *s.MatterID)
	}
	if matters[0] != matters[1] {
		t.Fatal("two matters")
	}
	// Or it is about that ticket: what was typed goes along.
	form = b.rosa.open("/calls/new").written("narrative", "It is about Tuesday.", "ticket", before)
	b.rosa.post("/calls/form", form)
	r = b.rosa.open("/calls/new?draft="+form.Get("key")).answers(t, 200, "")
	form = r.written()
	if form.Get("ticket") != before || form.Get("narrative") != "It is about Tuesday." || form.Get("direction") != "in" || r.doc.Find("#topic, #urgency, #who").Length() != 0 {
		t.Fatal(form)
	}
	if b.rosa.logged(form) != before || b.count("tickets") != 2 || b.count("calls") != 3 {
		t.Fatal("not on that ticket")
	}
}

func TestACallBackIsAnotherLegThatItsHolderEnds(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	number := b.rosa.logged(b.rosa.open("/calls/new").written(b.usual("phone", "614 555 0134")...))
	r := b.rosa.open("/calls/new?ticket="+number).answers(t, 200, "")
	form := r.written("advice", "Thirty days, in writing.", "answered", "yes")
	if form.Get("direction") != "out" || form.Get("phone") != "614 555 0134" || form.Get("ticket") != number || r.doc.Find("#answered").Length() != 1 {
		t.Fatal(form)
	}
	if other := b.grace.open("/calls/new?ticket=" + number); other.doc.Find("#answered").Length() != 0 || !strings.Contains(other.doc.Find(".call-takes").Text(), "Rosa Delgado has this ticket") {
		t.Error("somebody else is offered to end it")
	}
	b.rosa.logged(form)
	s, err := b.rooms.Tickets.Show(t.Context(), b.rosaBy, number)
	b.must(err)
	if s.Status != ticket.Resolved || s.Target.MetAt == nil {
		t.Fatalf("%+v", s)
	}
}

func TestARestrictedTicketTakesNoLegFromOthers(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	number := b.rosa.logged(b.rosa.open("/calls/new").written(b.usual()...))
	b.must(b.db.Write(t.Context(), func(tx *gorm.DB) error {
		var id int64
		if err := tx.Raw(`UPDATE tickets SET restricted = true WHERE number = ? RETURNING id`, number).Scan(&id).Error; err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO ticket_named (ticket_id, user_id) VALUES (?, ?)`, id, b.rosaBy.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor.Command("test"), b.db.Now(), "ticket.restricted", audit.Ticket(id), nil)
	}))
	b.grace.open("/calls/new?ticket="+number).answers(t, 404, "")
	b.grace.post("/calls", b.grace.open("/calls/new").written(b.usual("ticket", number)...)).answers(t, 404, "")
	r := b.grace.open("/calls/caller?physician_id=" + strconv.FormatInt(b.imani, 10) + "&matter=" + number)
	if strings.Contains(r.Body.String(), number) {
		t.Error("its number is shown")
	}
	if b.count("calls") != 1 {
		t.Error("a leg was added")
	}
	b.rosa.open("/calls/new?ticket="+number).answers(t, 200, "")
}

func TestAnUnknownCallerNeedsNoEmailAndNoPolicy(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	number := b.rosa.logged(b.rosa.open("/calls/new").written(b.usual("physician_id", "0", "phone", "ask for Jo, ext. 12")...))
	s, err := b.rooms.Tickets.Show(t.Context(), b.rosaBy, number)
	b.must(err)
	if s.PhysicianID != nil || s.CallerPhone != "ask for Jo, ext. 12" || s.CallerPhoneE164 != "" {
		t.Errorf("%+v", s)
	}
	r := b.rosa.post("/calls", b.rosa.open("/calls/new").written(b.usual("physician_id", "0")...)).answers(t, 422, "")
	if r.doc.Find(`.error-summary a[href="#who"]`).Length() != 1 || r.doc.Find("#who").AttrOr("aria-invalid", "") != "true" {
		t.Error("nothing said where the caller is asked for")
	}
}

func TestWhatIsMissingIsSaidAndEverythingTypedIsKept(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	form := b.rosa.open("/calls/new").written("caller_name", "Jo <Q>", "advice", "Wait.", "deadline_day", "someday", "next_step", "Nothing", "answered", "yes", "outcome", "voicemail", "direction", "out", "keep", "no", "state", "TX")
	r := b.rosa.post("/calls", form).answers(t, 422, "")
	links := r.doc.Find(".error-summary a").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") })
	if !slices.Equal(links, []string{"#narrative", "#topic", "#urgency", "#deadline_day", "#outcome"}) {
		t.Error(links)
	}
	for _, link := range links {
		if r.doc.Find(link).Length() != 1 {
			t.Errorf("%s leads nowhere", link)
		}
	}
	back := r.written()
	for name, values := range form {
		if strings.Join(back[name], "|") != strings.Join(values, "|") {
			t.Errorf("%s came back as %q, sent as %q", name, back[name], values)
		}
	}
	if r.doc.Find("[data-clock-from]").Length() != 0 || back.Get("ended") == "" {
		t.Error("the clock of a call that ended runs on")
	}
	if b.count("tickets")+b.count("calls") != 0 {
		t.Error("something was logged")
	}
	again := b.rosa.open(r.doc.Find("form.call").AttrOr("data-here", "")).answers(t, 200, "").written()
	for name, values := range form {
		if strings.Join(again[name], "|") != strings.Join(values, "|") {
			t.Errorf("after a reload %s is %q, sent as %q", name, again[name], values)
		}
	}
}

func TestAMegabyteIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	words := strings.Repeat("He said it again. ", 1<<20/18)
	for _, path := range []string{"/calls", "/calls/form"} {
		r := b.rosa.post(path, b.rosa.open("/calls/new").written(b.usual("narrative", words)...)).answers(t, 422, "")
		if r.written().Get("narrative") != words || !strings.Contains(r.doc.Find(".error-summary").Text(), "20,000") {
			t.Error("the text is gone")
		}
		if _, found := r.doc.Find("form.call").Attr("data-here"); found {
			t.Error("a reload would lose what no draft could keep")
		}
	}
}

func TestAFormSentTwiceIsOneCallAndWithOtherWordsAChoice(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	form := b.rosa.open("/calls/new").written(b.usual()...)
	var all sync.WaitGroup
	numbers := make([]string, 4)
	for i := range numbers {
		g := b.guest()
		g.cookies["__Host-hotline"] = b.rosa.cookies["__Host-hotline"]
		all.Go(func() { numbers[i] = g.post("/calls", form).Header().Get("Location") })
	}
	all.Wait()
	number := strings.TrimPrefix(numbers[0], "/tickets/")
	if b.count("tickets") != 1 || b.count("calls") != 1 || numbers[0] == "" || slices.ContainsFunc(numbers, func(n string) bool { return n != numbers[0] }) {
		t.Fatal(numbers, b.count("tickets"))
	}
	b.grace.post("/calls", form).answers(t, 404, "")
	form.Set("narrative", "A patient will not leave. He has a lawyer.")
	r := b.rosa.post("/calls", form).answers(t, 409, "")
	again := r.written()
	if again.Get("narrative") != form.Get("narrative") || again.Get("key") == form.Get("key") || !strings.Contains(r.doc.Find(".error-summary").Text(), number) {
		t.Fatal(again)
	}
	if leg := r.doc.Find(`.error-summary button[name="ticket"]`); leg.AttrOr("value", "") != number {
		t.Fatal("it cannot be added to the ticket")
	}
	again.Set("ticket", number)
	if b.rosa.logged(again) != number || b.count("calls") != 2 {
		t.Fatal("not added")
	}
	again = r.written("key", uuid.NewString())
	if b.rosa.logged(again) == number || b.count("tickets") != 2 {
		t.Fatal("not logged as a new one")
	}
}

func TestADroppedCallIsLoggedAsOne(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	number := b.rosa.logged(b.rosa.open("/calls/new").written(b.usual("then", "dropped", "answered", "yes")...))
	s, err := b.rooms.Tickets.Show(t.Context(), b.rosaBy, number)
	b.must(err)
	legs, err := b.rooms.Calls.Of(t.Context(), b.rosaBy, s.ID)
	b.must(err)
	if legs[0].Outcome != "dropped" || s.Status != ticket.Assigned {
		t.Fatal(legs[0].Outcome, s.Status)
	}
}

func TestACallThatBeganAtAnImpossibleTimeStartsItsClockAnew(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	for _, at := range []time.Duration{-25 * time.Hour, time.Hour} {
		r := b.rosa.post("/calls", b.rosa.open("/calls/new").written(b.usual("started", b.db.Now().Add(at).Format(time.RFC3339))...)).answers(t, 422, "")
		if !strings.Contains(r.doc.Find(".error-summary").Text(), "The call would have") && !strings.Contains(r.doc.Find(".error-summary").Text(), "in the future") {
			t.Error(r.doc.Find(".error-summary").Text())
		}
		b.rosa.logged(r.written("keep", "no"))
	}
}

func TestACallThatWasNotLoggedIsOfferedAgain(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	if b.rosa.open("/calls/new").doc.Find(".call-first").Length() != 0 {
		t.Error("something is offered where nothing was begun")
	}
	form := b.rosa.open("/calls/new").written("narrative", "He threatened the nurse.", "phone", "614 555 0134")
	b.rosa.post(b.rosa.open("/calls/new").doc.Find("form.call").AttrOr("data-draft-url", ""), url.Values{"kind": {"call"}, "started": {form.Get("started")}}).answers(t, 204, "")
	b.rosa.post("/drafts/"+form.Get("key"), form).answers(t, 204, "")
	b.db.Freeze(b.db.Now().Add(time.Hour))
	r := b.rosa.open("/calls/new")
	if offers := texts(r.doc.Find(".call-first .flash")); len(offers) != 1 || !strings.Contains(offers[0], "You have a call from 11:00 AM today that was not logged: “He threatened the nurse.”") {
		t.Error(offers)
	}
	back := b.rosa.open(r.doc.Find(".call-first a").AttrOr("href", "")).written()
	if back.Get("narrative") != "He threatened the nurse." || back.Get("started") != form.Get("started") || back.Get("phone") != "614 555 0134" {
		t.Error(back)
	}
	if b.grace.open("/calls/new").doc.Find(".call-first").Length() != 0 || b.grace.open("/calls/new?draft="+form.Get("key")).written().Get("narrative") != "" {
		t.Error("somebody else's draft is shown")
	}
	// A draft kept a moment too late belongs to no unlogged call.
	back = b.rosa.open("/calls/new?draft=" + form.Get("key")).written(b.usual()...)
	b.rosa.logged(back)
	b.rosa.post("/drafts/"+form.Get("key"), back).answers(t, 204, "")
	if b.rosa.open("/calls/new").doc.Find(".call-first").Length() != 0 {
		t.Error("a logged call is offered")
	}
}

func TestAnEndedSessionDoesNotLoseACall(t *testing.T) {
	t.Parallel()
	b := newSwitchboard(t)
	form := b.rosa.open("/calls/new").written(b.usual("narrative", "\nHe said “no”. 😠")...)
	b.must(b.accounts.EndSessions(t.Context(), b.rosaBy, b.rosaBy.ID))
	r := b.rosa.post("/calls", form).answers(t, 401, "")
	again := r.filled("form.threshold-form")
	again.Set("email", "rosa@example.org")
	again.Set("password", doorPassword)
	r = b.rosa.post("/signin", again).answers(t, 200, "")
	number := b.rosa.logged(r.filled("form[data-resume]"))
	s, err := b.rooms.Tickets.Show(t.Context(), b.rosaBy, number)
	b.must(err)
	if s.Question != "\nHe said “no”. 😠" {
		t.Errorf("%q", s.Question)
	}
}
