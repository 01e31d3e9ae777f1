package report

import "time"

// Age is what is open at the end of the period and of an age: [From, To) of wall time,
// To 0 without end. Key asks for its list.
type Age struct {
	Key                 string
	From, To            time.Duration
	Ours, WithPhysician int
}

// Open is all of that age.
func (b Age) Open() int { return b.Ours + b.WithPhysician }

const day = 24 * time.Hour

var ages = []Age{
	{Key: "4h", To: 4 * time.Hour}, {Key: "1d", From: 4 * time.Hour, To: day}, {Key: "3d", From: day, To: 3 * day},
	{Key: "7d", From: 3 * day, To: 7 * day}, {Key: "28d", From: 7 * day, To: 28 * day}, {Key: "more", From: 28 * day},
}

// ageOf is which of ages a ticket of the stock is, from 1.
const ageOf = `width_bucket(x.age / 1e6::float8, ARRAY[0, 14400, 86400, 259200, 604800, 2419200]::float8[])`

// byAge is a slot of the stock: twice the age, and one more with the physician.
const byAge = ageOf + ` * 2 + x.paused::int`

// grow puts a counted slot of the stock into its age.
func (l *ledger) grow(slot, n int) {
	i, paused := slot/2-1, slot%2 == 1
	switch {
	case i < 0 || i >= len(l.ages):
	case paused:
		l.ages[i].WithPhysician += n
	default:
		l.ages[i].Ours += n
	}
}
