package account

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/fault"
)

// HomeZone is the zone of a person who named none.
const HomeZone = "America/New_York"

// NewPerson is somebody to be let in. Without a Password they can sign in only
// after a one-time link. Desks are for consultants.
type NewPerson struct {
	Email       string
	Name        string
	Credentials string
	Role        actor.Role
	Zone        string
	Password    string
	Desks       []int64
}

// Add lets a person in. Administrators and the program's own verbs may.
func (s *Service) Add(ctx context.Context, by actor.Actor, in NewPerson) (*Person, error) {
	if !operator(by) {
		return nil, fault.Forbidden
	}
	in = in.tidy()
	if err := in.check(); err != nil {
		return nil, err
	}
	kept := ""
	if in.Password != "" {
		var err error
		if kept, err = hash(ctx, in.Password); err != nil {
			return nil, err
		}
	}
	p := Person{Email: in.Email, Name: in.Name, Credentials: in.Credentials, Role: in.Role,
		State: Active, Zone: in.Zone, Shortcuts: true}
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		err := tx.Raw(`INSERT INTO users (email, name, credentials, role, zone, password_hash, made_at)
			VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			p.Email, p.Name, p.Credentials, string(p.Role), p.Zone, kept, now).Scan(&p.ID).Error
		if err != nil {
			return err
		}
		if err := join(tx, p.ID, in.Desks); err != nil {
			return err
		}
		return audit.Record(tx, by, now, "user.added", audit.User(p.ID),
			audit.Detail{"role": p.Role, "desks": in.Desks})
	})
	if database.Violates(err, "users_email_once") {
		var bad fault.Fields
		bad.Need(false, "email", "Somebody already signs in with this e-mail address.")
		return nil, bad
	}
	if err != nil {
		return nil, unknownDesk(err)
	}
	return &p, nil
}

func (in NewPerson) tidy() NewPerson {
	in.Email = address(in.Email)
	in.Name = line(in.Name)
	in.Credentials = line(in.Credentials)
	in.Password = norm.NFC.String(in.Password)
	if in.Zone == "" {
		in.Zone = HomeZone
	}
	in.Desks = distinct(in.Desks)
	return in
}

func (in NewPerson) check() error {
	var bad fault.Fields
	bad.Need(deliverable(in.Email), "email", "Give an e-mail address, like name@practice.org.")
	bad.Need(in.Name != "", "name", "Give the person’s name.")
	bad.Need(utf8.RuneCountInString(in.Name) <= 200, "name", "A name has at most 200 characters.")
	bad.Need(utf8.RuneCountInString(in.Credentials) <= 100, "credentials", "Credentials have at most 100 characters.")
	bad.Need(slices.Contains(actor.Roles, in.Role), "role", "Choose a role.")
	bad.Need(zoned(in.Zone), "zone", "Choose a time zone, like America/Chicago.")
	if in.Password != "" {
		bad = append(bad, weak(in.Password, in.Email, in.Name)...)
	}
	bad = append(bad, desksFit(in.Role, in.Desks)...)
	return bad.Err()
}

// desksFit says what is wrong with the desks of a person of a role. Managers see
// every desk and belong to none.
func desksFit(role actor.Role, desks []int64) fault.Fields {
	var bad fault.Fields
	if role != actor.Consultant {
		bad.Need(len(desks) == 0, "desks", "Only a consultant belongs to desks.")
	}
	return bad
}

func deliverable(email string) bool {
	if len(email) > 254 || strings.ContainsFunc(email, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return false
	}
	parsed, err := mail.ParseAddress(email)
	return err == nil && parsed.Name == "" && parsed.Address == email
}

func zoned(zone string) bool {
	_, err := time.LoadLocation(zone)
	return err == nil && zone != "" && zone != "Local"
}

// line is one line of text: composed, without control characters, single spaces.
func line(typed string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(typed, "\uFFFD"))
	return norm.NFC.String(strings.Join(strings.Fields(clean), " "))
}

func distinct(ids []int64) []int64 {
	sorted := slices.Sorted(slices.Values(ids))
	return slices.Compact(sorted)
}

func join(tx *gorm.DB, user int64, desks []int64) error {
	for _, desk := range desks {
		if err := tx.Exec("INSERT INTO memberships (user_id, desk_id) VALUES (?, ?)", user, desk).Error; err != nil {
			return err
		}
	}
	return nil
}

func unknownDesk(err error) error {
	if !database.Violates(err, "memberships_desk_id_fkey") {
		return err
	}
	var bad fault.Fields
	bad.Need(false, "desks", "Choose desks that exist.")
	return bad
}
