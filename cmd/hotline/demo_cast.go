package main

import (
	"context"
	"strings"
	"time"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/insured"
)

// demoAccounts are those who can sign in to the demo. Everyone is invented.
var demoAccounts = []struct {
	email, name, credentials, what string
	role                           actor.Role
}{
	{"physician@demo.test", "Leila Imani", "MD", "Dr Leila Imani, family medicine", actor.Physician},
	{"delegate@demo.test", "Marcus Cole", "", "Marcus Cole, office manager, asks for Dr Imani and Dr Castellano", actor.Delegate},
	{"consultant@demo.test", "Rosa Delgado", "RN, JD", "Rosa Delgado, risk consultant", actor.Consultant},
	{"consultant2@demo.test", "Grace Oduya", "JD", "Grace Oduya, risk consultant", actor.Consultant},
	{"consultant3@demo.test", "Priya Raman", "RN", "Priya Raman, risk consultant", actor.Consultant},
	{"manager@demo.test", "Elena Marsh", "", "Elena Marsh, manager", actor.Manager},
	{"admin@demo.test", "Tomas Lindgren", "", "Tomas Lindgren, administrator", actor.Administrator},
	{"claims@demo.test", "Joan Navarro", "", "Joan Navarro, Claims", actor.Claims},
	{"auditor@demo.test", "Wendell Price", "", "Wendell Price, auditor", actor.Auditor},
}

// cast are the demo's people, by what the loader needs of them.
type cast struct {
	desk       int64
	zone       *time.Location
	actors     map[int64]actor.Actor
	rosa       actor.Actor
	grace      actor.Actor
	priya      actor.Actor
	delegate   actor.Actor
	elena      actor.Actor
	physicians []demoPhysician // Dr Imani first
}

type demoPhysician struct {
	id    int64
	by    actor.Actor
	state string
	phone string
}

// demoSkills are what each consultant takes, and how well they know it.
var demoSkills = map[string]desk.Engagement{
	"consultant@demo.test": {States: []string{"OH", "NY", "MD"}, Languages: []string{"en", "es"}, Skills: skills(
		"leads discharge", "leads difficult_patient", "knows close_relationships", "knows boundaries_communication", "knows misinformation",
		"knows equity_culture", "training transparency_records")},
	"consultant2@demo.test": {States: []string{"OH", "CA", "NC"}, Languages: []string{"en"}, Skills: skills(
		"leads online_reviews", "leads privacy_disclosure", "knows transparency_records", "knows discharge", "knows difficult_patient", "knows equity_culture")},
	"consultant3@demo.test": {States: []string{"NC", "MD"}, Languages: []string{"en", "hi"}, Skills: skills(
		"leads boundaries_communication", "leads misinformation", "knows close_relationships", "knows online_reviews", "knows privacy_disclosure",
		"knows transparency_records", "knows other_liability")},
}

func skills(all ...string) []desk.Skill {
	var out []desk.Skill
	for _, one := range all {
		level, topic, _ := strings.Cut(one, " ")
		out = append(out, desk.Skill{Topic: topic, Level: level})
	}
	return out
}

// demoCap is how much each consultant of the demo holds at most.
const demoCap = 12

// demoPromises are what the demo's desk promises: critical questions around the clock,
// because somebody is on call.
var demoPromises = []desk.Promise{
	{Kind: "first_answer", Urgency: "critical", Minutes: 60, Always: true}, {Kind: "first_answer", Urgency: "urgent", Minutes: 240},
	{Kind: "first_answer", Urgency: "routine", Minutes: 600}, {Kind: "next_answer", Urgency: "critical", Minutes: 60, Always: true},
	{Kind: "next_answer", Urgency: "urgent", Minutes: 240}, {Kind: "next_answer", Urgency: "routine", Minutes: 600},
	{Kind: "resolution", Urgency: "critical", Minutes: 3000}, {Kind: "resolution", Urgency: "urgent", Minutes: 4200},
	{Kind: "resolution", Urgency: "routine", Minutes: 6000},
	{Kind: "first_answer", Topic: "other_liability", Urgency: "routine", Minutes: 1200},
}

