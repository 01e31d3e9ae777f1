package ticket

// AssignJob looks for a consultant for a ticket that has none.
type AssignJob struct {
	TicketID int64   `json:"ticket_id"`
	Urgency  Urgency `json:"urgency"`
}

func (AssignJob) Kind() string    { return "ticket:assign" }
func (j AssignJob) Queue() string { return string(j.Urgency) }

// WarnJob tells whom it concerns that a promise is soon due.
type WarnJob struct {
	TicketID int64 `json:"ticket_id"`
	TargetID int64 `json:"target_id"`
}

func (WarnJob) Kind() string  { return "ticket:warn" }
func (WarnJob) Queue() string { return "notify" }

// OverdueJob tells whom it concerns that a promise was missed.
type OverdueJob struct {
	TicketID int64 `json:"ticket_id"`
	TargetID int64 `json:"target_id"`
}

func (OverdueJob) Kind() string  { return "ticket:overdue" }
func (OverdueJob) Queue() string { return "notify" }

// EscalateJob tells the managers that a promise was missed and nobody moved.
type EscalateJob struct {
	TicketID int64 `json:"ticket_id"`
	TargetID int64 `json:"target_id"`
}

func (EscalateJob) Kind() string  { return "ticket:escalate" }
func (EscalateJob) Queue() string { return "notify" }

// UnacceptedJob sees to an assignment that was not accepted in its time.
type UnacceptedJob struct {
	AssignmentID int64 `json:"assignment_id"`
}

func (UnacceptedJob) Kind() string  { return "ticket:unaccepted" }
func (UnacceptedJob) Queue() string { return "urgent" }
