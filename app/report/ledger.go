package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// ledger gathers lines by person and by topic while the sets are counted.
type ledger struct {
	people, topics []*Line
	byKey          map[string]*Line
	total          *Line
	ages           []Age
	steps          []Step
}

func newLedger() *ledger {
	return &ledger{byKey: map[string]*Line{}, total: &Line{Name: "All", Counts: map[Measure]int{}}, ages: slices.Clone(ages)}
}

func (l *ledger) person(key, name string) *Line { return l.line(&l.people, "person "+key, key, name) }

func (l *ledger) topic(key, name string) *Line { return l.line(&l.topics, "topic "+key, key, name) }

func (l *ledger) line(in *[]*Line, as, key, name string) *Line {
	if l.byKey[as] == nil {
		l.byKey[as] = &Line{Key: key, Name: name, Counts: map[Measure]int{}}
		*in = append(*in, l.byKey[as])
	}
	return l.byKey[as]
}

// of are the lines that a group of a counted set belongs to: its holder's, its topic's
// and the one of all.
func (l *ledger) of(holder *int64, topic string) []*Line {
	person := l.byKey["person "+Nobody]
	if holder != nil {
		key := strconv.FormatInt(*holder, 10)
		person = l.person(key, key)
	}
	return []*Line{person, l.topic(topic, topic), l.total}
}

// sorted are the lines with the most open first; nobody's is the last.
func (l *ledger) sorted(lines []*Line) []Line {
	out := make([]Line, len(lines))
	for i, line := range lines {
		out[i] = *line
	}
	slices.SortStableFunc(out, func(a, b Line) int {
		if (a.Key == Nobody) != (b.Key == Nobody) {
			return map[bool]int{true: 1, false: -1}[a.Key == Nobody]
		}
		return cmp.Compare(b.Counts[Open], a.Counts[Open])
	})
	return out
}

// people puts a line for each consultant of the desk, and names whoever else holds,
// took, resolved or answered anything.
func (a *asked) people(l *ledger) error {
	var rows []struct {
		ID     int64
		Name   string
		Cap    int
		AtWork bool
		Held   int
	}
	err := a.raw(`SELECT c.user_id AS id, u.name, c.cap, coalesce(c.duty_since <= @known AND c.duty_until >= @known , false) AS at_work,
			coalesce(h.held, 0) AS held
		FROM memberships m JOIN consultants c ON c.user_id = m.user_id
		LEFT JOIN (SELECT h.user_id, count(*) AS held FROM assignments h
			WHERE coalesce(h.until_at, 'infinity'::timestamptz) >= @cut AND h.from_at < @cut GROUP BY h.user_id) h ON h.user_id = c.user_id
		JOIN users u ON u.id = c.user_id AND u.state = 'active' AND u.role = 'consultant'
		WHERE m.desk_id = @desk ORDER BY u.name, u.id`, nil).Scan(&rows).Error
	for _, r := range rows {
		line := l.person(strconv.FormatInt(r.ID, 10), r.Name)
		line.Takes, line.AtWork, line.Cap, line.Held = true, r.AtWork, r.Cap, r.Held
	}
	l.person(Nobody, "Nobody yet")
	return err
}

