package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	views "hotline/views/people"
	"hotline/views/ui"
)

// deskWeek is a desk's week with all that a page says of it.
type deskWeek struct {
	desk.Week
	times    desk.Times
	team     []desk.Member
	away     map[int64][]desk.Absence
	loads    map[int64]ui.Load // nobody's for those who see no tickets
	holidays map[calendar.Day]string
	now      time.Time
	today    calendar.Day
	back     string // the address of this week
}

func (p peoplePages) deskWeek(c *gin.Context) (deskWeek, error) {
	ctx, by := c.Request.Context(), who(c)
	w := deskWeek{now: p.rooms.Now(), away: map[int64][]desk.Absence{}, loads: map[int64]ui.Load{}, holidays: map[calendar.Day]string{}}
	var err error
	if w.times, err = p.deskOn(c); err != nil {
		return w, err
	}
	w.today = calendar.DayOf(w.now, w.times.Zone)
	monday := mondayOf(w.today)
	if asked := query(c, "week"); asked != "" {
		if monday, err = calendar.ParseDay(asked); err != nil {
			return w, fault.NotFound
		}
	}
	id := w.times.Desk.ID
	if w.Week, err = p.rooms.Desks.Week(ctx, by, id, monday); err != nil {
		return w, err
	}
	w.back = weekURL(id, w.Days[0])
	if w.team, err = p.rooms.Desks.Team(ctx, by, id); err != nil {
		return w, err
	}
	absences, err := p.rooms.Desks.Absences(ctx, by, id)
	if err != nil {
		return w, err
	}
	for _, a := range absences {
		w.away[a.UserID] = append(w.away[a.UserID], a)
	}
	w.OnCall = answered(w.OnCall, absences)
	schedule, err := p.rooms.Desks.Schedule(ctx, id)
	if err != nil {
		return w, err
	}
	for day, h := range schedule.Holidays {
		w.holidays[day] = h.Name
	}
	if by.Desk() {
		colleagues, err := p.rooms.Tickets.Colleagues(ctx, by, id)
		if err != nil {
			return w, err
		}
		most := 1
		for _, one := range colleagues {
			most = max(most, one.Cap, one.Held)
		}
		for _, one := range colleagues {
			w.loads[one.UserID] = ui.Load{Open: one.Held, Cap: one.Cap, Most: most}
		}
	}
	slices.SortFunc(w.People, func(a, b desk.WeekPerson) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.UserID, b.UserID))
	})
	return w, nil
}

// week is who works when.
func (p peoplePages) week(c *gin.Context) error {
	w, err := p.deskWeek(c)
	if err != nil {
		return err
	}
	id := w.times.Desk.ID
	view := views.WeekPage{Frame: p.frame(c, "People", "/people"), URL: w.back, Live: "desk-" + deskID(id), Title: w.title(),
		Earlier: weekURL(id, daysOn(w.Days[0], -7)), Later: weekURL(id, daysOn(w.Days[0], 7)), RotaURL: "/people/oncall?desk=" + deskID(id)}
	view.Frame.Live = true
	if view.Desk, err = p.desksOffered(c, id); err != nil {
		return err
	}
	if !slices.Contains(w.Days[:], w.today) {
		view.ThisWeek = weekURL(id, w.today)
	}
	view.Finding = w.finding(p.house.allTopics(c.Request.Context()))
	if len(w.People) == 0 {
		view.Empty = &ui.Empty{Title: "Nobody works on this desk yet", Words: "People are added with the program’s command “user add”; what they take and when they work is said here."}
		return page(c, http.StatusOK, views.Week(view))
	}
	view.Words = "Times are of the desk’s clock, " + zoneWords(w.Zone) + ", midnight to midnight."
	view.OnCallBy = w.onCallWords()
	view.Gaps = w.cover(p.house.allTopics(c.Request.Context())).lines()
	view.Days, view.Rows, view.OnCall = w.heads(), w.rows(), w.lane()
	return page(c, http.StatusOK, views.Week(view))
}

func (w deskWeek) title() string {
	first, last := midnightOf(w.Days[0]), midnightOf(w.Days[6])
	words := first.Format("January 2")
	if first.Year() != last.Year() {
		words += first.Format(", 2006")
	}
	if first.Month() == last.Month() {
		return words + " to " + last.Format("2, 2006")
	}
	return words + " to " + last.Format("January 2, 2006")
}

