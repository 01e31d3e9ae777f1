package web_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/calendar"
	"hotline/app/casefile"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/live"
	"hotline/app/mail"
	"hotline/app/operations"
	"hotline/app/report"
	"hotline/app/ticket"
	"hotline/app/web"
	"hotline/app/whatif"
)

// matrix says who may ask for what: P physician, D delegate, C consultant, M manager,
// L claims, A administrator, U auditor; * everybody, signed in or not. A route that
// is not here fails the test, so nobody adds one without saying who it is for.
const matrix = `
GET  /signin                                  *
POST /signin                                  *
GET  /signin/code                             *
POST /signin/code                             *
POST /signout                                 *
GET  /password-resets/new                     *
POST /password-resets                         *
GET  /password-resets/:token                  *
POST /password-resets/:token                  *
GET  /readyz                                  *
GET  /demo/mail                               *
GET  /                                        PDCMLAU
GET  /you                                     PDCMLAU
GET  /you/second-factor                       PDCMLAU
POST /you/second-factor                       PDCMLAU
POST /you/second-factor/confirmation          PDCMLAU
POST /you/second-factor/removal               PDCMLAU
POST /you/sessions/end                        PDCMLAU
POST /you/shortcuts                           PDCMLAU
POST /you/delegations                         P
POST /you/language                            P
POST /you/delegations/:id/ending              P
GET  /events                                  PDCMLAU
GET  /drafts/:uuid                            PDCMLAU
POST /drafts/:uuid                            PDCMLAU
POST /drafts/:uuid/removal                    PDCMLAU
GET  /guidance                                PDCMLAU
GET  /guidance/:slug                          PDCMLAU
GET  /guidance/gaps                           CM
POST /guidance/gaps                           PDCMLAU
GET  /guidance/gaps/tickets                   CM
GET  /guidance/words                          M
POST /guidance/words                          M
GET  /guidance/links                          CM
GET  /guidance/recalls                        CM
GET  /guidance/recalls/:id                    CM
POST /guidance/recalls/:id/tickets/:number    CM
POST /guidance/:slug/verdict                  PDCMLAU
GET  /tickets/:number/guidance                CM
GET  /letters                                 PDCM
POST /letters/notices                         PDCM
POST /letters/notices/:id/ending              PDCM
GET  /letters/discharge                       PDCM
GET  /letters/discharge/letter                PDCM
GET  /letters/discharge/print                 PDCM
GET  /letters/discharge/files/:file           PDCM
POST /letters/discharge/clearance             CM
GET  /letters/first-hour                      PDCM
GET  /letters/first-hour/:card                PDCM
GET  /letters/first-hour/:card/files/:file    PDCM
GET  /letters/review                          PDCM
POST /letters/review                          PDCM
GET  /letters/rules                           M
GET  /letters/rules/:state                    M
POST /letters/rules/:state                    M
GET  /guidance/drafts                         CM
POST /guidance/drafts                         CM
GET  /guidance/new                            CM
GET  /guidance/export.zip                     CM
POST /guidance/import                         M
GET  /guidance/:slug/edit                     CM
GET  /guidance/:slug/draft                    CM
POST /guidance/:slug/draft                    CM
POST /guidance/:slug/draft/removal            CM
GET  /guidance/:slug/changes                  CM
POST /guidance/:slug/review                   CM
POST /guidance/:slug/review/removal           CM
POST /guidance/:slug/return                   CM
POST /guidance/:slug/publication              CM
POST /guidance/:slug/withdrawal               M
POST /guidance/:slug/keeping                  M
POST /guidance/:slug/files                    CM
GET  /guidance/:slug/files/:id                PDCMLAU
POST /guidance/:slug/files/:id/removal        CM
GET  /triage                                  MA
POST /triage/trial                            MA
GET  /triage/topics/:code                     MA
POST /triage/topics/:code                     M
GET  /triage/triggers/:code                   MA
POST /triage/triggers/:code                   M
GET  /triage/models/:id                       MA
POST /triage/models/:id                       M
POST /requests/new/guidance                   PD
GET  /requests/new/answered                   PD
POST /requests/new/answered                   PD
GET  /requests/new/helped                     PD
POST /calls/reading                           CM
GET  /requests                                PD
GET  /requests/new                            PD
POST /requests/new                            PD
GET  /requests/new/check                      PD
POST /requests                                PD
GET  /requests/:number                        PD
GET  /requests/:number/sent                   PD
POST /requests/:number/replies                PD
GET  /desk                                    CM
GET  /desk/queues                             CM
POST /duty                                    CM
GET  /search                                  CM
GET  /tickets/:number                         CM
POST /tickets/:number/assignment              CM
POST /tickets/:number/acceptance              C
POST /tickets/:number/reading                 CM
POST /tickets/:number/citations               CM
POST /tickets/:number/notes                   CM
POST /tickets/:number/reopening               CM
POST /tickets/:number/replies                 CM
POST /tickets/:number/resolution              CM
POST /tickets/:number/title                   CM
GET  /tickets/:number/summaries               CM
GET  /tickets/:number/summaries/new           CM
POST /tickets/:number/summaries               CM
GET  /tickets/:number/summary.pdf             CM
POST /tickets/:number/corrections/:id/keeping CM
POST /tickets/:number/steps/:id/completion    CM
GET  /requests/:number/summary                PD
GET  /requests/:number/summary.pdf            PD
POST /requests/:number/summary/confirmation   PD
POST /requests/:number/summary/corrections    PD
POST /requests/:number/steps/:id/completion   PD
POST /tickets/:number/topic                   CM
POST /tickets/:number/urgency                 CM
POST /tickets/:number/waiting                 CM
GET  /calls/new                               CM
GET  /calls/caller                            CM
GET  /calls/callers                           CM
POST /calls                                   CM
POST /calls/form                              CM
GET  /waiting                                 M
GET  /waiting/tickets                         M
GET  /reports/caseload                        M
GET  /reports/caseload.csv                    M
GET  /reports/caseload/tickets                M
GET  /reports/caseload/tickets.csv            M
GET  /people                                  MA
GET  /people/oncall                           MA
POST /people/oncall                           MA
POST /oncall/:id/ending                       MA
GET  /people/:id                              MA
POST /people/:id/engagement                   MA
POST /people/:id/shifts                       MA
GET  /people/:id/days                         MA
POST /people/:id/days                         MA
GET  /people/:id/exclusions                   M
POST /people/:id/exclusions                   M
POST /exclusions/:id/ending                   MA
GET  /people/:id/absences/new                 CM
GET  /people/:id/absences/check               CM
POST /people/:id/absences                     CM
POST /absences/:id/ending                     CM
GET  /desks                                   MA
GET  /desks/:desk/calendar                    MA
GET  /desks/:desk/calendar/week               MA
POST /desks/:desk/calendar                    MA
POST /desks/:desk/calendar/check              MA
POST /desks/:desk/calendar/holidays           MA
GET  /desks/:desk/targets                     MA
POST /desks/:desk/targets                     MA
GET  /routing                                 M
POST /routing/plans                           M
GET  /routing/plans/new                       M
GET  /routing/plans/:id                       M
POST /routing/plans/:id                       M
POST /routing/plans/:id/copies                M
GET  /routing/plans/:id/enactment             M
POST /routing/plans/:id/enactment             M
POST /routing/plans/:id/replays               M
POST /routing/plans/:id/withdrawal            M
GET  /routing/replays/:id                     M
GET  /operations                              MA
GET  /operations/deletion                     A
POST /operations/orders                       A
GET  /record                                  U
`

