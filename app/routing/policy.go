package routing

// Policy is how a desk's router weighs. Its zero fields are not "nothing": read one
// with Default under it.
type Policy struct {
	Weights Weights   `json:"weights"`
	Loads   ByUrgency `json:"loads"`  // what one ticket counts in its holder's load
	Accept  ByUrgency `json:"accept"` // minutes in which what the router gave is accepted; business time, critical around the clock; 0: not asked
	Warn    int       `json:"warn"`   // warn when this share of a promise, in per cent, is left; 0: never
	Tell    ByUrgency `json:"tell"`   // minutes after a breach until a manager is told that nobody moved; business time, critical around the clock
}

// ByUrgency is a number for each urgency.
type ByUrgency struct {
	Critical int `json:"critical"`
	Urgent   int `json:"urgent"`
	Routine  int `json:"routine"`
}

// Of is the number of an urgency; of one it does not know, the routine one.
func (b ByUrgency) Of(urgency string) int {
	switch urgency {
	case "critical":
		return b.Critical
	case "urgent":
		return b.Urgent
	}
	return b.Routine
}

// Weights are points a candidate gets at most for each reason. The same reasons and
// the same points give the same choice.
type Weights struct {
	Room      int `json:"room"`      // the share of their capacity that is free
	Depth     int `json:"depth"`     // leads the topic; half of it for knowing it
	State     int `json:"state"`     // knows the state where care is given
	Language  int `json:"language"`  // speaks the caller's language, where it is not English
	Matter    int `json:"matter"`    // had this ticket or this matter before
	Physician int `json:"physician"` // had another ticket of this physician before
	Practice  int `json:"practice"`  // had one of this practice before
	Cover     int `json:"cover"`     // stands in for somebody away who had it before
}

// Default is the policy of a desk that has set nothing.
func Default() Policy {
	return Policy{
		Weights: Weights{Room: 40, Depth: 20, State: 10, Language: 30, Matter: 80, Physician: 25, Practice: 8, Cover: 25},
		Loads:   ByUrgency{Critical: 2, Urgent: 1, Routine: 1},
		Accept:  ByUrgency{Critical: 10, Urgent: 60, Routine: 240},
		Warn:    25,
		Tell:    ByUrgency{Critical: 15, Urgent: 60, Routine: 120},
	}
}

// Load is what one ticket of an urgency counts in a load: one at the least.
func (p Policy) Load(urgency string) int { return max(1, p.Loads.Of(urgency)) }
