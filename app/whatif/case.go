package whatif

import (
	"time"

	"gorm.io/gorm"

	"hotline/app/routing"
)

// caseRow is a ticket of the past as it is read.
type caseRow struct {
	id                                int64
	openedAt                          time.Time
	topic, urgency, state, language   string
	physicianID, practiceID, matterID int64
	restricted                        bool
	answeredAt, resolvedAt, dueAt     *time.Time
	how, spans                        string
}

func (p *past) cases(q *gorm.DB, vars map[string]any) error {
	rows, err := q.Raw(worldSQL, vars).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	names := map[string]string{}
	for _, t := range p.ground.Topics {
		names[t.Code] = t.Name
	}
	known := map[int64]bool{}
	for _, person := range p.world.People {
		known[person.UserID] = true
	}
	lengths := middles{}
	p.counts.Guessed = map[string]int{}
	for rows.Next() {
		var c caseRow
		if err := rows.Scan(&c.id, &c.openedAt, &c.topic, &c.urgency, &c.state, &c.language, &c.physicianID, &c.practiceID, &c.matterID,
			&c.restricted, &c.answeredAt, &c.resolvedAt, &c.dueAt, &c.how, &c.spans); err != nil {
			return err
		}
		one, err := p.one(c, lengths)
		if err != nil {
			return err
		}
		one.TopicName = names[c.topic]
		if one.Real.UserID != 0 && !known[one.Real.UserID] {
			p.counts.Elsewhere++
		}
		p.world.Cases = append(p.world.Cases, one)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	p.counts.Cases = len(p.world.Cases)
	p.guess(lengths)
	return nil
}

// unknown marks a length that is not known yet.
const unknown = time.Duration(-1 << 62)

// one is a ticket as the replay takes it. A ticket closed without an answer counts as
// answered when it was closed: that is when nobody waited any more.
func (p *past) one(c caseRow, lengths middles) (routing.Case, error) {
	w := &p.world
	out := routing.Case{ID: c.id, OpenedAt: c.openedAt, Topic: c.topic, Urgency: c.urgency, State: c.state, Language: c.language,
		PhysicianID: c.physicianID, PracticeID: c.practiceID, MatterID: c.matterID, Work: unknown, Hold: unknown}
	if c.restricted {
		p.counts.Restricted++
	}
	answered := c.answeredAt
	if answered == nil && c.resolvedAt != nil {
		answered = c.resolvedAt
		p.counts.Closed++
	}
	if answered == nil {
		p.counts.Open++
	}
	if c.how == "call" {
		p.counts.Kept++
	}
	if c.dueAt != nil {
		out.Real.DueAt = *c.dueAt
	}
	if answered != nil && answered.Before(w.To) {
		out.Real.AnsweredAt = *answered
	}
	spans, err := readSpans(c.spans)
	if err != nil {
		return out, err
	}
	if len(spans) == 0 {
		return out, nil
	}
	first := spans[0]
	if first.from.Before(w.To) {
		out.Real.GivenAt, out.Real.UserID = first.from, first.user
	}
	if answered != nil && !answered.Before(first.from) {
		out.Work = w.Calendar.Between(first.from, *answered)
		lengths.work(c.urgency, out.Work)
	}
	hold := time.Duration(0)
	for _, s := range spans {
		if s.until.IsZero() {
			out.Hold = -1 // to the end: somebody has it still
			return out, nil
		}
		hold += w.Calendar.Between(s.from, s.until)
	}
	out.Hold = hold
	lengths.hold(c.urgency, hold)
	return out, nil
}

// guess puts the middle length of an urgency where a ticket's own is not known.
func (p *past) guess(lengths middles) {
	work, hold := lengths.settle()
	for i := range p.world.Cases {
		c := &p.world.Cases[i]
		if c.Work == unknown {
			c.Work = work(c.Urgency)
			p.counts.Guessed[c.Urgency]++
		}
		if c.Hold == unknown {
			c.Hold = max(hold(c.Urgency), c.Work)
		}
	}
}

// real is what happened to each case.
func (p *past) real() []routing.Fate {
	fates := make([]routing.Fate, len(p.world.Cases))
	for i := range p.world.Cases {
		fates[i] = p.world.Cases[i].Real
	}
	return fates
}
