package whatif

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/routing"
)

// Ground is what is in force on a desk: what a plan changes, and stands on.
type Ground struct {
	Times  desk.Times
	Policy routing.Policy
	People []Worker // by name
	Topics []desk.Topic

	over []desk.Promise // go before the desk's
}

// Worker is a consultant of the desk with what a plan may change about them.
type Worker struct {
	UserID int64
	Name   string
	Cap    int
	Own    bool                  // the week is theirs; else it is the desk's hours
	Week   [7][]calendar.Segment // by time.Weekday
}

// Promise is the first answer promised for a topic ("": any) and urgency; own says
// whether it was set for just these.
func (g *Ground) Promise(topic, urgency string) (p desk.Promise, own bool) {
	for _, p := range g.over {
		if p.Topic == topic && p.Urgency == urgency {
			return p, true
		}
	}
	p, _ = g.Times.Promise(desk.FirstAnswer, topic, urgency)
	return p, p.Topic == topic
}

// Before is the ground as it was before a plan that undo would take back.
func (g *Ground) Before(undo Body) *Ground {
	b := *g
	b.Policy, b.over, b.People = undo.policy(g.Policy), undo.Promises, slices.Clone(g.People)
	for i := range b.People {
		w := &b.People[i]
		if limit, changed := undo.Caps[w.UserID]; changed {
			w.Cap = limit
		}
		w.Week = [7][]calendar.Segment(merged(w.Week, undo.Days[w.UserID]))
	}
	return &b
}

// OwnTopics are the promises of a first answer that one topic has for itself.
func (g *Ground) OwnTopics() []desk.Promise {
	var own []desk.Promise
	for _, p := range g.Times.Promises() {
		if p.Kind == desk.FirstAnswer && p.Topic != "" {
			own = append(own, p)
		}
	}
	return own
}

// Person is one of the people; nil: not on the desk.
func (g *Ground) Person(userID int64) *Worker {
	for i := range g.People {
		if g.People[i].UserID == userID {
			return &g.People[i]
		}
	}
	return nil
}

// TopicName is a topic in words.
func (g *Ground) TopicName(code string) string {
	for _, t := range g.Topics {
		if t.Code == code {
			return t.Name
		}
	}
	return code
}

func groundOf(q *gorm.DB, deskID int64) (*Ground, error) {
	g := &Ground{}
	var err error
	if g.Times, err = desk.TimesOf(q, deskID); err != nil {
		return nil, err
	}
	if g.Policy, err = desk.PolicyOf(q, deskID); err != nil {
		return nil, err
	}
	if err := q.Raw(`SELECT code, name, asks FROM topics ORDER BY place`).Scan(&g.Topics).Error; err != nil {
		return nil, err
	}
	var rows []struct {
		UserID int64
		Name   string
		Cap    int
		Shifts string
	}
	err = q.Raw(`SELECT c.user_id, u.name, c.cap,
			coalesce((SELECT string_agg(weekday || ' ' || starts || ' ' || ends, ';' ORDER BY weekday, starts) FROM shifts s WHERE s.user_id = c.user_id), '') AS shifts
		FROM memberships m JOIN consultants c ON c.user_id = m.user_id
		JOIN users u ON u.id = c.user_id AND u.state = 'active' AND u.role = 'consultant'
		WHERE m.desk_id = ? ORDER BY u.name, u.id`, deskID).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	hours := g.Times.Calendar.Hours()
	for _, r := range rows {
		w := Worker{UserID: r.UserID, Name: r.Name, Cap: r.Cap, Own: r.Shifts != "", Week: hours.Week}
		if w.Own {
			if w.Week, err = readWeek(r.Shifts); err != nil {
				return nil, err
			}
		}
		g.People = append(g.People, w)
	}
	return g, nil
}

// readWeek reads "1 540 1020;2 540 1020": weekday, from, to in minutes after midnight.
func readWeek(text string) (week [7][]calendar.Segment, err error) {
	for part := range strings.SplitSeq(text, ";") {
		if part == "" {
			continue
		}
		var weekday, starts, ends int
		if _, err := fmt.Sscanf(part, "%d %d %d", &weekday, &starts, &ends); err != nil {
			return week, err
		}
		week[time.Weekday(weekday)] = append(week[weekday], calendar.Segment{Opens: starts, Closes: ends})
	}
	return week, nil
}
