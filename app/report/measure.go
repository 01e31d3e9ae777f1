package report

// Measure is one thing a report counts. Each is one predicate over one set of tickets;
// the count, the list and the download all use that one.
type Measure string

// The measures. Open, Ours, WithPhysician and Overdue are the state at the end of the
// period, by who held the ticket then; Before is the state at its beginning.
const (
	Open          Measure = "open"
	Ours          Measure = "ours"           // open, and not waiting on the physician
	WithPhysician Measure = "with_physician" // open, and waiting on the physician
	Overdue       Measure = "overdue"        // ours, and past our promise or the caller's clock
	Before        Measure = "before"         // open when the period began
	Opened        Measure = "opened"         // in the period, by who held it first
	Resolved      Measure = "resolved"       // in the period, once, by who resolved it last
	Answered      Measure = "answered"       // for the first time in the period, by who held it then
)

// Measures are all of them.
var Measures = []Measure{Open, Ours, WithPhysician, Overdue, Before, Opened, Resolved, Answered}

// definition is a measure in SQL: a set and what of it, over x.
type definition struct{ set, where string }

var definitions = map[Measure]definition{
	Open:          {stock, "true"},
	Ours:          {stock, "NOT x.paused"},
	WithPhysician: {stock, "x.paused"},
	Overdue:       {stock, "NOT x.paused AND x.due_at < @at "},
	Before:        {stockBefore, "true"},
	Opened:        {arrivals, "true"},
	Resolved:      {endings, "true"},
	Answered:      {answers, "true"},
}
