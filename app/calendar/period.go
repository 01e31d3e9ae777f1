package calendar

import "time"

// period is a time during which the zone keeps one offset from UTC: from begins up to, not including, ends (zero: for ever). It may
// have begun earlier.
type period struct {
	begins, ends time.Time
	offset       time.Duration
}

func (p *period) over(t time.Time) bool { return !p.ends.IsZero() && !t.Before(p.ends) }

// periodAt is the period of the zone that t lies in.
func (c *Calendar) periodAt(t time.Time) *period {
	if p := c.latest.Load(); p != nil && !t.Before(p.begins) && !p.over(t) {
		return p
	}
	p := &period{begins: t}
	p.offset, p.ends = lasts(c.zone, t)
	// Zones also list changes that leave the offset as it is, such as a new name or a new year; a few of them are stepped over.
	for range 4 {
		if p.ends.IsZero() {
			break
		}
		offset, ends := lasts(c.zone, p.ends)
		if offset != p.offset {
			break
		}
		p.ends = ends
	}
	c.latest.Store(p)
	return p
}

// lasts is the offset at t and an instant after t until which it surely stays; zero means for ever.
func lasts(zone *time.Location, t time.Time) (offset time.Duration, until time.Time) {
	t = t.In(zone)
	_, seconds := t.Zone()
	_, until = t.ZoneBounds()
	if !until.IsZero() && !until.After(t) {
		// Where a zone goes on by rule, Go takes every year for 365 days long, so on the last day of a leap year the period it gives is
		// already over. That bound stands for the end of the year, and no change lies before it.
		until = time.Date(t.UTC().Year()+1, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Duration(seconds) * time.Second, until
}
