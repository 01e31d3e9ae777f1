package main

import (
	"bufio"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "hotline/"

// foundation may be leaned on by every room.
const foundation = "app/fault app/actor app/database app/audit app/outbox app/live app/mail app/calendar"

// plan lists, for each package, what of ours it may import. A name that ends in a
// slash stands for everything below it. A package that is not here fails.
var plan = map[string]string{
	"static":                   "",
	"migrations":               "",
	"app/fault":                "",
	"app/actor":                "",
	"app/calendar":             "",
	"app/mail":                 "",
	"app/routing":              "app/calendar",
	"app/embedded":             "",
	"app/triage":               "",
	"app/database":             "app/fault",
	"app/database/dbtest":      "app/database app/embedded migrations",
	"app/database/dbtest/cast": "app/database app/actor app/fault app/calendar app/account app/insured app/desk app/ticket",
	"app/audit":                "app/actor",
	"app/outbox":               "app/actor app/database",
	"app/live":                 "app/database",
	"app/letter":               "app/actor app/database app/outbox app/fault",
	"app/account":              foundation,
	"app/insured":              foundation + " app/account",
	"app/desk":                 foundation + " app/account app/routing",
	"app/operations":           foundation + " app/account",
	"app/ticket":               foundation + " app/account app/insured app/desk app/routing app/letter",
	"app/call":                 foundation + " app/account app/insured app/desk app/ticket",
	"app/guidance":             foundation + " app/account app/insured app/desk app/ticket app/letter",
	"app/correspondence":       foundation + " app/account app/insured app/ticket app/letter",
	"app/learning":             foundation + " app/account app/insured app/desk app/ticket app/guidance app/triage",
	"app/casefile":             foundation + " app/account app/insured app/desk app/ticket app/letter app/call app/guidance",
	"app/report":               foundation + " app/account app/insured app/desk app/ticket",
	"app/whatif":               foundation + " app/account app/insured app/desk app/routing app/ticket",
	"app/web": "app/account app/actor app/call app/desk app/fault app/guidance app/insured app/live app/mail app/operations app/report app/routing app/ticket app/calendar app/whatif app/casefile app/correspondence app/learning app/triage " +
		"static views/",
	"views/ui":     "static",
	"views/layout": "static views/ui",
	"views/mail":   "",
	"jobs": "app/account app/actor app/audit app/database app/desk app/fault app/letter app/live app/mail app/operations app/outbox app/ticket app/whatif app/guidance app/casefile app/correspondence app/learning " +
		"views/mail",
	"cmd/hotline": "app/ jobs migrations static views/",
}

// outside lists who may touch a library that shapes everything near it.
var outside = map[string]string{
	"github.com/gin-gonic/gin":            "app/web",
	"github.com/alexedwards/scs/v2":       "app/web",
	"github.com/hibiken/asynq":            "jobs cmd/",
	"github.com/a-h/templ":                "views/ app/web jobs",
	"gorm.io/gorm":                        "app/",
	"gorm.io/driver/postgres":             "app/database",
	"github.com/jackc/pgx/v5":             "app/database app/database/ app/live app/embedded cmd/",
	"github.com/jackc/pgx/v5/pgxpool":     "app/database app/database/ app/live cmd/",
	"github.com/alicebob/miniredis/v2":    "app/embedded",
	"github.com/caarlos0/env/v11":         "cmd/",
	"github.com/nyaruka/phonenumbers":     "app/insured",
	"github.com/wneessen/go-mail":         "app/mail",
	"github.com/yuin/goldmark":            "app/guidance",
	"github.com/microcosm-cc/bluemonday":  "app/guidance",
	"github.com/johnfercher/maroto/v2":    "app/casefile app/correspondence",
	"github.com/gomutex/godocx":           "app/correspondence",
	"github.com/sergi/go-diff":            "app/guidance",
	"github.com/blevesearch/snowballstem": "app/triage",
}

// never lists packages that must not reach one another although both are below.
var never = map[string]string{
	"app/web": "app/database app/audit app/outbox app/letter jobs",
	"jobs":    "app/web",
}

func TestTheFloorPlanHolds(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", `{{$p := .ImportPath}}{{range .Imports}}{{$p}} {{.}}{{"\n"}}{{end}}`, "hotline/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		from, to, _ := strings.Cut(lines.Text(), " ")
		from = strings.TrimPrefix(from, module)
		seen[from] = true
		allowed, drawn := plan[from]
		if !drawn && strings.HasPrefix(from, "views/") {
			// A folder of pages leans on the frame and the components only: no domain type
			// can reach a view, so a physician's page has nowhere to put a note.
			allowed, drawn = "views/layout views/ui static", true
		}
		if !drawn {
			t.Errorf("%s is not on the plan", from)
			continue
		}
		if room, ours := strings.CutPrefix(to, module); ours {
			if !fits(allowed, room) {
				t.Errorf("%s may not import %s", from, room)
			}
			if slices.Contains(strings.Fields(never[from]), room) {
				t.Errorf("%s must never import %s", from, room)
			}
		}
		if may, watched := outside[to]; watched && !fits(may, from) {
			t.Errorf("%s may not import %s", from, to)
		}
	}
	for room := range plan {
		if !seen[room] && room != "migrations" && room != "static" {
			if out, err := exec.Command("go", "list", module+room).CombinedOutput(); err != nil {
				t.Errorf("%s is on the plan and not in the house: %s", room, out)
			}
		}
	}
}

func fits(allowed, room string) bool {
	for _, a := range strings.Fields(allowed) {
		if a == room || strings.HasSuffix(a, "/") && strings.HasPrefix(room, a) {
			return true
		}
	}
	return false
}

// The ways of GORM that lose data or hide it (DESIGN.md).
func TestNobodyUsesWhatGormDoesBehindOurBacks(t *testing.T) {
	t.Parallel()
	for _, banned := range []string{`\.AutoMigrate(`, `gorm\.Model\b`, `\.Save(&`, `gorm\.DeletedAt`} {
		out, _ := exec.Command("grep", "-rnE", "--include=*.go", strings.ReplaceAll(banned, "(", `\(`), "../../app", "../../jobs", "../../cmd").Output()
		for line := range strings.Lines(string(out)) {
			if !strings.Contains(line, "plan_test.go") {
				t.Error("banned: ", strings.TrimSpace(line))
			}
		}
	}
}
