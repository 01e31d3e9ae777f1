package account_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/fault"
)

func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, at)
	must(t, err)
	return c
}

// enrolled adds a consultant with a second factor, confirmed at noon.
func enrolled(t *testing.T, accounts *account.Service, db *database.DB) (*account.Person, string) {
	t.Helper()
	p := add(t, accounts, "c@insurer.org", actor.Consultant)
	e, err := accounts.Enrol(t.Context(), p.Actor())
	must(t, err)
	must(t, accounts.ConfirmTOTP(t.Context(), p.Actor(), code(t, e.Secret, noon)))
	return p, e.Secret
}

func TestASecondFactorCountsOnceACodeWasSeen(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "c@insurer.org", actor.Consultant)
	_, err := accounts.Enrolling(t.Context(), p.Actor())
	want(t, err, fault.NotFound)
	e, err := accounts.Enrol(t.Context(), p.Actor())
	must(t, err)
	if !strings.HasPrefix(e.URL, "otpauth://totp/Hotline:c@insurer.org?") || !strings.Contains(e.URL, "secret="+e.Secret) {
		t.Fatal("the otpauth address is not what an authenticator takes")
	}
	shown, err := accounts.Enrolling(t.Context(), p.Actor())
	must(t, err)
	if shown != e {
		t.Fatal("another secret is shown than was made")
	}
	in, err := accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
	if in.TOTP || !accounts.MustEnrol(in) {
		t.Fatal("a factor that was not confirmed counts")
	}
	want(t, accounts.ConfirmTOTP(t.Context(), p.Actor(), "000 000"), fault.Unacceptable)
	spaced := code(t, e.Secret, noon)
	must(t, accounts.ConfirmTOTP(t.Context(), p.Actor(), spaced[:3]+" "+spaced[3:]))
	in, err = accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
	if !in.TOTP || accounts.MustEnrol(in) {
		t.Fatal("a confirmed factor does not count")
	}
	_, err = accounts.Enrol(t.Context(), p.Actor())
	want(t, err, fault.Conflict)
	_, err = accounts.Enrolling(t.Context(), p.Actor())
	want(t, err, fault.NotFound)
	if actions, _ := trail(t, db, p.ID); strings.Join(actions, " ") != "user.added user.signed_in user.totp_enabled" {
		t.Fatal(actions)
	}
}

func TestACodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p, secret := enrolled(t, accounts, db)
	_, err := accounts.CheckTOTP(t.Context(), p.ID, code(t, secret, noon), here)
	want(t, err, fault.Unacceptable) // confirmed with it
	_, err = accounts.CheckTOTP(t.Context(), p.ID, code(t, secret, noon.Add(-30*time.Second)), here)
	want(t, err, fault.Unacceptable) // before one that was used
	next := code(t, secret, noon.Add(30*time.Second))
	who, err := accounts.CheckTOTP(t.Context(), p.ID, next, here)
	must(t, err)
	if who.ID != p.ID || who.Role != actor.Consultant {
		t.Fatalf("%+v", who)
	}
	_, err = accounts.CheckTOTP(t.Context(), p.ID, next, here)
	want(t, err, fault.Unacceptable)
	_, err = accounts.CheckTOTP(t.Context(), p.ID, code(t, secret, noon.Add(90*time.Second)), here)
	want(t, err, fault.Unacceptable) // too far ahead
	if actions, detail := trail(t, db, p.ID); actions[len(actions)-1] != "user.signed_in" || !strings.Contains(detail, "second_factor") {
		t.Fatal(actions, detail)
	}
}

func TestOneCodeTypedEverywhereAtOnceLetsOneIn(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p, secret := enrolled(t, accounts, db)
	db.Freeze(noon.Add(time.Minute))
	right := code(t, secret, noon.Add(time.Minute))
	var in atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := accounts.CheckTOTP(t.Context(), p.ID, right, here)
			if err == nil {
				in.Add(1)
			} else if !errors.Is(err, fault.Unacceptable) && !errors.Is(err, fault.TooMany) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Fatalf("%d were let in", in.Load())
	}
}

func TestWrongCodesWaitAndARightPasswordDoesNotForgiveThem(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p, secret := enrolled(t, accounts, db)
	db.Freeze(noon.Add(time.Minute))
	for range 4 {
		_, err := accounts.CheckTOTP(t.Context(), p.ID, "12345", here)
		want(t, err, fault.Unacceptable)
	}
	_, err := accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
	right := code(t, secret, noon.Add(time.Minute))
	_, err = accounts.CheckTOTP(t.Context(), p.ID, right, here)
	want(t, err, fault.TooMany)
	db.Freeze(noon.Add(time.Minute + fault.After(err)))
	_, err = accounts.CheckTOTP(t.Context(), p.ID, right, here)
	must(t, err)
}

func TestAnotherKeyStillOpensWhatTheLastOneKeptAndKeepsItAnew(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p, secret := enrolled(t, accounts, db)
	rotated := account.New(db, account.Options{Secret: newKey, PreviousSecret: oldKey})
	db.Freeze(noon.Add(time.Minute))
	_, err := rotated.CheckTOTP(t.Context(), p.ID, code(t, secret, noon.Add(time.Minute)), here)
	must(t, err)
	after := account.New(db, account.Options{Secret: newKey})
	db.Freeze(noon.Add(2 * time.Minute))
	_, err = after.CheckTOTP(t.Context(), p.ID, code(t, secret, noon.Add(2*time.Minute)), here)
	must(t, err)
}

func TestASecondFactorIsTurnedOffByItsOwnerOrAnOperator(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p, secret := enrolled(t, accounts, db)
	want(t, accounts.DisableTOTP(t.Context(), p.Actor(), "000000"), fault.Unacceptable)
	db.Freeze(noon.Add(time.Minute))
	must(t, accounts.DisableTOTP(t.Context(), p.Actor(), code(t, secret, noon.Add(time.Minute))))
	in, err := accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
	if in.TOTP {
		t.Fatal("still there")
	}
	e, err := accounts.Enrol(t.Context(), p.Actor())
	must(t, err)
	must(t, accounts.ConfirmTOTP(t.Context(), p.Actor(), code(t, e.Secret, noon.Add(time.Minute))))
	keep(t, accounts, "one", p.ID)
	must(t, accounts.RemoveTOTP(t.Context(), operator, p.ID))
	must(t, accounts.RemoveTOTP(t.Context(), operator, p.ID))
	if _, there, _ := accounts.Sessions().Find("one"); there {
		t.Fatal("a session outlived its second factor")
	}
	actions, _ := trail(t, db, p.ID)
	if strings.Join(actions, " ") != "user.added user.totp_enabled user.totp_disabled user.signed_in user.totp_enabled user.totp_disabled" {
		t.Fatal(actions)
	}
}

func TestShortcutsAreOnesOwn(t *testing.T) {
	t.Parallel()
	accounts, _ := house(t)
	p := add(t, accounts, "c@insurer.org", actor.Consultant)
	must(t, accounts.SetShortcuts(t.Context(), p.Actor(), false))
	_, now, err := accounts.Actor(t.Context(), p.ID)
	must(t, err)
	if now.Shortcuts {
		t.Fatal("still on")
	}
}
