package routing

import (
	"context"
	"errors"
	"time"
)

// What Replay refuses.
var (
	ErrNoCalendar = errors.New("routing: a world without a calendar")
	ErrPeriod     = errors.New("routing: a period that ends before it begins")
)

// Replay plays a past period again under a plan, through the same Choose and Order as
// the desk's router, and says what would have become of each case. The same world and
// plan give the same answer. Fates are in the order of w.Cases; times are in the
// calendar's zone.
//
// What happens: a case waits from its opening (from the beginning of the period, if
// that comes later) until somebody can have it; each time a shift, an absence or an
// on-call turn begins or ends, the desk opens or closes, or somebody's load falls,
// those waiting are taken in Order. Once given, the first answer comes after the
// case's Work of business time, elapsed time for what somebody on call was given; it
// counts in its holder's load for its Hold of business time. Being in one's shift and
// not away is being at work. Who was given a case knows its matter, physician and
// practice from then on.
//
// What the model leaves out: whether and when a ticket is accepted, given back,
// transferred or let lapse; wrap-up after calls; duty begun late or ended early; what
// moves when an absence begins (what somebody holds stays theirs); changes of urgency
// or topic, reopening, later answers; the reader's part beside a learner; ties from
// before the period; and that another person would have taken another time to answer.
//
// progress is told how many cases have come in, after 250 more of them and at the end;
// it may be nil. Errors: ctx's; ErrNoCalendar, ErrPeriod; what calendar says of the shifts,
// or of promises for which the desk never opens.
func Replay(ctx context.Context, w World, p Plan, progress func(done, total int)) (Played, error) {
	if w.Calendar == nil {
		return Played{}, ErrNoCalendar
	}
	if w.To.Before(w.From) {
		return Played{}, ErrPeriod
	}
	w = p.over(w)
	fates, err := play(ctx, w, (*game).take, progress)
	if err != nil {
		return Played{}, err
	}
	return Played{Fates: fates, Summary: Summarise(w, fates)}, nil
}

// play goes from event to event. sweep takes those waiting.
func play(ctx context.Context, w World, sweep func(*game, time.Time) error, progress func(done, total int)) ([]Fate, error) {
	g, err := begin(w)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	told, total := 0, len(w.Cases)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		now, more := g.next()
		if !more {
			break
		}
		g.change(now)
		g.open(now)
		if err := sweep(g, now); err != nil {
			return nil, err
		}
		if g.opened-told >= progressEach && g.opened < total {
			told = g.opened
			progress(told, total)
		}
	}
	progress(total, total)
	return g.fates, nil
}

// progressEach is after how many more cases a replay says how far it is.
const progressEach = 250

// next is the instant of the next event within the period.
func (g *game) next() (time.Time, bool) {
	var at time.Time
	some := false
	sooner := func(t time.Time) {
		if !some || t.Before(at) {
			at, some = t, true
		}
	}
	if len(g.edges) > 0 {
		sooner(g.edges[0].at)
	}
	if len(g.releases) > 0 {
		sooner(g.releases[0].at)
	}
	if g.opened < len(g.arrivals) {
		sooner(later(g.world.Cases[g.arrivals[g.opened]].OpenedAt, g.world.From))
	}
	return at, some && at.Before(g.world.To)
}

// change brings presence and loads up to now. Whatever changes, those waiting are
// looked at again.
func (g *game) change(now time.Time) {
	changed := false
	for len(g.edges) > 0 && !g.edges[0].at.After(now) {
		*g.edges[0].what += g.edges[0].by
		g.edges, changed = g.edges[1:], true
	}
	for len(g.releases) > 0 && !g.releases[0].at.After(now) {
		r := g.releases.take()
		g.players[r.player].held -= r.load
		changed = true
	}
	if changed {
		for _, l := range g.lines {
			l.stuck = false
		}
	}
}

// open brings in the cases opened by now.
func (g *game) open(now time.Time) {
	for g.opened < len(g.arrivals) {
		i := g.arrivals[g.opened]
		if g.world.Cases[i].OpenedAt.After(now) {
			return
		}
		l := g.lineOf(&g.world.Cases[i])
		l.cases = append(l.cases, i)
		g.opened++
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
