package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"hotline/app/routing"
)

// teller tells a chunk's tickets, row by row.
type teller struct {
	*world
	b                 *batch
	dice              *rand.Rand
	chain             chain
	messageID, target int64 // the last ones given
}

// tell writes the rows of the plan's tickets from one to before another. It is told
// the same whichever chunks are told beside it.
func (w *world) tell(from, to int) *batch {
	before := w.before[from/seedChunk]
	t := &teller{world: w, b: &batch{}, dice: rand.New(rand.NewPCG(seedDice+uint64(w.ticketID), uint64(from)+1)),
		messageID: w.messageID + before[0], target: w.targetID + before[1]}
	for i := from; i < to; i++ {
		t.ticket(i)
	}
	return t.b
}

// told is one ticket while it is told.
type told struct {
	id                                   int64
	number, topic, urgency, question     string
	physician                            seedPhysician
	holder                               int64
	opened, assigned, answered, resolved time.Time
	deadline, due                        time.Time // the caller's; the running promise's, zero if none runs
	status                               string
}

func (t *teller) ticket(i int) {
	p := t.plan[i]
	s := told{id: t.ticketID + 1 + int64(i), opened: time.UnixMicro(p.at).UTC(), physician: t.physicians[t.dice.IntN(len(t.physicians))], status: "unassigned"}
	s.number = fmt.Sprintf("RM-%d-%06d", s.opened.In(t.zone).Year(), t.number+1+int64(i))
	s.topic, s.urgency, s.question = t.words.ask(t.dice)
	t.chain.begin("ticket", s.id)
	because := ""
	switch s.urgency {
	case "critical":
		s.deadline = t.business(s.opened, 24*time.Hour) // the third business day
		because = `"because":"legal papers have arrived",`
	case "urgent":
		s.deadline = t.business(s.opened, 44*time.Hour) // the fifth
		because = `"because":"your deadline is five business days away or less",`
	}
	t.entry(s.opened, s.physician.User, "physician", "ticket.opened", `{%s"channel":"online","physician":%d,"status":"unassigned","topic":"%s","urgency":"%s"}`,
		because, s.physician.ID, s.topic, s.urgency)
	first := pledge{kind: "first_answer", from: s.opened}
	at := s.opened
	if p.turn != unclaimed {
		at = t.later(at, 3, 55)
		t.claim(&s, t.consultants[p.whose], at)
	}
	switch p.turn {
	case untouched, unclaimed:
		t.promised(&s, first)
	case written:
		t.write(&s, t.later(at, 10, 300), &first)
		t.promised(&s, first)
	case followedUp:
		at = t.write(&s, t.later(at, 10, 300), &first)
		t.promised(&s, first)
		at = t.write(&s, t.later(at, 20, 500), nil)
		t.resolve(&s, t.later(at, 5, 400))
	case thanked, writtenBack:
		at = t.write(&s, t.later(at, 10, 300), &first)
		t.promised(&s, first)
		at = t.hear(&s, t.later(at, 30, 900), "assigned")
		next := nextPledge(at)
		if p.resolved() {
			next.ended = t.later(at, 15, 500)
			t.promised(&s, next)
			t.resolve(&s, next.ended)
		} else {
			t.promised(&s, next)
		}
	case waited, asked:
		at = t.write(&s, t.later(at, 10, 300), &first)
		t.promised(&s, first)
		paused := at
		s.status = "with_physician"
		t.entry(at, s.holder, "consultant", "ticket.waiting", `{"from":"assigned","status":"with_physician"}`)
		if p.turn == waited {
			t.pause(s.id, paused, time.Time{})
			break
		}
		at = t.hear(&s, t.later(at, 60, 1500), "with_physician")
		t.pause(s.id, paused, at)
		next := nextPledge(at)
		next.ended = t.later(at, 15, 500)
		t.promised(&s, next)
		t.resolve(&s, next.ended)
	}
	t.chain.end(&t.b.rows[inHeads])
	t.row(&s)
}

// later is some business minutes later, from few to few and more; but never after
// now: then it is half way there.
func (t *teller) later(from time.Time, few, more int) time.Time {
	at := t.business(from, time.Duration(few)*time.Minute+time.Duration(t.dice.Int64N(int64(more)*60_000_000))*time.Microsecond)
	if !at.Before(t.now) {
		at = from.Add(t.now.Sub(from) / 2).Truncate(time.Microsecond)
	}
	return at
}

func (t *teller) business(from time.Time, d time.Duration) time.Time {
	at, err := t.calendar.Add(from, d)
	if err != nil {
		at = from.Add(d)
	}
	return at.UTC()
}

func (t *teller) entry(at time.Time, who int64, role, action, detail string, more ...any) {
	t.chain.add(&t.b.rows[inRecord], entry{at: at, actor: who, role: role, action: action, detail: fmt.Appendf(nil, detail, more...)})
}

func (t *teller) claim(s *told, holder int64, at time.Time) {
	s.holder, s.assigned, s.status = holder, at, "assigned"
	t.entry(at, s.holder, "consultant", "ticket.claimed", `{"from":null,"to":%d}`, s.holder)
}

// write is a consultant's message; it meets the promise, if one runs.
func (t *teller) write(s *told, at time.Time, met *pledge) time.Time {
	id := t.message(s, at, s.holder, t.words.advise(t.dice, s.topic))
	t.entry(at, s.holder, "consultant", "ticket.message_sent", `{"message":%d}`, id)
	if met != nil {
		met.met = at
	}
	if s.answered.IsZero() {
		s.answered = at
	}
	return at
}

