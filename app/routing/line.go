package routing

import "time"

// line is the cases waiting of one topic and urgency, the oldest first; those of a
// physician somebody must not be given stand in a line of their own. Whoever may have
// one of a line may have any, and Order never takes a later one of a line first (they
// have one promise, so the older is never due later): only the first of each counts.
type line struct {
	cases    []int // places; the first to be taken is first
	stuck    bool  // nobody could have the first, and nothing has changed since
	levels   []Level
	excluded []bool
}

type lineKey struct {
	topic, urgency string
	physician      int64 // 0: nobody is excluded
}

func (g *game) lineOf(c *Case) *line {
	key := lineKey{topic: c.Topic, urgency: c.Urgency}
	for i := range g.players {
		if g.players[i].Excluded[c.PhysicianID] {
			key.physician = c.PhysicianID
		}
	}
	if l := g.lineAt[key]; l != nil {
		return l
	}
	l := &line{levels: make([]Level, len(g.players)), excluded: make([]bool, len(g.players))}
	for i := range g.players {
		l.levels[i] = g.players[i].Levels[c.Topic]
		l.excluded[i] = g.players[i].Excluded[c.PhysicianID]
	}
	g.lineAt[key] = l
	g.lines = append(g.lines, l)
	return l
}

// take gives those waiting to whoever can have them, in Order.
func (g *game) take(now time.Time) error {
	for {
		l := g.foremost(now)
		if l == nil {
			return nil
		}
		given, err := g.give(l, l.cases[0], now)
		if err != nil {
			return err
		}
		if given {
			l.cases = l.cases[1:]
		} else {
			l.stuck = true
		}
	}
}

// foremost is the line whose first case Order takes first, of those that are not stuck.
func (g *game) foremost(now time.Time) *line {
	var first *line
	var best Waiting
	for _, l := range g.lines {
		if l.stuck || len(l.cases) == 0 {
			continue
		}
		if w := g.waiting(l.cases[0]); first == nil || Compare(w, best, now) < 0 {
			first, best = l, w
		}
	}
	return first
}

func (g *game) waiting(i int) Waiting {
	c := &g.world.Cases[i]
	return Waiting{ID: c.ID, Urgency: c.Urgency, OpenedAt: c.OpenedAt, DueAt: g.fates[i].DueAt}
}
