package account

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/audit"
	"hotline/app/fault"
)

// wrong is the one answer to an unknown e-mail, a wrong password and an account
// that was disabled.
func wrong() error {
	return fault.Say(fault.Unacceptable, "That e-mail address and password do not go together.")
}

// SignIn checks a password. from is the address the request came from. A person with a
// second factor is not signed in before CheckTOTP; the others are, and it is
// recorded. Too many tries: TooMany, with how long to wait.
func (s *Service) SignIn(ctx context.Context, email, password, from string) (Person, error) {
	email = address(email)
	account, place := accountGate(email), addressGate(from)
	if err := s.admit(ctx, account, place); err != nil {
		return Person{}, err
	}
	var found struct {
		Person
		PasswordHash string
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw("SELECT "+columns+", u.password_hash FROM users u WHERE lower(u.email) = ?", email).Scan(&found).Error
	})
	if err != nil {
		return Person{}, err
	}
	if len(password) > 4*LongestPassword {
		password = "" // costs one hash, as any other; nobody's password is empty
	}
	ok, stale, err := matches(ctx, found.PasswordHash, password)
	if err != nil {
		return Person{}, err
	}
	if !ok || found.State != Active {
		return Person{}, wrong()
	}
	anew := ""
	if stale {
		if anew, err = hash(ctx, password); err != nil {
			return Person{}, err
		}
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		if err := forget(tx, account); err != nil {
			return err
		}
		if err := giveBack(tx, place); err != nil {
			return err
		}
		if anew != "" {
			err := tx.Exec("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?",
				anew, found.ID, found.PasswordHash).Error
			if err != nil {
				return err
			}
		}
		if found.TOTP {
			return nil
		}
		return audit.Record(tx, found.Actor(), now, "user.signed_in", audit.User(found.ID), nil)
	})
	if err != nil {
		return Person{}, err
	}
	return found.Person, nil
}
