package whatif

import (
	"time"

	"hotline/app/routing"
)

// Result is what came of a replay: the period as it happened, as the model says it
// would have gone with things as they are, and under the draft. It holds no ticket.
type Result struct {
	AsOf                  time.Time
	Counts                Counts
	Happened, AsIs, Draft Outcome
}

// Counts say what the sums are over, and what they leave out.
type Counts struct {
	Cases      int
	Restricted int            // of them; they are counted and named nowhere
	OnCall     int            // answered on the call they came in by: left out
	Kept       int            // of the cases: kept by whoever took the call, without the router
	Closed     int            // of the cases: closed without an answer, which counts as one
	Open       int            // of the cases: not answered by now
	Guessed    map[string]int // of the cases, by urgency: how long the answer took is not known, and taken to be the middle one of their urgency
	Elsewhere  int            // of the cases: given to somebody who is not a consultant of the desk today
	Waiting    int            // came in before the period and waited still when it began: left out
}

// Outcome is one of the three: the sums, and what share of all was answered within
// each of Within.
type Outcome struct {
	routing.Summary
	Within []float64
}

// Within are lengths of business time, for the share that was answered within them.
var Within = []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour}

func outcome(w routing.World, fates []routing.Fate, sums routing.Summary) Outcome {
	o := Outcome{Summary: sums, Within: make([]float64, len(Within))}
	if len(fates) == 0 {
		return o
	}
	for i, f := range fates {
		if f.AnsweredAt.IsZero() || !f.AnsweredAt.Before(w.To) {
			continue
		}
		waited := w.Calendar.Between(w.Cases[i].OpenedAt, f.AnsweredAt)
		for at, limit := range Within {
			if waited <= limit {
				o.Within[at]++
			}
		}
	}
	for at := range o.Within {
		o.Within[at] /= float64(len(fates))
	}
	return o
}

// Share is somebody's part in an outcome.
func (o Outcome) Share(userID int64) routing.Share {
	for _, p := range o.People {
		if p.UserID == userID {
			return p
		}
	}
	return routing.Share{UserID: userID}
}
