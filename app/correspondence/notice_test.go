package correspondence_test

import (
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestANoticeIsRememberedAWeekBeforeAndOnItsDayAtNineAtTheDesk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fresh, err := h.letters.Remind(h.ctx, h.Imani, "OH", day("2026-12-20"), h.zone)
	h.must(err)
	ids, at := h.promises()
	if !fresh || len(ids) != 2 || !at[0].Equal(time.Date(2026, 12, 13, 14, 0, 0, 0, time.UTC)) || !at[1].Equal(time.Date(2026, 12, 20, 14, 0, 0, 0, time.UTC)) {
		t.Fatalf("fresh %v, promised at %v", fresh, at)
	}
	all, err := h.letters.Notices(h.ctx, h.Imani)
	h.must(err)
	if len(all) != 1 || all[0].State != "OH" || !all[0].EndsOn.Equal(day("2026-12-20")) {
		t.Fatalf("%+v", all)
	}
	if got := h.actions(audit.Notice(all[0].ID)); got != "notice.set" {
		t.Errorf("the record says %q", got)
	}
	for i, occasion := range []int{1, 2} {
		h.DB.Freeze(at[i].Add(time.Minute))
		job := actor.Job("correspondence:notice_ends", ids[i])
		h.must(h.letters.TellNoticeEnds(h.ctx, job, all[0].ID))
		h.must(h.letters.TellNoticeEnds(h.ctx, job, all[0].ID)) // brought twice
		if n := read[int](h, `SELECT count(*) FROM letters WHERE kind = 'notice_ends' AND recipient_id = ? AND occasion = ?`, h.Imani.ID, occasion); n != 1 {
			t.Errorf("%d letters for occasion %d", n, occasion)
		}
	}
	if n := read[int](h, `SELECT count(*) FROM letters WHERE kind = 'notice_ends' AND about = ''`); n != 2 {
		t.Errorf("%d letters in all that say nothing", n)
	}
}

func TestWithinAWeekOnlyTheDayItselfIsRemembered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.letters.Remind(h.ctx, h.Rosa, "NY", day("2026-11-24"), h.zone)
	h.must(err)
	if _, at := h.promises(); len(at) != 1 || !at[0].Equal(time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("%v", at)
	}
}

func TestOneReminderServesForADay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i, state := range []string{"OH", "NY", "OH"} {
		fresh, err := h.letters.Remind(h.ctx, h.Imani, state, day("2026-12-20"), h.zone)
		h.must(err)
		if fresh != (i == 0) {
			t.Errorf("the %d. is fresh: %v", i+1, fresh)
		}
	}
	if ids, _ := h.promises(); len(ids) != 2 {
		t.Errorf("%d promises", len(ids))
	}
	fresh, err := h.letters.Remind(h.ctx, h.Okafor, "OH", day("2026-12-20"), h.zone)
	h.must(err)
	if !fresh {
		t.Error("another person’s reminder counts as theirs")
	}
}

func TestANoticeStandsForAWeekAfterItsEndAsTheDeskCountsDays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.letters.Remind(h.ctx, h.Imani, "OH", day("2026-11-25"), h.zone)
	h.must(err)
	for at, want := range map[time.Time]int{
		time.Date(2026, 12, 3, 2, 0, 0, 0, time.UTC): 1, // December 2 in New York, late
		time.Date(2026, 12, 3, 6, 0, 0, 0, time.UTC): 0,
	} {
		h.DB.Freeze(at)
		all, err := h.letters.Notices(h.ctx, h.Imani)
		h.must(err)
		if len(all) != want {
			t.Errorf("at %v: %+v", at, all)
		}
	}
}

func TestAReminderThatWasStoppedIsNotWritten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.letters.Remind(h.ctx, h.Imani, "OH", day("2026-12-20"), h.zone)
	h.must(err)
	all, err := h.letters.Notices(h.ctx, h.Imani)
	h.must(err)
	id := all[0].ID
	h.is(h.letters.EndNotice(h.ctx, h.Okafor, id), fault.NotFound)
	h.is(h.letters.EndNotice(h.ctx, h.Wendell, id), fault.NotFound)
	h.must(h.letters.EndNotice(h.ctx, h.Imani, id))
	h.must(h.letters.EndNotice(h.ctx, h.Imani, id)) // a second click
	if got := h.actions(audit.Notice(id)); got != "notice.set notice.ended" {
		t.Errorf("the record says %q", got)
	}
	if all, err = h.letters.Notices(h.ctx, h.Imani); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	ids, at := h.promises()
	h.DB.Freeze(at[1])
	h.must(h.letters.TellNoticeEnds(h.ctx, actor.Job("correspondence:notice_ends", ids[0]), id))
	if n := read[int](h, `SELECT count(*) FROM letters WHERE kind = 'notice_ends'`); n != 0 {
		t.Error("it was written all the same")
	}
	if fresh, err := h.letters.Remind(h.ctx, h.Imani, "OH", day("2026-12-21"), h.zone); err != nil || !fresh {
		t.Errorf("%v, %v", fresh, err)
	}
}

func TestAReminderOfWhatIsOverIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, on := range []string{"2026-11-19", "2026-11-01", "2029-01-01"} {
		_, err := h.letters.Remind(h.ctx, h.Imani, "OH", day(on), h.zone)
		h.is(err, fault.Unacceptable)
	}
	_, err := h.letters.Remind(h.ctx, h.Joan, "OH", day("2026-12-20"), h.zone)
	h.is(err, fault.NotFound)
	if ids, _ := h.promises(); len(ids) != 0 {
		t.Errorf("%d promises", len(ids))
	}
}
