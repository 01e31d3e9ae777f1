package ticket

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

// View is one of the desk's lists.
type View string

// The desk's views. Each stands on an index of its own.
const (
	Mine           View = "mine"           // in my hands
	Waiting        View = "unassigned"     // in nobody's
	Team           View = "team"           // every open one of the desk
	Overdue        View = "overdue"        // past our promise or the caller's clock
	OnPhysician    View = "with_physician" // waiting on the physician
	Lately         View = "resolved"       // resolved, newest first
	allowedPerPage      = 50
)

// Views are the desk's lists in the order they are shown.
var Views = []View{Mine, Overdue, Waiting, Team, OnPhysician, Lately}

// condition is what a view holds, over tickets t. Overdue is what is late and in our hands.
func (v View) condition(by actor.Actor, deskID int64, now time.Time) (string, []any) {
	switch v {
	case Mine:
		return "t.assignee_id = ? AND t.status = 'assigned'", []any{by.ID}
	case Waiting:
		return "t.desk_id = ? AND t.status = 'unassigned'", []any{deskID}
	case Team:
		return "t.desk_id = ? AND t.status <> 'resolved'", []any{deskID}
	case Overdue:
		return "t.desk_id = ? AND t.status IN ('unassigned', 'assigned') AND t.next_due_at < ?", []any{deskID, now}
	case OnPhysician:
		return "t.desk_id = ? AND t.status = 'with_physician'", []any{deskID}
	}
	return "t.desk_id = ? AND t.status = 'resolved'", []any{deskID}
}

// looker is who looks at a view. On a desk's own list a person of several desks counts
// as one of that desk: so the statement names one desk, and the view's index is used.
func (v View) looker(by actor.Actor, deskID int64) actor.Actor {
	if v == Mine {
		return by
	}
	at := slices.Contains(by.Desks, deskID)
	by.Desks = nil
	if at {
		by.Desks = []int64{deskID}
	}
	return by
}

// Query asks for a page of a view. After and Before are keys of the lines at the
// edge of the page one comes from.
type Query struct {
	View   View
	Desk   int64
	After  *Key
	Before *Key
	Limit  int // 0: 50
}

// Key is where a line stands in its list.
type Key struct {
	At time.Time
	ID int64
}

// Line is one row of a desk list. Words are the first of the question, or the
// desk's title for it.
type Line struct {
	ID         int64
	Number     string
	Caller     string
	Words      string
	Topic      string
	Urgency    Urgency
	Status     Status
	Holder     string
	DueKind    string
	Channel    string
	NextDueAt  time.Time
	OpenedAt   time.Time
	ResolvedAt *time.Time
	WaitsSince *time.Time
	Restricted bool
}

// Key is where the line stands in a view.
func (l Line) Key(v View) Key {
	if v == Lately && l.ResolvedAt != nil {
		return Key{*l.ResolvedAt, l.ID}
	}
	return Key{l.NextDueAt, l.ID}
}

// Page is a page of lines and whether there is more on either side.
type Page struct {
	Lines       []Line
	More, Fewer bool
}

const lineColumns = `t.id, t.number, t.topic, t.urgency, t.status, t.due_kind, t.channel, t.next_due_at, t.opened_at, t.resolved_at, t.restricted,
	CASE WHEN t.title <> '' THEN t.title ELSE left(t.question, 180) END AS words,
	coalesce('Dr ' || p.family_name, nullif(t.caller_name, ''), 'Unknown caller') AS caller,
	coalesce(u.name, '') AS holder`

// One row each by its key: joined outright, a page's fifty lines would read all
// physicians there are.
const lineJoins = ` LEFT JOIN LATERAL (SELECT family_name FROM physicians WHERE id = t.physician_id LIMIT 1) p ON true
	LEFT JOIN LATERAL (SELECT name FROM users WHERE id = t.assignee_id LIMIT 1) u ON true`