func (w deskWeek) cover(topics []desk.Topic) cover {
	return coverOf(w.Week, w.team, w.away, topics, w.now, w.times.Zone)
}

// finding says how many are at work, for the week that runs, and what is missing.
func (w deskWeek) finding(topics []desk.Topic) string {
	if len(w.People) == 0 {
		return "Nobody works on " + w.times.Desk.Name + " yet"
	}
	if w.Days[6].String() < w.today.String() {
		return "The week of " + midnightOf(w.Days[0]).Format("January 2") + " is over"
	}
	if !slices.Contains(w.Days[:], w.today) {
		return w.cover(topics).finding("", w.today)
	}
	there := 0
	for _, m := range w.team {
		if m.At && !m.Away {
			there++
		}
	}
	words := inWords(there) + isOr(there, " is", " are") + " at work now"
	if there == 0 {
		words = "Nobody is at work now"
	}
	return w.cover(topics).finding(words, w.today)
}

func (w deskWeek) heads() []views.DayHead {
	heads := make([]views.DayHead, len(w.Days))
	for i, d := range w.Days {
		at := midnightOf(d)
		heads[i] = views.DayHead{Name: at.Format("Mon"), Date: at.Format("Jan 2"), Long: at.Format("Monday, January 2"), Note: w.holidays[d],
			Today: d == w.today, Open: spansOf(w.Open[i]), Now: -1}
		if d == w.today {
			heads[i].Now = minuteAt(w.now.In(w.times.Zone))
		}
	}
	return heads
}

func (w deskWeek) rows() []views.PersonRow {
	names := namesOf(w.team)
	members := map[int64]desk.Member{}
	for _, m := range w.team {
		members[m.UserID] = m
	}
	rows := make([]views.PersonRow, len(w.People))
	for i, one := range w.People {
		m := members[one.UserID]
		r := &rows[i]
		r.Name, r.URL = one.Name, "/people/"+strconv.FormatInt(one.UserID, 10)
		r.StateCode, r.StateWords = standsNow(m.Consultant, names, w.now, w.times.Zone)
		r.Cap = "takes up to " + strconv.Itoa(one.Cap)
		if load, ok := w.loads[one.UserID]; ok {
			r.Load = &load
		}
		for day := range w.Days {
			r.Cells = append(r.Cells, w.cell(one, day))
		}
	}
	return rows
}

// cell is one day of one consultant, drawn and in words.
func (w deskWeek) cell(one desk.WeekPerson, i int) views.DayCell {
	day, d := w.Days[i], one.Days[i]
	c := views.DayCell{Changed: d.Changed, At: noonMinute}
	if day.String() >= w.today.String() {
		c.URL = "/people/" + strconv.FormatInt(one.UserID, 10) + "/days?day=" + day.String()
	}
	hours := spansOf(d.Hours)
	away := awayOn(day, d, w.away[one.UserID], w.times.Zone)
	c.Away = inBoth(hours, away)
	there := without(hours, away)
	over := views.Span{}
	switch {
	case day.String() < w.today.String():
		over.To = dayInMinute
	case day == w.today:
		over.To = minuteAt(w.now.In(w.times.Zone))
	}
	c.Past, c.Ahead = inBoth(there, []views.Span{over}), without(there, []views.Span{over})
	c.OnCall = w.onCall(day, i, one.UserID)
	if len(d.Hours) > 0 {
		c.At = (d.Hours[0].Opens + d.Hours[len(d.Hours)-1].Closes) / 2
		c.Short, c.Words = shortHours(d.Hours), hoursWords(d.Hours)
	} else {
		c.Words = "off"
		if len(w.Open[i]) > 0 || d.Changed {
			c.Short = "off"
		}
	}
	if d.Away != "" {
		c.Short, c.Words = "away", d.Away
		if len(there) > 0 {
			c.Short, c.Words = shortHours(segmentsOf(there)), hoursWords(d.Hours)+", "+d.Away
		}
	}
	c.At = min(max(c.At, 6*60), 18*60) // so that the words stay in the day
	var marks []string
	if d.Changed {
		marks = append(marks, "differs from the usual week")
	}
	if len(c.OnCall) > 0 {
		marks = append(marks, "on call while closed")
	}
	c.Marks = strings.Join(marks, ", ")
	return c
}

