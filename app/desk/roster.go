package desk

import (
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"hotline/app/calendar"
)

// roster reads the consultants of a desk in one statement: who they are, what they
// take, whether they are at work, away or on call at now, and their hours on the days
// about now.
type roster struct {
	desk int64
	user int64 // only this one; 0: everybody
	now  time.Time
	from calendar.Day // the days that differ are read from here
	to   calendar.Day // up to and including here; zero: the days about now
	keep bool         // keep each as they are until the transaction ends
}

// about is how many days before and after now may matter: wherever the desk is, a day
// begun elsewhere and the end of a shift that goes on over midnight.
const about = 3

// person is a consultant with their hours.
type person struct {
	Consultant
	hours timetable
}

// The team is held first, in the order of ids. What hangs on its people comes with the
// first row, as one list each: joined to the team, the same took three times as long for
// 500 people, because the planner takes a team to be one person (BenchmarkPeople).
const rosterSQL = `WITH team AS (
	SELECT c.user_id, u.name, c.cap, c.last_given, c.duty_since, c.duty_until, c.duty_extra, c.wrap_until
	FROM memberships m
	JOIN consultants c ON c.user_id = m.user_id
	JOIN users u ON u.id = c.user_id AND u.state = 'active' AND u.role = 'consultant'
	WHERE m.desk_id = @desk AND (CAST(@user AS bigint) = 0 OR m.user_id = @user)
	ORDER BY c.user_id /*keep*/),
lists AS (SELECT (SELECT min(user_id) FROM team) AS user_id,
	(SELECT zone FROM desks WHERE id = @desk) AS zone,
	(SELECT string_agg(weekday || ' ' || opens || ' ' || closes, ';') FROM desk_hours WHERE desk_id = @desk) AS hours,
	(SELECT string_agg(day || ' ' || coalesce(opens, -1) || ' ' || coalesce(closes, -1), ';') FROM holidays
		WHERE desk_id = @desk AND day BETWEEN @from AND @to) AS holidays,
	(SELECT string_agg(user_id || ' ' || topic || ' ' || level, ';' ORDER BY topic) FROM consultant_topics
		WHERE user_id = ANY (ARRAY(SELECT user_id FROM team))) AS topics,
	(SELECT string_agg(user_id || ' ' || state, ';' ORDER BY state) FROM consultant_states
		WHERE user_id = ANY (ARRAY(SELECT user_id FROM team))) AS states,
	(SELECT string_agg(user_id || ' ' || language, ';' ORDER BY language) FROM consultant_languages
		WHERE user_id = ANY (ARRAY(SELECT user_id FROM team))) AS languages,
	(SELECT string_agg(user_id || ' ' || weekday || ' ' || starts || ' ' || ends, ';' ORDER BY weekday, starts) FROM shifts
		WHERE user_id = ANY (ARRAY(SELECT user_id FROM team))) AS shifts,
	(SELECT string_agg(user_id || ' ' || day || ' ' || coalesce(starts, -1) || ' ' || coalesce(ends, -1), ';') FROM shift_days
		WHERE user_id = ANY (ARRAY(SELECT user_id FROM team)) AND day BETWEEN @from AND @to) AS days,
	(SELECT string_agg(user_id || ' ' || (extract(epoch FROM until_at) * 1000000)::bigint || ' ' || coalesce(deputy_id, 0), ';') FROM absences
		WHERE ended_at IS NULL AND from_at <= @now AND until_at > @now AND user_id = ANY (ARRAY(SELECT user_id FROM team))) AS away,
	(SELECT string_agg(user_id || ' ', ';') FROM oncall_turns
		WHERE desk_id = @desk AND ended_at IS NULL AND from_at <= @now AND until_at > @now) AS on_call,
	(SELECT string_agg(user_id || ' ' || zone, ';') FROM (SELECT DISTINCT ON (m.user_id) m.user_id, d.zone
		FROM memberships m JOIN desks d ON d.id = m.desk_id JOIN shifts s ON s.user_id = m.user_id
		WHERE m.user_id = ANY (ARRAY(SELECT user_id FROM team)) ORDER BY m.user_id, m.desk_id) h) AS home)
SELECT * FROM team LEFT JOIN lists USING (user_id) ORDER BY user_id`

