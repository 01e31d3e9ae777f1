// Package triage reads a question and says what it is about: topic, urgency, what forces
// urgency and by which words, and the articles that fit. It is pure: the same words and
// the same model give the same reading. It suggests; people decide.
package triage

// Span is a piece of a text, in bytes.
type Span struct{ Start, End int }

// Scored is a topic's code or an article's slug with how likely it is (0 to 1), and the
// words of the text that speak most for it, as typed.
type Scored struct {
	Code  string
	P     float64
	Words []string
}

// Trigger is a fact in a text that forces urgency or a hand-off.
type Trigger struct {
	Code    string // as in triggers.json: "threat_of_violence", "suit", …
	Name    string // in words: "Threat of violence"
	Level   string // critical, urgent or routine, after what softens it
	Spans   []Span // where it fired
	Words   []string
	Softer  string // why it counts less than it would: "negated" (then it is not given), "hypothetical", "past"; "" as it stands
	First   string // the first words to say
	HandOff string // to whom it goes: "911, then Claims", …; "" nobody
}

// Reading is what a text comes to.
type Reading struct {
	Topics   []Scored  // every topic, likeliest first; Topics[0] is the topic
	Urgency  string    // critical, urgent or routine
	Because  string    // one sentence: why that urgency
	Triggers []Trigger // gravest first
	Articles []Scored  // likeliest first, three at most
}

// Topic is the likeliest topic.
func (r Reading) Topic() string {
	if len(r.Topics) == 0 {
		return ""
	}
	return r.Topics[0].Code
}
