package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/outbox"
)

// LinkLife is how long a one-time link is good for.
const LinkLife = 30 * time.Minute

// openLinks is how many links a person may have asked for and not used within
// askedWithin. Whoever asks for more is told the same, and gets no more mail.
const (
	openLinks   = 3
	askedWithin = 15 * time.Minute
)

// ResetJob asks for a letter with a one-time link.
type ResetJob struct {
	ResetID int64 `json:"reset_id"`
}

func (ResetJob) Kind() string  { return "account:reset" }
func (ResetJob) Queue() string { return "notify" }

// RequestReset promises a one-time link to whoever has the e-mail address. The
// answer is the same when nobody has. from is where the request came from.
func (s *Service) RequestReset(ctx context.Context, email, from string) error {
	if err := s.admit(ctx, askGate(from)); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var user int64
		err := tx.Raw("SELECT id FROM users WHERE lower(email) = ? AND state = 'active' FOR UPDATE", address(email)).Scan(&user).Error
		if err != nil || user == 0 {
			return err
		}
		var open int
		err = tx.Raw("SELECT count(*) FROM password_resets WHERE user_id = ? AND used_at IS NULL AND requested_at > ?",
			user, now.Add(-askedWithin)).Scan(&open).Error
		if err != nil || open >= openLinks {
			return err
		}
		var id int64
		err = tx.Raw("INSERT INTO password_resets (user_id, requested_at) VALUES (?, ?) RETURNING id", user, now).Scan(&id).Error
		if err != nil {
			return err
		}
		return outbox.Promise(tx, now, ResetJob{ResetID: id})
	})
}

// IssueReset makes the token of a promised link, in the worker, and says who it is
// for. It does not close the promise: should the letter fail, the next try makes
// another token in this one's place. DoneReset closes it. NotFound: there is nothing
// to send any more, and the promise may be closed.
func (s *Service) IssueReset(ctx context.Context, by actor.Actor, resetID int64) (string, Person, error) {
	if !by.Is(actor.System) {
		return "", Person{}, fault.Forbidden
	}
	token, sum := newToken()
	var p Person
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		// A task that runs again after its letter went must leave the letter's link alone.
		var done bool
		if by.Promise != 0 {
			err := tx.Raw("SELECT done_at IS NOT NULL FROM outbox WHERE id = ? FOR UPDATE", by.Promise).Scan(&done).Error
			if err != nil {
				return err
			}
		}
		var user int64
		err := tx.Raw(`UPDATE password_resets SET token_hash = ?, expires_at = ?
			WHERE id = ? AND used_at IS NULL AND NOT ? RETURNING user_id`,
			sum, now.Add(LinkLife), resetID, done).Scan(&user).Error
		if err != nil {
			return err
		}
		err = tx.Raw("SELECT "+columns+" FROM users u WHERE u.id = ? AND u.state = 'active'", user).Scan(&p).Error
		if err == nil && p.ID == 0 {
			err = fault.NotFound
		}
		return err
	})
	if err != nil {
		return "", Person{}, err
	}
	return token, p, nil
}

// DoneReset closes the promise of a link once its letter was sent, or has nobody to
// go to.
func (s *Service) DoneReset(ctx context.Context, by actor.Actor) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		_, err := outbox.Begin(tx, by, s.now())
		return err
	})
}

// ResetPassword makes a one-time link for a person at an operator's hand, and gives
// its token. The password they have stays until the link is used.
func (s *Service) ResetPassword(ctx context.Context, by actor.Actor, userID int64) (string, error) {
	if !operator(by) {
		return "", fault.Forbidden
	}
	token, sum := newToken()
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		p, err := hold(tx, userID)
		if err != nil {
			return err
		}
		if p.State != Active {
			return fault.Say(fault.Conflict, "This account is disabled. Enable it first.")
		}
		err = tx.Exec("INSERT INTO password_resets (user_id, requested_at, token_hash, expires_at) VALUES (?, ?, ?, ?)",
			userID, now, sum, now.Add(LinkLife)).Error
		if err != nil {
			return err
		}
		return audit.Record(tx, by, now, "user.link_issued", audit.User(userID), nil)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// spent is the one answer to a link that was never made, is too old, or was used.
func spent() error {
	return fault.Say(fault.NotFound, "This link has been used or is too old. Ask for a new one.")
}

// CheckReset says whether a link is still good: nil, or the one answer for all that
// are not.
func (s *Service) CheckReset(ctx context.Context, token string) error {
	return s.db.Read(ctx, func(q *gorm.DB) error {
		_, err := s.link(q, token)
		return err
	})
}

type link struct {
	Reset int64
	Person
}

func (s *Service) link(q *gorm.DB, token string) (link, error) {
	var l link
	sum := sha256.Sum256([]byte(token))
	err := q.Raw(`SELECT r.id AS reset, `+columns+` FROM password_resets r JOIN users u ON u.id = r.user_id
		WHERE r.token_hash = ? AND r.used_at IS NULL AND r.expires_at > ? AND u.state = 'active'`,
		sum[:], s.now()).Scan(&l).Error
	if err == nil && l.Reset == 0 {
		err = spent()
	}
	return l, err
}

// UseReset sets the password of whoever has the link, ends all their sessions and
// voids their other links. A weak password is Fields ("password") and costs nothing.
func (s *Service) UseReset(ctx context.Context, token, newPassword string) error {
	var l link
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		l, err = s.link(q, token)
		return err
	})
	if err != nil {
		return err
	}
	if err := weak(newPassword, l.Email, l.Name).Err(); err != nil {
		return err
	}
	kept, err := hash(ctx, newPassword)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		// The person first, then the link: the order in which others take them.
		if _, err := hold(tx, l.ID); err != nil {
			return err
		}
		if _, err := s.link(tx, token); err != nil {
			return err
		}
		if err := voidLinks(tx, l.ID, now); err != nil {
			return err
		}
		if err := tx.Exec("UPDATE users SET password_hash = ? WHERE id = ?", kept, l.ID).Error; err != nil {
			return err
		}
		if err := endSessions(tx, l.ID); err != nil {
			return err
		}
		if err := forget(tx, accountGate(l.Email)); err != nil {
			return err
		}
		return audit.Record(tx, l.Actor(), now, "user.password_reset", audit.User(l.ID), nil)
	})
}

// voidLinks uses up every link a person has.
func voidLinks(tx *gorm.DB, userID int64, now time.Time) error {
	return tx.Exec("UPDATE password_resets SET used_at = ? WHERE user_id = ? AND used_at IS NULL", now, userID).Error
}

func newToken() (token string, sum []byte) {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	h := sha256.Sum256([]byte(token))
	return token, h[:]
}
