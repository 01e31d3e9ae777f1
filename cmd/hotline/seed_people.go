package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/desk"
	"hotline/app/insured"
)

// How many share a seed's tickets (rules, Commands and settings).
const (
	seedConsultants = 20
	seedPhysicians  = 2000
	seedPractices   = 200
)

// Everyone is invented.
var (
	seedGiven = strings.Fields(`Ada Amir Anton Beatriz Bo Camille Carlos Chidera Dagny Dalia Dmitri Efua Elif Emil Farah Femi Greta Hana Hugo Ines
		Ivan Jamal Joon Kai Katya Lars Leila Lucia Malik Maren Mei Milan Nadia Nils Noor Oksana Omar Paloma Petra Quinn Rafael Ravi Rosa Samir Sana Soren Tamar Tomas Uma Viktor Wanjiru Yara Yusuf Zora`)
	seedFamily = strings.Fields(`Abadi Achterberg Adeyemi Alvarez Andersen Arslan Bakker Banerjee Baptiste Bergstrom Blanchard Bose Calloway Cardoso Chen Cohen Dalgaard Diallo
		Dominguez Dvorak Eriksen Espinoza Farouk Ferreira Fischer Gallagher Gebre Grabowski Haddix Hallberg Hashimoto Holloway Ibrahim Ivanova Jankowski Jimenez Kamara Kaplan Kowalczyk
		Laurent Lindholm Lopez MacLeod Mahmoud Marchetti Mensah Mikkelsen Moreno Nakagawa Nguyen Novak Obi Oliveira Ortega Park Pereira Quist Rahman Ramirez Rossi Sandoval Sato Schreiber
		Shah Silva Sorensen Tanaka Thibault Torres Underwood Vance Vargas Wallin Weber Yamada Zapata Zielinski`)
	seedSpecialties = []string{"Family medicine", "Internal medicine", "Pediatrics", "Psychiatry", "Obstetrics and gynecology", "Orthopedic surgery", "Emergency medicine", "Dermatology"}
	// Where they practise, with the area code of their numbers.
	seedPlaces = []struct{ city, state, area string }{
		{"Columbus", "OH", "614"}, {"Buffalo", "NY", "716"}, {"Durham", "NC", "919"}, {"Oakland", "CA", "510"}, {"Baltimore", "MD", "410"},
		{"Hartford", "CT", "860"}, {"Newark", "NJ", "973"}, {"Pittsburgh", "PA", "412"}, {"Richmond", "VA", "804"}, {"Atlanta", "GA", "404"},
		{"Tampa", "FL", "813"}, {"Nashville", "TN", "615"}, {"Detroit", "MI", "313"}, {"Chicago", "IL", "312"}, {"Milwaukee", "WI", "414"},
		{"Minneapolis", "MN", "612"}, {"Denver", "CO", "303"}, {"Phoenix", "AZ", "602"}, {"Seattle", "WA", "206"}, {"Portland", "OR", "503"},
	}
)

// invented is the n-th name of a list of names that does not repeat before they
// have all been paired.
func invented(n int) (given, family string) {
	return seedGiven[n%len(seedGiven)], seedFamily[(n+n/len(seedGiven))%len(seedFamily)]
}

// hireCrowd brings the demo's first desk to twenty consultants, through the rooms,
// all at work.
func (h *house) hireCrowd(ctx context.Context) error {
	by := actor.Command("seed")
	desks, err := h.desks.All(ctx)
	if err != nil {
		return err
	}
	topics, err := h.desks.Topics(ctx)
	if err != nil {
		return err
	}
	there, err := h.crowd(ctx, desks[0].ID)
	if err != nil {
		return err
	}
	for n := len(there) + 1; n <= seedConsultants; n++ {
		given, family := invented(n)
		p, err := h.accounts.Add(ctx, by, account.NewPerson{Email: fmt.Sprintf("consultant%d@demo.test", n), Name: given + " " + family,
			Credentials: "RN", Role: actor.Consultant, Desks: []int64{desks[0].ID}})
		if err != nil {
			return err
		}
		var takes []string
		for i := range 6 {
			takes = append(takes, topics[(n+i)%len(topics)].Code)
		}
		if err := h.desks.Engage(ctx, by, desk.Engagement{UserID: p.ID, Cap: 12, Topics: takes}); err != nil {
			return err
		}
	}
	return h.backToWork(ctx)
}

// crowd are a desk's consultants.
func (h *house) crowd(ctx context.Context, deskID int64) ([]int64, error) {
	found, err := h.db.Pool().Query(ctx, `SELECT c.user_id FROM consultants c JOIN memberships m ON m.user_id = c.user_id
		WHERE m.desk_id = $1 ORDER BY c.user_id`, deskID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowTo[int64])
}

