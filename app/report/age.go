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
const ageOf = `width_bucket(x.age, ARRAY[0, 14400, 86400, 259200, 604800, 2419200]::numeric[])`

func (a *asked) ages() ([]Age, error) {
	rows, err := scan[struct {
		Age    int
		Paused bool
		N      int
	}](a.raw(`SELECT `+ageOf+` AS age, x.paused, count(*) AS n FROM `+a.from(Open)+` GROUP BY 1, 2`, nil))
	out := append([]Age(nil), ages...)
	for _, r := range rows {
		if r.Age < 1 || r.Age > len(out) {
			continue
		}
		if r.Paused {
			out[r.Age-1].WithPhysician = r.N
		} else {
			out[r.Age-1].Ours = r.N
		}
	}
	return out, err
}
