package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"hotline/app/audit"
	"hotline/app/database"
)

func state(err error) string {
	if e, ok := errors.AsType[*database.Error](err); ok {
		return e.State
	}
	return ""
}

func TestTheProgramCannotChangeTheRecord(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	for _, statement := range []string{
		"UPDATE record SET actor_id = 1",
		"UPDATE record SET detail = '{}' WHERE id = 1",
		"DELETE FROM record",
		"TRUNCATE record",
		"ALTER TABLE record DISABLE TRIGGER record_append_only",
		"UPDATE record_seals SET mac = NULL",
		"DELETE FROM record_seals",
		"TRUNCATE record_seals",
		"UPDATE record_sealed SET seq = 1",
		"DELETE FROM record_sealed",
		"TRUNCATE record_sealed",
		"UPDATE record_heads SET seq = 1",
		"UPDATE record_heads SET hash = ''",
		"DELETE FROM record_heads",
		"INSERT INTO record_heads (kind, subject_id, seq, hash) VALUES ('ticket', 1, 1, '')",
		"TRUNCATE record_heads",
		"UPDATE ticket_views SET role = 'auditor'",
		"DELETE FROM ticket_views",
	} {
		err := h.Write(context.Background(), func(tx *gorm.DB) error { return tx.Exec(statement).Error })
		if state(err) != "42501" { // insufficient privilege
			t.Errorf("%s: %v", statement, err)
		}
	}
	h.whole(key)
}

func TestTheProgramCannotMoveHeadsByATableOfItsOwn(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	err := h.Write(context.Background(), func(tx *gorm.DB) error {
		if err := tx.Exec("CREATE TEMP TABLE mine (LIKE record INCLUDING DEFAULTS) ON COMMIT DROP").Error; err != nil {
			t.Errorf("it could not make the table to try with: %v", err)
		}
		return tx.Exec("CREATE TRIGGER mine BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION record_chain()").Error
	})
	if state(err) != "42501" {
		t.Errorf("it could hang the chain on another table: %v", err)
	}
}

func TestTheOwnerIsStoppedByTheTriggers(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	for _, table := range []string{"record", "record_seals", "record_sealed", "ticket_views"} {
		column := map[string]string{"record": "at = at", "record_seals": "at = at", "record_sealed": "seq = seq", "ticket_views": "at = at"}[table]
		for _, statement := range []string{"UPDATE " + table + " SET " + column, "DELETE FROM " + table, "TRUNCATE " + table} {
			if _, err := h.owner.Exec(statement); err == nil || !strings.Contains(err.Error(), table+" is append-only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	h.whole(key)
}

func TestAnEntryCannotChooseItsPlace(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	h.must(h.Write(context.Background(), func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO record (kind, subject_id, seq, at, role, action, previous, hash, written_in, recorded_at)
			VALUES ('ticket', 5, 2, ?, 'manager', 'ticket.touched', sha256('x'), sha256('y'), '1', '2020-01-01')`, noon).Error
	}))
	var last struct {
		Seq int64
		Now bool
	}
	h.must(h.Read(context.Background(), func(q *gorm.DB) error {
		return q.Raw(`SELECT seq, recorded_at > now() - interval '1 hour' AND written_in::text <> '1' AS now FROM record
			WHERE kind = 'ticket' ORDER BY id DESC LIMIT 1`).Scan(&last).Error
	}))
	if last.Seq != 6 || !last.Now {
		t.Errorf("it stands at %d, now: %v", last.Seq, last.Now)
	}
	h.whole(key)
}

func TestEightWritersLeaveWholeChains(t *testing.T) {
	t.Parallel()
	h := open(t)
	failed := make([]error, 8)
	var writers sync.WaitGroup
	for w := range failed {
		writers.Go(func() {
			for i := range 15 {
				failed[w] = errors.Join(failed[w], h.Write(context.Background(), func(tx *gorm.DB) error {
					// Several subjects: in the order of kind and id.
					for _, about := range []audit.Subject{audit.Desk(1), audit.Ticket(5), audit.Ticket(7)}[(w+i)%3:] {
						if err := audit.Record(tx, someone, noon, "ticket.touched", about, audit.Detail{"writer": w, "step": i}); err != nil {
							return err
						}
					}
					return nil
				}))
			}
		})
	}
	writers.Wait()
	h.must(errors.Join(failed...))
	if r := h.whole(nil); r.Entries != 8*15*2 || r.Subjects != 3 {
		t.Errorf("it says %s", r)
	}
	h.must(h.Read(context.Background(), func(q *gorm.DB) error {
		trail, err := audit.Trail(q, audit.Ticket(7))
		for i, e := range trail {
			if e.Seq != int64(i+1) {
				t.Errorf("entry %d stands at %d", e.Seq, i+1)
			}
		}
		if len(trail) != 8*15 {
			t.Errorf("ticket 7 has %d entries", len(trail))
		}
		return err
	}))
}

func TestADetailIsKeptAsItWasWritten(t *testing.T) {
	t.Parallel()
	h := open(t)
	const written = `{"to": "b",  "from":"a", "to":"c", "n":1.50, "s":"é \u00e9 \" ]"}`
	h.must(h.Write(context.Background(), func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO record (kind, subject_id, seq, at, role, action, detail, previous, hash)
			VALUES ('ticket', 5, 0, ?, 'manager', 'ticket.touched', ?, '', '')`, noon, written).Error
	}))
	var kept string
	h.must(h.Read(context.Background(), func(q *gorm.DB) error {
		return q.Raw("SELECT detail::text FROM record").Scan(&kept).Error
	}))
	if kept != written {
		t.Errorf("it became %s", kept)
	}
	h.whole(nil)
}

func TestARolledBackEntryLeavesNoGap(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.write(audit.Ticket(5), 1)
	change := errors.New("changed my mind")
	err := h.Write(context.Background(), func(tx *gorm.DB) error {
		if err := audit.Record(tx, someone, noon, "ticket.touched", audit.Ticket(5), nil); err != nil {
			return err
		}
		return change
	})
	if !errors.Is(err, change) {
		t.Fatal(err)
	}
	h.write(audit.Ticket(5), 1)
	if r := h.whole(nil); r.Entries != 2 {
		t.Errorf("it says %s", r)
	}
}

func TestAnExportIsRecordedWithItsFilterAndRows(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.must(h.Write(context.Background(), func(tx *gorm.DB) error {
		return audit.Exported(tx, someone, noon, "caseload", audit.Detail{"desk": 1}, 240)
	}))
	h.must(h.Read(context.Background(), func(q *gorm.DB) error {
		trail, err := audit.Trail(q, audit.Export(someone.ID))
		if err != nil || len(trail) != 1 {
			t.Fatalf("%d entries, %v", len(trail), err)
		}
		var said struct {
			What   string
			Filter map[string]int
			Rows   int
		}
		e := trail[0]
		if err := json.Unmarshal(e.Detail, &said); err != nil || said.What != "caseload" || said.Filter["desk"] != 1 || said.Rows != 240 ||
			e.Action != "export.taken" || e.ActorID == nil || *e.ActorID != someone.ID || !e.At.Equal(noon) {
			t.Errorf("it says %+v %s", e, e.Detail)
		}
		return nil
	}))
}
