package audit

import (
	"bytes"
	"fmt"

	"gorm.io/gorm"
)

// reach is how many entries on either side of a break are looked at to name it.
const reach = 10_000

// diagnose names what happened where a chain breaks: last still fits, e does not
// follow from it.
func diagnose(q *gorm.DB, last, e entry) (*Problem, error) {
	around, err := neighbours(q, last)
	if err != nil {
		return nil, err
	}
	say := func(what What, seq, row int64, sentence string, more ...any) (*Problem, error) {
		return &Problem{What: what, Kind: e.kind, SubjectID: e.id, Seq: seq, RecordID: row,
			Sentence: fmt.Sprintf(sentence, more...)}, nil
	}
	due := last.seq + 1
	if e.seq < due {
		return say(Inserted, e.seq, e.row, "There are two of that number, or numbers below 1.")
	}
	// Does what was written here stand somewhere else?
	for i := range around {
		r := &around[i]
		if r.seq == due {
			continue
		}
		hash := r.hashAt(due, last.hash)
		if bytes.Equal(hash, r.hash) { // the row, with its own hash
			if written := place(&e, last, around); e.seq == due && (written == 0 || written == due) {
				return say(Inserted, due, e.row, "What was written as entry %d stands at %d.", due, r.seq)
			}
			return say(Moved, due, r.row, "What was written as entry %d stands at %d.", due, r.seq)
		}
		// What the row says, without its hash. Two entries may say the same; then it fits its own place too.
		if e.seq == due && bytes.Equal(hash, e.hash) && !r.fits(r.seq) {
			return say(Moved, due, r.row, "What entry %d said is said by entry %d.", due, r.seq)
		}
	}
	if e.seq > due {
		return say(Removed, due, 0, "The next one there is entry %d.", e.seq)
	}
	switch written := place(&e, last, around); {
	case written == due && last.seq > 0:
		// It is whole and follows something else: what stands before it is not what it followed.
		return say(Changed, last.seq, last.row, "Entry %d follows another hash: this one was changed and its hash made anew.", due)
	case written > due:
		return say(Removed, due, 0, "In its place stands what was written as entry %d.", written)
	case written > 0 && written < due:
		row, err := rowOf(q, e.subject, written)
		if err != nil {
			return nil, err
		}
		return say(Inserted, written, row, "What was written as entry %d stands at %d.", written, due)
	case e.fits(due): // the first of its chain, and it follows something
		return say(Removed, due, 0, "The first one there follows another.")
	case bytes.Equal(e.hashAt(due, last.hash), e.hash):
		return say(Changed, due, e.row, "The hash it says it follows is not the one before it.")
	}
	return say(Changed, due, e.row, "It does not give the hash it was written with.")
}

// place is the number that e was written as, by its own hashes; 0: none near.
func place(e *entry, last entry, around []entry) int64 {
	if e.fits(e.seq) {
		return e.seq
	}
	for seq := max(1, last.seq+1-reach); seq <= last.seq+int64(len(around))+reach; seq++ {
		if e.fits(seq) {
			return seq
		}
	}
	return 0
}

func neighbours(q *gorm.DB, last entry) ([]entry, error) {
	rows, err := q.Raw(`SELECT `+entryColumns+` FROM record WHERE kind = ? AND subject_id = ? AND seq >= ?
		ORDER BY seq LIMIT ?`, last.kind, last.id, last.seq+1-reach, 2*reach).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var around []entry
	for rows.Next() {
		var e entry
		if err := scanEntry(rows, &e); err != nil {
			return nil, err
		}
		around = append(around, e)
	}
	return around, rows.Err()
}

func rowOf(q *gorm.DB, about subject, seq int64) (int64, error) {
	var row int64
	err := q.Raw(`SELECT id FROM record WHERE kind = ? AND subject_id = ? AND seq = ? LIMIT 1`, about.kind, about.id, seq).Scan(&row).Error
	return row, err
}
