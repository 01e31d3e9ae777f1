package desk

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// daysAYear is how often in a year one event may repeat, so that a file of 1 MB stays
// the work of a moment.
const daysAYear = 12

// occurs are the times an event begins at, from the first to the last year; an event
// that does not repeat, at its own, whenever that is. says is why its rule is not
// read: holidays repeat yearly. Each year looked at is taken off work.
func (e *event) occurs(first, last int, work *int) (starts []time.Time, says string) {
	if e.rule == "" {
		return append([]time.Time{e.start}, e.also...), ""
	}
	y, says := readYearly(e.rule)
	if says != "" {
		return nil, says
	}
	year := e.start.Year()
	if y.count == 0 && year < first-1 { // nobody counts those before
		year += (first - 1 - year) / y.interval * y.interval
	}
	counted := 0
	for ; year <= last; year += y.interval {
		if *work--; *work < 0 {
			return nil, tooMuch
		}
		days := y.days(year, e.start)
		if len(days) > daysAYear {
			return nil, "repeats more often than holidays do."
		}
		for _, day := range days {
			if day.Before(e.start) {
				continue
			}
			if y.over(day) {
				return append(starts, e.also...), ""
			}
			if counted++; y.count > 0 && counted > y.count {
				return append(starts, e.also...), ""
			}
			if year >= first-1 {
				starts = append(starts, day)
			}
		}
	}
	return append(starts, e.also...), ""
}

// yearly is a rule by which an event repeats yearly (RFC 5545, 3.3.10).
type yearly struct {
	interval, count int
	until           time.Time
	untilDay        bool // until is a date
	months          []int
	monthDays       []int
	weekdays        []nth
	positions       []int
}

// nth is a weekday: each, or the n-th from the beginning or, below 0, from the end.
type nth struct {
	n  int
	on time.Weekday
}

const (
	notYearly = "repeats, but not yearly."
	otherRule = "repeats by a rule that is not read here."
	tooMuch   = "was left out: the file has more days than are read at once."
)

func readYearly(rule string) (y yearly, says string) {
	y.interval = 1
	freq := ""
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(rule)), ";") {
		key, value, _ := strings.Cut(part, "=")
		ok := true
		switch key {
		case "FREQ":
			freq = value
		case "INTERVAL":
			y.interval, ok = number(value, 1, 100)
		case "COUNT":
			y.count, ok = number(value, 1, 1000)
		case "UNTIL":
			y.until, y.untilDay, ok = readUntil(value)
		case "BYMONTH":
			y.months, ok = numbers(value, 1, 12)
		case "BYMONTHDAY":
			y.monthDays, ok = numbers(value, -31, 31)
		case "BYSETPOS":
			y.positions, ok = numbers(value, -366, 366)
		case "BYDAY":
			y.weekdays, ok = readWeekdays(value)
		case "WKST", "": // matters only to rules by weeks
		default:
			ok = false
		}
		if !ok {
			says = otherRule
		}
	}
	if freq != "YEARLY" {
		return y, notYearly
	}
	return y, says
}

// days are when the event begins in a year, in order.
func (y yearly) days(year int, start time.Time) []time.Time {
	var all []time.Time
	for month := time.January; month <= time.December; month++ {
		if !y.in(month, start) {
			continue
		}
		for day := 1; day <= daysOf(year, month); day++ {
			if y.on(year, month, day, start) {
				all = append(all, time.Date(year, month, day, start.Hour(), start.Minute(), start.Second(), 0, start.Location()))
			}
		}
	}
	if y.positions == nil {
		return all
	}
	var some []time.Time
	for i, day := range all {
		if slices.Contains(y.positions, i+1) || slices.Contains(y.positions, i-len(all)) {
			some = append(some, day)
		}
	}
	return some
}

// in says whether days of a month may be among them.
func (y yearly) in(month time.Month, start time.Time) bool {
	if y.months != nil {
		return slices.Contains(y.months, int(month))
	}
	return y.monthDays != nil || y.weekdays != nil || month == start.Month()
}

func (y yearly) on(year int, month time.Month, day int, start time.Time) bool {
	long := daysOf(year, month)
	if y.monthDays == nil && y.weekdays == nil {
		return day == start.Day()
	}
	if y.monthDays != nil && !slices.Contains(y.monthDays, day) && !slices.Contains(y.monthDays, day-long-1) {
		return false
	}
	if y.weekdays == nil {
		return true
	}
	at := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	of, place := long, day // the n-th of the month; without a month, of the year
	if y.months == nil && y.monthDays == nil {
		of, place = time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC).YearDay(), at.YearDay()
	}
	for _, w := range y.weekdays {
		if w.on == at.Weekday() && (w.n == 0 || w.n == (place-1)/7+1 || w.n == -((of-place)/7+1)) {
			return true
		}
	}
	return false
}

func (y yearly) over(day time.Time) bool {
	switch {
	case y.until.IsZero():
		return false
	case y.untilDay:
		return day.Format("20060102") > y.until.Format("20060102")
	}
	return day.After(y.until)
}

func daysOf(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func readUntil(value string) (until time.Time, day, ok bool) {
	if len(value) == len("20060102") {
		until, err := time.Parse("20060102", value)
		return until, true, err == nil
	}
	// Without a Z it is by the event's own clock; a day more or less never matters
	// to what repeats yearly, so it is read as UTC.
	until, err := time.Parse("20060102T150405", strings.TrimSuffix(value, "Z"))
	return until, false, err == nil
}

func number(text string, least, most int) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= least && n <= most
}

func numbers(text string, least, most int) (all []int, ok bool) {
	for part := range strings.SplitSeq(text, ",") {
		n, ok := number(part, least, most)
		if !ok || n == 0 || len(all) > 62 {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}

var weekdayForm = regexp.MustCompile(`^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$`)

func readWeekdays(text string) (all []nth, ok bool) {
	for part := range strings.SplitSeq(text, ",") {
		parts := weekdayForm.FindStringSubmatch(part)
		if parts == nil || len(all) > 62 {
			return nil, false
		}
		n, _ := strconv.Atoi(parts[1])
		all = append(all, nth{n, time.Weekday(slices.Index([]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}, parts[2]))})
	}
	return all, true
}
