package insured

import (
	"context"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/fault"
)

// NewPolicy is one term of a policy: from Effective until Expires, the first day on
// which it no longer holds. A renewal is another term under the same number.
type NewPolicy struct {
	Number             string
	Effective, Expires Date
}

// AddPolicy adds a term of a policy. For administrators and the system.
func (s *Service) AddPolicy(ctx context.Context, by actor.Actor, in NewPolicy) (id int64, err error) {
	if err := keeper(by); err != nil {
		return 0, err
	}
	in.Number = line(in.Number)
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		id, err = s.addPolicy(tx, by, in)
		return err
	})
	return id, err
}

func (s *Service) addPolicy(tx *gorm.DB, by actor.Actor, in NewPolicy) (id int64, err error) {
	var bad fault.Fields
	bad.Need(PolicyKey(in.Number) != "", "number", "Give the policy's number.")
	bad.Need(utf8.RuneCountInString(in.Number) <= 40, "number", "That number is too long.")
	bad.Need(in.Effective.real(), "effective", "Give the day on which it begins.")
	bad.Need(in.Expires.real(), "expires", "Give the day on which it ends.")
	bad.Need(in.Effective.Before(in.Expires), "expires", "It has to end after it begins.")
	if err := bad.Err(); err != nil {
		return 0, err
	}
	err = tx.Raw(`INSERT INTO policies (number, effective_on, expires_on) VALUES (?, ?, ?) RETURNING id`,
		in.Number, in.Effective, in.Expires).Scan(&id).Error
	if database.Violates(err, "policies_term_once") {
		return 0, fault.Say(fault.Conflict, "This policy already has a term that begins on that day.")
	}
	if err != nil {
		return 0, err
	}
	return id, audit.Record(tx, by, s.now(), "policy.added", audit.Policy(id),
		audit.Detail{"effective": in.Effective, "expires": in.Expires})
}

// Cancellation ends a term early: On is the first day on which it no longer holds.
type Cancellation struct {
	PolicyID int64
	On       Date
}

// CancelPolicy cancels a term, once. For administrators and the system.
func (s *Service) CancelPolicy(ctx context.Context, by actor.Actor, in Cancellation) error {
	if err := keeper(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		term, err := holdTerm(tx, in.PolicyID)
		if err != nil {
			return err
		}
		var bad fault.Fields
		bad.Need(in.On.real() && !in.On.Before(term.EffectiveOn) && in.On.Before(term.ExpiresOn),
			"on", "Give a day within the policy's term.")
		if err := bad.Err(); err != nil {
			return err
		}
		if term.CancelledOn != nil {
			return fault.Say(fault.Conflict, "This term is already cancelled.")
		}
		if err := tx.Exec(`UPDATE policies SET cancelled_on = ? WHERE id = ?`, in.On, in.PolicyID).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, s.now(), "policy.cancelled", audit.Policy(in.PolicyID), audit.Detail{"on": in.On})
	})
}

// Coverage says that a policy covers a physician. From and Until lie within the term;
// a zero one is the term's own.
type Coverage struct {
	PolicyID, PhysicianID int64
	From, Until           Date
}

// Cover puts a physician under a policy. For administrators and the system.
func (s *Service) Cover(ctx context.Context, by actor.Actor, in Coverage) error {
	if err := keeper(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error { return s.cover(tx, by, in) })
}

func (s *Service) cover(tx *gorm.DB, by actor.Actor, in Coverage) error {
	term, err := holdTerm(tx, in.PolicyID)
	if err != nil {
		return err
	}
	there, err := exists(tx, "physicians", in.PhysicianID)
	if err != nil {
		return err
	}
	if in.From.IsZero() {
		in.From = term.EffectiveOn
	}
	if in.Until.IsZero() {
		in.Until = term.ExpiresOn
	}
	var bad fault.Fields
	bad.Need(there, "physician", "There is no such physician.")
	bad.Need(in.From.real() && !in.From.Before(term.EffectiveOn), "from", "Cover cannot begin before the policy does.")
	bad.Need(in.Until.real() && !term.ExpiresOn.Before(in.Until), "until", "Cover cannot outlast the policy.")
	bad.Need(in.From.Before(in.Until), "until", "It has to end after it begins.")
	if err := bad.Err(); err != nil {
		return err
	}
	err = tx.Exec(`INSERT INTO coverages (policy_id, physician_id, from_on, until_on) VALUES (?, ?, ?, ?)`,
		in.PolicyID, in.PhysicianID, in.From, in.Until).Error
	if database.Violates(err, "coverages_once") {
		return fault.Say(fault.Conflict, "This policy already covers this physician from that day.")
	}
	if err != nil {
		return err
	}
	return audit.Record(tx, by, s.now(), "policy.covered", audit.Policy(in.PolicyID),
		audit.Detail{"physician": in.PhysicianID, "from": in.From, "until": in.Until})
}

type term struct {
	EffectiveOn, ExpiresOn Date
	CancelledOn            *Date
}

// holdTerm reads a term and keeps others from changing it until tx ends.
func holdTerm(tx *gorm.DB, policyID int64) (t term, err error) {
	err = tx.Raw(`SELECT effective_on, expires_on, cancelled_on FROM policies WHERE id = ? FOR UPDATE`, policyID).
		Row().Scan(&t.EffectiveOn, &t.ExpiresOn, &t.CancelledOn)
	return t, noRow(err)
}

// PolicyKey is a policy's number without dashes, spaces and case, as it is compared.
func PolicyKey(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, typed)
}

// InForce says whether a physician is covered on a day, and under which number: from
// the day a term takes effect to the day before it expires or is cancelled, and only
// within the physician's own cover. Not covered: false and "".
func InForce(tx *gorm.DB, physicianID int64, on Date) (bool, string, error) {
	var number string
	err := tx.Raw(`
		SELECT po.number FROM coverages c JOIN policies po ON po.id = c.policy_id
		WHERE c.physician_id = ? AND greatest(c.from_on, po.effective_on) <= ?
		  AND ? < least(c.until_on, po.expires_on, po.cancelled_on)
		ORDER BY least(c.until_on, po.expires_on, po.cancelled_on) DESC, po.number LIMIT 1`,
		physicianID, on, on).Scan(&number).Error
	return number != "", number, err
}
