package call

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
)

// Note is a call as it is logged. Either it opens a ticket (Number is empty) or it
// is another leg of one.
type Note struct {
	Key         string // made with the form; the same key is the same call
	Number      string // the ticket it belongs to; empty: a new one
	Matter      string // number of a ticket the new one continues; empty: none
	PhysicianID int64  // 0: an unknown caller
	CallerName  string
	CallerRole  string
	Phone       string // as typed; one that reads as a number is kept as E.164 too
	Direction   string // in, out
	Outcome     string
	Narrative   string // what the caller told us: the question of a new ticket; the note of another leg
	State       string // where care is given; empty: the physician's own
	Topic       string
	Urgency     ticket.Urgency
	Deadline    ticket.Moment
	NextStep    string
	Answered    bool // answered on the call: the ticket opens resolved, or is resolved if that is theirs to do
	Advice      string
	Keep        bool // the one who logs it keeps it, if there is room
	StartedAt   time.Time
	EndedAt     time.Time // zero: now
	Zone        *time.Location
}

// longest is how long after its beginning a call can be logged; drift is how far
// another clock may run ahead of ours.
const (
	longest = 24 * time.Hour
	drift   = 5 * time.Minute
)

// checked is what a note comes to.
type checked struct {
	e164     string
	deadline *time.Time
}

func (in *Note) check(now time.Time) (w checked, err error) {
	var bad fault.Fields
	opens := in.Number == ""
	_, keyErr := uuid.Parse(in.Key)
	bad.Need(keyErr == nil, "narrative", "This form has lost its mark. Load the page again; what you typed is kept.")
	bad.Need(!opens || said(in.Narrative), "narrative", "Write down what the caller told you.")
	bad.Need(opens || said(in.Narrative) || said(in.Advice) || in.Outcome != "answered", "narrative", "Write down what was said.")
	fits(&bad, "narrative", in.Narrative)
	bad.Need(!opens || in.PhysicianID != 0 || said(in.CallerName) || said(in.Phone),
		"who", "Find the physician, or give a name or a number for the caller.")
	fits(&bad, "caller_name", in.CallerName)
	fits(&bad, "caller_role", in.CallerRole)
	fits(&bad, "phone", in.Phone)
	bad.Need(!opens || ticket.ValidTopic(in.Topic), "topic", "Choose a topic. It can be changed later.")
	bad.Need(!opens || in.Urgency.Valid(), "urgency", "Choose how urgent it is.")
	bad.Need(in.State == "" || ticket.ValidState(in.State), "state", "Choose the state where the patient is treated.")
	if opens {
		says := ""
		w.deadline, says = in.Deadline.At(in.Zone, now)
		bad.Need(says == "", "deadline_day", says)
		fits(&bad, "next_step", in.NextStep)
	}
	bad.Need(!in.Answered || said(in.Advice), "advice", "Write what you advised: it is the answer on record.")
	fits(&bad, "advice", in.Advice)
	bad.Need(in.Direction == "in" || in.Direction == "out", "direction", "Say who called whom.")
	bad.Need(known(in.Outcome), "outcome", "Say how the call ended.")
	bad.Need(!in.Answered || in.Outcome == "answered", "outcome", "Only a call on which you spoke can have answered the question.")
	if in.EndedAt.IsZero() {
		in.EndedAt = now
	}
	bad.Need(!in.StartedAt.IsZero(), "started", "Say when the call began.")
	bad.Need(!in.StartedAt.After(now.Add(drift)), "started", "The call would begin in the future.")
	bad.Need(now.Sub(in.StartedAt) < longest, "started", "The call would have begun more than 24 hours ago.")
	// Their clock may run ahead of ours; nothing is kept as of later than now.
	if in.StartedAt.After(now) {
		in.StartedAt = now
	}
	if in.EndedAt.After(now) {
		in.EndedAt = now
	}
	bad.Need(!in.EndedAt.Before(in.StartedAt), "started", "The call would end before it began.")
	// What does not read as a number is kept as typed.
	w.e164, _ = insured.Number(in.Phone, insured.Region)
	return w, bad.Err()
}

func said(words string) bool { return strings.TrimSpace(words) != "" }

func fits(bad *fault.Fields, name, words string) {
	bad.Need(utf8.RuneCountInString(words) <= ticket.Longest, name,
		"That is longer than the 20,000 characters we take. Put the rest into a note.")
}

func known(outcome string) bool {
	for _, o := range Outcomes {
		if o.Code == outcome {
			return true
		}
	}
	return false
}