type rosterRow struct {
	UserID               int64
	Name                 string
	Cap                  int
	LastGiven            *time.Time
	DutySince, DutyUntil *time.Time
	DutyExtra            bool
	WrapUntil            *time.Time
	Lists                rosterLists `gorm:"embedded"`
}

// rosterLists come with the first row: of the desk, and of all its people.
type rosterLists struct {
	Zone, Hours, Holidays                                       string
	Topics, States, Languages, Shifts, Days, Away, OnCall, Home string
}

func (r roster) read(q *gorm.DB) ([]person, error) {
	if r.to == (calendar.Day{}) {
		r.from, r.to = calendar.DayOf(r.now.AddDate(0, 0, -about), time.UTC), calendar.DayOf(r.now.AddDate(0, 0, about), time.UTC)
	}
	sql := rosterSQL
	if r.keep {
		sql = strings.Replace(sql, "/*keep*/", "FOR NO KEY UPDATE OF c", 1)
	}
	var rows []rosterRow
	err := q.Raw(sql, map[string]any{"desk": r.desk, "user": r.user, "now": r.now, "from": r.from.String(), "to": r.to.String()}).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	lists := rows[0].Lists
	team, err := hoursOf(lists)
	if err != nil {
		return nil, err
	}
	topics, states, languages, away, onCall := byPerson(lists.Topics), byPerson(lists.States), byPerson(lists.Languages), byPerson(lists.Away), byPerson(lists.OnCall)
	shifts, days, home := byPerson(lists.Shifts), byPerson(lists.Days), byPerson(lists.Home)
	people := make([]person, len(rows))
	for i, row := range rows {
		p := &people[i]
		p.Consultant = row.consultant(r.now)
		for _, skill := range topics[row.UserID] {
			topic, level, _ := strings.Cut(skill, " ")
			p.Skills = append(p.Skills, Skill{topic, level})
		}
		p.States, p.Languages = states[row.UserID], languages[row.UserID]
		p.OnCall = len(onCall[row.UserID]) > 0
		if gone := away[row.UserID]; len(gone) > 0 {
			if err := p.absent(gone[0]); err != nil {
				return nil, err
			}
		}
		if p.hours, err = team.timetable(shifts[row.UserID], days[row.UserID], home[row.UserID]); err != nil {
			return nil, err
		}
		if p.InShift, err = p.hours.open(r.now); err != nil {
			return nil, err
		}
	}
	return people, nil
}

func (row rosterRow) consultant(now time.Time) Consultant {
	c := Consultant{UserID: row.UserID, Name: row.Name, Cap: row.Cap, DutyUntil: row.DutyUntil, WrapUntil: row.WrapUntil, LastGiven: row.LastGiven, now: now}
	c.At = row.DutySince != nil && !row.DutySince.After(now) && row.DutyUntil.After(now)
	c.Extra = c.At && row.DutyExtra
	return c
}

// absent notes an absence: until when, in µs since 1970, and the deputy or 0.
func (c *Consultant) absent(text string) error {
	until, deputy, _ := strings.Cut(text, " ")
	at, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return err
	}
	end := time.UnixMicro(at).UTC()
	c.Away, c.AwayUntil = true, &end
	c.DeputyID, err = strconv.ParseInt(deputy, 10, 64)
	return err
}

// byPerson sorts "7 discharge knows;9 discharge leads" by the id that each begins with.
func byPerson(list string) map[int64][]string {
	of := map[int64][]string{}
	for part := range each(list) {
		id, rest, _ := strings.Cut(part, " ")
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			of[n] = append(of[n], rest)
		}
	}
	return of
}
