package report

import (
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/ticket"
)

// Query is what a report is about. From and To are days as in 2026-11-19, the range
// [From, To) in the desk's zone; both empty: the last 28 days, today among them.
// Desk 0 is the first. Topic, Channel and State narrow it; empty is all. AsOf is the
// instant it is computed at; zero, or one ahead: now.
type Query struct {
	From, To string
	Desk     int64
	Topic    string
	Channel  string
	State    string
	AsOf     time.Time
}

// asked is a query while it is answered: checked, with the transaction it reads in.
type asked struct {
	q      *gorm.DB
	by     actor.Actor
	query  Query
	period Period
	times  desk.Times
	vars   map[string]any
	see    string // what the manager may see of the desk, over tickets t
	hidden string // what is kept from them
}

func ask(q *gorm.DB, by actor.Actor, in Query, now time.Time) (*asked, error) {
	if in.Desk == 0 && len(by.Desks) > 0 {
		in.Desk = by.Desks[0]
	}
	if !slices.Contains(by.Desks, in.Desk) {
		return nil, fault.NotFound
	}
	if in.AsOf.IsZero() || in.AsOf.After(now) {
		in.AsOf = now
	}
	in.AsOf = in.AsOf.UTC().Truncate(time.Microsecond)
	a := &asked{q: q, by: by, query: in}
	var err error
	if a.times, err = desk.TimesOf(q, in.Desk); err != nil {
		return nil, err
	}
	if a.period, err = period(in.From, in.To, a.times.Zone, in.AsOf); err != nil {
		return nil, err
	}
	var bad fault.Fields
	bad.Need(in.Topic == "" || ticket.ValidTopic(in.Topic), "topic", "Choose one of the topics.")
	bad.Need(slices.Contains([]string{"", "online", "phone"}, in.Channel), "channel", "Choose phone or online.")
	bad.Need(in.State == "" || ticket.ValidState(in.State), "state", "Choose one of the states.")
	if err := bad.Err(); err != nil {
		return nil, err
	}
	a.query.From, a.query.To = a.period.From.String(), a.period.To.String()
	a.vars = map[string]any{
		"desk": in.Desk, "me": by.ID, "begin": a.period.Begin, "at": a.period.At, "cut": a.period.cut,
		"known": in.AsOf.Add(time.Microsecond), "topic": in.Topic, "channel": in.Channel, "state": in.State,
	}
	return a, a.sight()
}

// sight writes what the manager may see as named conditions, so that a statement may
// say them more than once.
func (a *asked) sight() error {
	alone := a.by
	alone.Desks = []int64{a.query.Desk}
	where, args, err := ticket.Visible(a.q, alone, a.period.AsOf)
	if err != nil {
		return err
	}
	for i, arg := range args {
		name := "see" + string(rune('a'+i))
		where = strings.Replace(where, "?", "@"+name+" ", 1)
		a.vars[name] = arg
	}
	narrow := ""
	for column, value := range map[string]string{"topic": a.query.Topic, "channel": a.query.Channel, "state": a.query.State} {
		if value != "" {
			narrow += " AND t." + column + " = @" + column + " "
		}
	}
	a.see = where + narrow
	a.hidden = "t.desk_id = @desk AND t.restricted AND NOT EXISTS (SELECT FROM ticket_named n WHERE n.ticket_id = t.id AND n.user_id = @me )" + narrow
	return nil
}

// raw is a statement with the query's values, and more of its own.
func (a *asked) raw(sql string, more map[string]any) *gorm.DB {
	vars := maps.Clone(a.vars)
	maps.Copy(vars, more)
	return a.q.Raw(sql, vars)
}
