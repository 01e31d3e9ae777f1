package routing

import (
	"cmp"
	"slices"
	"time"
)

// Waiting is a ticket that waits for somebody.
type Waiting struct {
	ID       int64
	Urgency  string
	OpenedAt time.Time
	DueAt    time.Time // when its next promise is due; zero: none, so it is never past it
}

// Past its promise a ticket counts as one urgency higher; a day (24 hours) past it,
// as two. Critical is the top. So every ticket reaches the top in its time, where only
// those opened before it go first: nobody waits for ever, whatever comes in.
const dayPast = 24 * time.Hour

// Order sorts waiting tickets, in place, into the order in which a sweep takes them at
// now: the most urgent first, as raised by what is past its promise; among those of
// one rank the one opened first; then the lower ID. OrderSQL is the same order.
func Order(waiting []Waiting, now time.Time) {
	slices.SortFunc(waiting, func(a, b Waiting) int { return Compare(a, b, now) })
}

// OrderSQL is Order as an ORDER BY expression over tickets t, with one placeholder for
// now. A test in the ticket room compares both.
const OrderSQL = `greatest(0, CASE t.urgency WHEN 'critical' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END
	- width_bucket(?::timestamptz - t.next_due_at, ARRAY[interval '0', interval '24 hours'])), t.opened_at, t.id`

// Compare is negative when Order takes a before b at now, positive when after.
func Compare(a, b Waiting, now time.Time) int {
	return cmp.Or(
		cmp.Compare(a.rank(now), b.rank(now)),
		a.OpenedAt.Compare(b.OpenedAt),
		cmp.Compare(a.ID, b.ID))
}

// rank is 0 for the most urgent, 2 for the least. An urgency it does not know is routine.
func (w Waiting) rank(now time.Time) int {
	rank := 2
	switch w.Urgency {
	case "critical":
		rank = 0
	case "urgent":
		rank = 1
	}
	if !w.DueAt.IsZero() && !now.Before(w.DueAt) {
		rank--
		if now.Sub(w.DueAt) >= dayPast {
			rank--
		}
	}
	return max(0, rank)
}