// names puts names to people who are not consultants of the desk today.
func (a *asked) names(l *ledger) error {
	var ids []int64
	for _, line := range l.people {
		if id, err := strconv.ParseInt(line.Key, 10, 64); err == nil && !line.Takes {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []struct {
		ID   int64
		Name string
	}
	err := a.q.Raw(`SELECT id, name FROM users WHERE id IN ?`, ids).Scan(&rows).Error
	for _, r := range rows {
		l.person(strconv.FormatInt(r.ID, 10), "").Name = r.Name
	}
	return err
}

// topics puts a line for each topic, or for the one that was asked for.
func (a *asked) topics(l *ledger) error {
	var rows []struct{ Code, Name string }
	err := a.raw(`SELECT code, name FROM topics WHERE @topic = '' OR code = @topic ORDER BY place`, nil).Scan(&rows).Error
	for _, r := range rows {
		l.topic(r.Code, r.Name)
	}
	return err
}

// of is how many of a measure's set it counts, as a column.
func (m Measure) of() string {
	return "count(*) FILTER (WHERE " + definitions[m].where + ") AS " + string(m)
}

// from is a measure's set as x, with what the manager may see.
func (a *asked) from(m Measure) string { return a.seeing(definitions[m].set, a.see) }

// counted is one group of a counted set: of one holder, topic and slot.
type counted struct {
	Holder                                                                 *int64
	Topic                                                                  string
	Slot                                                                   int
	N                                                                      int
	Open, Ours, WithPhysician, Overdue, Before, Opened, Resolved, Answered int
	ByPhone                                                                int
	Lengths                                                                string // microseconds, as Postgres writes an array
}

// tally counts a measure's set: each of its tickets is in one group, so the sums over
// groups are of distinct tickets. columns and slot are over x.
func (a *asked) tally(m Measure, slot, columns string, put func(n counted) error) error {
	rows, err := scan[counted](a.raw(`SELECT x.holder, x.topic, `+slot+` AS slot, count(*) AS n, `+columns+`
		FROM `+a.from(m)+` GROUP BY 1, 2, 3`, nil))
	for _, r := range rows {
		if err := put(r); err != nil {
			return err
		}
	}
	return err
}

// oneSlot is for sets that are not counted by slot.
const oneSlot = "0"

// standing counts what is open at the end of the period, and how old it is.
func (a *asked) standing(l *ledger) error {
	columns := strings.Join([]string{Open.of(), Ours.of(), WithPhysician.of(), Overdue.of(), "array_agg(x.age)::text AS lengths"}, ", ")
	ages := lengths{}
	err := a.tally(Open, byAge, columns, func(n counted) error {
		l.grow(n.Slot, n.N)
		lines := l.of(n.Holder, n.Topic)
		for _, line := range lines {
			line.Counts[Open] += n.Open
			line.Counts[Ours] += n.Ours
			line.Counts[WithPhysician] += n.WithPhysician
			line.Counts[Overdue] += n.Overdue
		}
		return ages.add(n.Lengths, lines)
	})
	for line, all := range ages {
		line.Age = spread(all)
	}
	return err
}

// atFirst counts what was open when the period began.
func (a *asked) atFirst(l *ledger) error {
	return a.tally(Before, oneSlot, Before.of(), func(n counted) error {
		for _, line := range l.of(n.Holder, n.Topic) {
			line.Counts[Before] += n.Before
		}
		return nil
	})
}

// came counts what was opened.
func (a *asked) came(l *ledger) error {
	return a.tally(Opened, stepOf("x.opened_at"), Opened.of()+", count(*) FILTER (WHERE x.channel = 'phone') AS by_phone", func(n counted) error {
		if n.Slot >= 1 && n.Slot <= len(l.steps) {
			l.steps[n.Slot-1].Opened += n.Opened
		}
		for _, line := range l.of(n.Holder, n.Topic) {
			line.Counts[Opened] += n.Opened
			line.ByPhone += n.ByPhone
		}
		return nil
	})
}

// went counts what was resolved.
func (a *asked) went(l *ledger) error {
	return a.tally(Resolved, oneSlot, Resolved.of(), func(n counted) error {
		for _, line := range l.of(n.Holder, n.Topic) {
			line.Counts[Resolved] += n.Resolved
		}
		return nil
	})
}

// answered counts what was answered for the first time, and how long that took.
func (a *asked) answered(l *ledger) error {
	if err := a.openings(); err != nil {
		return err
	}
	waits := lengths{}
	err := a.tally(Answered, oneSlot, Answered.of()+", array_agg(x.took)::text AS lengths", func(n counted) error {
		lines := l.of(n.Holder, n.Topic)
		for _, line := range lines {
			line.Counts[Answered] += n.Answered
		}
		return waits.add(n.Lengths, lines)
	})
	for line, all := range waits {
		line.Answer = spread(all)
	}
	return err
}

func scan[T any](q *gorm.DB) ([]T, error) {
	var rows []T
	err := q.Scan(&rows).Error
	return rows, err
}

// openings lists the desk's openings from its first ticket to the end of the period,
// once.
func (a *asked) openings() error {
	if a.vars["opens"] != nil {
		return nil
	}
	var first time.Time
	err := a.raw(`SELECT coalesce(min(opened_at), @cut ) FROM tickets WHERE desk_id = @desk `, nil).Scan(&first).Error
	if err != nil {
		return err
	}
	for name, value := range openings(a.times.Calendar, first, a.period.cut) {
		a.vars[name] = value
	}
	return nil
}