func segmentsOf(spans []views.Span) []calendar.Segment {
	out := make([]calendar.Segment, len(spans))
	for i, s := range spans {
		out[i] = calendar.Segment{Opens: s.From, Closes: s.To}
	}
	return out
}

// onDay is what of a time lies in a day, in minutes of that day.
func (w deskWeek) onDay(from, until time.Time, day calendar.Day) (views.Span, bool) {
	begins, ends := dayBegins(day, w.times.Zone), dayBegins(daysOn(day, 1), w.times.Zone)
	if !from.Before(ends) || !until.After(begins) {
		return views.Span{}, false
	}
	s := views.Span{To: dayInMinute}
	if from.After(begins) {
		s.From = minuteAt(from.In(w.times.Zone))
	}
	if until.Before(ends) {
		s.To = minuteAt(until.In(w.times.Zone))
	}
	return s, s.From < s.To
}

// onCall is when somebody answers critical tickets on a day: their turns, less the open
// hours.
func (w deskWeek) onCall(day calendar.Day, i int, userID int64) []views.Span {
	var turns []views.Span
	for _, t := range w.OnCall {
		if s, ok := w.onDay(t.From, t.Until, day); ok && t.UserID == userID {
			turns = append(turns, s)
		}
	}
	return without(turns, spansOf(w.Open[i]))
}

// lane is the rota while the desk is closed.
func (w deskWeek) lane() []views.LaneCell {
	cells := make([]views.LaneCell, len(w.Days))
	labelled := map[int64]bool{}
	for i, day := range w.Days {
		open := spansOf(w.Open[i])
		closed := without([]views.Span{{To: dayInMinute}}, open)
		var words []string
		var taken []views.Span
		for _, t := range w.OnCall {
			s, ok := w.onDay(t.From, t.Until, day)
			if !ok {
				continue
			}
			taken = append(taken, s)
			shifts := without([]views.Span{s}, open)
			for _, part := range shifts {
				bar := views.LaneBar{Span: part}
				// A name at the beginning of a night, and where the week begins within one.
				if part.From > 0 && part.To == dayInMinute || !labelled[t.ID] {
					bar.Label, labelled[t.ID] = firstName(t.Name), true
				}
				cells[i].Bars = append(cells[i].Bars, bar)
			}
			if len(shifts) > 0 {
				words = append(words, t.Name+" "+partsOfDay(shifts))
			}
		}
		cells[i].Gaps = without(closed, taken)
		if len(cells[i].Gaps) > 0 {
			words = append(words, "nobody "+partsOfDay(cells[i].Gaps))
		}
		cells[i].Words = strings.Join(words, "; ")
	}
	return cells
}

// partsOfDay are parts of a day: "until 8 AM and from 6 PM", "all day".
func partsOfDay(all []views.Span) string {
	out := make([]string, len(all))
	for i, s := range all {
		switch {
		case s.From == 0 && s.To == dayInMinute:
			out[i] = "all day"
		case s.From == 0:
			out[i] = "until " + timeOfDay(s.To)
		case s.To == dayInMinute:
			out[i] = "from " + timeOfDay(s.From)
		default:
			out[i] = timeOfDay(s.From) + " to " + timeOfDay(s.To)
		}
	}
	return enumerate(out)
}

// onCallWords say when nobody answers critical tickets in what is left of the week.
func (w deskWeek) onCallWords() string {
	from, until := dayBegins(w.Days[0], w.times.Zone), dayBegins(daysOn(w.Days[6], 1), w.times.Zone)
	if from.Before(w.now) {
		from = w.now
	}
	gaps := uncalled(w.times.Calendar, w.OnCall, from, until)
	switch {
	case !from.Before(until):
		return ""
	case len(gaps) == 0:
		return "While the desk is closed, somebody is always on call."
	}
	words := "Nobody is on call from " + beginning(gaps[0].From, w.now, w.times.Zone)
	if gaps[0].Until.Before(until) {
		words += " to " + ending(gaps[0].Until, w.now, w.times.Zone)
	}
	if rest := len(gaps) - 1; rest > 0 {
		words += ", and " + strings.ToLower(isOr(rest, "once", inWords(rest)+" times")) + " more this week"
	}
	return words + "."
}
