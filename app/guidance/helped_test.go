package guidance_test

import (
	"testing"
	"time"

	"hotline/app/fault"
)

func TestWhetherItHelpedCountsOnceADay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	r, err := h.Show(h.ctx, h.physician, "certificates", 0)
	h.must(err)
	for range 2 {
		h.must(h.Helped(h.ctx, h.physician, "certificates", 1, false, "article"))
	}
	h.must(h.Helped(h.ctx, h.physician, "certificates", 1, true, "article"))
	h.must(h.Helped(h.ctx, h.stranger, "certificates", 0, false, "form"))
	v, err := h.HelpedBy(h.ctx, h.consultant, r.VersionID)
	h.must(err)
	if v.Yes != 1 || v.No != 1 || v.Mine != nil {
		t.Errorf("staff read %+v", v)
	}
	v, err = h.HelpedBy(h.ctx, h.physician, r.VersionID)
	h.must(err)
	if v.Yes != 0 || v.No != 0 || v.Mine == nil || !*v.Mine {
		t.Errorf("the physician reads %+v", v)
	}
	h.db.Freeze(h.db.Now().Add(24 * time.Hour))
	h.must(h.Helped(h.ctx, h.physician, "certificates", 1, true, "article"))
	if v, err = h.HelpedBy(h.ctx, h.manager, r.VersionID); err != nil || v.Yes != 2 {
		t.Errorf("the next day %+v, %v", v, err)
	}
	h.says(h.Helped(h.ctx, h.physician, "certificates", 2, true, "article"), fault.NotFound)
	h.says(h.Helped(h.ctx, h.physician, "certificates", 1, true, "elsewhere"), fault.NotFound)
	if n := h.count("SELECT count(*) FROM record WHERE action = 'article.judged'"); n != 4 {
		t.Errorf("recorded %d times", n)
	}
}

func TestADayOfVerdictsIsTheDesksNotGreenwichs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	for i, helped := range []bool{false, true} { // half past six and half past seven in the evening
		h.db.Freeze(time.Date(2026, 11, 19, 23+i, 30, 0, 0, time.UTC))
		h.must(h.Helped(h.ctx, h.physician, "certificates", 1, helped, "article"))
	}
	r, err := h.Show(h.ctx, h.consultant, "certificates", 0)
	h.must(err)
	if v, err := h.HelpedBy(h.ctx, h.consultant, r.VersionID); err != nil || v.Yes != 1 || v.No != 0 {
		t.Errorf("reads %+v, %v", v, err)
	}
	if v, err := h.HelpedBy(h.ctx, h.physician, r.VersionID); err != nil || v.Mine == nil || !*v.Mine {
		t.Errorf("the physician reads %+v, %v", v, err)
	}
}