// List reads one page of a view, in one statement. Consultants and managers.
func (s *Service) List(ctx context.Context, by actor.Actor, in Query) (Page, error) {
	if !by.Desk() {
		return Page{}, fault.NotFound
	}
	if !slices.Contains(Views, in.View) {
		return Page{}, fault.NotFound
	}
	if in.Desk == 0 && len(by.Desks) > 0 {
		in.Desk = by.Desks[0]
	}
	limit := in.Limit
	if limit <= 0 || limit > allowedPerPage {
		limit = allowedPerPage
	}
	order, key := "ASC", "t.next_due_at"
	if in.View == Lately {
		order, key = "DESC", "t.resolved_at"
	}
	var page Page
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		now := s.now()
		sight, err := see(q, in.View.looker(by, in.Desk), now)
		if err != nil {
			return err
		}
		where, args := in.View.condition(by, in.Desk, now)
		where, args = where+" AND "+sight.where, append(args, sight.args...)
		edge, backwards := in.After, false
		if in.Before != nil {
			edge, backwards = in.Before, true
		}
		if edge != nil {
			compare := ">"
			if (order == "DESC") != backwards {
				compare = "<"
			}
			where += " AND (" + key + ", t.id) " + compare + " (?, ?)"
			args = append(args, edge.At, edge.ID)
		}
		if backwards {
			order = map[string]string{"ASC": "DESC", "DESC": "ASC"}[order]
		}
		since := "NULL::timestamptz"
		if in.View == OnPhysician {
			since = "(SELECT from_at FROM pauses pa WHERE pa.ticket_id = t.id AND pa.until_at IS NULL)"
		}
		// The rows are chosen first and dressed after, so that joins touch a page's worth. The
		// limit stands in the statement, or the planner would reckon with a tenth of the table.
		sql := `SELECT ` + lineColumns + `, ` + since + ` AS waits_since FROM (
			SELECT t.* FROM tickets t WHERE ` + where + ` ORDER BY ` + key + ` ` + order + `, t.id ` + order + ` LIMIT ` + strconv.Itoa(limit+1) + `) t` +
			lineJoins + ` ORDER BY ` + key + ` ` + order + `, t.id ` + order
		if err := q.Raw(sql, args...).Scan(&page.Lines).Error; err != nil {
			return err
		}
		over := len(page.Lines) > limit
		if over {
			page.Lines = page.Lines[:limit]
		}
		if backwards {
			slices.Reverse(page.Lines)
			page.Fewer, page.More = over, true
		} else {
			page.Fewer, page.More = edge != nil, over
		}
		return nil
	})
	return page, err
}

// CountCap is where counts in navigation stop: one more is shown as "99+".
const CountCap = 100

// Standing is what stands beside a desk's lists: how many each view holds, up to
// CountCap, and where the one who looks stands themselves.
type Standing struct {
	Counts    map[View]int
	Engaged   bool       // they take tickets; the rest is theirs
	DutyUntil *time.Time // nil: not at work
	WrapUntil *time.Time // wrapping up a call until then; nil: not
	AwayUntil *time.Time // absent until then; nil: not
	Deputy    string     // who stands in while they are absent; "": nobody
	Cap, Held int

	// Restricted is how many open tickets of the desk are kept to people who do not
	// include the one who looks, up to CountCap. Only managers are told.
	Restricted int
}

// absentNow ends a subquery about the absence somebody is on. Its arguments: the person,
// and now twice.
const absentNow = ` FROM absences a LEFT JOIN users d ON d.id = a.deputy_id
	WHERE a.user_id = ? AND a.ended_at IS NULL AND a.from_at <= ? AND a.until_at > ? LIMIT 1)`

// Counts counts the views for navigation, each up to CountCap, and says where the
// one who asks stands, in one statement. Consultants and managers.
func (s *Service) Counts(ctx context.Context, by actor.Actor, deskID int64) (Standing, error) {
	if !by.Desk() {
		return Standing{}, fault.NotFound
	}
	if deskID == 0 && len(by.Desks) > 0 {
		deskID = by.Desks[0]
	}
	counted := []View{Mine, Overdue, Waiting, Team, OnPhysician}
	out := Standing{Counts: map[View]int{}}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		now := s.now()
		var parts []string
		var args []any
		// In the index's order: else the planner hopes to meet a hundred among the oldest
		// rows of the table, where all are resolved.
		for _, v := range counted {
			sight, err := see(q, v.looker(by, deskID), now)
			if err != nil {
				return err
			}
			where, whereArgs := v.condition(by, deskID, now)
			parts = append(parts, "(SELECT count(*) FROM (SELECT FROM tickets t WHERE "+where+" AND "+sight.where+
				" ORDER BY t.next_due_at, t.id LIMIT "+strconv.Itoa(CountCap)+") x)")
			args = append(append(args, whereArgs...), sight.args...)
		}
		parts = append(parts, "EXISTS (SELECT FROM consultants WHERE user_id = ?)",
			"(SELECT duty_until FROM consultants WHERE user_id = ? AND duty_since <= ? AND duty_until > ?)",
			"(SELECT wrap_until FROM consultants WHERE user_id = ? AND duty_until > ? AND wrap_until > ?)",
			"(SELECT a.until_at"+absentNow, "coalesce((SELECT d.name"+absentNow+", '')",
			"coalesce((SELECT cap FROM consultants WHERE user_id = ?), 0)",
			loadOf("?", "1000"),
			`(SELECT count(*) FROM (SELECT FROM tickets t WHERE ?::boolean AND t.desk_id = ? AND t.restricted AND t.status <> 'resolved'
				AND NOT EXISTS (SELECT FROM ticket_named n WHERE n.ticket_id = t.id AND n.user_id = ?) LIMIT ?) x)`)
		args = append(args, by.ID, by.ID, now, now, by.ID, now, now, by.ID, now, now, by.ID, now, now, by.ID, by.ID, by.Is(actor.Manager) && slices.Contains(by.Desks, deskID), deskID, by.ID, CountCap)
		counts := make([]int, len(counted))
		row := q.Raw("SELECT "+strings.Join(parts, ", "), args...).Row()
		err := row.Scan(&counts[0], &counts[1], &counts[2], &counts[3], &counts[4], &out.Engaged, &out.DutyUntil, &out.WrapUntil, &out.AwayUntil, &out.Deputy, &out.Cap, &out.Held, &out.Restricted)
		if err != nil {
			return err
		}
		for i, v := range counted {
			out.Counts[v] = counts[i]
		}
		return nil
	})
	return out, err
}

