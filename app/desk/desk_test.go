package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/database/dbtest"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
	"hotline/app/fault"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

type house struct {
	*cast.Cast
	t    testing.TB
	ctx  context.Context
	zone *time.Location
}

func newHouse(t *testing.T) *house {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return &house{cast.Make(t, dbtest.New(t)), t, t.Context(), zone}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) is(err, kind error) {
	h.t.Helper()
	if !errors.Is(err, kind) {
		h.t.Fatalf("%v, want %v", err, kind)
	}
}

func (h *house) at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, h.zone)
}

func (h *house) sweeps() (desks []int64) {
	h.t.Helper()
	h.must(h.DB.Read(h.ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT (args->>'desk_id')::bigint FROM outbox WHERE kind = 'desk:sweep' ORDER BY id`).Scan(&desks).Error
	}))
	return desks
}

func TestADesksClockIsReadAsItWasSet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	times, err := h.Desks.Times(h.ctx, h.Desk)
	h.must(err)
	if times.Zone.String() != "America/New_York" || times.Desk.ID != h.Desk || times.Desk.Name != "Risk Management" ||
		times.Minutes("critical") != 60 || times.Minutes("urgent") != 240 || times.Minutes("routine") != 600 {
		t.Errorf("%+v", times)
	}
	for at, open := range map[time.Time]bool{h.at(19, 8, 0): true, h.at(19, 7, 59): false, h.at(19, 17, 59): true, h.at(19, 18, 0): false, h.at(21, 12, 0): false,
		h.at(26, 12, 0): false, h.at(27, 11, 59): true, h.at(27, 12, 0): false} {
		if times.Calendar.Open(at) != open {
			t.Errorf("%v open: %v", at, !open)
		}
	}
	_, err = h.Desks.Times(h.ctx, 404)
	h.is(err, fault.NotFound)
	all, err := h.Desks.All(h.ctx)
	h.must(err)
	if len(all) != 2 || all[0].ID != h.Desk {
		t.Errorf("%+v", all)
	}
	topics, err := h.Desks.Topics(h.ctx)
	h.must(err)
	var codes []string
	for _, topic := range topics {
		codes = append(codes, topic.Code)
	}
	want := slices.Clone(cast.Rosas)
	slices.Sort(codes)
	slices.Sort(want)
	if !slices.Equal(codes, want) {
		t.Error(codes)
	}
}

func TestADeskThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for field, change := range map[string]func(*desk.NewDesk){
		"name":    func(d *desk.NewDesk) { d.Name = " " },
		"zone":    func(d *desk.NewDesk) { d.Zone = "Mars/Olympus" },
		"hours":   func(d *desk.NewDesk) { d.Week = [7][]calendar.Segment{} },
		"minutes": func(d *desk.NewDesk) { d.Minutes = map[string]int{"soon": 5} },
		"holidays": func(d *desk.NewDesk) {
			d.Holidays = map[calendar.Day]calendar.Holiday{{Year: 2026, Month: 7, Day: 3}: {Open: []calendar.Segment{{Opens: 60, Closes: 120}, {Opens: 180, Closes: 240}}}}
		},
	} {
		in := desk.NewDesk{Name: "South", Zone: "America/Chicago"}
		in.Week[1] = []calendar.Segment{{Opens: 480, Closes: 1080}}
		change(&in)
		_, err := h.Desks.Add(h.ctx, cast.Operator, in)
		bad, ok := errors.AsType[fault.Fields](err)
		if !ok || bad.For(field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	in := desk.NewDesk{Name: "Risk Management", Zone: "America/Chicago"}
	in.Week[1] = []calendar.Segment{{Opens: 480, Closes: 1080}}
	_, err := h.Desks.Add(h.ctx, h.Tomas, in)
	h.is(err, fault.Unacceptable)
	_, err = h.Desks.Add(h.ctx, h.Elena, in)
	h.is(err, fault.Forbidden)
}

func TestDutyEndsWhenTheDeskCloses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for start, end := range map[time.Time]time.Time{
		h.at(19, 9, 0):   h.at(19, 18, 0),
		h.at(19, 7, 0):   h.at(19, 18, 0),
		h.at(19, 17, 30): h.at(19, 18, 30), // an hour at least
		h.at(19, 20, 0):  h.at(20, 8, 0),   // twelve at most
		h.at(27, 9, 0):   h.at(27, 12, 0),  // a half holiday
		h.at(21, 9, 0):   h.at(21, 21, 0),  // a Saturday
	} {
		h.Clock(start)
		h.must(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, nil))
		d, err := h.Desks.DutyOf(h.ctx, h.Rosa.ID)
		h.must(err)
		if !d.At || !d.Until.Equal(end) || d.Cap != cast.Cap {
			t.Errorf("from %v until %v, want %v", start, d.Until.In(h.zone), end)
		}
		h.Clock(end)
		if d, err = h.Desks.DutyOf(h.ctx, h.Rosa.ID); err != nil || d.At {
			t.Errorf("still at work at %v: %v", end, err)
		}
	}
	past := h.DB.Now()
	h.is(h.Desks.StartDuty(h.ctx, h.Rosa, h.Rosa.ID, &past), fault.Unacceptable)
}

func TestDutyIsOnesOwnToStartAndEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, by := range []actor.Actor{h.Grace, h.Imani, h.Joan, h.Tomas, h.Wendell} {
		h.is(h.Desks.StartDuty(h.ctx, by, h.Rosa.ID, nil), fault.Forbidden)
		h.is(h.Desks.EndDuty(h.ctx, by, h.Rosa.ID), fault.Forbidden)
	}
	before := len(h.sweeps())
	h.must(h.Desks.StartDuty(h.ctx, h.Elena, h.Rosa.ID, nil))
	if s := h.sweeps(); len(s) != before+1 || s[len(s)-1] != h.Desk {
		t.Errorf("sweeps %v", s)
	}
	h.must(h.Desks.EndDuty(h.ctx, h.Rosa, h.Rosa.ID))
	d, err := h.Desks.DutyOf(h.ctx, h.Rosa.ID)
	h.must(err)
	if d.At || !d.Until.IsZero() {
		t.Errorf("%+v", d)
	}
	h.is(h.Desks.StartDuty(h.ctx, h.Elena, h.Imani.ID, nil), fault.NotFound)
	h.is(h.Desks.EndDuty(h.ctx, h.Elena, h.Imani.ID), fault.NotFound)
	if d, err := h.Desks.DutyOf(h.ctx, h.Imani.ID); err != nil || d != (desk.Duty{}) {
		t.Errorf("%+v %v", d, err)
	}
	report, err := audit.Verify(h.ctx, h.DB, nil)
	h.must(err)
	if report.Problem != nil {
		t.Error(report)
	}
}

func TestAnEngagementSaysTopicsAndCap(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Rosa.ID, Cap: 2, Topics: []string{"discharge"}}))
	h.OnDuty(t, h.Rosa)
	var people []desk.Consultant
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) (err error) {
		if err := desk.Turn(tx, h.Desk); err != nil {
			return err
		}
		people, err = desk.People(tx, h.Desk, h.DB.Now())
		return err
	}))
	i := slices.IndexFunc(people, func(p desk.Consultant) bool { return p.UserID == h.Rosa.ID })
	if len(people) != 3 || people[i].Cap != 2 || people[i].Level("discharge") != "knows" || len(people[i].Skills) != 1 || !people[i].At {
		t.Errorf("%+v", people)
	}
	for _, by := range []actor.Actor{h.Rosa, h.Imani, h.Joan, h.Wendell} {
		h.is(h.Desks.Engage(h.ctx, by, desk.Engagement{UserID: h.Rosa.ID, Cap: 9}), fault.Forbidden)
	}
	for _, in := range []desk.Engagement{{UserID: h.Rosa.ID, Cap: -1}, {UserID: h.Rosa.ID, Cap: 501}, {UserID: h.Rosa.ID, Cap: 5, Topics: []string{"weather"}},
		{UserID: h.Imani.ID, Cap: 5}, {UserID: 404, Cap: 5}} {
		h.is(h.Desks.Engage(h.ctx, h.Elena, in), fault.Unacceptable)
	}
	h.must(h.Desks.Engage(h.ctx, h.Elena, desk.Engagement{UserID: h.Rosa.ID, Cap: 2, Topics: []string{"discharge", "discharge"}}))
}

func TestADesksTurnIsOneAtATime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	taken, done := make(chan struct{}), make(chan struct{})
	var order []string
	go func() {
		defer close(done)
		_ = h.DB.Write(h.ctx, func(tx *gorm.DB) error {
			if err := desk.Turn(tx, h.Desk); err != nil {
				return err
			}
			close(taken)
			for { // until the other one waits
				var waits int
				if err := tx.Raw(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
					(SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&waits).Error; err != nil || waits > 0 {
					order = append(order, "first")
					return err
				}
			}
		})
	}()
	<-taken
	// Another desk's is free meanwhile.
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error { return desk.Turn(tx, h.OtherDesk) }))
	h.must(h.DB.Write(h.ctx, func(tx *gorm.DB) error {
		err := desk.Turn(tx, h.Desk)
		order = append(order, "second")
		return err
	}))
	<-done
	if !slices.Equal(order, []string{"first", "second"}) {
		t.Error(order)
	}
}
