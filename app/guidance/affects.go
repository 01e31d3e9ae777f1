package guidance

import (
	"unicode/utf8"

	"hotline/app/fault"
)

// Affects answers what is asked before a text that was ever cited is replaced or taken
// away: does this change advice already given? The zero value is no answer, which is not
// the same as no.
type Affects struct {
	Answered bool // somebody said yes or no; Affected alone is a yes
	Affected bool
	Why      string // a sentence; needed where it is affected
}

// check says what is wrong with an answer; asked: there has to be one.
func (a Affects) check(asked bool) fault.Fields {
	var bad fault.Fields
	why := oneLine(a.Why)
	bad.Need(!asked || a.Answered || a.Affected, "affects", "Say whether it changes advice already given.")
	bad.Need(!a.Affected || why != "", "affects_why", "Say in a sentence what was advised before and does not hold any more.")
	bad.Need(utf8.RuneCountInString(why) <= longestLine, "affects_why", "Keep it under 400 characters.")
	return bad
}