// Asked is one consultation as an insured person's list shows it.
type Asked struct {
	ID              int64
	Number          string
	Words           string
	Topic           string
	Status          Status
	Urgency         Urgency
	Physician       string
	AskedBy         string
	ByMe            bool
	Holder          string
	Channel         string
	OpenedAt        time.Time
	NextDueAt       time.Time
	DueKind         string
	FirstAnsweredAt *time.Time
	ResolvedAt      *time.Time
	Unread          bool // a message they may read came after they last looked
}

// Consultations lists what an insured person may see, newest first, in one
// statement after who they are.
func (s *Service) Consultations(ctx context.Context, by actor.Actor, after *Key, limit int) ([]Asked, bool, error) {
	if !by.Insured() {
		return nil, false, fault.NotFound
	}
	if limit <= 0 || limit > allowedPerPage {
		limit = allowedPerPage
	}
	var lines []Asked
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		sight, err := see(q, by, s.now())
		if err != nil {
			return err
		}
		where, args := sight.where, slices.Clone(sight.args)
		if after != nil {
			where += " AND (t.opened_at, t.id) < (?, ?)"
			args = append(args, after.At, after.ID)
		}
		args = append([]any{by.ID, sight.hearsOf(), by.ID}, args...)
		return q.Raw(`SELECT t.id, t.number, left(t.question, 220) AS words, t.topic, t.status, t.urgency, t.channel, t.opened_at, t.next_due_at, t.due_kind,
			t.first_answered_at, t.resolved_at, coalesce('Dr ' || p.family_name, '') AS physician, coalesce(a.name, '') AS asked_by,
			t.opened_by = ? AS by_me, coalesce(u.name, '') AS holder,
			EXISTS (SELECT FROM messages m WHERE m.ticket_id = t.id AND NOT m.from_insured AND t.physician_id IN ?
				AND m.sent_at > coalesce((SELECT max(v.at) FROM ticket_views v WHERE v.ticket_id = t.id AND v.user_id = ?), '-infinity')) AS unread
			FROM (SELECT t.* FROM tickets t WHERE `+where+` ORDER BY t.opened_at DESC, t.id DESC LIMIT `+strconv.Itoa(limit+1)+`) t
			LEFT JOIN physicians p ON p.id = t.physician_id LEFT JOIN users a ON a.id = t.opened_by LEFT JOIN users u ON u.id = t.assignee_id
			ORDER BY t.opened_at DESC, t.id DESC`, args...).Scan(&lines).Error
	})
	if err != nil {
		return nil, false, err
	}
	if len(lines) > limit {
		return lines[:limit], true, nil
	}
	return lines, false, nil
}

// Earlier lists other tickets of the same physician that staff may see, newest first.
func (s *Service) Earlier(ctx context.Context, by actor.Actor, physicianID int64, limit int) ([]Line, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	var lines []Line
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		sight, err := see(q, by, s.now())
		if err != nil {
			return err
		}
		args := append(append([]any{physicianID}, sight.args...), limit)
		return q.Raw(`SELECT `+lineColumns+` FROM (SELECT t.* FROM tickets t WHERE t.physician_id = ? AND `+sight.where+
			` ORDER BY t.opened_at DESC, t.id DESC LIMIT ?) t`+lineJoins+` ORDER BY t.opened_at DESC, t.id DESC`, args...).Scan(&lines).Error
	})
	return lines, err
}
