package routing

import (
	"cmp"
	"slices"
	"time"

	"hotline/app/calendar"
)

// game is a replay under way.
type game struct {
	world    World
	hours    *hours
	always   *calendar.Calendar
	players  []player
	at       map[int64]int // a player's place, by UserID
	ties     [SameMatter + 1]map[int64][]time.Time
	opens    int // above zero: the desk is open
	edges    []edge
	releases releases
	arrivals []int // places of cases, in the order they are opened
	opened   int   // how many of them have come in
	lines    []*line
	lineAt   map[lineKey]*line
	fates    []Fate
	seats    []Candidate // the players as candidates, made anew for each decision
}

// player is a person, with how many shifts, absences and on-call turns they are in now, and their load.
type player struct {
	*Person
	shift, away, turn int
	held              int
	last              time.Time
}

// edge is the beginning or end of something: it adds to a count.
type edge struct {
	at   time.Time
	what *int
	by   int
}

// beyond is how far after the period business time is laid out: what is promised or held near its end falls there.
const beyond = 60 * 24 * time.Hour

func begin(w World) (*game, error) {
	begins := w.From
	for i := range w.Cases {
		if w.Cases[i].OpenedAt.Before(begins) {
			begins = w.Cases[i].OpenedAt
		}
	}
	g := &game{
		world: w, hours: layOut(w.Calendar, begins, w.To.Add(beyond)), always: calendar.Always(w.Calendar.Zone()),
		players: make([]player, len(w.People)), at: map[int64]int{}, lineAt: map[lineKey]*line{},
		fates: make([]Fate, len(w.Cases)), arrivals: make([]int, len(w.Cases)), seats: make([]Candidate, len(w.People)),
	}
	for tie := range g.ties {
		g.ties[tie] = map[int64][]time.Time{}
	}
	for i := range w.Cases {
		g.arrivals[i] = i
		if err := g.promise(i); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(g.arrivals, func(a, b int) int {
		return cmp.Or(w.Cases[a].OpenedAt.Compare(w.Cases[b].OpenedAt), cmp.Compare(w.Cases[a].ID, w.Cases[b].ID))
	})
	return g, g.arrange()
}

// promise says by when a case is promised its first answer.
func (g *game) promise(i int) error {
	c := &g.world.Cases[i]
	p, is := g.world.Clock.of(c.Topic, c.Urgency)
	if !is {
		return nil
	}
	var err error
	if length := time.Duration(max(0, p.Minutes)) * time.Minute; p.Always {
		g.fates[i].DueAt, err = g.always.Add(c.OpenedAt, length)
	} else {
		g.fates[i].DueAt, err = g.hours.add(c.OpenedAt, length)
	}
	return err
}

// arrange lays out when everybody's shifts, absences, turns and first loads begin and end.
func (g *game) arrange() error {
	w := &g.world
	g.during(&g.opens, stretches(w.Calendar, w.From, w.To))
	for i := range w.People {
		p := &g.players[i]
		p.Person = &w.People[i]
		g.at[p.UserID] = i
		shifts, err := presence(w.Calendar, p.Person, w.From, w.To)
		if err != nil {
			return err
		}
		g.during(&p.shift, shifts)
		g.during(&p.away, p.Away)
		g.during(&p.turn, p.OnCall)
		g.during(&p.held, p.Held)
	}
	slices.SortStableFunc(g.edges, func(a, b edge) int { return a.at.Compare(b.at) })
	return nil
}

// during adds one to a count for as long as each span lasts, from the beginning of the period on.
func (g *game) during(count *int, spans []Span) {
	for _, s := range spans {
		if from := later(s.From, g.world.From); from.Before(s.Until) {
			g.edges = append(g.edges, edge{from, count, 1}, edge{s.Until, count, -1})
		}
	}
}
