package account_test

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/database"
	"hotline/app/fault"
)

func setHash(t *testing.T, db *database.DB, user int64, kept string) {
	t.Helper()
	must(t, db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("UPDATE users SET password_hash = ? WHERE id = ?", kept, user).Error
	}))
}

// promised asks for a link and gives what was promised.
func promised(t *testing.T, accounts *account.Service, db *database.DB, email string) (by actor.Actor, reset int64) {
	t.Helper()
	must(t, accounts.RequestReset(t.Context(), email, here))
	var row struct{ ID, Reset int64 }
	must(t, db.Read(t.Context(), func(q *gorm.DB) error {
		return q.Raw("SELECT id, (args->>'reset_id')::bigint AS reset FROM outbox WHERE kind = 'account:reset' ORDER BY id DESC LIMIT 1").Scan(&row).Error
	}))
	return actor.Job("account:reset", row.ID), row.Reset
}

func TestALinkSetsANewPasswordOnceAndEndsEverySession(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	keep(t, accounts, "one", p.ID)
	by, reset := promised(t, accounts, db, " P@practice.org")
	token, who, err := accounts.IssueReset(t.Context(), by, reset)
	must(t, err)
	if who.ID != p.ID || len(token) != 43 {
		t.Fatalf("%+v %d", who, len(token))
	}
	must(t, accounts.DoneReset(t.Context(), by))
	must(t, accounts.CheckReset(t.Context(), token))
	want(t, accounts.UseReset(t.Context(), token, "too short"), fault.Unacceptable)
	must(t, accounts.UseReset(t.Context(), token, "nine patient herons"))
	if _, there, _ := accounts.Sessions().Find("one"); there {
		t.Fatal("a session outlived its password")
	}
	_, err = accounts.SignIn(t.Context(), p.Email, password, here)
	want(t, err, fault.Unacceptable)
	_, err = accounts.SignIn(t.Context(), p.Email, "nine patient herons", here)
	must(t, err)
	if actions, _ := trail(t, db, p.ID); strings.Join(actions, " ") != "user.added user.password_reset user.signed_in" {
		t.Fatal(actions)
	}
	again := accounts.UseReset(t.Context(), token, "ten patient herons too")
	want(t, again, fault.NotFound)
	if never := accounts.UseReset(t.Context(), "never made", "ten patient herons too"); never.Error() != again.Error() {
		t.Fatalf("%v; %v", again, never)
	}
}

func TestALinkIsGoodForHalfAnHour(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	token, err := accounts.ResetPassword(t.Context(), operator, p.ID)
	must(t, err)
	db.Freeze(noon.Add(30*time.Minute - time.Microsecond))
	must(t, accounts.CheckReset(t.Context(), token))
	db.Freeze(noon.Add(30 * time.Minute))
	want(t, accounts.CheckReset(t.Context(), token), fault.NotFound)
	want(t, accounts.UseReset(t.Context(), token, "nine patient herons"), fault.NotFound)
}

func TestEachTryOfTheLetterMakesTheLinkAnewUntilItWent(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	add(t, accounts, "p@practice.org", actor.Physician)
	by, reset := promised(t, accounts, db, "p@practice.org")
	first, _, err := accounts.IssueReset(t.Context(), by, reset)
	must(t, err)
	second, _, err := accounts.IssueReset(t.Context(), by, reset)
	must(t, err)
	want(t, accounts.CheckReset(t.Context(), first), fault.NotFound)
	must(t, accounts.CheckReset(t.Context(), second))
	must(t, accounts.DoneReset(t.Context(), by))
	_, _, err = accounts.IssueReset(t.Context(), by, reset)
	want(t, err, fault.NotFound)
	must(t, accounts.CheckReset(t.Context(), second))
	_, _, err = accounts.IssueReset(t.Context(), operatorLike(), reset)
	want(t, err, fault.Forbidden)
}

func operatorLike() actor.Actor { return actor.Actor{ID: 1, Role: actor.Administrator} }

func TestAskingForALinkIsAnsweredAlikeAndNeverFloodsAMailbox(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	gone := add(t, accounts, "gone@practice.org", actor.Physician)
	must(t, accounts.Disable(t.Context(), operator, gone.ID))
	must(t, accounts.RequestReset(t.Context(), "nobody@practice.org", here))
	must(t, accounts.RequestReset(t.Context(), gone.Email, here))
	if n := count(t, db, "SELECT count(*) FROM outbox"); n != 0 {
		t.Fatalf("%d letters to nobody", n)
	}
	for range 5 {
		must(t, accounts.RequestReset(t.Context(), p.Email, here))
	}
	if n := count(t, db, "SELECT count(*) FROM outbox"); n != 3 {
		t.Fatalf("%d letters", n)
	}
	db.Freeze(noon.Add(16 * time.Minute))
	must(t, accounts.RequestReset(t.Context(), p.Email, here))
	if n := count(t, db, "SELECT count(*) FROM outbox"); n != 4 {
		t.Fatalf("%d letters after a quarter of an hour", n)
	}
}

func TestOneUsedLinkVoidsTheOthersAndForgivesWrongGuesses(t *testing.T) {
	t.Parallel()
	accounts, _ := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	one, err := accounts.ResetPassword(t.Context(), operator, p.ID)
	must(t, err)
	two, err := accounts.ResetPassword(t.Context(), operator, p.ID)
	must(t, err)
	for range 4 {
		_, err = accounts.SignIn(t.Context(), p.Email, "wrong wrong wrong", here)
		want(t, err, fault.Unacceptable)
	}
	must(t, accounts.UseReset(t.Context(), two, "nine patient herons"))
	want(t, accounts.UseReset(t.Context(), one, "ten patient herons too"), fault.NotFound)
	_, err = accounts.SignIn(t.Context(), p.Email, "nine patient herons", here)
	must(t, err)
}

func TestADisabledPersonsLinkIsVoid(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	by, reset := promised(t, accounts, db, p.Email)
	token, err := accounts.ResetPassword(t.Context(), operator, p.ID)
	must(t, err)
	must(t, accounts.Disable(t.Context(), operator, p.ID))
	want(t, accounts.CheckReset(t.Context(), token), fault.NotFound)
	_, _, err = accounts.IssueReset(t.Context(), by, reset)
	want(t, err, fault.NotFound)
	_, err = accounts.ResetPassword(t.Context(), operator, p.ID)
	want(t, err, fault.Conflict)
	must(t, accounts.Enable(t.Context(), operator, p.ID))
	want(t, accounts.CheckReset(t.Context(), token), fault.NotFound)
}

func TestOnlyTheHashOfALinkIsKept(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	token, err := accounts.ResetPassword(t.Context(), operator, p.ID)
	must(t, err)
	if n := count(t, db, `SELECT count(*) FROM password_resets WHERE token_hash = sha256(convert_to(?, 'UTF8'))`, token); n != 1 {
		t.Fatal("the hash of the token is not what is kept")
	}
}