// The tables of a physician.
var (
	seedUsers     = seedTable{"users", "id, email, name, credentials, role, made_at"}
	seedOffices   = seedTable{"practices", "id, name, city, state"}
	seedDoctors   = seedTable{"physicians", "id, user_id, practice_id, given_name, family_name, specialty, state"}
	seedPolicies  = seedTable{"policies", "id, number, effective_on, expires_on"}
	seedCoverages = seedTable{"coverages", "policy_id, physician_id, from_on, until_on"}
	seedPhones    = seedTable{"phones", "physician_id, label, typed, e164"}
)

// insure brings the demo to two thousand physicians who sign in, each with a policy
// and a number; one in twenty is not covered any more.
func (l *load) insure(ctx context.Context) error {
	var there int
	if err := l.tx.QueryRow(ctx, "SELECT count(*) FROM physicians WHERE user_id IS NOT NULL").Scan(&there); err != nil {
		return err
	}
	n := max(seedPhysicians-there, 0)
	if n == 0 {
		return nil
	}
	take := func(table string, n int) (ids []int64, err error) {
		found, err := l.tx.Query(ctx, "SELECT nextval(pg_get_serial_sequence($1, 'id')) FROM generate_series(1, $2)", table, n)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(found, pgx.RowTo[int64])
	}
	ids := map[string][]int64{}
	for table, n := range map[string]int{"users": n, "physicians": n, "policies": n, "practices": seedPractices} {
		var err error
		if ids[table], err = take(table, n); err != nil {
			return err
		}
	}
	began := l.now.AddDate(-seedYears, -1, 0).Truncate(time.Hour)
	from, until := termOf(l.now)
	lapsed := l.now.AddDate(0, -2, 0)
	var users, offices, doctors, policies, coverages, phones, entries, heads rows
	for i, id := range ids["practices"] {
		_, family := invented(i * 7)
		at := seedPlaces[i%len(seedPlaces)]
		offices.row(4)
		offices.id(id)
		offices.text(family + " " + seedSpecialties[i%len(seedSpecialties)])
		offices.text(at.city)
		offices.text(at.state)
	}
	var c chain
	for i := range n {
		user, physician, policy := ids["users"][i], ids["physicians"][i], ids["policies"][i]
		given, family := invented(there + i)
		at := seedPlaces[i%len(seedPlaces)]
		users.row(6)
		users.id(user)
		users.text(fmt.Sprintf("%s.%s.%d@demo.test", strings.ToLower(given), strings.ToLower(family), user))
		users.text(given + " " + family)
		users.text("MD")
		users.text("physician")
		users.at(began)
		doctors.row(7)
		doctors.id(physician)
		doctors.id(user)
		doctors.id(ids["practices"][i%seedPractices])
		doctors.text(given)
		doctors.text(family)
		doctors.text(seedSpecialties[i%len(seedSpecialties)])
		doctors.text(at.state)
		policies.row(4)
		policies.id(policy)
		policies.text(fmt.Sprintf("HL-%07d", policy))
		policies.day(from)
		policies.day(until)
		ends := until
		if i%20 == 19 && lapsed.After(from) {
			ends = lapsed
		}
		coverages.row(4)
		coverages.id(policy)
		coverages.id(physician)
		coverages.day(from)
		coverages.day(ends)
		line := fmt.Sprintf("01%02d", i/len(seedPlaces)%100)
		phones.row(4)
		phones.id(physician)
		phones.text("practice")
		phones.text(at.area + " 555 " + line)
		phones.text("+1" + at.area + "555" + line)

		add := func(action, detail string, more ...any) {
			c.add(&entries, entry{at: began, role: "system", job: "command:seed", action: action, detail: fmt.Appendf(nil, detail, more...)})
		}
		c.begin("user", user)
		add("user.added", `{"desks":null,"role":"physician"}`)
		add("user.linked", `{"physician":%d}`, physician)
		c.end(&heads)
		c.begin("policy", policy)
		add("policy.added", `{"effective":"%s","expires":"%s"}`, from.Format(time.DateOnly), until.Format(time.DateOnly))
		add("policy.covered", `{"from":"%s","physician":%d,"until":"%s"}`, from.Format(time.DateOnly), physician, ends.Format(time.DateOnly))
		c.end(&heads)
	}
	for _, t := range []struct {
		table seedTable
		rows  *rows
	}{{seedUsers, &users}, {seedOffices, &offices}, {seedDoctors, &doctors}, {seedPolicies, &policies}, {seedCoverages, &coverages},
		{seedPhones, &phones}, {seedTables[inRecord], &entries}, {seedTables[inHeads], &heads}} {
		if err := t.table.copy(ctx, l.tx.Conn().PgConn(), t.rows); err != nil {
			return err
		}
	}
	return nil
}

// termOf is the policy year, from April to April, that a day at Home lies in.
func termOf(now time.Time) (from, until time.Time) {
	zone, err := time.LoadLocation(insured.Home)
	if err != nil {
		zone = time.UTC
	}
	today := now.In(zone)
	year := today.Year()
	if today.Month() < time.April {
		year--
	}
	return time.Date(year, time.April, 1, 0, 0, 0, 0, time.UTC), time.Date(year+1, time.April, 1, 0, 0, 0, 0, time.UTC)
}
