package routing

import "time"

// Ask is a ticket as the decision sees it.
type Ask struct {
	Topic     string // code
	TopicName string // for the reason
	Urgency   string
	State     string // "OH", or ""
	Language  string // "en" and "" ask nothing of anybody
	Closed    bool   // the desk is closed now: a critical ticket goes to whoever is on call
	Readers   bool   // somebody who knows the topic is at work and can read along with a learner

	// For the reason only; the decision is the same without them.
	Now          time.Time // "in May", not "in May 2026", for this year in this zone; zero: the year is always said
	StateName    string    // "Ohio"; "": the code
	LanguageName string    // "Spanish"; "": "the caller’s language"
}

// Level is how well somebody knows a topic.
type Level int

// The levels: none; learning it, with a second reader; knowing it; leading in it.
const (
	None Level = iota
	Training
	Knows
	Leads
)

// LevelOf reads a level as it is stored: training, knows, leads.
func LevelOf(word string) Level {
	switch word {
	case "training":
		return Training
	case "knows":
		return Knows
	case "leads":
		return Leads
	}
	return None
}

// Tie is what somebody had to do with this ticket before, the strongest of it.
type Tie int

// The ties, from none to the ticket itself.
const (
	Untied        Tie = iota
	SamePractice      // had a ticket of this practice
	SamePhysician     // had another ticket of this physician
	SameMatter        // had a ticket of the same matter
	SameTicket        // had this very ticket
)

// Candidate is one consultant of the desk, as the decision sees them.
type Candidate struct {
	UserID    int64
	Name      string
	AtWork    bool // on duty
	Wrapping  bool // wrapping up a call
	InShift   bool // in their shift, or at work beyond it by their own word
	Away      bool // absent
	OnCall    bool // has the on-call turn
	Level     Level
	State     bool // knows the ticket's state
	Language  bool // speaks the ticket's language
	Held      int  // the load of what they hold
	Cap       int
	Tie       Tie
	TieAt     time.Time // when that was
	Covers    string    // the name of somebody away, with a tie to this ticket, for whom they stand in
	CoversTie Tie       // the tie of the one away, for the reason; Untied: "had it before"
	Excluded  bool      // must never be given this physician's tickets
	GaveBack  bool      // gave this ticket back
	Lapsed    bool      // was given this ticket and did not accept it in time
	LastGiven time.Time // when the router last gave them one; zero: never
}

// Considered is a candidate after the decision, with the reason in words. It is
// stored with the assignment: fields are only ever added.
type Considered struct {
	UserID int64  `json:"user_id"`
	Name   string `json:"name"`
	Held   int    `json:"held"`
	Cap    int    `json:"cap"`
	Chosen bool   `json:"chosen,omitempty"`
	Out    bool   `json:"out,omitempty"`
	Reason string `json:"reason"`
	Score  int    `json:"score,omitempty"`
	Parts  []Part `json:"parts,omitempty"`
}

// Part is one reason with its points.
type Part struct {
	Why    string `json:"why"` // room, depth, state, language, matter, physician, practice, cover
	Points int    `json:"points"`
}

// Choice is who gets the ticket, why, and who else was considered, best first.
type Choice struct {
	UserID     int64
	Name       string
	Reason     string // "Rosa Delgado knows “Discharge” and Ohio, holds 6 of 12, had a ticket of this practice in May"
	Learning   bool   // the chosen one is in training: somebody must read along
	Considered []Considered
}

// Nobody says that no candidate can have it now.
func (c Choice) Nobody() bool { return c.UserID == 0 }
