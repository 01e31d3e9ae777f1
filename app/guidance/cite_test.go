package guidance_test

import (
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

func TestACitationStaysWhatItWas(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	h.publish(a)
	number, id := h.ask(h.physician, "May I sign this certificate?")
	at := h.db.Now()
	c, err := h.Cite(h.ctx, h.consultant, number, "certificates")
	h.must(err)
	if c.Version != 1 || !c.CitedAt.Equal(at) || c.CitedBy != "Rosa Delgado" || c.Newer || !c.HashWhole || !c.ReviewedOn.Equal(a.Reviewed) {
		t.Errorf("cited %+v", c)
	}

	h.db.Freeze(at.Add(time.Hour))
	a.Title, a.Body = "On forms", "## Steps\n\n1. **Ask first.** Always.\n"
	h.publish(a)
	for _, by := range []actor.Actor{h.physician, h.hears, h.consultant, h.manager} {
		list, err := h.Cited(h.ctx, by, id)
		h.must(err)
		if len(list) != 1 || list[0].Version != 1 || list[0].Title != "On certificates" || !list[0].Newer || !list[0].HashWhole || !list[0].CitedAt.Equal(at) {
			t.Errorf("%s reads %+v", by.Role, list)
		}
		r, err := h.Show(h.ctx, by, "certificates", 1)
		h.must(err)
		if r.Body != article("certificates").Body || r.Version != 1 || r.Current != 2 {
			t.Errorf("%s reads version %d of %d", by.Role, r.Version, r.Current)
		}
	}

	// Taken off the physicians' shelf, it is still what they were told.
	a.Visible = guidance.ForDesk
	h.publish(a)
	if _, err := h.Show(h.ctx, h.physician, "certificates", 1); err != nil {
		t.Errorf("what was cited can no longer be read: %v", err)
	}
	for _, version := range []int{0, 2} {
		_, err := h.Show(h.ctx, h.physician, "certificates", version)
		h.says(err, fault.NotFound)
	}
}

func TestAnOldVersionIsOnlyForThoseItWasCitedTo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	h.publish(a)
	number, id := h.ask(h.asks, "May the doctor sign this certificate?")
	_, err := h.Cite(h.ctx, h.consultant, number, "certificates")
	h.must(err)
	a.Body += "More.\n"
	h.publish(a)
	for _, by := range []actor.Actor{h.asks, h.stranger} { // who asked and may not hear; who is not concerned
		_, err := h.Show(h.ctx, by, "certificates", 1)
		h.says(err, fault.NotFound)
		list, err := h.Cited(h.ctx, by, id)
		h.must(err)
		if len(list) != 0 {
			t.Errorf("%s reads %+v", by.Name, list)
		}
	}
	for _, by := range []actor.Actor{h.elsewhere, h.auditor, {}} {
		if list, err := h.CitedOn(h.ctx, by, number); err != nil || len(list) != 0 {
			t.Errorf("%s reads %+v, %v", by.Name, list, err)
		}
	}
	if list, err := h.CitedOn(h.ctx, h.physician, number); err != nil || len(list) != 1 {
		t.Errorf("the physician reads %+v, %v", list, err)
	}
	for _, version := range []int{-1, 3, 1 << 40} {
		_, err := h.Show(h.ctx, h.manager, "certificates", version)
		h.says(err, fault.NotFound)
	}
}

func TestCitingTwiceIsCitingOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	h.publish(a)
	number, id := h.ask(h.physician, "May I sign this certificate?")
	first, err := h.Cite(h.ctx, h.consultant, number, "certificates")
	h.must(err)
	h.db.Freeze(h.db.Now().Add(time.Hour))
	again, err := h.Cite(h.ctx, h.manager, number, "certificates")
	h.must(err)
	if !again.CitedAt.Equal(first.CitedAt) || again.CitedBy != "Rosa Delgado" {
		t.Errorf("cited again as %+v", again)
	}
	recorded := func() int {
		return h.count("SELECT count(*) FROM record WHERE kind = 'ticket' AND subject_id = $1 AND action = 'ticket.cited'", id)
	}
	if n := recorded(); n != 1 {
		t.Errorf("recorded %d times", n)
	}
	a.Body += "More.\n"
	h.publish(a)
	_, err = h.Cite(h.ctx, h.consultant, number, "certificates")
	h.must(err)
	list, err := h.Cited(h.ctx, h.consultant, id)
	h.must(err)
	if len(list) != 2 || !list[0].Newer || list[1].Newer || recorded() != 2 {
		t.Errorf("a newer version is cited as %+v", list)
	}
	var detail string
	h.must(h.db.Pool().QueryRow(h.ctx, "SELECT detail::text FROM record WHERE action = 'ticket.cited' ORDER BY id LIMIT 1").Scan(&detail))
	var want string
	h.must(h.db.Pool().QueryRow(h.ctx, `SELECT '{"article":' || article_id || ',"version":' || id || '}' FROM article_versions WHERE version = 1`).Scan(&want))
	if detail != want {
		t.Errorf("recorded %s, want %s", detail, want)
	}
}

func TestOnlyTheTicketsOwnDeskCites(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	number, _ := h.ask(h.physician, "May I sign this certificate?")
	for _, by := range []actor.Actor{h.elsewhere, h.physician, h.hears, h.auditor, operator, {}} {
		_, err := h.Cite(h.ctx, by, number, "certificates")
		h.says(err, fault.NotFound)
	}
	_, err := h.Cite(h.ctx, h.consultant, "RM-2026-999999", "certificates")
	h.says(err, fault.NotFound)
	_, err = h.Cite(h.ctx, h.consultant, number, "no-such-article")
	h.says(err, fault.NotFound)
	if n := h.count("SELECT count(*) FROM citations"); n != 0 {
		t.Errorf("%d citations", n)
	}
}

func TestWhatIsForTheDeskIsNotCitedToAPhysician(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("desk-script")
	a.Visible = guidance.ForDesk
	h.publish(a)
	number, _ := h.ask(h.physician, "May I sign this certificate?")
	_, err := h.Cite(h.ctx, h.consultant, number, "desk-script")
	h.says(err, fault.Unacceptable)
	if fault.Sentence(err) == "" {
		t.Error("it does not say why")
	}
}

func TestATextThatWasTamperedWithIsToldFromTheOneCited(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	number, id := h.ask(h.physician, "May I sign this certificate?")
	_, err := h.Cite(h.ctx, h.consultant, number, "certificates")
	h.must(err)

	h.exec("UPDATE article_versions SET body = body || 'Sign anything.'")
	list, err := h.Cited(h.ctx, h.manager, id)
	h.must(err)
	if len(list) != 1 || list[0].HashWhole {
		t.Errorf("reads %+v", list)
	}
	// Nor does what was tampered with before become whole by being cited.
	number, _ = h.ask(h.physician, "May I sign that one?")
	c, err := h.Cite(h.ctx, h.consultant, number, "certificates")
	h.must(err)
	if c.HashWhole {
		t.Error("a text tampered with is cited as whole")
	}
	if r, err := h.Show(h.ctx, h.manager, "certificates", 1); err != nil || r.Whole {
		t.Errorf("the article says it is whole, %v", err)
	}
}

func TestTheReadersOwnStateComesAlong(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	for by, want := range map[*actor.Actor]int{&h.physician: 1, &h.hears: 1, &h.consultant: 0} {
		r, err := h.Show(h.ctx, *by, "ending-the-relationship", 0)
		h.must(err)
		if len(r.States) != want || want == 1 && r.States[0] != "OH" {
			t.Errorf("%s: %v", by.Role, r.States)
		}
		if staff := by.Staff(); staff != (len(r.Editions) == 1) {
			t.Errorf("%s sees %d versions", by.Role, len(r.Editions))
		}
	}
}
