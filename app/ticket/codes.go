package ticket

// topics are the fixed codes of what a consultation may be about (product page).
var topics = map[string]bool{
	"close_relationships": true, "online_reviews": true, "discharge": true, "difficult_patient": true,
	"boundaries_communication": true, "transparency_records": true, "equity_culture": true,
	"misinformation": true, "privacy_disclosure": true, "other_liability": true,
}

// Outcome is how a resolved ticket ended.
type Outcome struct {
	Code, Name  string
	NeedsAnswer bool // the physician must have been answered, in writing or on a call
}

// Outcomes are the ways a ticket can end.
var Outcomes = []Outcome{
	{"advice_given", "Advice given", true},
	{"answered_on_call", "Answered on the call", true},
	{"referred", "Referred to counsel or another service", true},
	{"routed_on", "Not ours: passed on", true},
	{"withdrawn", "Withdrawn by the physician", false},
	{"duplicate", "Duplicate of another ticket", false},
	{"no_reply", "No reply from the physician", false},
}

// OutcomeName is an outcome in words.
func OutcomeName(code string) string {
	for _, o := range Outcomes {
		if o.Code == code {
			return o.Name
		}
	}
	return code
}

// States are the United States and its territories that issue medical licences, in
// alphabetical order of their names.
var States = []struct{ Code, Name string }{
	{"AL", "Alabama"}, {"AK", "Alaska"}, {"AS", "American Samoa"}, {"AZ", "Arizona"}, {"AR", "Arkansas"}, {"CA", "California"},
	{"CO", "Colorado"}, {"CT", "Connecticut"}, {"DE", "Delaware"}, {"DC", "District of Columbia"}, {"FL", "Florida"},
	{"GA", "Georgia"}, {"GU", "Guam"}, {"HI", "Hawaii"}, {"ID", "Idaho"}, {"IL", "Illinois"}, {"IN", "Indiana"}, {"IA", "Iowa"},
	{"KS", "Kansas"}, {"KY", "Kentucky"}, {"LA", "Louisiana"}, {"ME", "Maine"}, {"MD", "Maryland"}, {"MA", "Massachusetts"},
	{"MI", "Michigan"}, {"MN", "Minnesota"}, {"MS", "Mississippi"}, {"MO", "Missouri"}, {"MT", "Montana"}, {"NE", "Nebraska"},
	{"NV", "Nevada"}, {"NH", "New Hampshire"}, {"NJ", "New Jersey"}, {"NM", "New Mexico"}, {"NY", "New York"},
	{"NC", "North Carolina"}, {"ND", "North Dakota"}, {"MP", "Northern Mariana Islands"}, {"OH", "Ohio"}, {"OK", "Oklahoma"},
	{"OR", "Oregon"}, {"PA", "Pennsylvania"}, {"PR", "Puerto Rico"}, {"RI", "Rhode Island"}, {"SC", "South Carolina"},
	{"SD", "South Dakota"}, {"TN", "Tennessee"}, {"TX", "Texas"}, {"VI", "U.S. Virgin Islands"}, {"UT", "Utah"}, {"VT", "Vermont"},
	{"VA", "Virginia"}, {"WA", "Washington"}, {"WV", "West Virginia"}, {"WI", "Wisconsin"}, {"WY", "Wyoming"},
}

var states = func() map[string]bool {
	m := map[string]bool{}
	for _, s := range States {
		m[s.Code] = true
	}
	return m
}()

// StateName is a state in words; "" for none, and the code itself where it is not one of States.
func StateName(code string) string {
	for _, s := range States {
		if s.Code == code {
			return s.Name
		}
	}
	return code
}

// ValidTopic says whether a code is one of the topics.
func ValidTopic(code string) bool { return topics[code] }

// ValidState says whether a code is one of States.
func ValidState(code string) bool { return states[code] }
