// Package routing decides who gets a ticket, in which order waiting tickets are
// taken, and how a past period would have gone. Pure: it reads no clock, no database
// and no chance; the same people and the same ticket give the same choice, with its
// reasons in words.
package routing

import (
	"cmp"
	"slices"
)

// Choose gives the ticket to the best of those who may have it (Candidate.Out): who
// knows the topic before who is learning it, then the most points by the policy's
// weights, then who was given one longest ago, then the lower UserID. The order of
// people does not matter, and people is not changed.
//
// Considered names everybody: those who may have it best first, then the others by
// name. Where the chosen one is learning the topic, Learning is set and the caller
// names who reads along.
func Choose(ask Ask, people []Candidate, p Policy) Choice {
	in, out := make([]scored, 0, len(people)), []Considered{}
	for i := range people {
		c := &people[i]
		if why := c.Out(ask, p); why != "" {
			out = append(out, Considered{UserID: c.UserID, Name: c.Name, Held: c.Held, Cap: c.Cap, Out: true, Reason: why})
		} else {
			in = append(in, score(ask, c, p))
		}
	}
	slices.SortFunc(in, better)
	slices.SortFunc(out, func(a, b Considered) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.UserID, b.UserID))
	})
	choice := Choice{Considered: make([]Considered, 0, len(people))}
	for i, s := range in {
		choice.Considered = append(choice.Considered, Considered{
			UserID: s.UserID, Name: s.Name, Held: s.Held, Cap: s.Cap, Chosen: i == 0,
			Reason: facts(ask, s.Candidate, "it"), Score: s.points, Parts: s.parts,
		})
	}
	choice.Considered = append(choice.Considered, out...)
	if len(in) > 0 {
		best := in[0]
		choice.UserID, choice.Name, choice.Learning = best.UserID, best.Name, best.learns()
		choice.Reason = reason(ask, in)
	}
	return choice
}

// better orders those who may have it, the best first.
func better(a, b scored) int {
	switch {
	case a.learns() && !b.learns():
		return 1
	case b.learns() && !a.learns():
		return -1
	}
	return cmp.Or(
		cmp.Compare(b.points, a.points),
		a.LastGiven.Compare(b.LastGiven),
		cmp.Compare(a.UserID, b.UserID))
}