// hear is the physician's message; the ticket is its holder's again.
func (t *teller) hear(s *told, at time.Time, from string) time.Time {
	id := t.message(s, at, s.physician.User, t.words.answer(t.dice))
	s.status = "assigned"
	t.entry(at, s.physician.User, "physician", "ticket.answered", `{"from":"%s","holder":%d,"message":%d,"status":"assigned"}`, from, s.holder, id)
	return at
}

func (t *teller) message(s *told, at time.Time, author int64, body string) int64 {
	t.messageID++
	r := &t.b.rows[inMessages]
	r.row(7)
	r.id(t.messageID)
	r.id(s.id)
	r.id(author)
	r.yes(author == s.physician.User)
	r.text(body)
	t.key(r)
	r.at(at)
	return t.messageID
}

var outcomes = []string{"advice_given", "advice_given", "advice_given", "advice_given", "advice_given", "referred", "routed_on"}

func (t *teller) resolve(s *told, at time.Time) {
	outcome := outcomes[t.dice.IntN(len(outcomes))]
	s.resolved, s.status = at, "resolved"
	r := &t.b.rows[inResolutions]
	r.row(4)
	r.id(s.id)
	r.at(at)
	r.id(s.holder)
	r.text(outcome)
	t.entry(at, s.holder, "consultant", "ticket.resolved", `{"from":"assigned","holder":%d,"outcome":"%s","status":"resolved"}`, s.holder, outcome)
}

func (t *teller) pause(id int64, from, until time.Time) {
	r := &t.b.rows[inPauses]
	r.row(3)
	r.id(id)
	r.at(from)
	r.at(until)
}

// pledge is a target to be; met and ended are zero while it runs.
type pledge struct {
	kind             string
	from, met, ended time.Time
}

// nextPledge is the promise that a physician's message starts.
func nextPledge(at time.Time) pledge { return pledge{kind: "next_answer", from: at} }

// promised writes a target. One that runs is what is due next, and if it was missed
// somebody was told.
func (t *teller) promised(s *told, p pledge) {
	t.target++
	minutes := t.minutes(s.urgency)
	due := t.business(p.from, time.Duration(minutes)*time.Minute)
	var toldAt, warnAt, escalateAt time.Time
	if p.met.IsZero() && p.ended.IsZero() {
		s.due = due
		warnAt, escalateAt = t.ahead(s.urgency, p.from, due, minutes)
		if due.Before(t.now) {
			toldAt = due.Add(time.Duration(t.dice.IntN(15)) * time.Second)
			if toldAt.Before(s.assigned) {
				toldAt = s.assigned
			}
			if toldAt.After(t.now) {
				toldAt = t.now
			}
			t.chain.add(&t.b.rows[inRecord], entry{at: toldAt, role: "system", job: "ticket:overdue", action: "ticket.overdue",
				detail: fmt.Appendf(nil, `{"due":"%s","holder":%s,"target":%d}`, due.Format(time.RFC3339Nano), appendOrNull(nil, s.holder), t.target)})
		}
	}
	r := &t.b.rows[inTargets]
	r.row(12)
	r.id(t.target)
	r.id(s.id)
	r.text(p.kind)
	r.text(s.urgency)
	r.integer(minutes)
	r.at(p.from)
	r.at(due)
	r.at(p.met)
	r.at(p.ended)
	r.at(toldAt)
	r.at(warnAt)
	r.at(escalateAt)
}

// ahead is when a promise that runs is warned of and, once missed, told to a manager, as
// far as that lies ahead: what has passed was said, or was not worth saying any more.
func (t *teller) ahead(urgency string, from, due time.Time, minutes int) (warn, escalate time.Time) {
	policy := routing.Default()
	if warn = t.business(from, time.Duration(minutes)*time.Minute*time.Duration(100-policy.Warn)/100); warn.Before(t.now) {
		warn = time.Time{}
	}
	after := time.Duration(policy.Tell.Of(urgency)) * time.Minute
	if escalate = t.business(due, after); urgency == "critical" {
		escalate = due.Add(after)
	}
	if escalate.Before(t.now) {
		escalate = time.Time{}
	}
	return warn, escalate
}

// key is a client's key, made of dice.
func (t *teller) key(r *rows) {
	var key [16]byte
	binary.BigEndian.PutUint64(key[:], t.dice.Uint64())
	binary.BigEndian.PutUint64(key[8:], t.dice.Uint64())
	key[6], key[8] = key[6]&0x0f|0x40, key[8]&0x3f|0x80
	r.bytes(key[:])
}

// row writes the ticket itself, and its holder's span.
func (t *teller) row(s *told) {
	if s.holder != 0 {
		r := &t.b.rows[inAssignments]
		r.row(6)
		r.id(s.id)
		r.id(s.holder)
		r.at(s.assigned)
		r.at(s.resolved)
		r.text("claim")
		r.id(s.holder)
	}
	next, kind := s.opened.Add(90*24*time.Hour), "none"
	if !s.deadline.IsZero() {
		next, kind = s.deadline, "caller"
	}
	if !s.due.IsZero() && (s.deadline.IsZero() || !s.due.After(s.deadline)) {
		next, kind = s.due, "target"
	}
	r := &t.b.rows[inTickets]
	r.row(24)
	r.id(s.id)
	r.text(s.number)
	r.id(t.desk)
	r.text("online")
	t.key(r)
	r.id(s.physician.ID)
	r.id(s.physician.User)
	r.id(s.physician.User)
	r.text(s.physician.State)
	r.text(s.topic)
	r.text(s.urgency)
	r.text(s.question)
	r.yes(s.urgency == "critical")
	r.at(s.deadline)
	r.text("write")
	r.yes(t.dice.IntN(2) == 0)
	r.text(s.status)
	r.id(s.holder)
	r.at(s.assigned)
	r.at(s.opened)
	r.at(s.answered)
	r.at(s.resolved)
	r.at(next)
	r.text(kind)
}