// makeCast makes the demo's desk and people through the rooms.
func (h *house) makeCast(ctx context.Context, password string) (*cast, error) {
	by := actor.Command("demo")
	c := &cast{actors: map[int64]actor.Actor{}}
	var err error
	if c.zone, err = time.LoadLocation(insured.Home); err != nil {
		return nil, err
	}
	d, err := h.desks.Add(ctx, by, demoDesk(h.db.Now().In(c.zone).Year()))
	if err != nil {
		return nil, err
	}
	c.desk = d.ID
	if err := h.desks.SetPromises(ctx, by, d.ID, demoPromises); err != nil {
		return nil, err
	}
	for _, a := range demoAccounts {
		in := account.NewPerson{Email: a.email, Name: a.name, Credentials: a.credentials, Role: a.role, Zone: insured.Home, Password: password}
		if a.role == actor.Consultant {
			in.Desks = []int64{c.desk}
		}
		p, err := h.accounts.Add(ctx, by, in)
		if err != nil {
			return nil, err
		}
		who, _, err := h.accounts.Actor(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		c.actors[p.ID] = who
		switch a.email {
		case "consultant@demo.test":
			c.rosa = who
		case "consultant2@demo.test":
			c.grace = who
		case "consultant3@demo.test":
			c.priya = who
		case "delegate@demo.test":
			c.delegate = who
		case "manager@demo.test":
			c.elena = who
		case "physician@demo.test":
			c.physicians = append(c.physicians, demoPhysician{by: who})
		}
		if in, ok := demoSkills[a.email]; ok {
			in.UserID, in.Cap = p.ID, demoCap
			if err := h.desks.Engage(ctx, by, in); err != nil {
				return nil, err
			}
		}
	}
	return c, h.makeInsured(ctx, by, c)
}

func demoDesk(year int) desk.NewDesk {
	in := desk.NewDesk{Name: "Risk Management", Zone: insured.Home, Phone: "800 555 0142", PhoneE164: "+18005550142",
		Minutes: desk.DefaultMinutes, Holidays: map[calendar.Day]calendar.Holiday{}}
	for day := time.Monday; day <= time.Friday; day++ {
		in.Week[day] = []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	}
	for y := year - 1; y <= year+1; y++ {
		for _, f := range []struct {
			name  string
			month time.Month
			day   int
		}{
			{"New Year’s Day", time.January, 1}, {"Juneteenth", time.June, 19}, {"Independence Day", time.July, 4}, {"Christmas Day", time.December, 25},
			{"Martin Luther King Jr. Day", time.January, nth(y, time.January, time.Monday, 3)},
			{"Presidents’ Day", time.February, nth(y, time.February, time.Monday, 3)},
			{"Memorial Day", time.May, last(y, time.May, time.Monday)},
			{"Labor Day", time.September, nth(y, time.September, time.Monday, 1)},
			{"Thanksgiving", time.November, nth(y, time.November, time.Thursday, 4)},
			{"Day after Thanksgiving", time.November, nth(y, time.November, time.Thursday, 4) + 1},
		} {
			in.Holidays[calendar.Day{Year: y, Month: f.month, Day: f.day}] = calendar.Holiday{Name: f.name}
		}
		in.Holidays[calendar.Day{Year: y, Month: time.December, Day: 24}] = calendar.Holiday{Name: "Christmas Eve", Open: []calendar.Segment{{Opens: 8 * 60, Closes: 12 * 60}}}
	}
	return in
}

func nth(year int, month time.Month, weekday time.Weekday, n int) int {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Weekday()
	return 1 + (int(weekday)-int(first)+7)%7 + 7*(n-1)
}

func last(year int, month time.Month, weekday time.Weekday) int {
	end := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC)
	return end.Day() - (int(end.Weekday())-int(weekday)+7)%7
}

var demoPractices = []struct{ name, city, state string }{
	{"Imani & Cole Family Medicine", "Columbus", "OH"}, {"Lakeshore Pediatrics", "Buffalo", "NY"}, {"Piedmont Behavioral Health", "Durham", "NC"},
	{"Bay Street Internal Medicine", "Oakland", "CA"}, {"Harbor Orthopedics", "Baltimore", "MD"},
}

