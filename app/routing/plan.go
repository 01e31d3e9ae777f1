package routing

import (
	"maps"
	"slices"
)

// over is the world as the plan would have it; the world itself is not changed.
func (p Plan) over(w World) World {
	w.Policy = p.Policy
	w.People = slices.Clone(w.People)
	for i := range w.People {
		person := &w.People[i]
		if limit, changed := p.Caps[person.UserID]; changed {
			person.Cap = limit
		}
		if week, changed := p.Weeks[person.UserID]; changed {
			person.Week = week
		}
	}
	if len(p.Clock) > 0 {
		clock := maps.Clone(w.Clock)
		if clock == nil {
			clock = Promises{}
		}
		maps.Copy(clock, p.Clock)
		w.Clock = clock
	}
	return w
}

// of is the promise of a topic and urgency, the topic's own before that of any topic.
func (p Promises) of(topic, urgency string) (PromiseTime, bool) {
	own, is := p[PromiseKey{topic, urgency}]
	if !is {
		own, is = p[PromiseKey{"", urgency}]
	}
	return own, is
}
