package learning

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/triage"
)

// How many people's decisions must be new before a night trains at all: corrections teach,
// agreement teaches little.
const (
	enoughCorrected = 20
	enoughResolved  = 500
)

// Scores are how well two ways of reading did on the same questions: the one in force, and
// the one that was to replace it. Neither had learned the questions it was asked.
type Scores struct{ Was, Is triage.Score }

// made is what a model is made of.
type made struct{ Lexicon, LabelsTo int64 }

// try is a night's work: what is in force, what could be, and of what.
type try struct {
	of        standing
	inForce   made
	to        int64
	labels    []label
	old       []label
	lexicon   triage.Lexicon // in force
	oldLex    triage.Lexicon // what the model in force was trained with
	corrected int
	name      []byte // of the recipe
}

// Retrain makes a model of the corpus and of every label so far, and puts it in force if it
// beats the one that is, by cross-validation on real questions. It gives how many labels it
// learned from; 0 where nothing is new. A recipe is tried once, however many workers try.
func (s *Service) Retrain(ctx context.Context) (int, error) {
	if err := s.note(ctx); err != nil {
		return 0, err
	}
	t, err := s.tonight(ctx)
	if err != nil || t == nil {
		return 0, err
	}
	reads := triage.Embedded()
	lessons, tests := taught(t.labels, reads)
	known, _ := taught(t.old, reads)
	corpus := s.corpus()
	var real []triage.Example
	for _, ex := range corpus {
		if ex.Real {
			real = append(real, ex)
		}
	}
	folds := 5
	if len(tests) > 300 {
		folds = 3
	}
	was, is, err := triage.Compare(ctx,
		triage.Recipe{Examples: append(s.corpus(), known...), Lexicon: t.oldLex, Reads: &t.lexicon},
		triage.Recipe{Examples: append(corpus, lessons...), Lexicon: t.lexicon}, append(real, tests...), folds)
	if err != nil {
		return 0, err
	}
	why := refused(was, is)
	m, err := triage.Train(append(s.corpus(), lessons...), t.lexicon)
	if err != nil {
		return 0, err
	}
	return len(lessons), s.settle(ctx, t, m, Scores{was, is}, why, len(lessons))
}

// tonight reads what there is to learn; nil where it is nothing new.
func (s *Service) tonight(ctx context.Context) (*try, error) {
	var t *try
	err := s.db.Snapshot(ctx, func(q *gorm.DB) error {
		of, err := standingOf(q)
		if err != nil {
			return err
		}
		n := &try{of: of}
		var last made
		if err := q.Raw(`SELECT lexicon, labels_to FROM models ORDER BY id DESC LIMIT 1`).Scan(&last).Error; err != nil {
			return err
		}
		err = q.Raw(`SELECT m.lexicon, m.labels_to FROM models_in_force f JOIN models m ON m.id = f.model_id WHERE f.id = ?`, of.InForce).Scan(&n.inForce).Error
		if err != nil {
			return err
		}
		var fresh struct{ To, Corrected, Resolved int64 }
		err = q.Raw(`SELECT coalesce(max(id), 0) AS to, count(*) FILTER (WHERE why = 'corrected' AND id > ?) AS corrected,
			count(*) FILTER (WHERE why = 'resolved' AND id > ?) AS resolved FROM labels`, last.LabelsTo, last.LabelsTo).Scan(&fresh).Error
		if err != nil {
			return err
		}
		if fresh.Corrected < enoughCorrected && fresh.Resolved < enoughResolved && of.Lexicon == last.Lexicon {
			return nil
		}
		n.to = fresh.To
		if n.labels, err = labelsTo(q, n.to); err != nil {
			return err
		}
		var tried bool
		n.name = n.recipe(s.corpus())
		if err := q.Raw(`SELECT EXISTS (SELECT FROM models WHERE recipe = ?)`, n.name).Scan(&tried).Error; err != nil || tried {
			return err
		}
		if n.inForce.LabelsTo > 0 {
			if n.old, err = labelsTo(q, n.inForce.LabelsTo); err != nil {
				return err
			}
		}
		if n.lexicon, err = lexiconAt(q, of.Lexicon); err != nil {
			return err
		}
		if n.oldLex, err = lexiconAt(q, n.inForce.Lexicon); err != nil {
			return err
		}
		for _, l := range n.labels {
			if l.Why == "corrected" {
				n.corrected++
			}
		}
		t = n
		return nil
	})
	return t, err
}

// recipe names what a model would be made of.
func (t *try) recipe(corpus []triage.Example) []byte {
	h := sha256.New()
	for _, ex := range corpus {
		fmt.Fprintf(h, "%s\x00%s\x00", ex.ID, ex.Text)
	}
	came, _ := json.Marshal(triage.EmbeddedLexicon())
	h.Write(came)
	_ = binary.Write(h, binary.BigEndian, t.of.Lexicon)
	for _, l := range t.labels {
		_ = binary.Write(h, binary.BigEndian, l.ID)
	}
	return h.Sum(nil)
}

// settle keeps the model, or why it was refused. Where somebody put another in force
// meanwhile, what was compared is past: nothing is kept and another night tries again.
func (s *Service) settle(ctx context.Context, t *try, m *triage.Model, scores Scores, why string, labels int) error {
	bytes, err := m.MarshalBinary()
	if err != nil {
		return err
	}
	if why != "" {
		bytes = nil
	}
	text, err := json.Marshal(scores)
	if err != nil {
		return err
	}
	by := actor.Job("clock:learn", 0)
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, changing).Error; err != nil {
			return err
		}
		of, err := standingOf(tx)
		if err != nil || of.InForce != t.of.InForce {
			return err
		}
		now := s.now()
		var id int64
		err = tx.Raw(`INSERT INTO models (version, recipe, lexicon, labels_to, labels, corrected, scores, bytes, trained_at, refused_why)
			VALUES (?, ?, ?, ?, ?, ?, ?::json, ?, ?, ?) ON CONFLICT (recipe) DO NOTHING RETURNING id`,
			m.Version(), t.name, t.of.Lexicon, t.to, labels, t.corrected, string(text), bytes, now, why).Scan(&id).Error
		if err != nil || id == 0 {
			return err
		}
		if err := audit.Record(tx, by, now, map[bool]string{true: "model.accepted", false: "model.refused"}[why == ""], audit.Model(id),
			audit.Detail{"version": m.Version(), "labels": labels}); err != nil || why != "" {
			return err
		}
		return inForce(tx, by, &id, "", now)
	})
	if err == nil {
		s.forget()
	}
	return err
}
