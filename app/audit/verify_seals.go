package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math"

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

// verifySeals walks the seals in order with the lines they hold, and gives the
// first thing that is wrong with them.
func verifySeals(q *gorm.DB, key []byte, seen map[int64][]byte, report *Report) (*Problem, error) {
	seals, err := open(q, "audit_seals", `SELECT no, at, entries, root, previous, mac FROM record_seals ORDER BY no`, scanSeal)
	if err != nil {
		return nil, err
	}
	lines, err := open(q, "audit_lines", `SELECT seal, kind, subject_id, seq, hash FROM record_sealed
		ORDER BY seal, kind COLLATE "C", subject_id`, scanMark)
	if err != nil {
		return nil, err
	}
	var first *Problem
	say := func(what What, no int64, sentence string, more ...any) {
		if first == nil {
			first = &Problem{What: what, Seal: no, Sentence: fmt.Sprintf(sentence, more...)}
		}
	}
	// stray passes the lines of seals before no: they belong to none.
	stray := func(no int64, what What) error {
		for {
			m, err := lines.peek()
			if err != nil || m == nil || m.seal >= no {
				return err
			}
			say(what, m.seal, "Lines of it are there and the seal is not.")
			lines.step()
		}
	}

	last := Sealed{Previous: nothing}
	signed := int64(0) // the newest seal with a MAC
	fits := true
	for {
		s, err := seals.peek()
		if err != nil {
			return nil, err
		}
		if s == nil {
			break
		}
		report.Seals++
		if s.No != last.No+1 {
			if s.No < 1 {
				say(Inserted, s.No, "Seals are numbered from 1.")
			} else {
				say(Removed, last.No+1, "The next one there is seal %d.", s.No)
			}
		}
		if err := stray(s.No, Removed); err != nil {
			return nil, err
		}
		root := sha256.New()
		for {
			m, err := lines.peek()
			if err != nil {
				return nil, err
			}
			if m == nil || m.seal != s.No {
				break
			}
			root.Write(line(m.kind, m.id, m.seq, m.hash))
			lines.step()
		}
		genuine := false
		switch {
		case len(s.MAC) == 0:
			report.WithoutMAC++
			if signed > 0 && len(key) > 0 {
				fits = false
				say(Forged, s.No, "It carries no MAC, though seal %d before it does.", signed)
			}
		case len(key) > 0:
			genuine = hmac.Equal(s.MAC, s.sign(key))
			signed = s.No
		default:
			signed = s.No
		}
		follows := nothing
		if last.No > 0 {
			follows = last.Hash()
		}
		switch {
		case !bytes.Equal(root.Sum(nil), s.Root):
			say(Changed, s.No, "The heads it holds do not give its root.")
		case bytes.Equal(s.Previous, follows):
		case genuine:
			say(Changed, max(last.No, 1), "Seal %d, whose MAC holds, follows another.", s.No)
		default:
			say(Changed, s.No, "It does not follow from seal %d: one of the two was changed.", last.No)
		}
		if len(s.MAC) > 0 && len(key) > 0 && !genuine {
			fits = false
			say(Forged, s.No, "Its MAC does not fit the key: it was made with another key, or without it.")
		}
		if hash, ok := seen[s.No]; ok {
			if bytes.Equal(hash, s.Hash()) {
				report.Witnesses++
			} else {
				say(Changed, s.No, "It is not the seal that was witnessed: it, or what it follows, was made anew.")
			}
		}
		last = *s
		seals.step()
	}
	if err := stray(math.MaxInt64, CutOff); err != nil {
		return nil, err
	}
	if len(key) > 0 && last.No > 0 && len(last.MAC) == 0 {
		fits = false
		say(Forged, last.No, "A key was given, and the newest seal carries no MAC: it was made without the key.")
	}
	for no := range seen {
		if no > last.No {
			say(CutOff, no, "It was witnessed, and the last one there is seal %d.", last.No)
		}
	}
	report.MACChecked = len(key) > 0 && last.No > 0 && fits
	report.LastSealNo, report.LastSealAt, report.LastSealRoot = last.No, last.At, last.Root
	return first, nil
}
