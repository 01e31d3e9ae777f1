package audit

import (
	"bytes"
	"fmt"
)

// chain is one subject on the way through its entries.
type chain struct {
	*chains
	about  subject
	last   entry // the one before
	broken bool  // what follows a break says nothing more

	held     int64 // the last number that a seal holds rightly
	since    int64 // the row after the newest line of a seal
	unsealed int64 // entries after it
	seal     int64 // the newest line's seal
	sealedTo int64 // and number

	// What a seal shows is a stretch of the chain; where entries or the head show
	// what happened in that stretch, they name it better.
	stretch   *Problem
	stretchTo int64
}

func (c *chain) problem(what What, seq, row, seal int64, sentence string, more ...any) *Problem {
	return &Problem{What: what, Kind: c.about.kind, SubjectID: c.about.id, Seq: seq, RecordID: row, Seal: seal,
		Sentence: fmt.Sprintf(sentence, more...)}
}

// name says p, and before it the stretch that waits, if p is not within it.
func (c *chain) name(p *Problem, chained bool) {
	if c.stretch != nil && (p == nil || p.Seq < c.stretch.Seq || p.Seq > c.stretchTo) {
		c.say(c.stretch, false)
	}
	c.stretch = nil
	if p != nil {
		c.say(p, chained)
	}
}

func (c *chain) entry(e *entry) error {
	c.report.Entries++
	c.unsealed++
	if c.since == 0 {
		c.since = e.row
	}
	if !c.broken && (e.seq != c.last.seq+1 || !bytes.Equal(e.previous, c.last.hash) || !e.fits(e.seq)) {
		c.broken = true
		if c.chained == nil {
			p, err := diagnose(c.q, c.last, *e)
			if err != nil {
				return err
			}
			c.name(p, true)
		}
	}
	c.last = *e
	return nil
}

// mark is a seal's line whose number the entries have reached.
func (c *chain) mark(m *mark) {
	switch e := &c.last; {
	case c.broken || c.stretch != nil:
	case m.seq < e.seq:
		c.name(c.problem(Changed, m.seq, 0, m.seal, "Seal %d holds it, and it never was.", m.seal), false)
	case !bytes.Equal(m.hash, e.hash):
		c.stretchTo = e.seq
		c.stretch = c.problem(Changed, c.held+1, c.since, m.seal,
			"Seal %d holds entry %d with another hash: the chain was made anew from here or soon after.", m.seal, e.seq)
	default:
		c.held = e.seq
	}
	c.since, c.unsealed = 0, 0
	c.reach(m)
}

func (c *chain) reach(m *mark) { c.seal, c.sealedTo = m.seal, max(c.sealedTo, m.seq) }

// head compares the chain's end with its head; nil: it has none.
func (c *chain) head(h *head) error {
	last := &c.last
	switch {
	case c.broken:
	case h == nil && last.seq == 0:
	case h == nil:
		c.name(c.problem(Removed, last.seq, last.row, 0, "The head of its chain is gone."), true)
	case h.seq > last.seq:
		c.name(c.problem(CutOff, last.seq+1, 0, 0, "The head of its chain is entry %d, and the last one there is entry %d.", h.seq, last.seq), true)
	case h.seq < last.seq && c.held > h.seq:
		c.name(c.problem(Changed, h.seq, 0, 0, "The head of its chain was moved back: entry %d is sealed.", c.held), false)
	case h.seq < last.seq:
		row, err := rowOf(c.q, c.about, h.seq+1)
		if err != nil {
			return err
		}
		c.name(c.problem(Inserted, h.seq+1, row, 0, "The head of its chain is entry %d.", h.seq), true)
	case !bytes.Equal(h.hash, last.hash) && c.held == last.seq:
		c.name(c.problem(Changed, last.seq, last.row, 0, "The head of its chain has another hash than the entry and its seal."), false)
	case !bytes.Equal(h.hash, last.hash):
		c.name(c.problem(Changed, last.seq, last.row, 0, "The head of its chain has another hash."), true)
	}
	c.name(nil, false)
	return nil
}

// beyond is a seal's line that the entries never reached.
func (c *chain) beyond(m *mark) {
	if !c.broken {
		c.say(c.problem(CutOff, c.last.seq+1, 0, m.seal, "Seal %d holds entry %d, and the last one there is entry %d.", m.seal, m.seq, c.last.seq), false)
	}
	c.reach(m)
}

// end compares what the head is marked as sealed with what the seals hold.
func (c *chain) end(h *head) {
	if h != nil && h.sealed != c.sealedTo {
		c.say(c.problem(Changed, c.last.seq, c.last.row, c.seal,
			"It is marked as sealed up to entry %d, and the seals hold it up to entry %d.", h.sealed, c.sealedTo), false)
	}
	c.sealed += c.sealedTo
}
