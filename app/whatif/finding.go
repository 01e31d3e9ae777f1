package whatif

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"hotline/app/routing"
)

// Finding is what the draft would change against things as they are, in a sentence or
// two: whether fewer or more are answered at all, how long people wait, who carries
// more or less, how many promises are kept. Both sides are the model's, so that what it
// leaves out is left out of both.
func (r *Result) Finding() string {
	if reached := r.reached(); reached != "" {
		says := reached + "."
		if carries := r.carries(); carries != "" {
			says += " " + carries + "."
		}
		return says
	}
	says := r.waiting()
	if carries := r.carries(); carries != "" {
		says += "; " + carries
	}
	says += "."
	if kept := r.kept(); kept != "" {
		says += " " + kept + "."
	}
	return says
}

// reached says by how many more or fewer are answered within the period, where that is
// one in fifty or more: how long the others wait is no finding then.
func (r *Result) reached() string {
	by := r.Draft.Answered - r.AsIs.Answered
	if by == 0 || float64(max(by, -by)) < 0.02*float64(r.AsIs.Cases) || r.AsIs.Answered == 0 || r.Draft.Answered == 0 {
		return ""
	}
	word, more := "ticket", "more"
	if by < 0 {
		by, more = -by, "fewer"
	}
	if by > 1 {
		word = "tickets"
	}
	return fmt.Sprintf("%s %s %s would be answered in these days", capital(count(by)), more, word)
}

func (r *Result) waiting() string {
	now, then := r.AsIs, r.Draft
	switch {
	case now.Answered == 0 && then.Answered == 0:
		return "Nothing would be answered either way"
	case now.Answered == 0:
		return "Something would be answered, where nothing is now"
	case then.Answered == 0:
		return "Nothing would be answered any more"
	}
	if words := longer(now.Median, then.Median); words != "" {
		return "Half wait " + words
	}
	if words := longer(now.P90, then.P90); words != "" {
		return "Half wait as long as now, the slowest tenth " + words
	}
	return "People wait as long as now"
}

// longer says by how much one length is more or less than another; "" where it does
// not matter: below a minute, or a fiftieth.
func longer(now, then time.Duration) string {
	by := (then - now).Round(time.Minute)
	if by == 0 || float64(by.Abs()) < 0.02*float64(now) {
		return ""
	}
	if by < 0 {
		return Length(-by) + " less"
	}
	return Length(by) + " longer"
}

// carries says whose load changes most, where somebody's does by a tenth and half a
// ticket.
func (r *Result) carries() string {
	var who routing.Share
	most, before := 0.0, 0.0
	for _, p := range r.Draft.People {
		now := r.AsIs.Share(p.UserID)
		by := math.Abs(p.Mean - now.Mean)
		if by >= 0.5 && by >= 0.1*now.Mean && by > most {
			who, most, before = p, by, now.Mean
		}
	}
	if most == 0 {
		return ""
	}
	name, _, _ := strings.Cut(who.Name, " ")
	if before < 0.05 {
		return fmt.Sprintf("%s would carry %s at a time instead of nothing", name, decimal(who.Mean))
	}
	return name + " would carry " + share(who.Mean/before)
}

// share is a ratio in words.
func share(ratio float64) string {
	for _, w := range []struct {
		near  float64
		words string
	}{{3, "three times as much"}, {2, "twice as much"}, {5.0 / 3, "two thirds more"}, {1.5, "half as much again"}, {4.0 / 3, "a third more"}, {1.25, "a quarter more"},
		{1.2, "a fifth more"}, {0.8, "a fifth less"}, {0.75, "a quarter less"}, {2.0 / 3, "a third less"}, {0.5, "half as much"}, {1.0 / 3, "a third as much"}} {
		if math.Abs(ratio-w.near) <= 0.02*w.near {
			return w.words
		}
	}
	percent := int(math.Round(math.Abs(ratio-1) * 100))
	if ratio < 1 {
		return strconv.Itoa(percent) + " % less"
	}
	return strconv.Itoa(percent) + " % more"
}

func (r *Result) kept() string {
	by := r.Draft.Met - r.AsIs.Met
	if by == 0 || r.AsIs.Due == 0 && r.Draft.Due == 0 {
		return ""
	}
	words, more := "promise", "more"
	if by < 0 {
		by, more = -by, "fewer"
	}
	if by > 1 {
		words = "promises"
	}
	return fmt.Sprintf("%s %s %s would be kept", capital(count(by)), more, words)
}

// Trust says how near the model comes to what really happened, and what to make of it.
func (r *Result) Trust() (words string, near bool) {
	if r.Happened.Answered == 0 || r.AsIs.Answered == 0 {
		return "Too little was answered in these days to say how near the model comes to what happened.", false
	}
	off := (r.AsIs.Median - r.Happened.Median).Abs()
	far := (r.AsIs.P90 - r.Happened.P90).Abs()
	near = (off <= 15*time.Minute || float64(off) <= 0.15*float64(r.Happened.Median)) && (far <= time.Hour || float64(far) <= 0.25*float64(r.Happened.P90))
	words = fmt.Sprintf("Played with things as they are, half are answered within %s; in truth it was %s. ", Length(r.AsIs.Median), Length(r.Happened.Median))
	if near {
		return words + "The model comes close to what happened.", true
	}
	return words + "The model is off, so trust the difference between the last two columns more than the figures in them.", false
}

// Length is a time of open hours in words: "38 minutes", "1 h 10 min", "12 h".
func Length(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	switch {
	case minutes == 1:
		return "1 minute"
	case minutes < 60:
		return strconv.Itoa(minutes) + " minutes"
	case minutes < 10*60 && minutes%60 != 0:
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	}
	return strconv.Itoa((minutes+30)/60) + " h"
}

func decimal(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

var numerals = []string{"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

func count(n int) string {
	if n >= 0 && n < len(numerals) {
		return numerals[n]
	}
	return strconv.Itoa(n)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
