package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/database"
	"hotline/app/desk"
	"hotline/app/insured"
)

// deskCmd sets desks up.
type deskCmd struct {
	Dir    string     `help:"The folder of a demo, when it is the demo's desks you mean." placeholder:"DIR"`
	Add    deskAdd    `cmd:"" help:"Make a desk with its hours, number and promises."`
	List   deskList   `cmd:"" help:"List the desks and who is on them."`
	Engage deskEngage `cmd:"" help:"Say what a consultant takes, how well, and how much at once."`
	Shifts deskShifts `cmd:"" help:"Say when a consultant usually works."`
}

// withHouse opens the rooms on the database that the environment, or a demo's folder,
// names, for as long as f needs them.
func withHouse(ctx context.Context, dir string, f func(h *house, c *config) error) error {
	c, err := readConfig(needs{database: dir == ""})
	if err != nil {
		return err
	}
	var url string
	if dir != "" {
		s, err := openState(ctx, dir, "")
		if err != nil {
			return err
		}
		defer s.stop()
		url = s.url
	} else {
		found, err := c.services(ctx, false)
		if err != nil {
			return err
		}
		defer found.stop()
		url = found.databaseURL
	}
	db, err := openReady(ctx, url, database.Web)
	if err != nil {
		return err
	}
	defer db.Close()
	return f(build(db, built{secret: c.secret, secretPrevious: c.secretPrevious}), c)
}

type deskAdd struct {
	Name     string   `arg:"" help:"The desk's name."`
	Phone    string   `required:"" help:"The number physicians call."`
	Zone     string   `default:"America/New_York" help:"The desk's time zone."`
	Hours    []string `default:"Mon-Fri 08:00-18:00" help:"Opening hours, as in 'Mon-Fri 08:00-12:00'; may be repeated." sep:";"`
	Holiday  []string `help:"A day closed, as in '2026-12-25 Christmas Day', or half open, as in '2026-12-24 08:00-12:00 Christmas Eve'; may be repeated." sep:";"`
	Critical int      `default:"60" help:"Promise for critical tickets, in minutes of business time."`
	Urgent   int      `default:"240" help:"Promise for urgent tickets, in minutes of business time."`
	Routine  int      `default:"600" help:"Promise for routine tickets, in minutes of business time."`
}

