package correspondence

import "slices"

// Situation is one in which a letter would do harm, or would be read as doing harm: the
// builder stops and says to call.
type Situation struct {
	Code  string
	Label string // as the form asks it
	Why   string // why the letter waits
}

// Threat is the situation in which an end without notice may be right.
const Threat = "threat"

// Situations are those in which no letter is made before we have spoken.
var Situations = []Situation{
	{"pregnant", "Pregnant, past 24 weeks", "That late it is rarely possible to find another obstetrician in time. There are other ways: a prompt appointment, shared decisions, an informed refusal on the chart."},
	{"acute", "Fresh surgery, an acute illness, or treatment that cannot bear a gap", "Leaving in an acute phase, after an operation or midway through treatment is the heart of an abandonment claim."},
	{"crisis", "Suicidal or in crisis", "Help comes first: 988 or 911, then a plan with whoever can take over. A letter now could do harm."},
	{"controlled", "An opioid or a benzodiazepine would run out", "Stopping suddenly is dangerous, and such cases have been lost. You can change or taper the medicine and still keep the patient."},
	{"protected", "Disability, language or a protected trait plays a part, or may seem to", "How it looks from outside decides. We go through the chart with you before anything is sent."},
	{"complaint", "A recent complaint, or a report to a board, plan or agency", "Soon after a complaint a discharge reads as retaliation."},
	{"alone", "No other source of this care nearby", "Where nobody else can take over, thirty days may be thirty days of nothing."},
	{"contract", "The health plan’s contract, or Medicaid’s rules, not checked yet", "Many contracts want consent or a longer notice. Have it looked up first: it may be a five-minute call."},
	{"lawyer", "A lawyer has been in touch, or money is demanded", "A demand may have to be reported as a claim, and what you write now will be read by the other side."},
	{Threat, "A threat, a weapon or violence", "911 and the safety of everyone there come first. An end without notice may be justified, and we help you write it the same day."},
}

// SituationOf is a situation by its code.
func SituationOf(code string) (Situation, bool) {
	i := slices.IndexFunc(Situations, func(s Situation) bool { return s.Code == code })
	if i < 0 {
		return Situation{}, false
	}
	return Situations[i], true
}
