// Package routing decides who gets a ticket. Pure: people and a topic in, a choice
// with its reasons out; the same people give the same choice.
package routing

import (
	"cmp"
	"fmt"
	"slices"
)

// Out says why a candidate cannot have the ticket, or "".
func (c Candidate) Out() string {
	switch {
	case !c.AtWork:
		return "not at work"
	case c.Level == None:
		return "does not take this topic"
	case c.Held >= c.Cap:
		return fmt.Sprintf("full, %d of %d", c.Held, c.Cap)
	}
	return ""
}

// Choose gives the ticket to the consultant at work who takes its topic, is under
// their cap and holds the fewest; who held it before goes first; among equals, who
// was given one longest ago. topic is the topic's name, for the reason.
func Choose(ask Ask, people []Candidate, p Policy) Choice {
	topic := ask.TopicName
	in, out := []Candidate{}, []Candidate{}
	for _, p := range people {
		if p.Out() == "" {
			in = append(in, p)
		} else {
			out = append(out, p)
		}
	}
	slices.SortFunc(in, func(a, b Candidate) int {
		return cmp.Or(
			-compareBool(a.Tie == SameMatter, b.Tie == SameMatter),
			cmp.Compare(a.Held, b.Held),
			a.LastGiven.Compare(b.LastGiven),
			cmp.Compare(a.UserID, b.UserID))
	})
	slices.SortFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.UserID, b.UserID))
	})
	var choice Choice
	for i, p := range in {
		c := Considered{UserID: p.UserID, Name: p.Name, Held: p.Held, Cap: p.Cap, Chosen: i == 0,
			Reason: fmt.Sprintf("takes it; holds %d of %d", p.Held, p.Cap)}
		if p.Tie == SameMatter {
			c.Reason = fmt.Sprintf("had it before; holds %d of %d", p.Held, p.Cap)
		}
		choice.Considered = append(choice.Considered, c)
	}
	for _, p := range out {
		choice.Considered = append(choice.Considered, Considered{UserID: p.UserID, Name: p.Name, Held: p.Held, Cap: p.Cap, Out: true, Reason: p.Out()})
	}
	if len(in) == 0 {
		return choice
	}
	best := in[0]
	choice.UserID, choice.Name = best.UserID, best.Name
	choice.Reason = why(topic, in)
	return choice
}

func why(topic string, in []Candidate) string {
	best := in[0]
	holds := fmt.Sprintf("holds %d of %d", best.Held, best.Cap)
	switch {
	case best.Tie == SameMatter:
		return fmt.Sprintf("%s had it before and %s", best.Name, holds)
	case len(in) == 1:
		return fmt.Sprintf("%s is the one at work with room who takes “%s”, and %s", best.Name, topic, holds)
	case in[1].Held == best.Held:
		return fmt.Sprintf("%s takes “%s”, %s, and was given one longest ago", best.Name, topic, holds)
	}
	return fmt.Sprintf("%s takes “%s” and %s, the fewest of %d at work", best.Name, topic, holds, len(in))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
