// Package letter keeps the letters that leave by mail: one row a fact and recipient,
// claimed before sending, marked after. Rooms post them; jobs carry them out.
package letter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/fault"
	"hotline/app/outbox"
)

// The kinds of letter.
const (
	Acknowledgement = "acknowledgement" // to who asked: we have it
	Answer          = "answer"          // to who may hear: something is waiting for you
	Assigned        = "assigned"        // to the consultant it was given to
	DueSoon         = "due_soon"        // to the holder, or to managers while nobody holds it
	Overdue         = "overdue"         // the same, once it is late
	Escalated       = "escalated"       // to managers: late, and nobody moved
	Reading         = "reading"         // to who reads along with somebody who is learning the topic
	Stranded        = "stranded"        // to managers: something critical finds nobody
	Unaccepted      = "unaccepted"      // to managers: nobody takes a ticket up
	ReviewDue       = "review_due"      // to an article's owner: its review is due
	StepDue         = "step_due"        // to who agreed to do something, on its day
	Summary         = "summary"         // to who may hear: a summary to confirm
	NoticeEnds      = "notice_ends"     // to who asked to be reminded: a notice period is about to end
	Reset           = "reset"           // to a person who forgot their password
)

// SendJob sends one letter.
type SendJob struct {
	LetterID int64 `json:"letter_id"`
}

func (SendJob) Kind() string  { return "letter:send" }
func (SendJob) Queue() string { return "notify" }

// Post writes a letter about a subject, and promises that it will be sent. about is
// the number that may stand in it. The same occasion is one letter, however often
// it is posted.
func Post(tx *gorm.DB, now time.Time, kind string, subject, recipient, occasion int64, about string) error {
	var id int64
	err := tx.Raw(`INSERT INTO letters (kind, subject_id, recipient_id, occasion, about, made_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT ON CONSTRAINT letters_once DO NOTHING RETURNING id`,
		kind, subject, recipient, occasion, about, now).Scan(&id).Error
	if err != nil || id == 0 {
		return err
	}
	return outbox.Promise(tx, now, SendJob{LetterID: id})
}

// Envelope is what a letter needs to be written and sent.
type Envelope struct {
	ID        int64
	Kind      string
	SubjectID int64
	About     string
	To        string
	Name      string
	Role      actor.Role
}

// Service sends letters.
type Service struct {
	db  *database.DB
	now database.Clock
}

// New makes the room.
func New(db *database.DB) *Service { return &Service{db: db, now: db.Now} }

// Refused is what carry answers of a letter that no server will ever take. Why is the
// kind of refusal, never a server's own words.
type Refused struct{ Why string }

func (r *Refused) Error() string { return "letter: refused, " + r.Why }

// ErrClaimed says that another worker is at this letter; try again later.
var ErrClaimed = errors.New("letter: another worker has it")

// claim is how long a worker that died keeps a letter from being sent.
const claim = 2 * time.Minute

// Send sends one letter through carry, at most once for all that Postgres can know:
// the same letter leaves twice only where a worker died between the mail server's
// yes and our commit, and then under the same Message-ID.
func (s *Service) Send(ctx context.Context, by actor.Actor, id int64, carry func(context.Context, Envelope) error) error {
	var e Envelope
	var gone bool
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		gone, e = false, Envelope{}
		now := s.now()
		took := tx.Exec(`UPDATE letters SET claimed_at = ? WHERE id = ? AND sent_at IS NULL AND refused_at IS NULL
			AND (claimed_at IS NULL OR claimed_at < ?)`, now, id, now.Add(-claim))
		if took.Error != nil {
			return took.Error
		}
		if took.RowsAffected == 0 {
			var over bool
			if err := tx.Raw(`SELECT sent_at IS NOT NULL OR refused_at IS NOT NULL FROM letters WHERE id = ?`, id).Take(&over).Error; err != nil {
				return err
			}
			if !over {
				return ErrClaimed
			}
			gone = true
			_, err := outbox.Begin(tx, by, now)
			return err
		}
		err := tx.Raw(`SELECT l.id, l.kind, l.subject_id, l.about, u.email AS to, u.name, u.role
			FROM letters l JOIN users u ON u.id = l.recipient_id AND u.state = 'active' WHERE l.id = ?`, id).Scan(&e).Error
		if err != nil || e.ID != 0 {
			return err
		}
		// The recipient may no longer sign in: the letter is not sent, and is done with.
		gone = true
		return s.sent(tx, by, id)
	})
	if err != nil || gone {
		return err
	}
	err = carry(ctx, e)
	if no, ok := errors.AsType[*Refused](err); ok {
		return s.say(ctx, func(tx *gorm.DB) error { return s.refused(tx, by, id, no.Why) })
	}
	if err != nil {
		release := s.db.Write(context.WithoutCancel(ctx), func(tx *gorm.DB) error {
			return tx.Exec(`UPDATE letters SET claimed_at = NULL WHERE id = ? AND sent_at IS NULL`, id).Error
		})
		return errors.Join(fmt.Errorf("letter %d: %w", id, err), release)
	}
	return s.say(ctx, func(tx *gorm.DB) error { return s.sent(tx, by, id) })
}

// say writes down what became of a letter, again and again while the database cannot
// be reached: nobody else knows, and a letter whose sending was forgotten is sent once
// more. It gives up well before the claim ends and another worker may have the letter.
func (s *Service) say(ctx context.Context, f func(tx *gorm.DB) error) error {
	ctx = context.WithoutCancel(ctx)
	end := time.Now().Add(claim / 2)
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := s.db.Write(ctx, f)
		if !errors.Is(err, fault.Unavailable) || time.Now().After(end) {
			return err
		}
		<-time.After(pause)
	}
}

func (s *Service) sent(tx *gorm.DB, by actor.Actor, id int64) error {
	if _, err := outbox.Begin(tx, by, s.now()); err != nil {
		return err
	}
	return tx.Exec(`UPDATE letters SET sent_at = ? WHERE id = ?`, s.now(), id).Error
}

// refused is done with a letter, which waits for a person.
func (s *Service) refused(tx *gorm.DB, by actor.Actor, id int64, why string) error {
	if _, err := outbox.Begin(tx, by, s.now()); err != nil {
		return err
	}
	return tx.Exec(`UPDATE letters SET refused_at = ?, refused_why = ?, claimed_at = NULL WHERE id = ? AND sent_at IS NULL`, s.now(), why, id).Error
}

// Again promises anew to send a letter that was refused, and says whether there was
// one to send. The system alone, for an administrator who ordered it.
func (s *Service) Again(ctx context.Context, by actor.Actor, id int64) (refused bool, err error) {
	if !by.Is(actor.System) {
		return false, fault.Forbidden
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		freed := tx.Exec(`UPDATE letters SET refused_at = NULL, refused_why = NULL WHERE id = ? AND refused_at IS NOT NULL`, id)
		if refused = freed.RowsAffected == 1; freed.Error != nil || !refused {
			return freed.Error
		}
		return outbox.Promise(tx, s.now(), SendJob{LetterID: id})
	})
	return refused, err
}
