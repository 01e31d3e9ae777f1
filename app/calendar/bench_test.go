package calendar_test

import (
	"testing"
	"time"

	"hotline/app/calendar"
)

// bench is an office with eleven holidays a year for twenty years.
func bench(b *testing.B) *calendar.Calendar {
	b.Helper()
	h := calendar.Hours{
		Zone: zone(b, "America/New_York"), Week: workdays(calendar.Segment{Opens: clock(8, 30), Closes: clock(17, 30)}),
		Holidays: map[calendar.Day]calendar.Holiday{},
	}
	for year := 2020; year < 2040; year++ {
		for month := time.January; month <= time.November; month++ {
			h.Holidays[calendar.Day{Year: year, Month: month, Day: 2 * int(month)}] = calendar.Holiday{}
		}
	}
	return made(b, h)
}

func BenchmarkAdd(b *testing.B) {
	c := bench(b)
	from := time.Date(2026, 6, 5, 20, 0, 0, 0, time.UTC)
	for name, d := range map[string]time.Duration{"four hours": 4 * time.Hour, "ten years": 20000 * time.Hour} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Add(from, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBetween(b *testing.B) {
	c := bench(b)
	from := time.Date(2026, 6, 5, 20, 0, 0, 0, time.UTC)
	for name, to := range map[string]time.Time{"a day": from.AddDate(0, 0, 1), "a year": from.AddDate(1, 0, 0), "until 9999": time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.Between(from, to)
			}
		})
	}
}
