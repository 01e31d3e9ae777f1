package report

import (
	"context"
	"io"
	"strconv"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/ticket"
)

// ExportTickets writes every ticket of a selection as CSV, without anything anybody
// wrote. That it was taken, by which filter and how many rows, is recorded before the
// first byte leaves; begin then says where to. Managers.
func (s *Service) ExportTickets(ctx context.Context, by actor.Actor, in Selection, begin func(Period) io.Writer) error {
	return s.export(ctx, by, in.Query, func(a *asked) error {
		in.Query = a.query
		rows, err := a.count(in)
		if err != nil {
			return err
		}
		filter := a.filter()
		filter["measure"], filter["holder"], filter["age"] = in.Measure, in.Holder, in.Age
		if err := s.taken(ctx, by, "caseload_tickets", filter, rows); err != nil {
			return err
		}
		where, vars, err := a.selected(in)
		if err != nil {
			return err
		}
		lines, err := a.raw(dressed(`(SELECT x.id, x.holder, x.opened_at FROM `+a.from(in.Measure)+` WHERE `+where+`) x`), vars).Rows()
		if err != nil {
			return err
		}
		defer lines.Close()
		out := newSheet(begin(a.period), "number", "opened", "topic", "urgency", "status", in.Measure.holderHead(), "first answer", "resolved", "outcome", "state", "channel")
		for lines.Next() {
			var t Ticket
			if err := a.q.ScanRows(lines, &t); err != nil {
				return err
			}
			outcome := ""
			if t.Outcome != "" {
				outcome = ticket.OutcomeName(t.Outcome)
			}
			out.row(t.Number, a.stamp(&t.OpenedAt), t.Topic, t.Urgency, t.Status, t.Holder, a.stamp(t.FirstAnsweredAt), a.stamp(t.ResolvedAt), outcome, t.State, t.Channel)
			if out.err != nil {
				return out.err
			}
		}
		if err := lines.Err(); err != nil {
			return err
		}
		return out.end()
	})
}

// holderHead is what the person a ticket counts for did.
func (m Measure) holderHead() string {
	switch m {
	case Opened:
		return "first held by"
	case Resolved:
		return "resolved by"
	}
	return "held by"
}

// Export writes the report as CSV: a row for each person, each topic, and all. It is
// recorded as ExportTickets is. Durations are in minutes. Managers.
func (s *Service) Export(ctx context.Context, by actor.Actor, in Query, begin func(Period) io.Writer) error {
	return s.export(ctx, by, in, func(a *asked) error {
		c, err := a.caseload()
		if err != nil {
			return err
		}
		if err := s.taken(ctx, by, "caseload", a.filter(), len(c.People)+len(c.Topics)+1); err != nil {
			return err
		}
		heads := []string{"by", "name"}
		for _, m := range sheetMeasures {
			heads = append(heads, string(m))
		}
		out := newSheet(begin(a.period), append(heads, "age median min", "age p90 min", "first answers", "first answer median min", "first answer p90 min")...)
		add := func(by string, lines ...Line) {
			for _, l := range lines {
				cells := []string{by, l.Name}
				for _, m := range sheetMeasures {
					cells = append(cells, strconv.Itoa(l.Counts[m]))
				}
				out.row(append(append(cells, l.Age.minutes()...), append([]string{strconv.Itoa(l.Answer.N)}, l.Answer.minutes()...)...)...)
			}
		}
		add("consultant", c.People...)
		add("topic", c.Topics...)
		add("all", c.Total)
		return out.end()
	})
}

var sheetMeasures = []Measure{Before, Opened, Resolved, Open, Ours, WithPhysician, Overdue}

func (s Spread) minutes() []string {
	if s.N == 0 {
		return []string{"", ""}
	}
	in := func(d time.Duration) string { return strconv.FormatFloat(d.Minutes(), 'f', 1, 64) }
	return []string{in(s.Median), in(s.P90)}
}

// export reads for as long as somebody downloads, a few at a time.
func (s *Service) export(ctx context.Context, by actor.Actor, in Query, f func(a *asked) error) error {
	select {
	case s.leaving <- struct{}{}:
		defer func() { <-s.leaving }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.read(ctx, by, in, func(a *asked) error {
		// The reader at the other end may be slow; the statement waits for them.
		if err := a.q.Exec(`SELECT set_config('statement_timeout', '10min', true), set_config('idle_in_transaction_session_timeout', '10min', true)`).Error; err != nil {
			return err
		}
		return f(a)
	})
}

func (s *Service) taken(ctx context.Context, by actor.Actor, what string, filter audit.Detail, rows int) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return audit.Exported(tx, by, s.now(), what, filter, rows)
	})
}

func (a *asked) filter() audit.Detail {
	return audit.Detail{"desk": a.query.Desk, "from": a.query.From, "to": a.query.To, "as_of": a.query.AsOf,
		"topic": a.query.Topic, "channel": a.query.Channel, "state": a.query.State}
}

// stamp is an instant as spreadsheets read it, in the desk's zone.
func (a *asked) stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(a.period.Zone).Format("2006-01-02 15:04")
}
