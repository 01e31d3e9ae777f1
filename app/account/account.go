// Package account is the people who sign in: who they are, their passwords, second
// factors, sessions, and the links that set a new password.
package account

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"hotline/app/actor"
	"hotline/app/database"
)

// Options are what the room needs to know of the installation.
type Options struct {
	Secret         []byte // 32 bytes: the key second-factor secrets are kept under
	PreviousSecret []byte // the key before it, still read; what it kept is kept anew when used
	RequireTOTP    bool   // staff must have a second factor
}

// Service is the room's door.
type Service struct {
	db  *database.DB
	now database.Clock
	o   Options
}

// New makes the room on a database.
func New(db *database.DB, o Options) *Service { return &Service{db: db, now: db.Now, o: o} }

// The states of a person.
const (
	Active   = "active"
	Disabled = "disabled"
)

// Person is somebody who signs in. TOTP says whether they have a second factor.
type Person struct {
	ID          int64
	Email       string
	Name        string
	Credentials string
	Role        actor.Role
	State       string
	Zone        string
	Shortcuts   bool
	TOTP        bool
}

// Actor is the person as one who acts, without desks.
func (p Person) Actor() actor.Actor { return actor.Actor{ID: p.ID, Role: p.Role, Name: p.Name} }

// RequiresTOTP says whether the person must have a second factor: staff, where the
// installation says so.
func (s *Service) RequiresTOTP(p Person) bool { return s.o.RequireTOTP && p.Actor().Staff() }

// MustEnrol says whether the person may do nothing before they have a second
// factor, which they must have and have not.
func (s *Service) MustEnrol(p Person) bool { return s.RequiresTOTP(p) && !p.TOTP }

// columns read a Person from users u.
const columns = `u.id, u.email, u.name, u.credentials, u.role, u.state, u.zone, u.shortcuts,
	u.totp_since IS NOT NULL AS totp`

// operator says whether the actor may change who signs in: an administrator, or
// whoever runs the program's own verbs.
func operator(by actor.Actor) bool {
	return by.Is(actor.Administrator) || by.Is(actor.System) && strings.HasPrefix(by.Job, "command:")
}

// address is an e-mail address as it is kept and compared.
func address(typed string) string {
	return norm.NFC.String(strings.ToLower(strings.TrimSpace(norm.NFC.String(typed))))
}
