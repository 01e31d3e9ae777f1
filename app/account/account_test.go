package account_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/fault"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var (
	operator = actor.Command("test")
	noon     = time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)
	oldKey   = bytes.Repeat([]byte{1}, 32)
	newKey   = bytes.Repeat([]byte{2}, 32)
)

const (
	password = "seven quiet harbours"
	here     = "192.0.2.7"
)

func house(t *testing.T) (*account.Service, *database.DB) {
	t.Helper()
	db := dbtest.New(t)
	db.Freeze(noon)
	return account.New(db, account.Options{Secret: oldKey, RequireTOTP: true}), db
}

func add(t *testing.T, accounts *account.Service, email string, role actor.Role, desks ...int64) *account.Person {
	t.Helper()
	p, err := accounts.Add(t.Context(), operator, account.NewPerson{
		Email: email, Name: "Dana Whitfield", Role: role, Password: password, Desks: desks})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func desk(t *testing.T, db *database.DB, name string) int64 {
	t.Helper()
	var id int64
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		err := tx.Raw(`INSERT INTO desks (name, zone, phone, phone_e164) VALUES (?, 'America/New_York', '', '') RETURNING id`, name).Scan(&id).Error
		if err != nil {
			return err
		}
		return audit.Record(tx, operator, db.Now(), "desk.added", audit.Desk(id), nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func trail(t *testing.T, db *database.DB, user int64) (actions []string, text string) {
	t.Helper()
	err := db.Read(t.Context(), func(q *gorm.DB) error {
		entries, err := audit.Trail(q, audit.User(user))
		for _, e := range entries {
			actions = append(actions, e.Action)
			text += string(e.Detail)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return actions, text
}

func count(t *testing.T, db *database.DB, query string, args ...any) (n int) {
	t.Helper()
	err := db.Read(t.Context(), func(q *gorm.DB) error { return q.Raw(query, args...).Scan(&n).Error })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("got %v, want %v", err, kind)
	}
}

func TestAPersonAddedCanSignIn(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "  Dana@Practice.ORG ", actor.Physician)
	if p.Email != "dana@practice.org" {
		t.Fatalf("kept as %q", p.Email)
	}
	in, err := accounts.SignIn(t.Context(), "DANA@practice.org\n", password, here)
	must(t, err)
	if in.ID != p.ID || in.Role != actor.Physician || !in.Shortcuts || in.Zone != account.HomeZone {
		t.Fatalf("signed in as %+v", in)
	}
	actions, text := trail(t, db, p.ID)
	if strings.Join(actions, " ") != "user.added user.signed_in" {
		t.Fatalf("recorded %v", actions)
	}
	if strings.Contains(strings.ToLower(text), "dana") {
		t.Fatalf("the record names a person: %s", text)
	}
}

func TestOnlyOperatorsChangeWhoSignsIn(t *testing.T) {
	t.Parallel()
	accounts, _ := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	for _, by := range []actor.Actor{{}, {ID: p.ID, Role: actor.Physician}, {ID: 99, Role: actor.Manager}, {ID: 98, Role: actor.Auditor}, actor.Job("x:y", 1)} {
		_, err := accounts.Add(t.Context(), by, account.NewPerson{})
		want(t, err, fault.Forbidden)
		_, err = accounts.List(t.Context(), by)
		want(t, err, fault.Forbidden)
		_, err = accounts.ByEmail(t.Context(), by, p.Email)
		want(t, err, fault.Forbidden)
		_, err = accounts.ResetPassword(t.Context(), by, p.ID)
		want(t, err, fault.Forbidden)
		want(t, accounts.Disable(t.Context(), by, p.ID+1000), fault.Forbidden)
		want(t, accounts.Enable(t.Context(), by, p.ID), fault.Forbidden)
		want(t, accounts.ChangeRole(t.Context(), by, p.ID+1000, actor.Auditor, nil), fault.Forbidden)
		want(t, accounts.RemoveTOTP(t.Context(), by, p.ID), fault.Forbidden)
		if by.ID != p.ID {
			want(t, accounts.EndSessions(t.Context(), by, p.ID), fault.Forbidden)
		}
	}
}

func TestAFormSaysEverythingThatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	accounts, _ := house(t)
	add(t, accounts, "taken@practice.org", actor.Physician)
	_, err := accounts.Add(t.Context(), operator, account.NewPerson{Email: "no at sign", Name: " \t", Role: "king", Zone: "Mars/Base",
		Password: "short", Desks: []int64{1}})
	bad, ok := errors.AsType[fault.Fields](err)
	if !ok {
		t.Fatal(err)
	}
	for _, field := range []string{"email", "name", "role", "zone", "password", "desks"} {
		if bad.For(field) == "" {
			t.Errorf("nothing said of %s", field)
		}
	}
	_, err = accounts.Add(t.Context(), operator, account.NewPerson{Email: "TAKEN@practice.org", Name: "B", Role: actor.Physician})
	if bad, _ := errors.AsType[fault.Fields](err); bad.For("email") == "" {
		t.Fatalf("an e-mail taken twice: %v", err)
	}
	_, err = accounts.Add(t.Context(), operator, account.NewPerson{Email: "c@practice.org", Name: "C", Role: actor.Consultant, Desks: []int64{404}})
	if bad, _ := errors.AsType[fault.Fields](err); bad.For("desks") == "" {
		t.Fatalf("a desk that is not there: %v", err)
	}
}

func TestEachRequestReadsWhoActsInOneStatement(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	north, south := desk(t, db, "North"), desk(t, db, "South")
	consultant := add(t, accounts, "c@insurer.org", actor.Consultant, south)
	manager := add(t, accounts, "m@insurer.org", actor.Manager)
	physician := add(t, accounts, "p@practice.org", actor.Physician)
	for _, test := range []struct {
		id    int64
		desks []int64
	}{{consultant.ID, []int64{south}}, {manager.ID, []int64{north, south}}, {physician.ID, nil}} {
		by, p, err := accounts.Actor(t.Context(), test.id)
		must(t, err)
		if by.ID != test.id || p.ID != test.id || by.Role != p.Role || by.Name != "Dana Whitfield" || !equal(by.Desks, test.desks) {
			t.Errorf("%+v, %+v", by, p)
		}
	}
	_, _, err := accounts.Actor(t.Context(), 12345)
	want(t, err, fault.SignedOut)
}

func equal(a, b []int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestADisabledPersonIsOutAtOnceAndHearsNothingMore(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	keep(t, accounts, "one", p.ID)
	must(t, accounts.Disable(t.Context(), operator, p.ID))
	must(t, accounts.Disable(t.Context(), operator, p.ID))
	if _, there, _ := accounts.Sessions().Find("one"); there {
		t.Fatal("a session outlived its person")
	}
	_, _, err := accounts.Actor(t.Context(), p.ID)
	want(t, err, fault.SignedOut)
	_, right := accounts.SignIn(t.Context(), p.Email, password, here)
	_, unknown := accounts.SignIn(t.Context(), "nobody@practice.org", password, here)
	if right == nil || right.Error() != unknown.Error() {
		t.Fatalf("disabled: %v; unknown: %v", right, unknown)
	}
	must(t, accounts.Enable(t.Context(), operator, p.ID))
	_, err = accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
	if actions, _ := trail(t, db, p.ID); strings.Join(actions, " ") != "user.added user.disabled user.enabled user.signed_in" {
		t.Fatal(actions)
	}
	want(t, accounts.Disable(t.Context(), operator, 999), fault.NotFound)
}

func TestAnAdministratorCannotShutThemselvesOut(t *testing.T) {
	t.Parallel()
	accounts, _ := house(t)
	p := add(t, accounts, "a@insurer.org", actor.Administrator)
	want(t, accounts.Disable(t.Context(), p.Actor(), p.ID), fault.Unacceptable)
	want(t, accounts.ChangeRole(t.Context(), p.Actor(), p.ID, actor.Physician, nil), fault.Unacceptable)
}

func TestAnotherRoleEndsEverySession(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	north := desk(t, db, "North")
	p := add(t, accounts, "p@insurer.org", actor.Auditor)
	keep(t, accounts, "one", p.ID)
	must(t, accounts.ChangeRole(t.Context(), operator, p.ID, actor.Auditor, nil))
	if _, there, _ := accounts.Sessions().Find("one"); !there {
		t.Fatal("nothing changed, and the session ended")
	}
	must(t, accounts.ChangeRole(t.Context(), operator, p.ID, actor.Consultant, []int64{north}))
	if _, there, _ := accounts.Sessions().Find("one"); there {
		t.Fatal("the session kept a role that is gone")
	}
	by, _, err := accounts.Actor(t.Context(), p.ID)
	must(t, err)
	if !by.Is(actor.Consultant) || !equal(by.Desks, []int64{north}) {
		t.Fatalf("%+v", by)
	}
	must(t, accounts.ChangeRole(t.Context(), operator, p.ID, actor.Manager, nil))
	if n := count(t, db, "SELECT count(*) FROM memberships"); n != 0 {
		t.Fatalf("%d memberships left", n)
	}
}

func TestPeopleAreListedByName(t *testing.T) {
	t.Parallel()
	accounts, _ := house(t)
	for _, name := range []string{"Zoe Adler", "Émile Roux", "Frank Oyelaran"} {
		_, err := accounts.Add(t.Context(), operator, account.NewPerson{Email: name[:1] + "x@practice.org", Name: name, Role: actor.Physician})
		if err != nil {
			_, err = accounts.Add(t.Context(), operator, account.NewPerson{Email: "emile@practice.org", Name: name, Role: actor.Physician})
		}
		must(t, err)
	}
	people, err := accounts.List(t.Context(), operator)
	must(t, err)
	var names []string
	for _, p := range people {
		names = append(names, p.Name)
	}
	if strings.Join(names, ", ") != "Émile Roux, Frank Oyelaran, Zoe Adler" {
		t.Fatal(names)
	}
}

func TestNothingTypedIsInAnError(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	const canary = "canary-in-the-mine"
	p := add(t, accounts, "p@practice.org", actor.Physician)
	var all []error
	keepErr := func(err error) { all = append(all, err) }
	_, err := accounts.Add(t.Context(), operator, account.NewPerson{Email: canary + "@x", Name: canary, Role: actor.Role(canary), Zone: canary, Password: canary})
	keepErr(err)
	_, err = accounts.SignIn(t.Context(), canary+"@practice.org", canary, here)
	keepErr(err)
	_, err = accounts.SignIn(t.Context(), p.Email, canary, here)
	keepErr(err)
	_, err = accounts.SignIn(t.Context(), canary+"\x00\xff", canary+"\x00", canary)
	keepErr(err)
	_, err = accounts.CheckTOTP(t.Context(), p.ID, canary, here)
	keepErr(err)
	keepErr(accounts.UseReset(t.Context(), canary, canary+canary))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = accounts.SignIn(ctx, canary+"@practice.org", canary, here)
	keepErr(err)
	db.Close()
	_, err = accounts.SignIn(t.Context(), canary+"@practice.org", canary, here)
	keepErr(err)
	keepErr(accounts.RequestReset(t.Context(), canary+"@practice.org", here))
	for i, err := range all {
		if err == nil {
			t.Errorf("%d went through", i)
		} else if strings.Contains(err.Error(), "canary") {
			t.Errorf("%d says what was typed", i)
		}
	}
}
