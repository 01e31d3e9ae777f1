// Package routing decides who gets a ticket. Pure: people and a topic in, a choice
// with its reasons out; the same people give the same choice.
package routing

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Candidate is one consultant of the desk, as the decision sees them.
type Candidate struct {
	UserID    int64
	Name      string
	AtWork    bool
	Knows     bool // the ticket's topic is among theirs
	Held      int  // tickets they hold, in hand or waiting on a physician
	Cap       int
	LastGiven time.Time // when the router last gave them one; zero: never
	Preferred bool      // held this ticket before
}

// Out says why a candidate cannot have the ticket, or "".
func (c Candidate) Out() string {
	switch {
	case !c.AtWork:
		return "not at work"
	case !c.Knows:
		return "does not take this topic"
	case c.Held >= c.Cap:
		return fmt.Sprintf("full, %d of %d", c.Held, c.Cap)
	}
	return ""
}

// Considered is a candidate after the decision, with the reason in words.
type Considered struct {
	UserID int64  `json:"user_id"`
	Name   string `json:"name"`
	Held   int    `json:"held"`
	Cap    int    `json:"cap"`
	Chosen bool   `json:"chosen,omitempty"`
	Out    bool   `json:"out,omitempty"`
	Reason string `json:"reason"`
}

// Choice is who gets the ticket, why, and who else was considered, best first.
type Choice struct {
	UserID     int64
	Name       string
	Reason     string
	Considered []Considered
}

// Nobody says that no candidate can have it now.
func (c Choice) Nobody() bool { return c.UserID == 0 }

// Choose gives the ticket to the consultant at work who takes its topic, is under
// their cap and holds the fewest; who held it before goes first; among equals, who
// was given one longest ago. topic is the topic's name, for the reason.
func Choose(topic string, people []Candidate) Choice {
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
			-compareBool(a.Preferred, b.Preferred),
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
		if p.Preferred {
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
	case best.Preferred:
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
