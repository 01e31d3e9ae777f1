package audit

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strconv"

	"gorm.io/gorm"
)

type subject struct {
	kind string
	id   int64
}

func (s subject) before(t subject) bool {
	return s.kind < t.kind || s.kind == t.kind && s.id < t.id
}

// entry is one entry as it stands, with its canonical text in two parts, between
// which its number goes.
type entry struct {
	row int64
	subject
	seq            int64
	previous, hash []byte
	front, back    []byte
}

// entryColumns are written out here, not asked of a function that the database
// holds: that could have been changed as well.
const entryColumns = `id, kind, subject_id, seq, previous, hash,
	jsonb_build_array('v1', kind, subject_id)::text,
	jsonb_build_array(CASE WHEN isfinite(at) THEN (extract(epoch FROM at) * 1000000)::bigint END,
		actor_id, role, job, action, ticket_id, detail::text)::text`

func scanEntry(rows *sql.Rows, e *entry) error {
	return rows.Scan(&e.row, &e.kind, &e.id, &e.seq, &e.previous, &e.hash, &e.front, &e.back)
}

// hashAt is the hash the entry's content has as number seq after previous.
func (e *entry) hashAt(seq int64, previous []byte) []byte {
	sum := sha256.New()
	sum.Write(previous)
	sum.Write(e.front[:len(e.front)-1])
	var number [24]byte
	sum.Write(append(strconv.AppendInt(append(number[:0], ", "...), seq, 10), ", "...))
	sum.Write(e.back[1:])
	return sum.Sum(nil)
}

// fits says whether the entry was written as number seq, by its own hashes.
func (e *entry) fits(seq int64) bool { return bytes.Equal(e.hashAt(seq, e.previous), e.hash) }

type head struct {
	subject
	seq    int64
	hash   []byte
	sealed int64
}

func scanHead(rows *sql.Rows, h *head) error {
	return rows.Scan(&h.kind, &h.id, &h.seq, &h.hash, &h.sealed)
}

// chains walks three orders at once: the entries, the heads, and the seals' lines
// turned to lie by subject.
type chains struct {
	q       *gorm.DB
	report  *Report
	entries *cursor[entry]
	heads   *cursor[head]
	marks   *cursor[mark]

	first   *Problem // the first thing wrong
	chained *Problem // the first that entries and heads alone show
	sealed  int64    // entries that seals hold, by their lines
}

// verifyChains walks every subject's chain, its head and its seals' lines. It gives
// the first thing wrong, and the first that shows without the seals.
func verifyChains(q *gorm.DB, report *Report) (first, chained *Problem, err error) {
	w := &chains{q: q, report: report}
	w.entries, err = open(q, "audit_entries", `SELECT `+entryColumns+` FROM record ORDER BY kind COLLATE "C", subject_id, seq`, scanEntry)
	if err != nil {
		return nil, nil, err
	}
	w.heads, err = open(q, "audit_heads", `SELECT kind, subject_id, seq, hash, sealed_seq FROM record_heads
		ORDER BY kind COLLATE "C", subject_id`, scanHead)
	if err != nil {
		return nil, nil, err
	}
	w.marks, err = open(q, "audit_marks", `SELECT seal, kind, subject_id, seq, hash FROM record_sealed
		ORDER BY kind COLLATE "C", subject_id, seq, seal`, scanMark)
	if err != nil {
		return nil, nil, err
	}
	for {
		about, more, err := w.next()
		if err != nil {
			return nil, nil, err
		}
		if !more {
			break
		}
		if err := w.walk(about); err != nil {
			return nil, nil, err
		}
	}
	var counted int64
	if err := q.Raw(`SELECT coalesce(sum(entries), 0)::bigint FROM record_seals`).Scan(&counted).Error; err != nil {
		return nil, nil, err
	}
	if counted != w.sealed {
		w.say(&Problem{What: Changed, Seal: report.LastSealNo,
			Sentence: fmt.Sprintf("The seals count %d entries and hold %d: this one's count, or an earlier one's, was changed.", counted, w.sealed)}, false)
	}
	return w.first, w.chained, nil
}

// next is the first subject that any of the three still has.
func (w *chains) next() (about subject, more bool, err error) {
	e, err := w.entries.peek()
	if err != nil {
		return about, false, err
	}
	h, err := w.heads.peek()
	if err != nil {
		return about, false, err
	}
	m, err := w.marks.peek()
	if err != nil {
		return about, false, err
	}
	take := func(s subject) {
		if !more || s.before(about) {
			about, more = s, true
		}
	}
	if e != nil {
		take(e.subject)
	}
	if h != nil {
		take(h.subject)
	}
	if m != nil {
		take(m.subject)
	}
	return about, more, nil
}

func (w *chains) say(p *Problem, chained bool) {
	if w.first == nil {
		w.first = p
	}
	if chained && w.chained == nil {
		w.chained = p
	}
}

// walk goes through one subject: its entries and its seals' lines side by side by
// number, then its head, then the lines that go further than its entries.
func (w *chains) walk(about subject) error {
	w.report.Subjects++
	c := &chain{chains: w, about: about, last: entry{subject: about, hash: nothing}}
	for {
		e, err := w.entries.peek()
		if err != nil {
			return err
		}
		if e == nil || e.subject != about {
			break
		}
		if err := c.entry(e); err != nil {
			return err
		}
		w.entries.step()
		for {
			m, err := w.marks.peek()
			if err != nil {
				return err
			}
			if m == nil || m.subject != about || m.seq > e.seq {
				break
			}
			c.mark(m)
			w.marks.step()
		}
	}
	w.report.NewerThanLastSeal += c.unsealed
	h, err := w.heads.peek()
	if err != nil {
		return err
	}
	if h != nil && h.subject == about {
		w.heads.step()
	} else {
		h = nil
	}
	if err := c.head(h); err != nil {
		return err
	}
	for {
		m, err := w.marks.peek()
		if err != nil {
			return err
		}
		if m == nil || m.subject != about {
			break
		}
		c.beyond(m)
		w.marks.step()
	}
	c.end(h)
	return nil
}
