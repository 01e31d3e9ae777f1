package routing

import (
	"time"

	"hotline/app/calendar"
)

// World is a past period as it was, for playing it again: what came in, and who was there.
type World struct {
	Calendar *calendar.Calendar
	From, To time.Time
	Cases    []Case   // in the order they were opened
	People   []Person // in the order of their ids
	Clock    Promises // the promises that were in force
	Policy   Policy   // the policy that was in force, for what a ticket counted in a load; its zero: each counted one
}

// Case is one ticket of the past.
type Case struct {
	ID           int64
	OpenedAt     time.Time
	Topic        string
	TopicName    string
	Urgency      string
	State        string
	Language     string
	StateName    string // for the reason, as in Ask
	LanguageName string
	PhysicianID  int64
	PracticeID   int64
	MatterID     int64
	Work         time.Duration // business time from being given to somebody until the first answer, as it really took; below zero: never answered
	Hold         time.Duration // business time it counted in somebody's load, as it really did; below zero: to the end of the period
	Real         Fate          // what happened
}

// Fate is what became of one case: when it was given to whom, when it was answered.
// Zero: not within the period.
type Fate struct {
	GivenAt    time.Time
	UserID     int64
	AnsweredAt time.Time
	DueAt      time.Time // the first answer was promised by then; zero: nothing was
	Reason     string
	Load       int       // what it counted in their load; 0: by the policy that was in force
	Until      time.Time // it counted until then; zero: for its Hold
}

// Person is one consultant of the past, with what the plan may change about them.
type Person struct {
	UserID    int64
	Name      string
	Cap       int
	Levels    map[string]Level
	States    map[string]bool
	Languages map[string]bool
	Excluded  map[int64]bool                      // physicians
	Week      [7][]calendar.Segment               // shifts, by time.Weekday in the calendar's zone; none at all: the desk's hours
	Days      map[calendar.Day][]calendar.Segment // days that differ
	Away      []Span
	Deputies  []Deputy // who stands in for them, and when
	OnCall    []Span
	Held      []Span // load they held when the period began, each until it ended; one span for each unit of load
}

// Deputy is somebody who stands in for a person who is away.
type Deputy struct {
	Span
	UserID int64
}

// Span is from, up to and not including, until.
type Span struct{ From, Until time.Time }

// Promises are the minutes of a first answer, by topic ("" any) and urgency.
type Promises map[PromiseKey]PromiseTime

// PromiseKey is a topic, or "" for any, and an urgency.
type PromiseKey struct{ Topic, Urgency string }

// PromiseTime is a promise's length; Always: counted around the clock.
type PromiseTime struct {
	Minutes int
	Always  bool
}

// Plan is what is played: the policy, and what it changes about people and promises.
// What is nil or missing stays as it was; Policy is taken as it is.
type Plan struct {
	Policy Policy
	Caps   map[int64]int
	Weeks  map[int64][7][]calendar.Segment
	Clock  Promises
}

// Played is how a period would have gone.
type Played struct {
	Fates   []Fate // one for each case
	Summary Summary
}

// Summary is a period in numbers. Median and P90 are of the waiting: business time from
// opening to the first answer, over those answered in the period. GivenHalf and Given90
// are the same from opening to being given to somebody, over those given. All four are
// nearest-rank: a time that really occurs, zero where there is none.
type Summary struct {
	Cases     int
	Answered  int
	Median    time.Duration
	P90       time.Duration
	GivenHalf time.Duration
	Given90   time.Duration
	Met, Due  int // promises kept, of those whose time came in the period or that were answered in it
	ByUrgency map[string]Slice
	People    []Share // as in World.People
}

// Slice is a part of a summary.
type Slice struct {
	Cases, Answered, Met, Due int
	Median, P90               time.Duration
}

// Share is one person's part: what they were given, and how full they were.
type Share struct {
	UserID int64
	Name   string
	Cap    int
	Given  int
	Most   int     // the highest load they held in the period
	Mean   float64 // the mean load over the desk's open time in the period
}
