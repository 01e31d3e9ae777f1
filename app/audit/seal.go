package audit

import (
	"time"

	"gorm.io/gorm"
)

// SealAtMost is how many heads one seal takes. A caller that got so many seals
// again, in a transaction of its own, until it gets fewer.
const SealAtMost = 50_000

// Seal seals the heads that moved since the last seal, in tx, and says which seal
// it made and how many heads are in it. Nothing moved: no seal, and 0. One sealer
// works at a time. A head that a writer holds at this moment waits for the next
// seal, so sealing never waits for writers, nor they long for it. key is the
// worker's AUDIT_SEAL_KEY; without one the seal has no MAC.
func Seal(tx *gorm.DB, now time.Time, key []byte) (no int64, sealed int, err error) {
	return sealUpTo(tx, now, key, SealAtMost)
}

func sealUpTo(tx *gorm.DB, now time.Time, key []byte, most int) (no int64, sealed int, err error) {
	// A statement of its own: the next one must see what the sealer before us committed.
	if err := tx.Exec(`SELECT pg_advisory_xact_lock(hashtextextended('record seal', 0))`).Error; err != nil {
		return 0, 0, err
	}
	last, err := LastSeal(tx)
	if err != nil {
		return 0, 0, err
	}
	s := Sealed{No: 1, At: now.UTC().Truncate(time.Microsecond), Previous: nothing}
	if last != nil {
		s.No, s.Previous = last.No+1, last.Hash()
	}
	var moved struct {
		Heads   int
		Entries int64
		Root    []byte
	}
	err = tx.Raw(`WITH moved AS MATERIALIZED (
			SELECT kind, subject_id, seq, hash, sealed_seq FROM record_heads
			WHERE seq > sealed_seq
			ORDER BY kind, subject_id LIMIT ?
			FOR NO KEY UPDATE SKIP LOCKED
		), kept AS (
			INSERT INTO record_sealed (seal, kind, subject_id, seq, hash)
			SELECT ?, kind, subject_id, seq, hash FROM moved
		), marked AS (
			UPDATE record_heads h SET sealed_seq = m.seq FROM moved m
			WHERE h.kind = m.kind AND h.subject_id = m.subject_id
		)
		SELECT count(*) AS heads, coalesce(sum(seq - sealed_seq), 0)::bigint AS entries,
			sha256(convert_to(coalesce(string_agg(
				kind || ' ' || subject_id || ' ' || seq || ' ' || encode(hash, 'hex') || E'\n',
				'' ORDER BY kind, subject_id), ''), 'UTF8')) AS root
		FROM moved`, most, s.No).Scan(&moved).Error
	if err != nil || moved.Heads == 0 {
		return 0, 0, err
	}
	s.Entries, s.Root = moved.Entries, moved.Root
	s.MAC = s.sign(key)
	err = tx.Exec(`INSERT INTO record_seals (no, at, entries, root, previous, mac) VALUES (?, ?, ?, ?, ?, ?)`,
		s.No, s.At, s.Entries, s.Root, s.Previous, s.MAC).Error
	if err != nil {
		return 0, 0, err
	}
	return s.No, moved.Heads, nil
}
