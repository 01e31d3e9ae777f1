package audit

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// Snapshots is what Verify needs of the database: one instant to read at.
type Snapshots interface {
	Snapshot(ctx context.Context, f func(q *gorm.DB) error) error
}

// Verify reads the whole record at one instant and says whether it is whole, or
// names the first entry or seal that was changed, removed, inserted, moved or cut
// off. Hashes are taken anew here; nothing the database has stored as code is asked.
// An error means that it could not be told. Memory stays flat.
//
// What is found, by somebody who can do anything in the database:
//   - an entry changed, removed, inserted or moved, unless every hash after it, the
//     head, and all later seals are made anew as well;
//   - all of that made anew, by the MACs, if key is given and was not known to them;
//   - all of that made anew with the key, or the newest seals cut off together with
//     their entries, by a witness: a line that Witness wrote, kept elsewhere.
//
// What is not: a chain rewritten from an entry newer than the last seal on; an
// entry written as the program would have written it; the columns id, written_in
// and recorded_at, which no hash covers.
//
// Every MAC must fit the one key: seals made with a key that was replaced do not.
func Verify(ctx context.Context, db Snapshots, key []byte, witnesses ...string) (Report, error) {
	var report Report
	seen := map[int64][]byte{}
	for _, text := range witnesses {
		no, hash, err := witnessed(text)
		if err != nil {
			return report, err
		}
		seen[no] = hash
	}
	err := db.Snapshot(ctx, func(q *gorm.DB) error {
		// It takes as long as it takes; the caller's ctx can end it.
		if err := q.Exec("SET LOCAL statement_timeout = 0").Error; err != nil {
			return err
		}
		report = Report{KeyGiven: len(key) > 0}
		inSeals, err := verifySeals(q, key, seen, &report)
		if err != nil {
			return err
		}
		first, chained, err := verifyChains(q, &report)
		if err != nil {
			return err
		}
		switch {
		case inSeals == nil:
			report.Problem = first
		case chained != nil: // what an entry's own chain shows does not lean on seals
			report.Problem = chained
		default: // what only a seal shows is worth no more than the seal
			report.Problem = inSeals
		}
		return nil
	})
	return report, err
}

// Report is what Verify found.
type Report struct {
	Entries           int64
	Subjects          int64
	Seals             int64
	NewerThanLastSeal int64 // entries that no seal holds yet: their chain alone does
	KeyGiven          bool
	MACChecked        bool  // every MAC there is fits the key, and the newest seal has one
	WithoutMAC        int64 // seals made without a key
	Witnesses         int   // witnesses that fitted
	LastSealNo        int64
	LastSealAt        time.Time
	LastSealRoot      []byte
	Problem           *Problem // nil: whole
}

// What happened to an entry or a seal.
type What string

// What can be found. Forged is of seals only: the MAC does not fit.
const (
	Changed  What = "changed"
	Removed  What = "removed"
	Inserted What = "inserted"
	Moved    What = "moved"
	CutOff   What = "cut off"
	Forged   What = "forged"
)

// Problem is the first thing that is not as it was written. It is about a subject's
// entry, or (Kind is empty) about a seal. Seq is the place in the subject's chain;
// RecordID the row that stands there, 0 if none does.
type Problem struct {
	What      What
	Kind      string
	SubjectID int64
	Seq       int64
	RecordID  int64
	Seal      int64
	Sentence  string
}
