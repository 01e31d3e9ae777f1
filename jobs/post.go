package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/letter"
	"hotline/app/mail"
	letters "hotline/views/mail"
)

// postman writes letters and hands them to the mail.
type postman struct {
	sender       mail.Sender
	public       *url.URL
	phone        string
	installation string
	accounts     *account.Service
}

// carry writes and sends one letter. What no server will ever take waits for a person,
// with a line in the log; anything else is tried again.
func (p *postman) carry(ctx context.Context, e letter.Envelope) error {
	l, ok := p.write(e)
	if !ok {
		return fmt.Errorf("no letter of kind %s", e.Kind)
	}
	err := p.send(ctx, fmt.Sprintf("letter-%d", e.ID), e.Name, e.To, l)
	if errors.Is(err, mail.Permanent) {
		slog.Error("a letter was refused for good", "letter", e.ID, "kind", e.Kind)
		why := "its address or its form cannot be sent"
		if no, ok := errors.AsType[*mail.NotTaken](err); ok {
			why = no.Error()
		}
		return &letter.Refused{Why: why}
	}
	return err
}

func (p *postman) send(ctx context.Context, name, toName, to string, l letters.Letter) error {
	var html bytes.Buffer
	if err := letters.HTML(l).Render(ctx, &html); err != nil {
		return err
	}
	return p.sender.Send(ctx, mail.Message{
		ID: name + "." + p.installation + "@" + p.public.Hostname(), ToName: toName, To: to,
		Subject: l.Subject, Text: letters.Text(l), HTML: html.String(),
	})
}

func (p *postman) write(e letter.Envelope) (letters.Letter, bool) {
	l := letters.Letter{Name: e.Name, Phone: p.phone}
	place := "/tickets/" + e.About
	if (actor.Actor{Role: e.Role}).Insured() {
		place = "/requests/" + e.About
	}
	l.Link = p.public.JoinPath(place).String()
	switch e.Kind {
	case letter.Acknowledgement:
		l.Subject = "We have your question, " + e.About
		l.Says = "Your question has arrived. A consultant will come back to you; the page says who and by when."
		l.Does, l.Ends = "See where it stands", "You can write more on that page, or call us and give the number."
	case letter.Answer:
		l.Subject = "Something is waiting for you, " + e.About
		l.Says = "There is something new on your consultation."
		l.Does, l.Ends = "Read it", "You can answer on that page."
	case letter.Assigned:
		l.Subject = "Yours: " + e.About
		l.Says = "A ticket was given to you."
		l.Does = "Open it"
	case letter.DueSoon:
		l.Subject = "Soon due: " + e.About
		l.Says = "What we promised on a ticket is soon due."
		l.Does = "Open it"
	case letter.Overdue:
		l.Subject = "Overdue: " + e.About
		l.Says = "A ticket is past the time we promised."
		l.Does = "Open it"
	case letter.Escalated:
		l.Subject = "Overdue, and nobody moved: " + e.About
		l.Says = "A ticket is past the time we promised. Whoever it concerns was told, and nothing was done on it since."
		l.Does = "Open it"
	case letter.Reading:
		l.Subject = "You read along: " + e.About
		l.Says = "A ticket was given to a colleague who is learning its topic. Please read what they mean to send."
		l.Does = "Open it"
	case letter.Stranded:
		l.Subject = "Critical, and nobody is there: " + e.About
		l.Says = "A critical ticket has come in, and nobody can be given it: nobody is at work or on call with room for it."
		l.Does = "Open it"
	case letter.Unaccepted:
		l.Subject = "Nobody takes it up: " + e.About
		l.Says = "A ticket was given out, and nobody has taken it up in time."
		l.Does = "Open it"
	case letter.ReviewDue:
		l.Subject = "Due for review: an article you keep"
		l.Says = "An article you keep is due to be read again. Until it is, its readers are told that it is late."
		l.Does, l.Link = "Review it", p.public.JoinPath("/guidance", e.About, "edit").String()
	case letter.StepDue:
		l.Subject = "Due: a step that was agreed, " + e.About
		l.Says = "A step that was agreed on a consultation is due."
		l.Does = "See what it is"
	case letter.Summary:
		l.Subject = "Please confirm what we wrote down, " + e.About
		l.Says = "We have written down what you told us and what we suggested. Please read it, and confirm it or say what is wrong."
		l.Does = "Read it"
	case letter.NoticeEnds:
		l.Subject = "A notice period is about to end"
		l.Says = "A notice period that you asked to be reminded of is about to end."
		l.Does, l.Link = "See the dates", p.public.JoinPath("/letters").String()
	default:
		return l, false
	}
	return l, true
}

// reset makes the token and writes the letter with it. The token is in the letter
// only; a second try makes another and voids the first.
func (p *postman) reset(ctx context.Context, by actor.Actor, resetID int64) error {
	token, person, err := p.accounts.IssueReset(ctx, by, resetID)
	if errors.Is(err, fault.NotFound) || err == nil && token == "" {
		return p.accounts.DoneReset(ctx, by) // done, used or too old: nothing to send
	}
	if err != nil {
		return err
	}
	l := letters.Letter{Name: person.Name, Phone: p.phone, Subject: "A new password",
		Says: "Somebody, we hope you, asked to set a new password. The link works once, for thirty minutes.",
		Link: p.public.JoinPath("/password-resets", token).String(), Does: "Set a new password",
		Ends: "If it was not you, do nothing: your password stays as it is."}
	// Each token is a letter of its own, named by what the token cannot be made from.
	sum := sha256.Sum256([]byte(token))
	if err := p.send(ctx, fmt.Sprintf("reset-%d-%x", resetID, sum[:6]), person.Name, person.Email, l); err != nil && !errors.Is(err, mail.Permanent) {
		return err
	}
	return p.accounts.DoneReset(ctx, by)
}
