package report

import (
	"context"
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// What is what a ticket waits for.
type What string

// A ticket that somebody was given and has neither taken up nor answered waits for both.
const (
	ForSomebody What = "waiting"    // nobody has it
	ToBeTaken   What = "given"      // given, and not accepted yet
	ForAnswer   What = "unanswered" // somebody has it, and it was never answered
)

// Whats are all of them, in the order they are shown.
var Whats = []What{ForSomebody, ToBeTaken, ForAnswer}

// Wait is an age of what waits: [From, To) of wall time, To 0 without end. Key asks for
// its list.
type Wait struct {
	Key      string
	From, To time.Duration
}

// Waits are the ages, the youngest first.
var Waits = []Wait{{"15m", 0, 15 * time.Minute}, {"1h", 15 * time.Minute, time.Hour}, {"4h", time.Hour, 4 * time.Hour},
	{"1d", 4 * time.Hour, day}, {"more", day, 0}}

// waitEdges are where an age ends and the next begins, in seconds.
const waitEdges = "{900,3600,14400,86400}"

// MostWaiting is how many tickets are looked at in each of the two states: those due
// first. A desk with more has other sorrows than their exact number.
const MostWaiting = 5_000

// AnyUrgency and AnyWait ask a Queue for the sum over all.
const (
	AnyUrgency = ""
	AnyWait    = -1
)

// Waiting is a desk's queues and who is there for them, at one instant. Restricted
// tickets that do not name the one who asks are only counted, in Hidden.
type Waiting struct {
	Desk   int64
	AsOf   time.Time
	Queues map[What]*Queue
	People []Present // those who take work first, each group by name
	Topics []Topic   // of what waits for somebody, the most first
	Hours  []Hour    // the last 24, the one that runs now last
}

// Queue is what waits for one thing.
type Queue struct {
	Hidden int
	Cut    bool // there are more than are looked at
	counts map[string]*[5]int
	oldest map[string]time.Time
}

// Count is how many there are of an urgency (or AnyUrgency) and an age (an index of
// Waits, or AnyWait).
func (q *Queue) Count(urgency string, wait int) int {
	n := 0
	for u, ages := range q.counts {
		for i, one := range ages {
			if (urgency == AnyUrgency || urgency == u) && (wait == AnyWait || wait == i) {
				n += one
			}
		}
	}
	return n
}

// Oldest is since when the one that waits longest does; zero: none waits.
func (q *Queue) Oldest(urgency string) time.Time {
	var first time.Time
	for u, at := range q.oldest {
		if (urgency == AnyUrgency || urgency == u) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// Topic is how many tickets of one topic wait for somebody.
type Topic struct {
	Code, Name string
	N          int
	Taken      bool // somebody who may be given work now takes it
	Room       bool // and one of them has room
}

// Present is a consultant with what they hold and could take now.
type Present struct {
	desk.Consultant
	Load, Room int // weighed
}

// Hour is what came in, and how often a ticket was put into somebody's hands, in the
// hour from From.
type Hour struct {
	From          time.Time
	Opened, Given int
}

// waitingOn is a question about what waits, with what the manager may see.
type waitingOn struct {
	q    *gorm.DB
	see  string
	vars map[string]any
}

var (
	//go:embed waiting.sql
	waitingSQL string
	//go:embed waiting_counts.sql
	waitingCountsSQL string
	//go:embed waiting_tickets.sql
	waitingTicketsSQL string
)

// raw is a statement over x.
func (w waitingOn) raw(sql string, more map[string]any) *gorm.DB {
	vars := maps.Clone(w.vars)
	maps.Copy(vars, more)
	// The limit stands in the statement, or the planner would reckon with a tenth of the table.
	sql = strings.NewReplacer("$see", w.see, "$most", strconv.Itoa(MostWaiting)).Replace(waitingSQL + sql)
	return w.q.Raw(sql, vars)
}

// waitingOn checks who asks about which desk (0: their first) and reads what they may
// see of it.
func (s *Service) waitingOn(q *gorm.DB, by actor.Actor, deskID int64, now time.Time) (waitingOn, int64, error) {
	w := waitingOn{q: q}
	if deskID == 0 && len(by.Desks) > 0 {
		deskID = by.Desks[0]
	}
	if !by.Is(actor.Manager) || !slices.Contains(by.Desks, deskID) {
		return w, 0, fault.NotFound
	}
	w.vars = map[string]any{"desk": deskID, "now": now, "ages": waitEdges}
	by.Desks = []int64{deskID}
	where, args, err := ticket.Visible(q, by, now)
	for i, arg := range args {
		name := "see" + string(rune('a'+i))
		where = strings.Replace(where, "?", "@"+name+" ", 1)
		w.vars[name] = arg
	}
	w.see = "(" + where + ")"
	return w, deskID, err
}

// Waiting reads the queues of a desk (0: the first), in three statements. Managers.
// Errors: fault.NotFound for anybody else, or a desk that is not theirs.
func (s *Service) Waiting(ctx context.Context, by actor.Actor, deskID int64) (*Waiting, error) {
	var out *Waiting
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		now := s.now()
		on, deskID, err := s.waitingOn(q, by, deskID, now)
		if err != nil {
			return err
		}
		out = &Waiting{Desk: deskID, AsOf: now, Queues: map[What]*Queue{}}
		if err := out.count(on); err != nil {
			return err
		}
		people, err := desk.Roster(q, deskID, now)
		if err != nil {
			return err
		}
		loads, err := ticket.Loads(q, deskID)
		out.staff(people, loads)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// hours is how many hours the page looks back.
const hours = 24

func (w *Waiting) count(on waitingOn) error {
	for _, what := range Whats {
		w.Queues[what] = &Queue{counts: map[string]*[5]int{}, oldest: map[string]time.Time{}}
	}
	from := w.AsOf.Truncate(time.Hour).Add(-(hours - 1) * time.Hour)
	w.Hours = make([]Hour, hours)
	for i := range w.Hours {
		w.Hours[i].From = from.Add(time.Duration(i) * time.Hour)
	}
	rows, err := scan[waitingRow](on.raw(waitingCountsSQL, map[string]any{"from": from}))
	if err != nil {
		return err
	}
	topics := map[string]*Topic{}
	for _, r := range rows {
		switch r.What {
		case "idle":
			w.Queues[ForSomebody].Cut = r.N >= MostWaiting
		case "held":
			w.Queues[ToBeTaken].Cut, w.Queues[ForAnswer].Cut = r.N >= MostWaiting, r.N >= MostWaiting
		case "opened":
			w.Hours[min(r.Slot, hours-1)].Opened += r.N
		case "handed":
			w.Hours[min(r.Slot, hours-1)].Given += r.N
		default:
			w.Queues[What(r.What)].add(r)
			if r.Topic != "" && r.Seen {
				if topics[r.Topic] == nil {
					topics[r.Topic] = &Topic{Code: r.Topic, Name: r.TopicName}
				}
				topics[r.Topic].N += r.N
			}
		}
	}
	for _, t := range topics {
		w.Topics = append(w.Topics, *t)
	}
	slices.SortFunc(w.Topics, func(a, b Topic) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Name, b.Name)
	})
	return nil
}

type waitingRow struct {
	What, Urgency, Topic, TopicName string
	Slot                            int
	Seen                            bool
	N                               int
	Since                           *time.Time
}

func (q *Queue) add(r waitingRow) {
	if !r.Seen {
		q.Hidden += r.N
		return
	}
	if q.counts[r.Urgency] == nil {
		q.counts[r.Urgency] = &[5]int{}
	}
	q.counts[r.Urgency][r.Slot] += r.N
	if at, known := q.oldest[r.Urgency]; r.Since != nil && (!known || r.Since.Before(at)) {
		q.oldest[r.Urgency] = *r.Since
	}
}

// staff says who is there, what they could take, and which topics nobody takes.
func (w *Waiting) staff(people []desk.Consultant, loads map[int64]int) {
	for _, c := range people {
		p := Present{Consultant: c, Load: loads[c.UserID]}
		if c.Takes() {
			p.Room = max(0, c.Cap-p.Load)
		}
		w.People = append(w.People, p)
	}
	slices.SortStableFunc(w.People, func(a, b Present) int {
		if x, y := a.standing(), b.standing(); x != y {
			return x - y
		}
		return strings.Compare(a.Name, b.Name)
	})
	for i := range w.Topics {
		t, learners := &w.Topics[i], false
		for _, p := range w.People {
			switch level := p.Level(t.Code); {
			case !p.Takes():
			case level == "knows" || level == "leads":
				t.Taken, t.Room = true, t.Room || p.Room > 0
			case level == "training":
				learners = learners || p.Room > 0
			}
		}
		// Who is learning a topic takes it beside somebody who knows it.
		t.Room = t.Room || t.Taken && learners
	}
}

// standing orders people: who takes work, who is at work and does not, the others, and
// those away.
func (p Present) standing() int {
	switch {
	case p.Takes():
		return 0
	case p.Away:
		return 3
	case p.At:
		return 1
	}
	return 2
}

// Taking are those who may be given work now, and the room they have together.
func (w *Waiting) Taking() (people []Present, room int) {
	for _, p := range w.People {
		if p.Takes() {
			people, room = append(people, p), room+p.Room
		}
	}
	return people, room
}

// Untaken are the topics of what waits for somebody that nobody at work takes.
func (w *Waiting) Untaken() []Topic {
	return slices.DeleteFunc(slices.Clone(w.Topics), func(t Topic) bool { return t.Taken })
}

// Full are those that somebody at work takes, and nobody with room.
func (w *Waiting) Full() []Topic {
	return slices.DeleteFunc(slices.Clone(w.Topics), func(t Topic) bool { return !t.Taken || t.Room })
}