var demoPhysicians = []struct {
	given, family, specialty string
	practice                 int
	policy                   string
	phone                    string
}{
	{"Leila", "Imani", "Family medicine", 0, "PL-0048213", "614 555 0134"},
	{"Paul", "Castellano", "Family medicine", 0, "PL-0048214", "(614) 555-0135"},
	{"Ngozi", "Okafor", "Pediatrics", 1, "PL-0051007", "716-555-0177"},
	{"Erik", "Lindqvist", "Pediatrics", 1, "PL-0051008", "716.555.0178"},
	{"Hanna", "Brandt", "Psychiatry", 2, "PL-0060341", "+1 919 555 0112"},
	{"Kenji", "Nakamura", "Psychiatry", 2, "PL-0060342", "919 555 0113"},
	{"Chidi", "Abara", "Internal medicine", 3, "PL-0071150", "510-555-0160"},
	{"Samira", "Haddad", "Internal medicine", 3, "PL-0071151", "(510) 555 0161"},
	{"Claire", "Moreau", "Orthopedic surgery", 4, "PL-0080022", "410 555 0190"},
	{"Daniel", "Whitfield", "Orthopedic surgery", 4, "PL-0080023", "410-555-0191"},
	{"Ana", "Petrov", "Family medicine", 0, "PL-0048215", "614 555 0136"},
	{"José", "Núñez", "Pediatrics", 1, "PL-0051009", "716 555 0179"},
}

func (h *house) makeInsured(ctx context.Context, by actor.Actor, c *cast) error {
	today := insured.Today(h.db.Now(), c.zone)
	start, end := insured.Date{Year: today.Year - 1, Month: time.April, Day: 1}, insured.Date{Year: today.Year + 1, Month: time.April, Day: 1}
	practices := make([]int64, len(demoPractices))
	for i, p := range demoPractices {
		id, err := h.insured.AddPractice(ctx, by, insured.NewPractice{Name: p.name, City: p.city, State: p.state})
		if err != nil {
			return err
		}
		practices[i] = id
	}
	for i, p := range demoPhysicians {
		state := demoPractices[p.practice].state
		var user actor.Actor
		if i == 0 {
			user = c.physicians[0].by
			c.physicians = c.physicians[:0]
		} else {
			// They have accounts, and have not set a password yet.
			person, err := h.accounts.Add(ctx, by, account.NewPerson{Email: plainAddress(p.given, p.family), Name: p.given + " " + p.family, Credentials: "MD", Role: actor.Physician})
			if err != nil {
				return err
			}
			if user, _, err = h.accounts.Actor(ctx, person.ID); err != nil {
				return err
			}
			c.actors[user.ID] = user
		}
		id, err := h.insured.AddPhysician(ctx, by, insured.NewPhysician{GivenName: p.given, FamilyName: p.family, Specialty: p.specialty, State: state, PracticeID: practices[p.practice], UserID: user.ID})
		if err != nil {
			return err
		}
		policy, err := h.insured.AddPolicy(ctx, by, insured.NewPolicy{Number: p.policy, Effective: start, Expires: end})
		if err != nil {
			return err
		}
		until := end
		if p.family == "Petrov" {
			until = insured.Date{Year: today.Year, Month: time.October, Day: 1} // not in force any more
			if !until.Before(today) {
				until = today.Add(-30)
			}
		}
		if err := h.insured.Cover(ctx, by, insured.Coverage{PolicyID: policy, PhysicianID: id, From: start, Until: until}); err != nil {
			return err
		}
		if _, err := h.insured.AddPhone(ctx, by, insured.NewPhone{PhysicianID: id, Label: "practice", Typed: p.phone}); err != nil {
			return err
		}
		c.physicians = append(c.physicians, demoPhysician{id: id, by: user, state: state, phone: p.phone})
	}
	from := today.Add(-200)
	until := today.Add(220)
	if _, err := h.insured.Delegate(ctx, by, insured.NewDelegation{PhysicianID: c.physicians[0].id, UserID: c.delegate.ID, MayAsk: true, MayHear: true, From: from, Until: &until}); err != nil {
		return err
	}
	_, err := h.insured.Delegate(ctx, by, insured.NewDelegation{PhysicianID: c.physicians[1].id, UserID: c.delegate.ID, MayAsk: true, From: from})
	return err
}

func plainAddress(given, family string) string {
	fold := func(s string) string {
		out := []rune{}
		for _, r := range s {
			switch r {
			case 'ú':
				r = 'u'
			case 'ñ':
				r = 'n'
			case 'é':
				r = 'e'
			}
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			out = append(out, r)
		}
		return string(out)
	}
	return fold(given) + "." + fold(family) + "@demo.test"
}
