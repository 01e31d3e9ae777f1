package routing

import "time"

// give chooses for one case of a line and says whether anybody could have it.
func (g *game) give(l *line, i int, now time.Time) (bool, error) {
	c := &g.world.Cases[i]
	ask := Ask{Topic: c.Topic, TopicName: c.TopicName, Urgency: c.Urgency, State: c.State, Language: c.Language, Closed: g.opens == 0,
		Now: now.In(g.world.Calendar.Zone()), StateName: c.StateName, LanguageName: c.LanguageName}
	for j := range g.players {
		ask.Readers = ask.Readers || g.players[j].here() && l.levels[j] >= Knows
	}
	if !g.seat(l, ask) {
		return false, nil
	}
	g.acquaint(c, now)
	choice := Choose(ask, g.seats, g.world.Policy)
	who := g.at[choice.UserID]
	p, f := &g.players[who], &g.fates[i]
	f.GivenAt, f.UserID, f.Reason, f.Load = ask.Now, p.UserID, choice.Reason, g.world.Policy.Load(c.Urgency)
	if err := g.answer(c, f, g.seats[who].onTurn(ask)); err != nil {
		return false, err
	}
	p.held += f.Load
	p.last = now
	g.releases.put(release{f.Until, who, f.Load})
	g.remember(c, who, now)
	return true, nil
}

// answer says when a case just given is answered, within the period, and how long it
// counts in its holder's load.
func (g *game) answer(c *Case, f *Fate, onCall bool) error {
	if c.Work >= 0 {
		answered, err := g.hours.add(f.GivenAt, c.Work)
		if onCall {
			answered, err = f.GivenAt.Add(c.Work), nil
		}
		if err != nil {
			return err
		}
		if answered.Before(g.world.To) {
			f.AnsweredAt = answered
		}
	}
	var err error
	if f.Until = g.world.To; c.Hold >= 0 {
		f.Until, err = g.hours.add(f.GivenAt, c.Hold)
	}
	return err
}

// seat makes the players candidates, without what they had to do with the case, and
// says whether any of them may have it.
func (g *game) seat(l *line, ask Ask) bool {
	some := false
	for j := range g.players {
		p := &g.players[j]
		g.seats[j] = Candidate{UserID: p.UserID, Name: p.Name, AtWork: p.here(), InShift: p.shift > 0, Away: p.away > 0, OnCall: p.turn > 0,
			Level: l.levels[j], State: p.States[ask.State], Language: p.Languages[ask.Language], Held: p.held, Cap: p.Cap,
			Excluded: l.excluded[j], LastGiven: p.last}
		some = some || g.seats[j].bar(ask, g.world.Policy) == free
	}
	return some
}

// here is at work: in their shift and not away.
func (p *player) here() bool { return p.shift > 0 && p.away == 0 }

// acquaint tells the candidates what they, and those away for whom they stand in, had
// to do with a case.
func (g *game) acquaint(c *Case, now time.Time) {
	keys := c.keys()
	for j := range g.seats {
		for tie := SameMatter; tie > Untied; tie-- {
			if met := g.ties[tie][keys[tie]]; met != nil && !met[j].IsZero() {
				g.seats[j].Tie, g.seats[j].TieAt = tie, met[j].In(g.world.Calendar.Zone())
				break
			}
		}
	}
	for j := range g.seats {
		if s := &g.seats[j]; s.Away && s.Tie >= SamePhysician {
			d, is := g.at[g.players[j].deputy(now)]
			if is && g.seats[d].CoversTie < s.Tie {
				g.seats[d].Covers, g.seats[d].CoversTie = s.Name, s.Tie
			}
		}
	}
}

// remember notes that somebody had a case.
func (g *game) remember(c *Case, who int, now time.Time) {
	for tie, key := range c.keys() {
		if key == 0 {
			continue
		}
		met := g.ties[tie][key]
		if met == nil {
			met = make([]time.Time, len(g.players))
			g.ties[tie][key] = met
		}
		met[who] = now
	}
}

// keys are what each tie is known by; 0: nothing.
func (c *Case) keys() [SameMatter + 1]int64 {
	return [SameMatter + 1]int64{SameMatter: c.MatterID, SamePhysician: c.PhysicianID, SamePractice: c.PracticeID}
}

// deputy is who stands in for them at now, or 0.
func (p *player) deputy(now time.Time) int64 {
	for _, d := range p.Deputies {
		if !now.Before(d.From) && now.Before(d.Until) {
			return d.UserID
		}
	}
	return 0
}
