package learning_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/learning"
	"hotline/app/triage"
)

// odd is critical only by a phrase that addOdd adds.
const odd = "The man put a flimflammer on the counter and asked for a copy of his chart."

// addOdd has a manager add a phrase, at another process than the one that is tried.
func (s *school) addOdd() {
	s.t.Helper()
	part, err := s.room.Trigger(s.t.Context(), s.manager, "threat_of_violence")
	if err != nil {
		s.t.Fatal(err)
	}
	rule := part.Trigger
	rule.Patterns = append(rule.Patterns, triage.Pattern{Any: []string{"flimflammer"}})
	if err := s.room.SetTrigger(s.t.Context(), s.manager, part.Trigger.Code, &rule, part.Change, true); err != nil {
		s.t.Fatal(err)
	}
}

// comes waits until a room knows what addOdd added.
func (s *school) comes(room *learning.Service) {
	s.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second) // before it would look again by itself
	for room.Read(s.t.Context(), odd).Urgency != "critical" {
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatal("what was loaded never counts")
		}
	}
}

func TestASlowLookHoldsUpNoReadingAndCountsOnceItIsThere(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.addOdd()
	other := learning.Waiting(learning.New(s.db), time.Millisecond)
	err := s.db.Write(t.Context(), func(tx *gorm.DB) error {
		for _, sql := range []string{`SET LOCAL ROLE NONE`, `LOCK TABLE lexicon_changes IN ACCESS EXCLUSIVE MODE`} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		if r := other.Read(t.Context(), odd); r.Urgency == "critical" {
			t.Error("it read what nobody may read yet")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.comes(other)
}

func TestWhoTriesAChangeReadsWithIt(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	hurried := learning.Waiting(learning.New(s.db), 0)
	s.addOdd()
	if r := hurried.Try(t.Context(), odd); r.Urgency != "critical" {
		t.Errorf("it reads %s", r.Urgency)
	}
}

func TestALookThatFailedIsTakenAgainSoon(t *testing.T) {
	t.Parallel()
	db, line := dbtest.Cuttable(t, database.Limits{Statement: 20 * time.Second, Lock: 10 * time.Second, Idle: 30 * time.Second, Pool: 8})
	s := schoolIn(t, db)
	s.addOdd()
	other := newRoom(db)
	line.Cut()
	if r := other.Read(t.Context(), odd); r.Urgency == "critical" || r.Topic() == "" {
		t.Errorf("without a database it reads %s, %s", r.Urgency, r.Topic())
	}
	line.Mend()
	s.comes(other)
}

func TestADatabaseThatIsClosedLeavesAReadingWithWhatThereWas(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	db.Close()
	if r := newRoom(db).Read(t.Context(), odd); r.Topic() != triage.Read(triage.Embedded(), odd).Topic() {
		t.Errorf("read as %s", r.Topic())
	}
}
