package whatif

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/calendar"
	"hotline/app/routing"
)

// personRow is a consultant as they are read.
type personRow struct {
	UserID                                                            int64
	Name                                                              string
	Cap                                                               int
	Topics, States, Languages, Shifts, Days, Away, Turns, Apart, Held string
}

func (p *past) people(q *gorm.DB, vars map[string]any) error {
	var rows []personRow
	if err := q.Raw(peopleSQL, vars).Scan(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		person, err := r.person(p.ground.Policy, p.world.To)
		if err != nil {
			return err
		}
		p.world.People = append(p.world.People, person)
	}
	return nil
}

func (r personRow) person(policy routing.Policy, end time.Time) (routing.Person, error) {
	p := routing.Person{UserID: r.UserID, Name: r.Name, Cap: r.Cap, Levels: map[string]routing.Level{}, States: set(r.States), Languages: set(r.Languages),
		Excluded: map[int64]bool{}, Days: map[calendar.Day][]calendar.Segment{}}
	for part := range parts(r.Topics) {
		topic, level, _ := strings.Cut(part, " ")
		p.Levels[topic] = routing.LevelOf(level)
	}
	for part := range parts(r.Apart) {
		if id, err := strconv.ParseInt(part, 10, 64); err == nil {
			p.Excluded[id] = true
		}
	}
	var err error
	if p.Week, err = readWeek(r.Shifts); err != nil {
		return p, err
	}
	for part := range parts(r.Days) {
		date, rest, _ := strings.Cut(part, " ")
		day, err := calendar.ParseDay(date)
		if err != nil {
			return p, err
		}
		var starts, ends int
		if _, err := fmt.Sscanf(rest, "%d %d", &starts, &ends); err != nil {
			return p, err
		}
		p.Days[day] = nil
		if starts >= 0 {
			p.Days[day] = []calendar.Segment{{Opens: starts, Closes: ends}}
		}
	}
	for part := range parts(r.Away) {
		var from, until, deputy int64
		if _, err := fmt.Sscanf(part, "%d %d %d", &from, &until, &deputy); err != nil {
			return p, err
		}
		s := routing.Span{From: time.UnixMicro(from).UTC(), Until: time.UnixMicro(until).UTC()}
		p.Away = append(p.Away, s)
		if deputy != 0 {
			p.Deputies = append(p.Deputies, routing.Deputy{Span: s, UserID: deputy})
		}
	}
	for part := range parts(r.Turns) {
		var from, until, none int64
		if _, err := fmt.Sscanf(part, "%d %d %d", &from, &until, &none); err != nil {
			return p, err
		}
		p.OnCall = append(p.OnCall, routing.Span{From: time.UnixMicro(from).UTC(), Until: time.UnixMicro(until).UTC()})
	}
	spans, err := readSpans(r.Held)
	for _, s := range spans {
		if s.until.IsZero() {
			s.until = end
		}
		for range policy.Load(s.word) {
			p.Held = append(p.Held, routing.Span{From: s.from, Until: s.until})
		}
	}
	return p, err
}
