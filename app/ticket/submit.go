package ticket

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/insured"
)

// Preview is what a submission would come to, for the page that checks it.
type Preview struct {
	Physician string // "Dr Imani"; whom it is about
	State     string
	Urgency   Urgency
	Because   string
	Deadline  *time.Time
	AnswerBy  time.Time // when they will hear from us at the latest
	Open      bool      // the desk is open now
	OnCall    bool      // somebody is on call for what is critical
	NextOpen  time.Time
	Zone      *time.Location
}

// Check says what a submission would come to, or what is wrong with it (fault.Fields).
// Physicians and delegates who may ask.
func (s *Service) Check(ctx context.Context, by actor.Actor, in Submission) (Preview, error) {
	var p Preview
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		now := s.now()
		whom, times, err := s.askingFor(q, by, in, now)
		if err != nil {
			return err
		}
		w, err := in.check(times, now)
		if err != nil {
			return withoutPhysician(whom, err)
		}
		if err := withoutPhysician(whom, nil); err != nil {
			return err
		}
		promise, _ := times.Promise(FirstAnswer, in.Topic, string(w.urgency))
		due, err := times.Clock(promise.Always).Add(now, time.Duration(promise.Minutes)*time.Minute)
		if err != nil {
			return err
		}
		p = Preview{Physician: whom.Name, State: orElse(in.State, whom.State), Urgency: w.urgency, Because: w.because, Deadline: w.deadline,
			AnswerBy: due, Open: times.Calendar.Open(now), Zone: times.Zone}
		p.NextOpen, _ = times.Calendar.NextOpen(now)
		if !p.Open && p.Urgency == Critical {
			p.OnCall, err = onCall(q, times.Desk.ID, &whom.PhysicianID, now)
			return err
		}
		return nil
	})
	return p, err
}

// Submit opens a ticket for a physician and promises it a consultant. Physicians,
// and delegates who may ask. Errors: fault.Fields, AlreadySent, NotFound for
// another person's key.
func (s *Service) Submit(ctx context.Context, by actor.Actor, in Submission) (*Ticket, error) {
	if !by.Insured() {
		return nil, fault.Forbidden
	}
	var t *Ticket
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		whom, times, err := s.askingFor(tx, by, in, now)
		if err != nil {
			return err
		}
		w, err := in.check(times, now)
		if err := withoutPhysician(whom, err); err != nil {
			return err
		}
		t, _, err = Open(tx, by, now, Opening{
			Key: in.Key, Desk: times.Desk.ID, Channel: "online", PhysicianID: &whom.PhysicianID, AskedBy: &by.ID,
			State: orElse(in.State, whom.State), Topic: in.Topic, Urgency: w.urgency, Because: w.because, Question: in.Question,
			Danger: in.Danger, Papers: in.Papers, NextStep: in.NextStep, CallerDeadline: w.deadline,
			AnswerBy: in.AnswerBy, CallbackPhone: in.Phone, CallbackE164: w.phone, Windows: in.Windows, OfficeMaySee: in.OfficeMaySee,
		})
		if err != nil {
			return err
		}
		return ForgetDraft(tx, by, in.Key)
	})
	return t, err
}

// askingFor finds whom the asker asks for, and the desk that will answer.
func (s *Service) askingFor(q *gorm.DB, by actor.Actor, in Submission, now time.Time) (insured.Acts, desk.Times, error) {
	var whom insured.Acts
	if !by.Insured() {
		return whom, desk.Times{}, fault.Forbidden
	}
	acts, err := insured.ActsFor(q, by, now)
	if err != nil {
		return whom, desk.Times{}, err
	}
	may := 0
	for _, a := range acts {
		if !a.Self && !a.MayAsk {
			continue
		}
		may++
		if in.PhysicianID == a.PhysicianID || in.PhysicianID == 0 {
			whom = a
		}
	}
	if in.PhysicianID == 0 && may > 1 {
		whom = insured.Acts{}
	}
	if may == 0 {
		return whom, desk.Times{}, fault.Say(fault.Forbidden, "You may not ask for anyone at the moment. Please call us.")
	}
	id, err := desk.First(q)
	if err != nil {
		return whom, desk.Times{}, err
	}
	times, err := desk.TimesOf(q, id)
	return whom, times, err
}

// withoutPhysician puts the missing physician first among what is wrong.
func withoutPhysician(whom insured.Acts, err error) error {
	if whom.PhysicianID != 0 {
		return err
	}
	missing := fault.Fields{{Name: "physician_id", Says: "Choose the physician you are asking for."}}
	if bad, ok := err.(fault.Fields); ok {
		return append(missing, bad...)
	}
	return missing
}
