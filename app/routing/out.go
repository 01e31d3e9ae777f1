package routing

import "fmt"

// Out says in words why this ticket cannot be given to the candidate now, or "" when
// it can. The first reason counts, in the order of the list below.
//
// May have it: who is at work, in their shift, not wrapping up and not away, or has
// the on-call turn while the desk is closed and the ticket is critical; who knows the
// topic, or is learning it while somebody can read along (whoever is on call answers
// for the whole desk: danger does not wait for a specialist); whose load stays within
// their cap with it; and whom nothing keeps from this very ticket.
func (c *Candidate) Out(ask Ask, p Policy) string {
	switch b := c.bar(ask, p); b {
	case full:
		return fmt.Sprintf("full, %d of %d", c.Held, c.Cap)
	case tooFull:
		return fmt.Sprintf("no room for %s one, %d of %d", article(ask.Urgency), c.Held, c.Cap)
	default:
		return barred[b]
	}
}

// bar is what keeps somebody from a ticket.
type bar int

const (
	free bar = iota
	away
	notAtWork
	offShift
	wrapping
	notTheirTopic
	unread
	full
	tooFull
	excluded
	gaveBack
	lapsed
)

var barred = map[bar]string{
	away: "away", notAtWork: "not at work", offShift: "off shift", wrapping: "wrapping up a call",
	notTheirTopic: "does not take this topic", unread: "learning it, and nobody can read along",
	excluded: "never this physician", gaveBack: "gave it back", lapsed: "did not take it in time",
}

func (c *Candidate) bar(ask Ask, p Policy) bar {
	turn := c.onTurn(ask)
	switch {
	case c.Away:
		return away
	case !turn && !c.AtWork:
		return notAtWork
	case !turn && !c.InShift:
		return offShift
	case !turn && c.Wrapping:
		return wrapping
	case !turn && c.Level < Training:
		return notTheirTopic
	case !turn && c.learns() && !ask.Readers:
		return unread
	case c.Held >= c.Cap:
		return full
	case c.room(ask, p) < 0:
		return tooFull
	case c.Excluded:
		return excluded
	case c.GaveBack:
		return gaveBack
	case c.Lapsed:
		return lapsed
	}
	return free
}

// onTurn says whether the on-call turn makes them available for this ticket.
func (c *Candidate) onTurn(ask Ask) bool {
	return c.OnCall && ask.Closed && ask.Urgency == "critical"
}

// room is what is left of their cap once they have taken the ticket.
func (c *Candidate) room(ask Ask, p Policy) int { return c.Cap - c.Held - p.Load(ask.Urgency) }

func (c *Candidate) learns() bool { return c.Level == Training }

func article(urgency string) string {
	if urgency == "urgent" {
		return "an urgent"
	}
	return "a " + urgency
}
