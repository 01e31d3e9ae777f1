package whatif

import (
	"slices"
	"time"
)

// middles gathers lengths, to find the middle one.
type middles map[[2]string][]time.Duration

func (m middles) work(urgency string, d time.Duration) { m.add("work", urgency, d) }
func (m middles) hold(urgency string, d time.Duration) { m.add("hold", urgency, d) }

func (m middles) add(what, urgency string, d time.Duration) {
	for _, of := range []string{urgency, ""} {
		m[[2]string{what, of}] = append(m[[2]string{what, of}], d)
	}
}

// settle are the middles of work and hold: of an urgency, else of all, else nothing.
func (m middles) settle() (work, hold func(urgency string) time.Duration) {
	middle := map[[2]string]time.Duration{}
	for key, all := range m {
		slices.Sort(all)
		middle[key] = all[(len(all)-1)/2]
	}
	of := func(what string) func(string) time.Duration {
		return func(urgency string) time.Duration {
			if d, known := middle[[2]string{what, urgency}]; known {
				return d
			}
			return middle[[2]string{what, ""}]
		}
	}
	return of("work"), of("hold")
}
