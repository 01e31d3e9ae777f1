package account

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// step is how long one code lasts; the one before and the one after are taken too,
// for clocks that are not quite right.
const step = 30 * time.Second

// Enrolment is what a person's authenticator needs: a secret to type, or the same as
// an otpauth address to open.
type Enrolment struct{ Secret, URL string }

// Enrol makes a new second factor for the person, which counts only once ConfirmTOTP
// has seen a code from it. Conflict: they have one already.
func (s *Service) Enrol(ctx context.Context, by actor.Actor) (Enrolment, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Hotline", AccountName: "new", SecretSize: 20})
	if err != nil {
		return Enrolment{}, err
	}
	sealed, err := s.seal(by.ID, key.Secret())
	if err != nil {
		return Enrolment{}, err
	}
	var email string
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := hold(tx, by.ID)
		if err != nil {
			return err
		}
		if p.TOTP {
			return fault.Say(fault.Conflict, "You have a second factor already. Turn it off before you set up another.")
		}
		email = p.Email
		return tx.Exec("UPDATE users SET totp_secret = ?, totp_last_step = 0 WHERE id = ?", sealed, by.ID).Error
	})
	if err != nil {
		return Enrolment{}, err
	}
	return enrolment(email, key.Secret()), nil
}

// Enrolling reads the second factor a person has begun to set up. NotFound: none.
func (s *Service) Enrolling(ctx context.Context, by actor.Actor) (Enrolment, error) {
	var row struct {
		Email      string
		TotpSecret []byte
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT email, totp_secret FROM users
			WHERE id = ? AND totp_secret IS NOT NULL AND totp_since IS NULL`, by.ID).Scan(&row).Error
	})
	if err != nil {
		return Enrolment{}, err
	}
	if row.TotpSecret == nil {
		return Enrolment{}, fault.NotFound
	}
	secret, _, err := s.open(by.ID, row.TotpSecret)
	if err != nil {
		return Enrolment{}, err
	}
	return enrolment(row.Email, secret), nil
}

func enrolment(email, secret string) Enrolment {
	q := url.Values{"secret": {secret}, "issuer": {"Hotline"}}
	return Enrolment{Secret: secret, URL: "otpauth://totp/" + url.PathEscape("Hotline:"+email) + "?" + q.Encode()}
}

// ConfirmTOTP turns the second factor on that Enrol made, on seeing a code from it.
func (s *Service) ConfirmTOTP(ctx context.Context, by actor.Actor, code string) error {
	return s.useCode(ctx, by.ID, code, false, func(tx *gorm.DB, p Person, now time.Time) error {
		if err := tx.Exec("UPDATE users SET totp_since = ? WHERE id = ?", now, by.ID).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "user.totp_enabled", audit.User(by.ID), nil)
	}, codeGate(by.ID))
}

// CheckTOTP finishes a sign-in that SignIn began, with a code from the person's
// authenticator. A code is good once. It records the sign-in.
func (s *Service) CheckTOTP(ctx context.Context, userID int64, code, from string) (Person, error) {
	var who Person
	place := addressGate(from)
	err := s.useCode(ctx, userID, code, true, func(tx *gorm.DB, p Person, now time.Time) error {
		who = p
		if err := giveBack(tx, place); err != nil {
			return err
		}
		return audit.Record(tx, p.Actor(), now, "user.signed_in", audit.User(userID), audit.Detail{"second_factor": true})
	}, place, codeGate(userID))
	if err != nil {
		return Person{}, err
	}
	return who, nil
}

// DisableTOTP turns the person's own second factor off, on seeing a code from it.
func (s *Service) DisableTOTP(ctx context.Context, by actor.Actor, code string) error {
	return s.useCode(ctx, by.ID, code, true, func(tx *gorm.DB, p Person, now time.Time) error {
		return s.removeTOTP(tx, by, by.ID, now)
	}, codeGate(by.ID))
}

// RemoveTOTP turns off the second factor of somebody who lost theirs, and ends their
// sessions. Administrators may, and the program's own verbs. None there: nothing
// happens.
func (s *Service) RemoveTOTP(ctx context.Context, by actor.Actor, userID int64) error {
	if !operator(by) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := hold(tx, userID)
		if err != nil || !p.TOTP {
			return err
		}
		if err := endSessions(tx, userID); err != nil {
			return err
		}
		return s.removeTOTP(tx, by, userID, s.now())
	})
}

func (s *Service) removeTOTP(tx *gorm.DB, by actor.Actor, userID int64, now time.Time) error {
	err := tx.Exec("UPDATE users SET totp_secret = NULL, totp_since = NULL, totp_last_step = 0 WHERE id = ?", userID).Error
	if err != nil {
		return err
	}
	return audit.Record(tx, by, now, "user.totp_disabled", audit.User(userID), nil)
}

func wrongCode() error {
	return fault.Say(fault.Unacceptable, "That code is not right, or has been used. Wait for the next one and try again.")
}

// useCode takes a turn at the gates and, if the code is right and its step unused,
// uses the step up and does then in the same transaction. The last gate is the
// code's own, forgotten on success. enabled: the factor must be on, or must not be.
func (s *Service) useCode(ctx context.Context, userID int64, code string, enabled bool,
	then func(tx *gorm.DB, p Person, now time.Time) error, gates ...gate) error {
	if err := s.admit(ctx, gates...); err != nil {
		return err
	}
	code = strings.Join(strings.Fields(code), "")
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		var row struct {
			Person
			TotpSecret []byte
		}
		err := tx.Raw("SELECT "+columns+`, u.totp_secret FROM users u
			WHERE u.id = ? AND u.state = 'active' AND u.totp_secret IS NOT NULL AND (u.totp_since IS NOT NULL) = ?`,
			userID, enabled).Scan(&row).Error
		if err != nil {
			return err
		}
		if row.ID == 0 {
			return wrongCode()
		}
		secret, old, err := s.open(userID, row.TotpSecret)
		if err != nil {
			return err
		}
		counter, ok := matchingStep(secret, code, now)
		if !ok {
			return wrongCode()
		}
		used := tx.Exec(`UPDATE users SET totp_last_step = ? WHERE id = ? AND totp_last_step < ? AND totp_secret = ?`,
			counter, userID, counter, row.TotpSecret)
		if used.Error != nil {
			return used.Error
		}
		if used.RowsAffected == 0 {
			return wrongCode()
		}
		if old {
			sealed, err := s.seal(userID, secret)
			if err != nil {
				return err
			}
			if err := tx.Exec("UPDATE users SET totp_secret = ? WHERE id = ?", sealed, userID).Error; err != nil {
				return err
			}
		}
		if err := then(tx, row.Person, now); err != nil {
			return err
		}
		// Last, as gates are always taken in the order of their keys.
		return forget(tx, gates[len(gates)-1])
	})
}

// matchingStep is the step whose code was typed: now's, the one before or after.
func matchingStep(secret, code string, now time.Time) (int64, bool) {
	at := now.Unix() / int64(step/time.Second)
	opts := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	for counter := at - 1; counter <= at+1; counter++ {
		if ok, err := hotp.ValidateCustom(code, uint64(counter), secret, opts); err == nil && ok {
			return counter, true
		}
	}
	return 0, false
}
