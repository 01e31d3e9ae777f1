package account_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/fault"
)

func TestUnknownAndWrongAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	accounts, _ := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	_, err := accounts.Add(t.Context(), operator, account.NewPerson{Email: "invited@practice.org", Name: "I", Role: actor.Physician})
	must(t, err)
	_, wrong := accounts.SignIn(t.Context(), p.Email, "not the password", here)
	want(t, wrong, fault.Unacceptable)
	for _, try := range [][2]string{{"nobody@practice.org", password}, {"invited@practice.org", ""}, {"", ""}, {p.Email, ""}} {
		_, err := accounts.SignIn(t.Context(), try[0], try[1], here)
		if err == nil || err.Error() != wrong.Error() {
			t.Errorf("%v", err)
		}
	}
}

func TestAWrongPasswordWaitsLongerEachTime(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	now := noon
	fail := func(wait time.Duration) {
		t.Helper()
		_, err := accounts.SignIn(t.Context(), p.Email, "wrong wrong wrong", here)
		want(t, err, fault.Unacceptable)
		if wait == 0 {
			return
		}
		_, err = accounts.SignIn(t.Context(), p.Email, password, here)
		want(t, err, fault.TooMany)
		if fault.After(err) != wait {
			t.Fatalf("asked to wait %v, want %v", fault.After(err), wait)
		}
		now = now.Add(wait)
		db.Freeze(now)
	}
	for range 3 {
		fail(0)
	}
	for _, seconds := range []int{2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
		fail(time.Duration(seconds) * time.Second)
	}
	// Never a lock-out: after the wait the right password is taken, and all is forgiven.
	_, err := accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
	for range 3 {
		fail(0)
	}
}

func TestTriesAreForgottenAfterAQuietQuarterHour(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	for range 4 {
		_, err := accounts.SignIn(t.Context(), p.Email, "wrong wrong wrong", here)
		want(t, err, fault.Unacceptable)
	}
	db.Freeze(noon.Add(15 * time.Minute))
	for range 3 {
		_, err := accounts.SignIn(t.Context(), p.Email, "wrong wrong wrong", here)
		want(t, err, fault.Unacceptable)
	}
	_, err := accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
	db.Freeze(noon.Add(time.Hour))
	must(t, accounts.Sweep(t.Context()))
	if n := count(t, db, "SELECT count(*) FROM sign_in_failures"); n != 0 {
		t.Fatalf("%d rows swept past", n)
	}
}

func TestGuessesAtTheSameMomentAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	accounts, _ := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	var tried, refused atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			_, err := accounts.SignIn(t.Context(), p.Email, "wrong wrong wrong", here)
			switch {
			case errors.Is(err, fault.Unacceptable):
				tried.Add(1)
			case errors.Is(err, fault.TooMany):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if tried.Load() != 4 || refused.Load() != 12 {
		t.Fatalf("%d were tried and %d refused", tried.Load(), refused.Load())
	}
}

func TestOneAddressIsSlowedAfterManyAccounts(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	// Thirty failures, left by earlier guesses at many accounts.
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO sign_in_failures VALUES ('address:2001:db8::/64', 30, ?, ?)", noon, noon).Error
	})
	must(t, err)
	_, err = accounts.SignIn(t.Context(), p.Email, password, "2001:db8::1")
	must(t, err) // a success gives its turn back
	_, err = accounts.SignIn(t.Context(), p.Email, "wrong wrong wrong", "2001:db8::2")
	want(t, err, fault.Unacceptable)
	_, err = accounts.SignIn(t.Context(), "other@practice.org", "wrong wrong wrong", "2001:db8::3")
	want(t, err, fault.TooMany)
	if n := count(t, db, "SELECT count(*) FROM sign_in_failures WHERE key LIKE 'account:%'"); n != 1 {
		t.Fatalf("a refused try was counted against its account: %d accounts", n)
	}
	_, err = accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
}

func TestAHashKeptAtAnotherCostIsMadeAnew(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	// "seven quiet harbours" at m=64, t=1.
	setHash(t, db, p.ID, account.CheapHash(password))
	_, err := accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
	if n := count(t, db, "SELECT count(*) FROM users WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'"); n != 1 {
		t.Fatal("the hash was kept as it was")
	}
	_, err = accounts.SignIn(t.Context(), p.Email, password, here)
	must(t, err)
}

func TestAWholePracticeSignsInFromOneAddressAtOnce(t *testing.T) {
	t.Parallel()
	accounts, _ := house(t)
	const people = 8
	for n := range people {
		add(t, accounts, fmt.Sprintf("p%d@practice.org", n), actor.Physician)
	}
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() {
			for range 3 {
				if _, err := accounts.SignIn(t.Context(), fmt.Sprintf("p%d@practice.org", n), password, "203.0.113.7"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
