package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"

	"gorm.io/gorm"
)

// mark is one line of a seal: how far it sealed a subject.
type mark struct {
	seal int64
	subject
	seq  int64
	hash []byte
}

func scanMark(rows *sql.Rows, m *mark) error {
	return rows.Scan(&m.seal, &m.kind, &m.id, &m.seq, &m.hash)
}

func scanSeal(rows *sql.Rows, s *Sealed) error {
	return rows.Scan(&s.No, &s.At, &s.Entries, &s.Root, &s.Previous, &s.MAC)
}

// sealWalk goes through the seals in order, with the lines they hold.
type sealWalk struct {
	key    []byte
	seen   map[int64][]byte // what witnesses say, by number
	report *Report
	lines  *cursor[mark]

	last   Sealed
	signed int64 // the newest seal with a MAC
	unfit  bool  // a MAC that does not fit, or is missing
	first  *Problem
}

// verifySeals gives the first thing that is wrong with the seals.
func verifySeals(q *gorm.DB, key []byte, seen map[int64][]byte, report *Report) (*Problem, error) {
	seals, err := open(q, "audit_seals", `SELECT no, at, entries, root, previous, mac FROM record_seals ORDER BY no`, scanSeal)
	if err != nil {
		return nil, err
	}
	w := &sealWalk{key: key, seen: seen, report: report, last: Sealed{Previous: nothing}}
	w.lines, err = open(q, "audit_lines", `SELECT seal, kind, subject_id, seq, hash FROM record_sealed
		ORDER BY seal, kind COLLATE "C", subject_id`, scanMark)
	if err != nil {
		return nil, err
	}
	for {
		s, err := seals.peek()
		if err != nil {
			return nil, err
		}
		if s == nil {
			break
		}
		if err := w.seal(s); err != nil {
			return nil, err
		}
		seals.step()
	}
	err = w.end()
	return w.first, err
}

func (w *sealWalk) say(what What, no int64, sentence string, more ...any) {
	if w.first == nil {
		w.first = &Problem{What: what, Seal: no, Sentence: fmt.Sprintf(sentence, more...)}
	}
}

func (w *sealWalk) seal(s *Sealed) error {
	w.report.Seals++
	switch {
	case s.No < 1:
		w.say(Inserted, s.No, "Seals are numbered from 1.")
	case s.No != w.last.No+1:
		w.say(Removed, w.last.No+1, "The next one there is seal %d.", s.No)
	}
	if err := w.stray(s.No, Removed); err != nil {
		return err
	}
	root, err := w.root(s.No)
	if err != nil {
		return err
	}
	if !bytes.Equal(root, s.Root) {
		w.say(Changed, s.No, "The heads it holds do not give its root.")
	}
	genuine := len(w.key) > 0 && len(s.MAC) > 0 && hmac.Equal(s.MAC, s.sign(w.key))
	w.mac(s, genuine)
	follows := nothing
	if w.last.No > 0 {
		follows = w.last.Hash()
	}
	switch {
	case bytes.Equal(s.Previous, follows):
	case genuine && w.last.No > 0:
		w.say(Changed, w.last.No, "Seal %d, whose MAC holds, follows another.", s.No)
	default:
		w.say(Changed, s.No, "It does not follow from seal %d: one of the two was changed.", w.last.No)
	}
	if hash, ok := w.seen[s.No]; ok {
		if bytes.Equal(hash, s.Hash()) {
			w.report.Witnesses++
		} else {
			w.say(Changed, s.No, "It is not the seal that was witnessed: it, or what it follows, was made anew.")
		}
	}
	w.last = *s
	return nil
}

// mac: a seal without one is taken only from before the first that has one, or
// whoever has no key could take them off what they made anew.
func (w *sealWalk) mac(s *Sealed, genuine bool) {
	if len(s.MAC) == 0 {
		w.report.WithoutMAC++
		if len(w.key) > 0 && w.signed > 0 {
			w.unfit = true
			w.say(Forged, s.No, "It carries no MAC, though seal %d before it does.", w.signed)
		}
		return
	}
	w.signed = s.No
	if len(w.key) > 0 && !genuine {
		w.unfit = true
		w.say(Forged, s.No, "Its MAC does not fit the key: it was made with another key, or without it.")
	}
}

// root takes the lines of a seal and gives their root.
func (w *sealWalk) root(no int64) ([]byte, error) {
	root := sha256.New()
	for {
		m, err := w.lines.peek()
		if err != nil {
			return nil, err
		}
		if m == nil || m.seal != no {
			return root.Sum(nil), nil
		}
		root.Write(line(m.kind, m.id, m.seq, m.hash))
		w.lines.step()
	}
}

// stray passes the lines of seals before no: they belong to none.
func (w *sealWalk) stray(no int64, what What) error {
	for {
		m, err := w.lines.peek()
		if err != nil || m == nil || m.seal >= no {
			return err
		}
		w.say(what, m.seal, "Lines of it are there and the seal is not.")
		w.lines.step()
	}
}

func (w *sealWalk) end() error {
	if err := w.stray(math.MaxInt64, CutOff); err != nil {
		return err
	}
	last := w.last
	if len(w.key) > 0 && last.No > 0 && len(last.MAC) == 0 {
		w.unfit = true
		w.say(Forged, last.No, "A key was given, and the newest seal carries no MAC: it was made without the key.")
	}
	for _, no := range slices.Sorted(maps.Keys(w.seen)) {
		if no > last.No {
			w.say(CutOff, no, "It was witnessed, and the last one there is seal %d.", last.No)
		}
	}
	w.report.MACChecked = len(w.key) > 0 && last.No > 0 && !w.unfit
	w.report.LastSealNo, w.report.LastSealAt, w.report.LastSealRoot = last.No, last.At, last.Root
	return nil
}
