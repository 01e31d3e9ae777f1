package ticket

import (
	"strings"
	"time"
	"unicode/utf8"

	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/insured"
)

// Submission is a question as somebody asks it online. Days and times are as typed,
// in the zone of the person who asks.
type Submission struct {
	Key          string // made by the server with the form; the same key is the same ticket
	PhysicianID  int64  // whom it is about; 0 when the asker speaks for one physician only
	Topic        string
	Question     string
	State        string // where care is given; empty: the physician's own
	Danger       bool
	Papers       bool
	PaperDay     string
	HasDeadline  bool
	DeadlineDay  string
	DeadlineTime string
	NextStep     string // what happens next, in their words
	AnswerBy     string // "call" or "write"
	Phone        string
	Windows      string
	OfficeMaySee bool
	Zone         *time.Location
}

// weighed is what a submission comes to.
type weighed struct {
	urgency  Urgency
	because  string
	deadline *time.Time
	phone    string
}

// check says what is wrong with a submission, field by field, and what it comes to.
func (in Submission) check(times desk.Times, now time.Time) (weighed, error) {
	var bad fault.Fields
	var w weighed
	bad.Need(topics[in.Topic], "topic", "Choose what it is about. We can change it later.")
	bad.Need(strings.TrimSpace(in.Question) != "", "question", "Tell us what happened and what you are unsure about.")
	fits(&bad, "question", in.Question)
	bad.Need(in.State == "" || states[in.State], "state", "Choose the state where the patient is treated.")
	zone := in.Zone
	if zone == nil {
		zone = times.Zone
	}
	if in.Papers && strings.TrimSpace(in.PaperDay) != "" {
		day, ok := parseDay(in.PaperDay, now.In(zone))
		bad.Need(ok, "paper_day", "Give the date on the paper as in 11/24/2026, or leave it empty.")
		if ok {
			// It may have passed: then it is late already, and all the more urgent.
			at := endOf(day, times, zone)
			bad.Need(at.After(now.AddDate(-2, 0, 0)) && at.Before(now.AddDate(2, 0, 0)), "paper_day", "That is more than two years away. Check the year.")
			w.earlier(at)
		}
	}
	if in.HasDeadline {
		day, dayOK := parseDay(in.DeadlineDay, now.In(zone))
		bad.Need(dayOK, "deadline_day", "Give the day you need an answer by, as in 11/24/2026.")
		minute, timeOK := parseTime(in.DeadlineTime)
		bad.Need(timeOK || strings.TrimSpace(in.DeadlineTime) == "", "deadline_time", "Give the time as in 9:30 AM, or leave it empty.")
		if dayOK {
			at := endOf(day, times, zone)
			if timeOK {
				at = time.Date(day.Year(), day.Month(), day.Day(), minute/60, minute%60, 0, 0, zone)
			}
			bad.Need(at.After(now), "deadline_day", "That time has passed. Give the next moment that matters.")
			bad.Need(at.Before(now.AddDate(2, 0, 0)), "deadline_day", "That is more than two years away. Check the year.")
			w.earlier(at)
		}
	}
	fits(&bad, "next_step", in.NextStep)
	bad.Need(in.AnswerBy == "" || in.AnswerBy == "call" || in.AnswerBy == "write", "answer_by", "Choose how we should come back to you.")
	phone, ok := insured.Number(in.Phone, "US")
	w.phone = phone
	if in.AnswerBy == "call" || strings.TrimSpace(in.Phone) != "" {
		bad.Need(strings.TrimSpace(in.Phone) != "", "phone", "Give the number we should call.")
		bad.Need(ok, "phone", "That does not read as a phone number. Give it with the area code, as in 614 555 0134.")
	}
	fits(&bad, "windows", in.Windows)
	w.weigh(in, times, now)
	return w, bad.Err()
}

// earlier keeps the earlier of two deadlines.
func (w *weighed) earlier(at time.Time) {
	at = at.UTC()
	if w.deadline == nil || at.Before(*w.deadline) {
		w.deadline = &at
	}
}

// weigh decides the urgency from facts the asker stated (rules, A ticket): danger,
// papers or three business days and less are critical; five and less urgent. A
// legal paper without a date counts as three days.
func (w *weighed) weigh(in Submission, times desk.Times, now time.Time) {
	if in.Papers && w.deadline == nil {
		w.earlier(daysAway(times, now, 3))
	}
	w.urgency, w.because = Routine, ""
	days := -1
	if w.deadline != nil {
		days = times.Calendar.DaysUntil(now, *w.deadline)
	}
	switch {
	case in.Danger:
		w.urgency, w.because = Critical, "someone may be in danger"
	case in.Papers:
		w.urgency, w.because = Critical, "legal papers have arrived"
	case days >= 0 && days <= 3:
		w.urgency, w.because = Critical, "your deadline is three business days away or less"
	case days >= 0 && days <= 5:
		w.urgency, w.because = Urgent, "your deadline is five business days away or less"
	}
}

// daysAway is the close of the n-th business day from now.
func daysAway(times desk.Times, now time.Time, n int) time.Time {
	at := now
	for day := 0; day < 40; day++ {
		close, ok := times.Calendar.NextClose(at)
		if !ok {
			break
		}
		if times.Calendar.DaysUntil(now, close) >= n {
			return close
		}
		at = close.Add(time.Second)
	}
	return now.AddDate(0, 0, n)
}

// endOf is the desk's last open moment of a day, or the day's end.
func endOf(day time.Time, times desk.Times, zone *time.Location) time.Time {
	midnight := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
	start := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	end := start
	for {
		close, ok := times.Calendar.NextClose(end)
		if !ok || close.After(midnight) {
			break
		}
		end = close
		if !end.Before(midnight) {
			break
		}
	}
	if end.Equal(start) {
		return midnight.Add(-time.Minute)
	}
	return end
}

func fits(bad *fault.Fields, name, words string) {
	bad.Need(utf8.RuneCountInString(words) <= Longest, name, "That is longer than the 20,000 characters we take. Shorten it, or send the rest as a message.")
}
