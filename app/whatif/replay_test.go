package whatif_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/whatif"
)

// lived is a week with a past: on three days Rosa is asked and takes her time.
func (h *house) lived() {
	h.Helper()
	for day := 16; day <= 18; day++ {
		h.at(day, 9, 0)
		number := h.handled(h.Rosa, false, 30*time.Minute, 90*time.Minute)
		h.Later(time.Hour)
		h.resolve(h.Rosa, number)
		number = h.handled(h.Rosa, true, 10*time.Minute, 20*time.Minute)
		h.Later(time.Hour)
		h.resolve(h.Rosa, number)
	}
	h.at(19, 11, 0)
}

func TestAReplaySetsThreeAccountsSideBySide(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.lived()
	id := h.drafted("As it is", whatif.Body{})
	r := h.played(id, "2026-11-16", "2026-11-19")
	if r.Failed != "" || r.Result == nil || r.DoneAt == nil {
		t.Fatalf("it came to %+v", r)
	}
	got := r.Result
	if got.Counts.Cases != 6 || got.Happened.Cases != 6 || got.Happened.Answered != 6 {
		t.Errorf("over %+v", got.Counts)
	}
	// Half an hour until somebody took it and an hour and a half until the answer; ten and twenty minutes for who is in danger.
	if got.Happened.Median != 30*time.Minute || got.Happened.P90 != 2*time.Hour || got.Happened.GivenHalf != 10*time.Minute {
		t.Errorf("it happened that %s, %s, %s", got.Happened.Median, got.Happened.P90, got.Happened.GivenHalf)
	}
	if u := got.Happened.ByUrgency["critical"]; u.Cases != 3 || u.Median != 30*time.Minute || u.Met != 3 {
		t.Errorf("critical: %+v", u)
	}
	if s := got.Happened.Share(h.Rosa.ID); s.Given != 6 {
		t.Errorf("Rosa had %+v", s)
	}
	// The model gives at once, and the work takes as long as it took.
	if got.AsIs.Median != 20*time.Minute || got.AsIs.P90 != 90*time.Minute || got.AsIs.GivenHalf != 0 {
		t.Errorf("as it is: %s, %s, %s", got.AsIs.Median, got.AsIs.P90, got.AsIs.GivenHalf)
	}
	given := 0
	for _, p := range got.AsIs.People {
		given += p.Given
	}
	if given != 6 {
		t.Errorf("%d were given", given)
	}
	// A draft that changes nothing changes nothing.
	if !reflect.DeepEqual(got.AsIs, got.Draft) {
		t.Errorf("as it is %+v, under the draft %+v", got.AsIs, got.Draft)
	}
	if got.Finding() != "People wait as long as now." {
		t.Errorf("found %q", got.Finding())
	}
	if got.Happened.Within[1] != 0.5 || got.Happened.Within[3] != 1 {
		t.Errorf("answered within %v", got.Happened.Within)
	}
	again := h.played(id, "2026-11-16", "2026-11-19")
	again.Result.AsOf = got.AsOf
	if again.ID == r.ID || !reflect.DeepEqual(again.Result, got) {
		t.Error("the same period played again came out differently")
	}
}

func TestADraftShowsInItsReplay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.lived()
	// Rosa takes nothing, and critical questions are promised in a quarter of an hour.
	id := h.drafted("Without Rosa", whatif.Body{Caps: map[int64]int{h.Rosa.ID: 0},
		Promises: []desk.Promise{{Kind: "first_answer", Urgency: "critical", Minutes: 15}}})
	got := h.played(id, "2026-11-16", "2026-11-19").Result
	if rosa := got.Draft.Share(h.Rosa.ID); rosa.Given != 0 || rosa.Cap != 0 {
		t.Errorf("Rosa had %+v", rosa)
	}
	if now, then := got.AsIs.ByUrgency["critical"], got.Draft.ByUrgency["critical"]; now.Met != 3 || then.Met != 0 || then.Due != 3 {
		t.Errorf("critical: %+v, then %+v", now, then)
	}
	if !strings.Contains(got.Finding(), "Three fewer promises would be kept.") {
		t.Errorf("found %q", got.Finding())
	}
}

