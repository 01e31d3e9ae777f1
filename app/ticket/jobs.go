package ticket

// AssignJob looks for a consultant for a ticket that has none.
type AssignJob struct {
	TicketID int64   `json:"ticket_id"`
	Urgency  Urgency `json:"urgency"`
}

func (AssignJob) Kind() string    { return "ticket:assign" }
func (j AssignJob) Queue() string { return string(j.Urgency) }

// OverdueJob tells whom it concerns that a promise was missed.
type OverdueJob struct {
	TicketID int64 `json:"ticket_id"`
	TargetID int64 `json:"target_id"`
}

func (OverdueJob) Kind() string  { return "ticket:overdue" }
func (OverdueJob) Queue() string { return "notify" }
