package routing

// scored is a candidate who may have the ticket, with their points.
type scored struct {
	*Candidate
	points int
	parts  []Part
}

// score adds a candidate's points: the sum of its parts, none of them below zero.
// Half a weight and a share of one are rounded down to whole points. Of the ties only
// the strongest counts.
func score(ask Ask, c *Candidate, p Policy) scored {
	w, s := p.Weights, scored{Candidate: c, parts: make([]Part, 0, 6)}
	switch c.Tie {
	case SameMatter, SameTicket:
		s.add("matter", w.Matter)
	case SamePhysician:
		s.add("physician", w.Physician)
	case SamePractice:
		s.add("practice", w.Practice)
	}
	if c.Covers != "" {
		s.add("cover", w.Cover)
	}
	if c.speaks(ask) {
		s.add("language", w.Language)
	}
	if c.knowsState(ask) {
		s.add("state", w.State)
	}
	switch c.Level {
	case Leads:
		s.add("depth", w.Depth)
	case Knows:
		s.add("depth", w.Depth/2)
	}
	s.add("room", w.Room*c.room(ask, p)/max(1, c.Cap))
	return s
}

func (s *scored) add(why string, points int) {
	if points > 0 {
		s.points += points
		s.parts = append(s.parts, Part{Why: why, Points: points})
	}
}

func (s *scored) part(why string) int {
	for _, p := range s.parts {
		if p.Why == why {
			return p.Points
		}
	}
	return 0
}

// speaks says whether the ticket asks for a language other than English, and they speak it.
func (c *Candidate) speaks(ask Ask) bool {
	return c.Language && ask.Language != "" && ask.Language != "en"
}

// knowsState says whether the ticket names a state, and they know it.
func (c *Candidate) knowsState(ask Ask) bool { return c.State && ask.State != "" }
