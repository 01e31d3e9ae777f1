package correspondence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/app/fault"
)

// Choices are what somebody chose for a letter. Nothing in them says who the patient is:
// the letter holds places for names, and the names are never given to us.
type Choices struct {
	State      string   // where the patient is treated
	Ender      string   // physician, office or practice
	On         string   // the letter's day, as in 2026-11-19
	Situations []string // codes, or "none"
	Care       string   // general, scarce or oncology
	Days       string   // of notice; "": as suggested
	Notice     string   // "none": without notice, where there was a threat
	Reason     string   // a code of Reasons; "": none is given
	Medicines  string   // refill, taper or none
	Results    bool     // results are outstanding
	Crisis     bool     // the crisis line is named
	Format     string   // "", translated or large
}

// The limits of a notice, in days.
const (
	leastDays = 30
	mostDays  = 366
)

// Option is one answer the form offers.
type Option struct{ Code, Label, Words string }

// What the form offers. Words of a reason is the sentence that stands in the letter.
var (
	Enders = []Option{
		{"physician", "I am, for my own patients", "Colleagues in the practice may still see them"},
		{"office", "This office, everyone in it", "Other offices of the practice may still see them"},
		{"practice", "The whole practice, every location", ""},
	}
	Cares = []Option{
		{"general", "General care, with others nearby", "The shortest notice the rule allows"},
		{"scarce", "A specialist, a long illness, or a rural place", "We suggest 60 days; replacing you takes longer than 30"},
		{"oncology", "Cancer treatment or follow-up", "60 to 90 days; we suggest 90"},
	}
	Reasons = []Option{
		{"", "No reason", ""},
		{"trust", "Working together", "Good care depends on a patient and a physician working together, and I do not believe that we can do so any longer."},
		{"visits", "Visits not kept", "Visits that your care depends on have not been kept."},
		{"plan", "No agreement on treatment", "We have not been able to agree on the treatment that I recommend for you."},
		{"conduct", "Conduct at the office", "What our office asks of everyone’s conduct has not been followed."},
	}
	Medicines = []Option{
		{"refill", "I will refill what is safe, to the end of the notice", ""},
		{"taper", "One has to be lowered step by step", "A plan is enclosed; settle it before you mail"},
		{"none", "I prescribe nothing that has to be renewed", ""},
	}
	Formats = []Option{
		{"", "Ordinary print", "It offers another language or format"},
		{"translated", "With a translation enclosed", "By a qualified translator, or checked by one"},
		{"large", "In large print", ""},
	}
)

func offered(all []Option, code string) bool {
	return slices.ContainsFunc(all, func(o Option) bool { return o.Code == code })
}

// Terms are what the choices come to.
type Terms struct {
	On    time.Time // the letter's day
	Days  int
	Ends  time.Time // the last day of the notice
	Hints []string  // what is allowed, and might be better
}

// Stops are the situations among the choices that stop the letter.
func (c Choices) Stops() []Situation {
	var all []Situation
	for _, s := range Situations {
		if slices.Contains(c.Situations, s.Code) {
			all = append(all, s)
		}
	}
	return all
}

// WithoutNotice says whether the letter gives no notice: only where there was a threat.
func (c Choices) WithoutNotice() bool {
	return c.Notice == "none" && slices.Contains(c.Situations, Threat)
}

// Suggested is the notice for a kind of care under a rule, in days.
func Suggested(r Rule, care string) int {
	switch care {
	case "scarce":
		return max(r.MinDays, 60)
	case "oncology":
		return max(r.MinDays, 90)
	}
	return max(r.MinDays, 1)
}

// Terms checks the choices under a rule. today is the day where the writer is. Errors:
// fault.Fields, named as the form names them.
func (c Choices) Terms(r Rule, today time.Time) (t Terms, err error) {
	var bad fault.Fields
	bad.Need(stateLike.MatchString(c.State), "state", "Choose the state where the patient is treated. The rules differ.")
	bad.Need(offered(Enders, c.Ender), "ender", "Choose who is ending the relationship.")
	t.On, err = time.Parse(time.DateOnly, c.On)
	bad.Need(err == nil, "on", "Give the day as in 2026-11-19.")
	if err == nil {
		away := t.On.Sub(today).Hours() / 24
		bad.Need(away >= -60 && away <= 60, "on", "Give a day within sixty days of today.")
		if away < 0 {
			t.Hints = append(t.Hints, "The letter’s date is past. The notice counts from the day it is mailed: give it today’s date before you mail it.")
		}
	}
	stops := c.Stops()
	none := slices.Contains(c.Situations, "none")
	bad.Need(len(stops) > 0 || none, "situation", "Go through the list. If nothing on it holds, choose “None of these”.")
	bad.Need(len(stops) == 0 || !none, "situation", "“None of these” and one of them cannot both hold. Take one back.")
	bad.Need(offered(Cares, c.Care), "care", "Choose what kind of care has to be replaced.")
	t.Days = Suggested(r, c.Care)
	if c.Days != "" {
		days, err := strconv.Atoi(strings.TrimSpace(c.Days))
		bad.Need(err == nil && days <= mostDays, "days", "Give a whole number of days, 366 at most, or leave it empty.")
		bad.Need(err != nil || days >= r.MinDays, "days", fmt.Sprintf("Give at least %d days: that is the shortest notice of the rule for this state.", r.MinDays))
		if err == nil {
			if days < Suggested(r, c.Care) && !c.WithoutNotice() {
				t.Hints = append(t.Hints, fmt.Sprintf("You give %d days. For this kind of care we suggest %d: finding somebody else takes time.", days, Suggested(r, c.Care)))
			}
			t.Days = days
		}
	}
	bad.Need(c.Notice == "" || c.WithoutNotice(), "notice", "A letter without notice is for a threat or violence only.")
	bad.Need(offered(Reasons, c.Reason), "reason", "Choose a reason from the list, or none.")
	bad.Need(offered(Medicines, c.Medicines), "medicines", "Choose what happens with the medicines.")
	bad.Need(offered(Formats, c.Format), "format", "Choose how the letter is made.")
	t.Ends = t.On.AddDate(0, 0, t.Days)
	if c.WithoutNotice() {
		t.Days, t.Ends = 0, t.On
	}
	return t, bad.Err()
}
