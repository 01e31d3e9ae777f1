package web

import (
	"strings"

	"hotline/app/operations"
)

// queueFor says what a queue is for, where its name does not.
var queueFor = map[string]string{
	"critical": "somebody may be in danger", "urgent": "within the day", "routine": "in its turn", "notify": "letters", "low": "the clock's own work",
}

// kinds are the kinds of work as a person says them.
var kinds = map[string]string{
	"ticket:assign": "Find a consultant", "ticket:overdue": "Tell of a missed promise", "ticket:unaccepted": "See to a ticket nobody takes up",
	"ticket:warn": "Say that a promise runs out", "ticket:escalate": "Tell a manager that nobody moved",
	"desk:sweep": "Give out what waits", "desk:recompute": "Move deadlines to new hours", "desk:absence": "Hand over for an absence",
	"letter:send": "Send a letter", "account:reset": "Send a link for a new password",
	"clock:sweep": "Give out what waits", "clock:overdue": "Find promises due or missed", "clock:taken": "Find what nobody takes up",
	"clock:seal": "Seal the record", "clock:witness": "Send the newest seal away", "clock:tidy": "Clear what may go",
	"whatif:replay": "Replay a plan", "whatif:enact": "Put a plan into force",
}

// kindWord is a kind of work as a person says it; one without words is its code.
func kindWord(kind string) string {
	if words, ok := kinds[kind]; ok {
		return words
	}
	return kind
}

func letterWord(kind string) string {
	if words, ok := map[string]string{
		"acknowledgement": "We have your question", "answer": "Something is waiting for you", "assigned": "Yours", "overdue": "Overdue", "reset": "A new password",
		"reading": "You read along", "unaccepted": "Nobody takes it up", "due_soon": "Due soon", "escalated": "Nobody moved",
	}[kind]; ok {
		return words
	}
	return kind
}

// whyWord is the kind of a refusal as a person says it.
func whyWord(why string) string {
	stage, code, _ := strings.Cut(strings.TrimPrefix(why, "mail: not taken, "), ": ")
	words := map[string]string{"recipient": "no such recipient", "sender": "our address was not accepted", "letter": "the letter itself was not accepted"}[stage]
	if words == "" {
		words = stage
	}
	if code != "" {
		words += " (" + code + ")"
	}
	return words
}

func orderWord(o operations.Order) string {
	switch o.What {
	case operations.Run:
		return "Run again: " + kindWord(o.Kind)
	case operations.Delete:
		return "Delete: " + kindWord(o.Kind)
	case operations.RunArchived:
		return "Run all set aside in " + o.Queue
	case operations.Pause:
		return "Pause " + o.Queue
	case operations.Resume:
		return "Resume " + o.Queue
	}
	return "Send again: " + letterWord(o.Kind)
}

// failureWord is the kind of a task's last error as a person says it.
func failureWord(t operations.Task) string {
	why := strings.TrimSuffix(strings.TrimPrefix(t.LastError, t.Kind+": "), ": skip retry for the task")
	if words, ok := map[string]string{
		"arguments": "its instructions cannot be read", "": "no reason was kept",
		"not found": "what it is about is not there", "unavailable": "a part of the machine did not answer", "conflict": "something else changed it at the same time",
		"context deadline exceeded": "it took too long", "context canceled": "its worker was stopped",
		"asynq: task lease expired": "its worker was lost",
	}[why]; ok {
		return words
	}
	return why
}
