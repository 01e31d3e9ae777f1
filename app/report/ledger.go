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
}

func newLedger() *ledger {
	return &ledger{byKey: map[string]*Line{}, total: &Line{Name: "All", Counts: map[Measure]int{}}}
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

// of is the line that a group of a counted set belongs to: grouping() says by which
// of holder and topic the group is not.
func (l *ledger) of(without int, holder *int64, topic *string) *Line {
	switch without {
	case 1: // by holder
		if holder == nil {
			return l.person(Nobody, "Nobody yet")
		}
		key := strconv.FormatInt(*holder, 10)
		return l.person(key, key)
	case 2: // by topic
		return l.topic(*topic, *topic)
	}
	return l.total
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
			(SELECT count(*) FROM assignments h WHERE h.user_id = c.user_id AND coalesce(h.until_at, 'infinity') >= @cut AND h.from_at < @cut ) AS held
		FROM memberships m JOIN consultants c ON c.user_id = m.user_id
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

// counted is one group of a counted set. Without says by which of holder and topic the
// group is not.
type counted struct {
	Without                                                                int
	Holder                                                                 *int64
	Topic                                                                  *string
	Open, Ours, WithPhysician, Overdue, Before, Opened, Resolved, Answered int
	ByPhone                                                                int
	Median, P90                                                            *float64 // seconds
}

// tally counts a measure's set by holder, by topic and altogether; columns are over x.
func (a *asked) tally(l *ledger, m Measure, columns string, put func(line *Line, n counted)) error {
	rows, err := scan[counted](a.raw(`SELECT grouping(x.holder, x.topic) AS without, x.holder, x.topic, `+columns+`
		FROM `+a.from(m)+` GROUP BY GROUPING SETS ((x.holder), (x.topic), ())`, nil))
	for _, r := range rows {
		put(l.of(r.Without, r.Holder, r.Topic), r)
	}
	return err
}

// spread is the median and the 90th percentile of a column in seconds.
func spread(column string) string {
	return `percentile_cont(0.5) WITHIN GROUP (ORDER BY ` + column + `) AS median, percentile_cont(0.9) WITHIN GROUP (ORDER BY ` + column + `) AS p90`
}

func (n counted) spread(of int) Spread {
	return Spread{N: of, Median: seconds(n.Median), P90: seconds(n.P90)}
}

// standing counts what is open at the end of the period, and how old it is.
func (a *asked) standing(l *ledger) error {
	columns := strings.Join([]string{Open.of(), Ours.of(), WithPhysician.of(), Overdue.of(), spread("x.age")}, ", ")
	return a.tally(l, Open, columns, func(line *Line, n counted) {
		line.Counts[Open], line.Counts[Ours], line.Counts[WithPhysician], line.Counts[Overdue] = n.Open, n.Ours, n.WithPhysician, n.Overdue
		line.Age = n.spread(n.Open)
	})
}

// atFirst counts what was open when the period began.
func (a *asked) atFirst(l *ledger) error {
	return a.tally(l, Before, Before.of(), func(line *Line, n counted) { line.Counts[Before] = n.Before })
}

// came counts what was opened.
func (a *asked) came(l *ledger) error {
	return a.tally(l, Opened, Opened.of()+", count(*) FILTER (WHERE x.channel = 'phone') AS by_phone", func(line *Line, n counted) {
		line.Counts[Opened], line.ByPhone = n.Opened, n.ByPhone
	})
}

// went counts what was resolved.
func (a *asked) went(l *ledger) error {
	return a.tally(l, Resolved, Resolved.of(), func(line *Line, n counted) { line.Counts[Resolved] = n.Resolved })
}

// answered counts what was answered for the first time, and how long that took.
func (a *asked) answered(l *ledger) error {
	if err := a.openings(); err != nil {
		return err
	}
	return a.tally(l, Answered, Answered.of()+", "+spread("x.took / 1e6"), func(line *Line, n counted) {
		line.Counts[Answered], line.Answer = n.Answered, n.spread(n.Answered)
	})
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

func seconds(s *float64) time.Duration {
	if s == nil {
		return 0
	}
	return time.Duration(*s * float64(time.Second)).Round(time.Microsecond)
}
