package report

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// Selection asks for the tickets behind a number: a measure, of one person (an id, or
// Nobody; empty is everybody) and of one Age (its Key; empty is all).
type Selection struct {
	Query
	Measure Measure
	Holder  string
	Age     string
	After   *ticket.Key // the page that follows this ticket; the list begins with the oldest
	Before  *ticket.Key // or the page before it
}

// Key is where a ticket stands in the list.
func (t Ticket) Key() ticket.Key { return ticket.Key{At: t.OpenedAt, ID: t.ID} }

// PerPage is how many tickets a page of the list has.
const PerPage = 50

// Ticket is one behind a number, as it stood at the end of the period. Nothing that
// anybody wrote is in it.
type Ticket struct {
	ID              int64
	Number          string
	Topic           string // its name
	TopicCode       string
	Urgency         string
	Status          string // at the end
	Holder          string // whom it counts for
	Channel         string
	State           string
	OpenedAt        time.Time
	FirstAnsweredAt *time.Time
	ResolvedAt      *time.Time
	Outcome         string // a code
}

// Tickets is a page of what is behind a number.
type Tickets struct {
	Selection   Selection
	Period      Period
	Who         string // the name of the person, where it is about one
	Count       int    // all of them
	Hidden      int    // restricted, and not named to the one who asks
	Lines       []Ticket
	More, Fewer bool
}

// Tickets lists the tickets behind a number of the report, as many as the report
// counts at the same instant. Managers.
func (s *Service) Tickets(ctx context.Context, by actor.Actor, in Selection) (*Tickets, error) {
	var page *Tickets
	err := s.read(ctx, by, in.Query, func(a *asked) (err error) {
		page, err = a.page(in)
		return err
	})
	return page, err
}

func (a *asked) page(in Selection) (*Tickets, error) {
	in.Query = a.query
	page := &Tickets{Selection: in, Period: a.period}
	var err error
	if page.Count, err = a.count(in); err != nil {
		return nil, err
	}
	if page.Hidden, err = a.countHidden(in); err != nil {
		return nil, err
	}
	if page.Who, err = a.name(in.Holder); err != nil {
		return nil, err
	}
	where, vars, err := a.selected(in)
	if err != nil {
		return nil, err
	}
	order, edge := "ASC", in.After
	if in.Before != nil {
		order, edge = "DESC", in.Before
	}
	if edge != nil {
		where += " AND (x.opened_at, x.id) " + map[string]string{"ASC": ">", "DESC": "<"}[order] + " (@edge_at , @edge_id )"
		vars["edge_at"], vars["edge_id"] = edge.At, edge.ID
	}
	vars["limit"] = PerPage + 1
	inner := `(SELECT x.id, x.holder, x.opened_at FROM ` + a.from(in.Measure) + ` WHERE ` + where + ` ORDER BY x.opened_at ` + order + `, x.id ` + order + ` LIMIT @limit ) x`
	if page.Lines, err = scan[Ticket](a.raw(dressed(inner), vars)); err != nil {
		return nil, err
	}
	over := len(page.Lines) > PerPage
	if in.Before != nil {
		if over {
			page.Lines = page.Lines[1:]
		}
		page.Fewer, page.More = over, true
	} else {
		if over {
			page.Lines = page.Lines[:PerPage]
		}
		page.Fewer, page.More = edge != nil, over
	}
	return page, nil
}

// dressed gives chosen tickets, x with id, holder and opened_at, what lists show.
func dressed(chosen string) string {
	return `SELECT t.id, t.number, o.name AS topic, t.topic AS topic_code, t.urgency, t.channel, t.state, t.opened_at,
		CASE WHEN t.first_answered_at < @known THEN t.first_answered_at END AS first_answered_at,
		r.from_at AS resolved_at, coalesce(r.outcome, '') AS outcome, coalesce(u.name, '') AS holder,
		CASE WHEN r.id IS NOT NULL THEN 'resolved'
			WHEN EXISTS (SELECT FROM pauses p WHERE p.ticket_id = t.id AND coalesce(p.until_at, 'infinity'::timestamptz) >= @cut AND p.from_at < @cut ) THEN 'with_physician'
			WHEN EXISTS (SELECT FROM assignments h WHERE h.ticket_id = t.id AND coalesce(h.until_at, 'infinity') >= @cut AND h.from_at < @cut ) THEN 'assigned'
			ELSE 'unassigned' END AS status
		FROM ` + chosen + ` JOIN tickets t ON t.id = x.id JOIN topics o ON o.code = t.topic LEFT JOIN users u ON u.id = x.holder
		LEFT JOIN LATERAL (SELECT r.id, r.from_at, r.outcome FROM resolutions r
			WHERE r.ticket_id = t.id AND coalesce(r.until_at, 'infinity') >= @cut AND r.from_at < @cut ORDER BY r.from_at DESC LIMIT 1) r ON true
		ORDER BY x.opened_at, x.id`
}

// selected is a selection as a condition over x.
func (a *asked) selected(in Selection) (where string, vars map[string]any, err error) {
	d, known := definitions[in.Measure]
	if !known {
		return "", nil, fault.NotFound
	}
	where, vars = d.where, map[string]any{}
	switch in.Holder {
	case "":
	case Nobody:
		where += " AND x.holder IS NULL"
	default:
		id, err := strconv.ParseInt(in.Holder, 10, 64)
		if err != nil {
			return "", nil, fault.NotFound
		}
		where += " AND x.holder = @holder "
		vars["holder"] = id
	}
	if in.Age != "" {
		i := slices.IndexFunc(ages, func(b Age) bool { return b.Key == in.Age })
		if i < 0 || d.set != stock {
			return "", nil, fault.NotFound
		}
		where += " AND " + ageOf + " = @age "
		vars["age"] = i + 1
	}
	if in.Measure == Answered {
		err = a.openings()
	}
	return "(" + where + ")", vars, err
}

// count is how many a selection holds: the same predicate as the list's.
func (a *asked) count(in Selection) (n int, err error) {
	where, vars, err := a.selected(in)
	if err == nil {
		err = a.raw(`SELECT count(*) FROM `+a.from(in.Measure)+` WHERE `+where, vars).Scan(&n).Error
	}
	return n, err
}

// countHidden is how many more there are that are restricted and not named to the
// manager.
func (a *asked) countHidden(in Selection) (n int, err error) {
	where, vars, err := a.selected(in)
	if err == nil {
		err = a.raw(`SELECT count(*) FROM `+a.seeing(definitions[in.Measure].set, a.hidden)+` WHERE `+where, vars).Scan(&n).Error
	}
	return n, err
}

// seeing is a set as x, of the tickets that sight holds.
func (a *asked) seeing(set, sight string) string {
	return "(" + strings.Replace(set, "$see", sight, 1) + ") x"
}

func (a *asked) name(holder string) (name string, err error) {
	switch holder {
	case "":
		return "", nil
	case Nobody:
		return "Nobody yet", nil
	}
	id, err := strconv.ParseInt(holder, 10, 64)
	if err != nil {
		return "", fault.NotFound
	}
	err = a.q.Raw(`SELECT name FROM users WHERE id = ?`, id).Scan(&name).Error
	if err == nil && name == "" {
		err = fault.NotFound
	}
	return name, err
}