func TestAReplayLeavesOutWhatTheRouterNeverSaw(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.at(13, 17, 0)
	h.Ask(t, h.Imani) // waits when the period begins
	h.lived()
	secret := h.Ask(t, h.Okafor) // open, and nobody has it
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		var id int64
		if err := tx.Raw(`UPDATE tickets SET restricted = true WHERE number = ? RETURNING id`, secret).Scan(&id).Error; err != nil {
			return err
		}
		return audit.Record(tx, cast.Operator, h.DB.Now(), "ticket.restricted", audit.Ticket(id), nil)
	}))
	h.Later(time.Minute)
	id := h.drafted("As it is", whatif.Body{})
	r := h.played(id, "2026-11-16", "2026-11-20")
	c := r.Result.Counts
	if c.Cases != 7 || c.Restricted != 1 || c.Open != 1 || c.Waiting != 1 || c.Guessed["routine"] != 1 || c.Kept != 0 || c.OnCall != 0 {
		t.Errorf("counted %+v", c)
	}
	// Nothing of any ticket is kept but sums.
	text := read[string](h, `SELECT result::text FROM replays WHERE id = ?`, r.ID)
	for _, secret := range []string{"RM-", "notice", "patient", secret} {
		if strings.Contains(text, secret) {
			t.Errorf("the result holds %q", secret)
		}
	}
}

func TestAReplayIsKeptOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.lived()
	id := h.drafted("As it is", whatif.Body{})
	first, err := h.plans.Ask(h.ctx, h.Elena, id, "2026-11-16", "2026-11-19")
	h.must(err)
	again, err := h.plans.Ask(h.ctx, h.ines, id, "2026-11-16", "2026-11-19")
	h.must(err)
	promises := h.promised("whatif:replay")
	if first != again || len(promises) != 1 {
		t.Fatalf("asked for as %d and %d with %d promises", first, again, len(promises))
	}
	due := actor.Job("whatif:replay", promises[0])
	h.must(h.plans.Play(h.ctx, due, first))
	kept := read[string](h, `SELECT to_jsonb(replays)::text FROM replays WHERE id = ?`, first)
	h.Later(time.Hour)
	h.must(h.plans.Play(h.ctx, due, first))
	if read[string](h, `SELECT to_jsonb(replays)::text FROM replays WHERE id = ?`, first) != kept {
		t.Error("brought twice, it was kept twice")
	}
	if len(h.promised("whatif:replay")) != 0 {
		t.Error("its promise is still open")
	}
	// The plan as it was asked about, not as it is.
	h.must(h.plans.Edit(h.ctx, h.Elena, id, whatif.Drafted{Name: "Else", Version: 1, Body: whatif.Body{Caps: map[int64]int{h.Rosa.ID: 1}}}))
	r, err := h.plans.Replay(h.ctx, h.Elena, first)
	h.must(err)
	if !r.Stale || !r.Body.Empty() {
		t.Errorf("it says %+v", r)
	}
	h.whole()
}

func TestAPeriodWithoutTicketsSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.drafted("As it is", whatif.Body{})
	if r := h.played(id, "2026-10-01", "2026-10-08"); r.Failed != whatif.NothingThere || r.DoneAt == nil {
		t.Errorf("it came to %+v", r)
	}
	for days, field := range map[[2]string]string{{"x", "2026-11-19"}: "from", {"2026-11-16", "then"}: "to", {"2026-11-16", "2026-11-16"}: "to",
		{"2026-11-20", "2026-11-21"}: "from", {"2019-11-16", "2026-11-16"}: "to"} {
		_, err := h.plans.Ask(h.ctx, h.Elena, id, days[0], days[1])
		h.blames(err, field)
	}
}

func TestAWorldIsReadOnlyAsFarAsTheDayGoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.lived()
	id := h.drafted("As it is", whatif.Body{})
	got := h.played(id, "2026-11-18", "2026-12-01").Result // in which we are
	if got.Counts.Cases != 2 || got.Happened.Answered != 2 {
		t.Errorf("over %+v", got.Counts)
	}
	var back whatif.Result
	text, err := json.Marshal(got)
	h.must(err)
	h.must(json.Unmarshal(text, &back))
	if !reflect.DeepEqual(&back, got) {
		t.Error("a result does not come back as it went")
	}
}
