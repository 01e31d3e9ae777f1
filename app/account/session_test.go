package account_test

import (
	"strings"
	"testing"
	"time"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/fault"
)

func keep(t *testing.T, accounts *account.Service, token string, user int64) {
	t.Helper()
	values := map[string]any{"seen": noon.Unix()}
	if user != 0 {
		values[account.SessionUser] = user
	}
	expires := time.Now().Add(time.Hour)
	data, err := account.SessionCodec{}.Encode(expires, values)
	must(t, err)
	must(t, accounts.Sessions().Commit(token, data, expires))
}

func TestASessionIsFoundUntilItEnds(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p := add(t, accounts, "p@practice.org", actor.Physician)
	keep(t, accounts, "theirs", p.ID)
	keep(t, accounts, "nobody's", 0)
	data, there, err := accounts.Sessions().Find("theirs")
	must(t, err)
	_, values, err := account.SessionCodec{}.Decode(data)
	must(t, err)
	if !there || values[account.SessionUser] != p.ID || values["seen"] != noon.Unix() {
		t.Fatal(there, values)
	}
	if n := count(t, db, "SELECT count(*) FROM sessions WHERE user_id = ?", p.ID); n != 1 {
		t.Fatalf("%d sessions are theirs", n)
	}
	must(t, accounts.Sessions().Commit("old", data, time.Now().Add(-time.Second)))
	if _, there, _ := accounts.Sessions().Find("old"); there {
		t.Fatal("a session that ended was found")
	}
	if _, there, err := accounts.Sessions().Find("never"); there || err != nil {
		t.Fatal(there, err)
	}
}

func TestSigningOutEverywhereEndsOnlyTheirSessionsForGood(t *testing.T) {
	t.Parallel()
	accounts, db := house(t)
	p, q := add(t, accounts, "p@practice.org", actor.Physician), add(t, accounts, "q@practice.org", actor.Physician)
	for token, user := range map[string]int64{"one": p.ID, "two": p.ID, "three": q.ID} {
		keep(t, accounts, token, user)
	}
	must(t, accounts.EndSessions(t.Context(), p.Actor(), p.ID))
	// A request that was under way keeps its session afterwards; it must not come back.
	keep(t, accounts, "one", p.ID)
	for token, left := range map[string]bool{"one": false, "two": false, "three": true} {
		if _, there, _ := accounts.Sessions().Find(token); there != left {
			t.Errorf("session %s: %v", token, there)
		}
	}
	if actions, _ := trail(t, db, p.ID); strings.Join(actions, " ") != "user.added user.signed_out_everywhere" {
		t.Fatal(actions)
	}
	must(t, accounts.Sessions().Delete("three"))
	keep(t, accounts, "three", q.ID)
	if _, there, _ := accounts.Sessions().Find("three"); there {
		t.Fatal("a session signed out of came back")
	}
	want(t, accounts.EndSessions(t.Context(), operator, 999), fault.NotFound)
}
