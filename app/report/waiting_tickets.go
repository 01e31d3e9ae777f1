package report

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// WaitingSelection asks for the tickets behind a number of Waiting: what they wait for,
// of one urgency (AnyUrgency: all), one of Waits (its Key; empty: all) and one topic.
type WaitingSelection struct {
	Desk    int64 // 0: the first
	What    What
	Urgency string
	Wait    string
	Topic   string      // a code; empty: all
	After   *ticket.Key // the page that follows this ticket; the list begins with the longest waiting
	Before  *ticket.Key // or the page before it
}

// WaitingTicket is one that waits. Nothing that anybody wrote is in it.
type WaitingTicket struct {
	ID                  int64
	Number              string
	Topic               string // its name
	Urgency             string
	Status              string
	Since               time.Time // it waits
	OpenedAt, NextDueAt time.Time
	DueKind             string
	AcceptBy            *time.Time // of what was given
	Holder              string
}

// Key is where a ticket stands in the list.
func (t WaitingTicket) Key() ticket.Key { return ticket.Key{At: t.Since, ID: t.ID} }

// WaitingTickets is a page of what is behind a number.
type WaitingTickets struct {
	Selection   WaitingSelection
	AsOf        time.Time
	Count       int // all of them
	Hidden      int // restricted, and not named to the one who asks
	Lines       []WaitingTicket
	More, Fewer bool
}

// WaitingTickets lists the tickets behind a number of Waiting, by the same predicate.
// Managers. Errors: fault.NotFound for anybody else, for a desk that is not theirs, and
// for what nothing waits for.
func (s *Service) WaitingTickets(ctx context.Context, by actor.Actor, in WaitingSelection) (*WaitingTickets, error) {
	page := &WaitingTickets{}
	err := s.db.Snapshot(ctx, func(q *gorm.DB) error {
		page.AsOf = s.now()
		on, deskID, err := s.waitingOn(q, by, in.Desk, page.AsOf)
		if err != nil {
			return err
		}
		in.Desk = deskID
		page.Selection = in
		which, vars, err := in.which()
		if err != nil {
			return err
		}
		row := on.raw(`SELECT count(*) FILTER (WHERE x.seen), count(*) FILTER (WHERE NOT x.seen) FROM x WHERE `+which, vars).Row()
		if err := row.Scan(&page.Count, &page.Hidden); err != nil {
			return err
		}
		return page.fill(on, which, vars)
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// which is a selection as a condition over x.
func (in WaitingSelection) which() (where string, vars map[string]any, err error) {
	if !slices.Contains(Whats, in.What) {
		return "", nil, fault.NotFound
	}
	where, vars = "x.what = @what ", map[string]any{"what": string(in.What)}
	if in.Urgency != AnyUrgency {
		where += "AND x.urgency = @urgency "
		vars["urgency"] = in.Urgency
	}
	if in.Topic != "" {
		where += "AND x.topic = @topic "
		vars["topic"] = in.Topic
	}
	if in.Wait != "" {
		i := slices.IndexFunc(Waits, func(w Wait) bool { return w.Key == in.Wait })
		if i < 0 {
			return "", nil, fault.NotFound
		}
		where += "AND x.age = @age "
		vars["age"] = i
	}
	return where, vars, nil
}

func (t *WaitingTickets) fill(on waitingOn, which string, vars map[string]any) error {
	in := t.Selection
	order, edge, after := "ASC", "", in.After
	if in.Before != nil {
		order, after = "DESC", in.Before
	}
	if after != nil {
		edge = "AND (x.since, x.id) " + map[string]string{"ASC": ">", "DESC": "<"}[order] + " (@edge_at , @edge_id )"
		vars["edge_at"], vars["edge_id"] = after.At, after.ID
	}
	vars["limit"] = PerPage + 1
	sql := strings.NewReplacer("$which", which, "$edge", edge, "$order", order).Replace(waitingTicketsSQL)
	var err error
	if t.Lines, err = scan[WaitingTicket](on.raw(sql, vars)); err != nil {
		return err
	}
	over := len(t.Lines) > PerPage
	if in.Before != nil {
		if over {
			t.Lines = t.Lines[1:]
		}
		t.Fewer, t.More = over, true
		return nil
	}
	if over {
		t.Lines = t.Lines[:PerPage]
	}
	t.Fewer, t.More = after != nil, over
	return nil
}
