package report

import (
	"strconv"
	"strings"
	"time"

	"hotline/app/calendar"
)

// Postgres can say how much business time lies between two instants of a million
// tickets, given the calendar's openings: when each began, how long it lasts, and how
// much had passed before it. It looks an instant up by halves (width_bucket). The
// arithmetic stays the calendar's: these are its own answers, listed.
func openings(c *calendar.Calendar, from, until time.Time) map[string]any {
	var opens, lengths, sums []string
	passed := int64(0)
	at := from
	for at.Before(until) {
		open, ok := c.NextOpen(at)
		if !ok || !open.Before(until) {
			break
		}
		close, ok := c.NextClose(open)
		if !ok || close.After(until) {
			close = until
		}
		length := close.Sub(open).Microseconds()
		opens = append(opens, instant(open))
		lengths = append(lengths, strconv.FormatInt(length, 10))
		sums = append(sums, strconv.FormatInt(passed, 10))
		passed += length
		at = close
	}
	return map[string]any{"opens": list(opens), "lengths": list(lengths), "sums": list(sums)}
}

// list is an array as Postgres reads it.
func list(items []string) string { return "{" + strings.Join(items, ",") + "}" }

func instant(t time.Time) string { return t.UTC().Format(`"2006-01-02 15:04:05.999999Z"`) }
