package triage

// Example is a question whose answers are known: what a model learns from and is judged by.
type Example struct {
	ID        string
	Text      string
	Topic     string
	Secondary []string // in order
	Urgency   string
	Triggers  []string // codes; nil: not labelled
	Articles  []string // slugs, the fittest first; nil: not labelled, empty: none fits
	// Real marks a question that somebody really asked. It counts more in training than
	// one that was written to teach.
	Real bool
}
