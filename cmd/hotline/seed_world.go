package main

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/app/calendar"
)

// seedYears is how far back a seed's tickets go.
const seedYears = 3

// seedDice makes the same seed each time: of the same number of tickets, on the same
// day, in the same database.
const seedDice = 0x686f746c696e65

// How a seed's tickets have gone so far. Three in four are resolved; of the others
// most are in hand, some with the physician, a few with nobody.
const (
	followedUp  = iota // answered, a second message, resolved
	thanked            // answered, the physician wrote back, resolved
	asked              // waited for the physician, who answered; resolved
	untouched          // in hand, nothing written yet
	written            // in hand, answered once
	writtenBack        // in hand, the physician wrote back
	waited             // with the physician
	unclaimed          // with nobody
)

// turns are the ways with their share of all tickets, in thousandths, and the
// messages and targets each leaves.
var turns = [...]struct {
	share             int
	messages, targets int64
}{
	followedUp: {375, 2, 1}, thanked: {300, 2, 2}, asked: {75, 2, 2},
	untouched: {54, 0, 1}, written: {65, 1, 1}, writtenBack: {90, 2, 2},
	waited: {40, 1, 1}, unclaimed: {1, 0, 1},
}

func (p planned) resolved() bool { return p.turn <= asked }

// planned is one ticket before it is told: when it was opened, in Unix µs, how it
// went, and whose it is, by their place among the consultants.
type planned struct {
	at    int64
	turn  uint8
	whose uint8
}

// Of what is open, the demo's own consultants hold a full page each and no more, and
// so have room; the others hold the rest, and are full.
const (
	ownConsultants = 3
	ownOpen        = 80
)

// world is all that the tickets of a seed share.
type world struct {
	desk        int64
	zone        *time.Location
	calendar    *calendar.Calendar
	minutes     func(urgency string) int
	now         time.Time
	words       *seedWords
	consultants []int64 // the demo's own first
	physicians  []seedPhysician
	plan        []planned

	// The last ids and the last number there were before, and how many messages and
	// targets lie before each chunk.
	ticketID, messageID, targetID, number int64
	before                                [][2]int64
	messages, targets                     int64
}

type seedPhysician struct {
	ID, User int64
	State    string
}

// world reads whom the tickets are shared among and plans n of them.
func (l *load) world(ctx context.Context, h *house, n int) (*world, error) {
	desks, err := h.desks.All(ctx)
	if err != nil {
		return nil, err
	}
	times, err := h.desks.Times(ctx, desks[0].ID)
	if err != nil {
		return nil, err
	}
	w := &world{desk: desks[0].ID, zone: times.Zone, calendar: times.Calendar, minutes: times.Minutes, now: l.now}
	if w.words, err = newSeedWords(); err != nil {
		return nil, err
	}
	if w.consultants, err = h.crowd(ctx, w.desk); err != nil {
		return nil, err
	}
	found, err := l.tx.Query(ctx, "SELECT id, user_id, state FROM physicians WHERE user_id IS NOT NULL ORDER BY id")
	if err != nil {
		return nil, err
	}
	if w.physicians, err = pgx.CollectRows(found, pgx.RowToStructByPos[seedPhysician]); err != nil {
		return nil, err
	}
	for _, last := range []struct {
		to  *int64
		sql string
	}{
		{&w.ticketID, "SELECT nextval(pg_get_serial_sequence('tickets', 'id'))"},
		{&w.messageID, "SELECT nextval(pg_get_serial_sequence('messages', 'id'))"},
		{&w.targetID, "SELECT nextval(pg_get_serial_sequence('targets', 'id'))"},
		{&w.number, "SELECT nextval('ticket_numbers')"},
	} {
		if err := l.tx.QueryRow(ctx, last.sql).Scan(last.to); err != nil {
			return nil, err
		}
	}
	w.schedule(n)
	return w, nil
}

// schedule plans n tickets in the order they were opened: on working days, most in
// the desk's hours. What is still open was mostly opened lately.
func (w *world) schedule(n int) {
	dice := rand.New(rand.NewPCG(seedDice+uint64(w.ticketID), 0))
	day := w.now.In(w.zone)
	today := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, w.zone)
	longest := seedYears * 365
	w.plan = make([]planned, n)
	for i := range w.plan {
		p := &w.plan[i]
		left := dice.IntN(1000)
		for left >= turns[p.turn].share {
			left -= turns[p.turn].share
			p.turn++
		}
		ago := 4 + dice.IntN(longest-4)
		if !p.resolved() {
			if ago = int(45 * math.Pow(dice.Float64(), 2)); dice.IntN(20) == 0 {
				ago = dice.IntN(400)
			}
		}
		opened := today.AddDate(0, 0, -ago)
		for opened.Weekday() == time.Saturday || opened.Weekday() == time.Sunday {
			opened = opened.AddDate(0, 0, -1)
		}
		minute := 8*60 + dice.IntN(10*60)
		if dice.IntN(8) == 0 {
			minute = 18*60 + dice.IntN(5*60)
		}
		at := opened.Add(time.Duration(minute)*time.Minute + time.Duration(dice.Int64N(60_000_000))*time.Microsecond)
		for !at.Before(w.now.Add(-10 * time.Minute)) {
			at = at.AddDate(0, 0, -1)
		}
		p.at = at.UnixMicro()
	}
	slices.SortStableFunc(w.plan, func(a, b planned) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	// Their own are the newest, so from the end.
	own := 0
	for i := len(w.plan) - 1; i >= 0; i-- {
		p := &w.plan[i]
		p.whose = uint8(dice.IntN(len(w.consultants)))
		if p.resolved() || p.turn == unclaimed {
			continue
		}
		if p.whose = uint8(own % ownConsultants); own >= ownConsultants*ownOpen {
			p.whose = uint8(ownConsultants + dice.IntN(len(w.consultants)-ownConsultants))
		}
		own++
	}
	for i, p := range w.plan {
		if i%seedChunk == 0 {
			w.before = append(w.before, [2]int64{w.messages, w.targets})
		}
		w.messages += turns[p.turn].messages
		w.targets += turns[p.turn].targets
	}
}
