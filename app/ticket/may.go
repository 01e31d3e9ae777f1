package ticket

import (
	"hotline/app/actor"
	"hotline/app/fault"
)

// action is something staff do to a ticket they can see.
type action int

const (
	converse action = iota // message, note, cite, claim, topic, urgency
	move                   // transfer, give back
	settle                 // resolve, wait, reopen
)

// may answers whether a person who sees the ticket may do this to it: consultants
// converse on any, move their own or an unassigned one, settle their own; managers
// do the same on any.
func may(by actor.Actor, do action, t *Ticket) error {
	if by.Is(actor.Manager) {
		return nil
	}
	if !by.Is(actor.Consultant) {
		return fault.Forbidden
	}
	switch {
	case do == converse, t.HeldBy(by.ID):
		return nil
	case do == move && t.AssigneeID == nil:
		return nil
	case do == settle && t.Status == Resolved:
		return nil
	case t.AssigneeID == nil:
		return fault.Say(fault.Forbidden, "Nobody has this ticket yet. Claim it first.")
	}
	return fault.Say(fault.Forbidden, "A colleague has this ticket. Only they or a manager can do that.")
}
