package audit_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
)

// peopled is a house with a person, a desk, a policy and a ticket, each recorded.
type peopled struct {
	house
	user, desk, policy, ticket int64
}

func withATicket(t *testing.T) peopled {
	t.Helper()
	p := peopled{house: open(t)}
	p.must(p.Write(context.Background(), func(tx *gorm.DB) error {
		add := func(id *int64, about func(int64) audit.Subject, action, statement string, args ...any) error {
			if err := tx.Raw(statement+" RETURNING id", args...).Scan(id).Error; err != nil {
				return err
			}
			return audit.Record(tx, actor.Command("test"), noon, action, about(*id), nil)
		}
		if err := add(&p.user, audit.User, "user.added",
			"INSERT INTO users (email, name, role, made_at) VALUES ('m@example.org', 'M', 'manager', ?)", noon); err != nil {
			return err
		}
		if err := add(&p.desk, audit.Desk, "desk.added",
			"INSERT INTO desks (name, zone, phone, phone_e164) VALUES ('Desk', 'America/New_York', '1', '+1')"); err != nil {
			return err
		}
		if err := add(&p.policy, audit.Policy, "policy.added",
			"INSERT INTO policies (number, effective_on, expires_on) VALUES ('P-1', '2026-01-01', '2027-01-01')"); err != nil {
			return err
		}
		return add(&p.ticket, audit.Ticket, "ticket.opened",
			`INSERT INTO tickets (number, desk_id, channel, client_key, opened_by, topic, urgency, question, status, opened_at, next_due_at)
			VALUES ('RM-2026-000001', ?, 'phone', ?, ?, 'discharge', 'routine', 'May I', 'unassigned', ?, ?)`,
			p.desk, uuid.New(), p.user, noon, noon)
	}))
	return p
}

func (p peopled) changes() map[string]struct {
	change string
	about  audit.Subject
} {
	return map[string]struct {
		change string
		about  audit.Subject
	}{
		"a ticket's urgency": {"UPDATE tickets SET urgency = 'critical'", audit.Ticket(p.ticket)},
		"a user's role":      {"UPDATE users SET role = 'auditor'", audit.User(p.user)},
		"a policy's end":     {"UPDATE policies SET cancelled_on = '2026-06-01'", audit.Policy(p.policy)},
		"a desk's promise":   {"INSERT INTO desk_targets SELECT id, 'urgent', 60 FROM desks", audit.Desk(p.desk)},
		"a note":             {"INSERT INTO notes (ticket_id, author_id, body, client_key, written_at) SELECT id, opened_by, 'n', gen_random_uuid(), opened_at FROM tickets", audit.Ticket(p.ticket)},
	}
}

func TestAChangeWithoutItsEntryIsRefusedAtCommit(t *testing.T) {
	t.Parallel()
	p := withATicket(t)
	// The subjects have entries, of an earlier transaction: those do not count.
	for name, c := range p.changes() {
		done := false
		err := p.Write(context.Background(), func(tx *gorm.DB) error {
			err := tx.Exec(c.change).Error
			done = err == nil
			return err
		})
		if !done || !database.Violates(err, "record_guard") {
			t.Errorf("%s: done %v, %v", name, done, err)
		}
	}
}

func TestAnEntryAboutAnotherSubjectDoesNotCount(t *testing.T) {
	t.Parallel()
	p := withATicket(t)
	for name, c := range p.changes() {
		err := p.Write(context.Background(), func(tx *gorm.DB) error {
			other := audit.Subject{Kind: c.about.Kind, ID: c.about.ID + 1000}
			if err := audit.Record(tx, someone, noon, "ticket.touched", other, nil); err != nil {
				return err
			}
			other = audit.Subject{Kind: "article", ID: c.about.ID}
			if err := audit.Record(tx, someone, noon, "ticket.touched", other, nil); err != nil {
				return err
			}
			return tx.Exec(c.change).Error
		})
		if !database.Violates(err, "record_guard") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnEntryTakenBackByASavepointDoesNotCount(t *testing.T) {
	t.Parallel()
	p := withATicket(t)
	for name, c := range p.changes() {
		err := p.Write(context.Background(), func(tx *gorm.DB) error {
			if err := tx.SavePoint("before").Error; err != nil {
				return err
			}
			if err := audit.Record(tx, someone, noon, "ticket.touched", c.about, nil); err != nil {
				return err
			}
			if err := tx.RollbackTo("before").Error; err != nil {
				return err
			}
			return tx.Exec(c.change).Error
		})
		if !database.Violates(err, "record_guard") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// After a restore elsewhere the numbers of transactions begin anew, and one may
// meet its own number on an old entry.
func TestAnEntryOfAnotherTransactionWithThisOnesNumberDoesNotCount(t *testing.T) {
	t.Parallel()
	p := withATicket(t)
	for name, forge := range map[string]string{
		"its number": "UPDATE record SET written_in = pg_current_xact_id()",
		"its time":   "UPDATE record SET recorded_at = transaction_timestamp()",
	} {
		done := false
		err := p.Write(context.Background(), func(tx *gorm.DB) error {
			for _, statement := range []string{"SET LOCAL ROLE none", "SET LOCAL session_replication_role = replica", forge,
				"SET LOCAL session_replication_role = origin", "UPDATE tickets SET urgency = 'urgent'"} {
				if err := tx.Exec(statement).Error; err != nil {
					return err
				}
			}
			done = true
			return nil
		})
		if !done || !database.Violates(err, "record_guard") {
			t.Errorf("%s: done %v, %v", name, done, err)
		}
	}
}

func TestAChangeWithItsEntryIsKept(t *testing.T) {
	t.Parallel()
	p := withATicket(t)
	for name, c := range p.changes() {
		// The entry may come after the change, and from within a savepoint.
		err := p.Write(context.Background(), func(tx *gorm.DB) error {
			if err := tx.Exec(c.change).Error; err != nil {
				return err
			}
			return tx.Transaction(func(inner *gorm.DB) error {
				return audit.Record(inner, someone, noon, "ticket.touched", c.about, nil)
			})
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.whole(nil)
}

func TestWhatIsGuardedIsKept(t *testing.T) {
	t.Parallel()
	p := withATicket(t)
	for _, table := range []string{"tickets", "policies"} {
		if _, err := p.owner.Exec("DELETE FROM " + table); err == nil {
			t.Errorf("the rows of %s could go", table)
		}
	}
}
