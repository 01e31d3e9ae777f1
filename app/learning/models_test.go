package learning_test

import (
	"fmt"
	"testing"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
)

// wrote puts a row down with its record, as a release of years ago did; sql gives its id.
func (s *school) wrote(about func(int64) audit.Subject, sql string, args ...any) (id int64) {
	s.t.Helper()
	err := s.db.Write(s.t.Context(), func(tx *gorm.DB) error {
		if err := tx.Raw(sql+` RETURNING id`, args...).Scan(&id).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor.Command("test"), s.db.Now(), "made.before", about(id), nil)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func TestTheModelInForceIsNamedHoweverManyWereRefusedSince(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	made := func(n int, bytes []byte, refused string) int64 {
		return s.wrote(audit.Model, `INSERT INTO models (version, recipe, lexicon, labels_to, labels, corrected, scores, bytes, trained_at, refused_why)
			VALUES ('v', sha256(convert_to(?, 'UTF8')), 0, 0, 0, 0, '{}', ?, ?, ?)`, fmt.Sprint(n), bytes, s.db.Now(), refused)
	}
	first := made(0, []byte("of another release"), "")
	s.wrote(audit.ModelInForce, `INSERT INTO models_in_force (model_id, from_at) VALUES (?, ?)`, first, s.db.Now())
	for n := range 51 {
		made(n+1, nil, "It is not better.")
	}
	if o := s.overview(); o.Model == nil || o.Model.ID != first || o.Models[0].ID == first {
		t.Errorf("in force: %+v of %d", o.Model, len(o.Models))
	}
}
