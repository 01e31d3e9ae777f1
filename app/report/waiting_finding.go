package report

import (
	"fmt"
	"strings"
	"time"
)

// Finding is what a manager has to know now, in a sentence or two.
func (w *Waiting) Finding() string {
	idle := w.Queues[ForSomebody]
	n := idle.Count(AnyUrgency, AnyWait)
	if n == 0 {
		head := "Nobody waits. "
		if idle.Hidden > 0 {
			head = "Nobody waits but " + tickets(idle.Hidden, "restricted ") + ". "
		}
		return head + w.presence()
	}
	said := w.queue(n)
	if taking, room := w.Taking(); len(taking) > 0 {
		switch untaken, full := w.Untaken(), w.Full(); {
		case len(untaken) > 0:
			return said + "; nobody at work takes " + topicNames(untaken) + "."
		case room == 0 && len(taking) == 1:
			return said + "; " + first(taking[0].Name) + ", alone at work, is full."
		case room == 0:
			return said + "; everybody at work is full."
		case len(full) > 0:
			return said + "; whoever takes " + topicNames(full) + " is full."
		}
		return said + ". " + w.presence()
	}
	return said + "; " + strings.ToLower(w.presence()[:1]) + w.presence()[1:]
}

// queue says how many wait and how long the one has that presses most.
func (w *Waiting) queue(n int) string {
	idle := w.Queues[ForSomebody]
	lasts := func(urgency string) string { return "for " + lasting(w.AsOf.Sub(idle.Oldest(urgency))) }
	head := capital(Number(n)) + map[bool]string{true: " waits", false: " wait"}[n == 1] + " for somebody, "
	if idle.Cut {
		head = "More than " + Number(MostWaiting-1) + " wait for somebody, "
	}
	switch critical := idle.Count("critical", AnyWait); {
	case n == 1 && critical == 1:
		return head + "critical, " + lasts("critical")
	case n == 1:
		return head + lasts(AnyUrgency)
	case critical == 1:
		return head + "one of them critical, " + lasts("critical")
	case critical > 1:
		return head + "the oldest critical " + lasts("critical")
	}
	return head + "the oldest " + lasts(AnyUrgency)
}

// presence says who is there and how much room they have.
func (w *Waiting) presence() string {
	taking, room := w.Taking()
	who := capital(Number(len(taking))) + are(len(taking)) + "at work"
	switch {
	case len(taking) == 0:
		for _, p := range w.People {
			if p.OnCall {
				return "Nobody is at work, and " + first(p.Name) + " is on call."
			}
		}
		return "Nobody is at work."
	case room == 0:
		return who + ", and full."
	}
	return fmt.Sprintf("%s with room for %s more.", who, Number(room))
}

// topicNames names up to two topics, else says how many.
func topicNames(topics []Topic) string {
	switch len(topics) {
	case 0:
		return ""
	case 1:
		return "“" + topics[0].Name + "”"
	case 2:
		return "“" + topics[0].Name + "” or “" + topics[1].Name + "”"
	}
	return Number(len(topics)) + " of their topics"
}

// lasting is a length of time as one says it, in its largest unit.
func lasting(d time.Duration) string {
	n, unit := int(d/day), "day"
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		n, unit = int(d/time.Minute), "minute"
	case d < day:
		n, unit = int(d/time.Hour), "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return Number(n) + " " + unit
}