var letters = map[rune]actor.Role{'P': actor.Physician, 'D': actor.Delegate, 'C': actor.Consultant, 'M': actor.Manager,
	'L': actor.Claims, 'A': actor.Administrator, 'U': actor.Auditor}

func readMatrix(t *testing.T) map[string][]actor.Role {
	t.Helper()
	out := map[string][]actor.Role{}
	for lines := bufio.NewScanner(strings.NewReader(matrix)); lines.Scan(); {
		parts := strings.Fields(lines.Text())
		if len(parts) != 3 {
			continue
		}
		roles := []actor.Role{}
		for _, letter := range strings.TrimSuffix(parts[2], "*") {
			roles = append(roles, letters[letter])
		}
		out[parts[0]+" "+parts[1]] = roles
	}
	return out
}

// street is a house with one person of each role, a ticket that the insured and the
// desk may see, and one that nobody of them may: another physician's, restricted.
type street struct {
	*door
	web        *web.Web
	people     map[actor.Role]*guest
	own, other string
}

func newStreet(t *testing.T) *street {
	t.Helper()
	ctx, command, db := t.Context(), actor.Command("test"), dbtest.New(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rooms := roomsOver(db, account.New(db, account.Options{Secret: []byte(strings.Repeat("s", 32))}))
	rooms.Reports, rooms.Operations, rooms.Plans = report.New(db), operations.New(db), whatif.New(db)
	rooms.Hub, rooms.Box = live.NewHub(db.Pool()), &mail.Box{}
	in := desk.NewDesk{Name: "Risk Management", Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142", Minutes: desk.DefaultMinutes}
	for d := time.Sunday; d <= time.Saturday; d++ {
		in.Week[d] = []calendar.Segment{{Opens: 0, Closes: 1440}}
	}
	made, err := rooms.Desks.Add(ctx, command, in)
	must(err)
	s := &street{people: map[actor.Role]*guest{}}
	public, _ := url.Parse("https://hotline.example")
	s.web = web.New(rooms, web.Options{Public: public})
	s.door = &door{t, rooms.Accounts, db, s.web}
	ids := map[actor.Role]int64{}
	for _, role := range actor.Roles {
		var desks []int64
		if role == actor.Consultant {
			desks = []int64{made.ID}
		}
		p, err := rooms.Accounts.Add(ctx, command, account.NewPerson{Email: string(role) + "@house.example", Name: "One " + string(role), Role: role, Password: doorPassword, Desks: desks})
		must(err)
		ids[role] = p.ID
		s.people[role] = s.guest()
		s.people[role].signIn(p.Email).answers(t, 303, "/")
	}
	must(rooms.Desks.Engage(ctx, command, desk.Engagement{UserID: ids[actor.Consultant], Cap: 20, Topics: []string{"discharge"}}))
	_, err = rooms.Guidance.Load(ctx, command)
	must(err)
	mine, err := rooms.Insured.AddPhysician(ctx, command, insured.NewPhysician{GivenName: "Leila", FamilyName: "Imani", State: "OH", UserID: ids[actor.Physician]})
	must(err)
	stranger, err := rooms.Accounts.Add(ctx, command, account.NewPerson{Email: "stranger@house.example", Name: "A Stranger", Role: actor.Physician})
	must(err)
	_, err = rooms.Insured.AddPhysician(ctx, command, insured.NewPhysician{GivenName: "Ngozi", FamilyName: "Okafor", State: "NY", UserID: stranger.ID})
	must(err)
	_, err = rooms.Insured.Delegate(ctx, command, insured.NewDelegation{PhysicianID: mine, UserID: ids[actor.Delegate], MayAsk: true, MayHear: true, From: rooms.Insured.Today()})
	must(err)
	submit := func(user int64, share bool) string {
		by, _, err := rooms.Accounts.Actor(ctx, user)
		must(err)
		made, err := rooms.Tickets.Submit(ctx, by, ticket.Submission{Key: uuid.NewString(), Topic: "discharge", Question: "May I stop?", OfficeMaySee: share})
		must(err)
		return made.Number
	}
	s.own, s.other = submit(ids[actor.Physician], true), submit(stranger.ID, true)
	rosa, _, err := rooms.Accounts.Actor(ctx, ids[actor.Consultant])
	must(err)
	_, err = rooms.Casefiles.Send(ctx, rosa, s.own, casefile.Writing{Key: uuid.NewString(), Told: "He stays away.", Suggested: "Talk first."})
	must(err)
	restrict(t, db, s.other)
	return s
}

// restrict makes a ticket one that only those named may see; nobody is.
func restrict(t *testing.T, db *database.DB, number string) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		var id int64
		if err := tx.Raw("UPDATE tickets SET restricted = true WHERE number = ? RETURNING id", number).Scan(&id).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor.Command("test"), db.Now(), "ticket.restricted", audit.Ticket(id), nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *street) path(pattern, number string) string {
	return strings.NewReplacer(":number", number, ":slug", "ending-the-relationship", ":uuid", uuid.NewString(), ":token", "none", ":id", "999999").Replace(pattern)
}

func (s *street) ask(g *guest, r web.Route, number string) reply {
	s.t.Helper()
	path := s.path(r.Path, number)
	if r.Path == "/events" {
		// Who may listen is told before the first word; the stream itself would not end.
		path += "?ticket=" + number
	}
	if r.Method == http.MethodPost {
		return g.post(path, url.Values{})
	}
	return g.open(path)
}

func TestEveryRouteIsForThoseTheMatrixNames(t *testing.T) {
	t.Parallel()
	s, want := newStreet(t), readMatrix(t)
	seen := map[string]bool{}
	for _, r := range s.web.Routes() {
		name := r.Method + " " + r.Path
		roles, known := want[name]
		seen[name] = true
		if !known {
			t.Errorf("%s is not in the matrix: say who it is for", name)
			continue
		}
		if !slices.Equal(sorted(roles), sorted(r.Who)) {
			t.Errorf("%s is for %v, and the matrix says %v", name, r.Who, roles)
		}
		ends := r.Path == "/you/sessions/end" || r.Path == "/signout" || r.Path == "/events"
		if len(roles) > 0 {
			if got := s.ask(s.guest(), r, s.own).Code; got != http.StatusUnauthorized {
				t.Errorf("%s answers %d to nobody in particular", name, got)
			}
		}
		for _, role := range actor.Roles {
			if ends {
				continue
			}
			got := s.ask(s.people[role], r, s.own).Code
			allowed := len(roles) == 0 || slices.Contains(roles, role)
			switch {
			case allowed && got == http.StatusUnauthorized, allowed && got >= 500 && r.Path != "/readyz",
				allowed && got == http.StatusNotFound && strings.Contains(r.Path, ":number") && r.Path != "/tickets/:number/citations" && !strings.Contains(r.Path, "/:id/"):
				t.Errorf("%s answers %d to a %s, whose it is", name, got, role)
			case !allowed && got != http.StatusNotFound:
				t.Errorf("%s answers %d to a %s, whose it is not", name, got, role)
			}
		}
	}
	for name := range want {
		if !seen[name] {
			t.Errorf("%s is in the matrix and nowhere else", name)
		}
	}
}

func TestATicketSomebodyMayNotSeeIsNotThereOnAnyRoute(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	for _, r := range s.web.Routes() {
		if !strings.Contains(r.Path, ":number") {
			continue
		}
		for _, role := range actor.Roles {
			if got := s.ask(s.people[role], r, s.other).Code; got != http.StatusNotFound {
				t.Errorf("%s %s answers %d to a %s about a ticket that is not theirs", r.Method, r.Path, got, role)
			}
			if got := s.ask(s.people[role], r, "RM-2026-999999").Code; got != http.StatusNotFound {
				t.Errorf("%s %s answers %d to a %s about a ticket that does not exist", r.Method, r.Path, got, role)
			}
		}
	}
}

func TestAFormFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	for name, headers := range map[string]map[string]string{
		"a forged origin":      {"Origin": "https://evil.example"},
		"a cross-site fetch":   {"Sec-Fetch-Site": "cross-site"},
		"an opaque origin":     {"Origin": "null"},
		"another of our ports": {"Origin": "https://hotline.example:8443"},
	} {
		g := s.people[actor.Physician]
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://hotline.example/requests", strings.NewReader(url.Values{"topic": {"discharge"}, "question": {"x"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range headers {
			r.Header.Set(k, v)
		}
		if got := g.send(r).Code; got != http.StatusForbidden {
			t.Errorf("%s: answered %d", name, got)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://hotline.example/requests", strings.NewReader(url.Values{"key": {uuid.NewString()}, "topic": {"discharge"}, "question": {"x"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://hotline.example")
	if got := s.people[actor.Physician].send(r).Code; got != http.StatusSeeOther {
		t.Errorf("our own form: answered %d", got)
	}
}

func sorted(roles []actor.Role) []actor.Role {
	out := slices.Clone(roles)
	slices.Sort(out)
	return out
}