func (a deskAdd) Run(ctx context.Context, of *deskCmd) error {
	in := desk.NewDesk{Name: a.Name, Zone: a.Zone, Phone: a.Phone, Holidays: map[calendar.Day]calendar.Holiday{},
		Minutes: map[string]int{"critical": a.Critical, "urgent": a.Urgent, "routine": a.Routine}}
	e164, ok := insured.Number(a.Phone, insured.Region)
	if !ok {
		return putRight("--phone: %q does not read as a phone number", a.Phone)
	}
	in.PhoneE164 = e164
	for _, hours := range a.Hours {
		if err := readHours(hours, &in.Week); err != nil {
			return err
		}
	}
	for _, text := range a.Holiday {
		day, holiday, err := readHoliday(text)
		if err != nil {
			return err
		}
		in.Holidays[day] = holiday
	}
	return withHouse(ctx, of.Dir, func(h *house, _ *config) error {
		d, err := h.desks.Add(ctx, actor.Command("desk add"), in)
		if err == nil {
			fmt.Printf("desk %d, %s\n", d.ID, d.Name)
		}
		return err
	})
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// readHours reads "Mon-Fri 08:00-18:00" or "Sat 09:00-12:00" into a week.
func readHours(text string, week *[7][]calendar.Segment) error {
	bad := putRight("--hours: %q does not read as 'Mon-Fri 08:00-18:00'", text)
	days, times, ok := strings.Cut(strings.TrimSpace(text), " ")
	if !ok {
		return bad
	}
	first, last, span := strings.Cut(strings.ToLower(days), "-")
	if !span {
		last = first
	}
	from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
	segment, ok := readSegment(times)
	if from < 0 || to < 0 || !ok {
		return bad
	}
	for day := from; ; day = (day + 1) % 7 {
		week[day] = append(week[day], segment)
		if day == to {
			return nil
		}
	}
}

func readSegment(text string) (calendar.Segment, bool) {
	opens, closes, ok := strings.Cut(strings.TrimSpace(text), "-")
	from, ok1 := readMinutes(opens)
	to, ok2 := readMinutes(closes)
	return calendar.Segment{Opens: from, Closes: to}, ok && ok1 && ok2 && from < to
}

func readMinutes(text string) (int, bool) {
	if text == "24:00" {
		return 24 * 60, true
	}
	at, err := time.Parse("15:04", strings.TrimSpace(text))
	return at.Hour()*60 + at.Minute(), err == nil
}

func readHoliday(text string) (calendar.Day, calendar.Holiday, error) {
	bad := putRight("--holiday: %q does not read as '2026-12-25 Christmas Day'", text)
	date, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	day, err := calendar.ParseDay(date)
	if err != nil {
		return day, calendar.Holiday{}, bad
	}
	hours, name, named := strings.Cut(rest, " ")
	if segment, ok := readSegment(hours); ok {
		if !named {
			name = "Half day"
		}
		return day, calendar.Holiday{Name: name, Open: []calendar.Segment{segment}}, nil
	}
	if rest == "" {
		return day, calendar.Holiday{}, bad
	}
	return day, calendar.Holiday{Name: rest}, nil
}

type deskList struct{}

func (deskList) Run(ctx context.Context, of *deskCmd) error {
	return withHouse(ctx, of.Dir, func(h *house, _ *config) error { return listDesks(ctx, h, os.Stdout) })
}

func listDesks(ctx context.Context, h *house, out io.Writer) error {
	all, err := h.desks.All(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "no.\tname\tnumber\tzone")
	for _, d := range all {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", d.ID, d.Name, d.Phone, d.Zone)
	}
	return w.Flush()
}

type deskEngage struct {
	Email     string   `arg:"" help:"The consultant's e-mail address."`
	Cap       int      `default:"12" help:"How many tickets they hold at most."`
	Topics    []string `default:"all" help:"Codes of the topics they take, or all; a level may follow: discharge=leads, misinformation=training."`
	States    []string `help:"States they know, as in OH,NY; none for none. Left out: as they are."`
	Languages []string `help:"Languages they speak besides English, as in es,vi; none for none. Left out: as they are."`
}

func (e deskEngage) Run(ctx context.Context, of *deskCmd) error {
	return withHouse(ctx, of.Dir, func(h *house, _ *config) error {
		person, err := consultant(ctx, h, e.Email)
		if err != nil {
			return err
		}
		known, err := h.desks.Topics(ctx)
		if err != nil {
			return err
		}
		skills, err := readSkills(e.Topics, known)
		if err != nil {
			return err
		}
		err = h.desks.Engage(ctx, actor.Command("desk engage"), desk.Engagement{UserID: person.ID, Cap: e.Cap, Skills: skills,
			States: orNone(e.States), Languages: orNone(e.Languages)})
		if err != nil {
			return err
		}
		fmt.Printf("%s takes %d topics, %s at once\n", person.Name, len(skills), strconv.Itoa(e.Cap))
		return nil
	})
}

// readSkills reads "discharge", "discharge=leads" or "all".
func readSkills(texts []string, known []desk.Topic) ([]desk.Skill, error) {
	var skills []desk.Skill
	for _, text := range texts {
		code, level, said := strings.Cut(text, "=")
		if !said {
			level = "knows"
		}
		if !slices.Contains(desk.Levels, level) {
			return nil, putRight("--topics: %q is no level. The levels are: %s", level, strings.Join(desk.Levels, ", "))
		}
		found := false
		for _, t := range known {
			if t.Code == code || code == "all" {
				found = true
				skills = append(skills, desk.Skill{Topic: t.Code, Level: level})
			}
		}
		if !found {
			return nil, putRight("--topics: there is no topic %q. The topics are: %s", code, codes(known))
		}
	}
	return skills, nil
}

// orNone tells "none" from nothing said.
func orNone(list []string) []string {
	if len(list) == 1 && list[0] == "none" {
		return []string{}
	}
	return list
}

type deskShifts struct {
	Email string   `arg:"" help:"The consultant's e-mail address."`
	Hours []string `help:"When they usually work, as in 'Mon-Fri 09:00-17:00'; may be repeated. A shift over midnight is two: 'Mon-Thu 22:00-24:00' and 'Tue-Fri 00:00-06:00'. None at all: the desk's hours." sep:";"`
}

func (e deskShifts) Run(ctx context.Context, of *deskCmd) error {
	var week [7][]calendar.Segment
	for _, hours := range e.Hours {
		if err := readHours(hours, &week); err != nil {
			return err
		}
	}
	var shifts []desk.Shift
	for weekday, segments := range week {
		for _, s := range segments {
			shifts = append(shifts, desk.Shift{Weekday: time.Weekday(weekday), Starts: s.Opens, Ends: s.Closes})
		}
	}
	return withHouse(ctx, of.Dir, func(h *house, _ *config) error {
		person, err := consultant(ctx, h, e.Email)
		if err != nil {
			return err
		}
		if err := h.desks.SetShifts(ctx, actor.Command("desk shifts"), person.ID, shifts); err != nil {
			return err
		}
		if len(shifts) == 0 {
			fmt.Printf("%s works the desk's hours\n", person.Name)
		} else {
			fmt.Printf("%s has %d shifts a week\n", person.Name, len(shifts))
		}
		return nil
	})
}

func consultant(ctx context.Context, h *house, email string) (*account.Person, error) {
	people, err := h.accounts.List(ctx, actor.Command("desk engage"))
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		if strings.EqualFold(p.Email, strings.TrimSpace(email)) && p.Role == actor.Consultant {
			return &p, nil
		}
	}
	return nil, putRight("there is no consultant with that address; hotline user list shows who there is")
}

func codes(topics []desk.Topic) string {
	all := make([]string, len(topics))
	for i, t := range topics {
		all[i] = t.Code
	}
	return strings.Join(all, ", ")
}
