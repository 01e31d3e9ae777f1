// Package calls is where a call is logged while somebody listens.
package calls

import (
	"github.com/a-h/templ"

	"hotline/views/layout"
	"hotline/views/ui"
)

// Form is a call as it was typed.
type Form struct {
	Key                        string
	Ticket, Matter             string // numbers: the call belongs to that ticket, or continues its matter
	Narrative                  string
	Who, PhysicianID           string // what was searched for; whom it found, "0" for an unknown caller
	CallerName, CallerRole     string
	Phone                      string
	Topic, Urgency, State      string
	DeadlineDay, DeadlineTime  string
	NextStep                   string
	Direction, Outcome, Advice string
	Answered, Keep             string // yes or no
	Started, Ended             string // RFC 3339; Ended is empty while the call lasts
}

// FormPage is the page on which a call is logged.
type FormPage struct {
	Frame     layout.Frame
	Form      Form
	Problems  []ui.Problem // in the order of the form; Field is the id of the control
	Already   *Already
	Heard     Heard      // what the narrative comes to so far
	Unlogged  []ui.Flash // calls that were begun and never logged
	Line      string     // "Incoming from 614 555 0134"
	Since     string     // "since 2:31 PM EST"
	Began     ui.Moment
	Length    string // how long it lasted, once it has ended
	Here      string // the address that brings this form back
	Draft     string // where what is typed is kept
	Saved     string
	Matches   Matches
	Caller    *Caller
	Delegates []string
	Leg       *Leg
	Topics    []ui.Option
	Urgencies []ui.Option
	States    []ui.Option
	Days      string // an example of a day, in the future
	Ways      []ui.Option
	Outcomes  []ui.Option
	Reads     string // who can read what was advised
	Keep      []ui.Option
	Settles   string // the label of "answered on the call"; empty: not theirs to end
	SettleTo  string // the hint below it
	Goes      string // the label of the other way
}

// Heard is what the narrative comes to so far, in the places where it helps. Topic and
// Urgency only where a ticket is opened.
type Heard struct{ Found, Topic, Urgency, Articles templ.Component }

// Already says that this form was sent before, with other words.
type Already struct {
	Number, URL string
	At          ui.Moment
}

// Matches are those who may be calling.
type Matches struct {
	Options []ui.Option // the last is the unknown caller
	Found   string      // "3 found"
}

// Caller is who was found.
type Caller struct {
	PhysicianID, Name, Cover string
	InForce                  bool
	Facts                    ui.Facts
	Tickets                  []Earlier
	Matter                   string // the ticket whose matter this call continues
	Reason                   string // how they were found
}

// Earlier is a ticket of the caller's.
type Earlier struct {
	Number, URL, Title string
	Words              string // "Urgent, Rosa Delgado, in hand"
	Urgency            string
	Continued          bool   // this call continues its matter
	Continue           string // the address of the card with that taken or dropped
}

// Leg is the ticket that another leg belongs to.
type Leg struct {
	Number, URL, Title, Status, StatusCode string
	Urgency, UrgencyWord                   string
	Caller                                 string
	Facts                                  ui.Facts
}

func (p FormPage) wrong(field string) string {
	for _, one := range p.Problems {
		if one.Field == field {
			return one.Message
		}
	}
	return ""
}

func (p FormPage) either(fields ...string) string {
	for _, f := range fields {
		if words := p.wrong(f); words != "" {
			return words
		}
	}
	return ""
}
