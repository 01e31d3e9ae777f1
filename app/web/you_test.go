package web_test

import (
	"net/url"
	"strings"
	"testing"

	"hotline/app/account"
	"hotline/app/actor"
)

func TestAPersonSeesAndSetsTheirOwn(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	d.add("a@insurer.org", actor.Auditor)
	g := d.guest()
	g.signIn("a@insurer.org")
	r := g.open("/you").answers(t, 200, "")
	if facts := r.doc.Find("main .facts").Text(); !strings.Contains(facts, "Dana Whitfield") || !strings.Contains(facts, "America/New York") {
		t.Fatal(facts)
	}
	if _, on := r.doc.Find("body").Attr("data-shortcuts"); !on {
		t.Fatal("shortcuts are off before anybody switched them off")
	}
	g.post("/you/shortcuts", url.Values{"on": {"no"}}).answers(t, 303, "/you")
	if _, on := g.open("/you").doc.Find("body").Attr("data-shortcuts"); on {
		t.Fatal("still on")
	}
}

func TestSigningOutEverywhereEndsThisSessionToo(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	d.add("p@practice.org", actor.Physician)
	here, there := d.guest(), d.guest()
	here.signIn("p@practice.org")
	there.signIn("p@practice.org")
	here.post("/you/sessions/end", nil).answers(t, 303, "/signin")
	here.open("/you").answers(t, 401, "")
	there.open("/you").answers(t, 401, "")
	if _, kept := here.cookies["__Host-hotline-who"]; kept {
		t.Fatal("the browser still says whose it was")
	}
}

func TestAPhysicianMayHaveASecondFactorAndTurnItOff(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	p := d.add("p@practice.org", actor.Physician)
	g := d.guest()
	g.signIn(p.Email)
	r := g.open("/you").answers(t, 200, "")
	if r.doc.Find("form[action='/you/shortcuts']").Length() != 0 {
		t.Fatal("keyboard shortcuts for somebody who has none")
	}
	g.post("/you/second-factor", nil).answers(t, 303, "/you/second-factor")
	secret := g.open("/you/second-factor").doc.Find("code").Text()
	now := d.db.Now()
	g.post("/you/second-factor/confirmation", url.Values{"code": {doorCode(t, secret, now)}}).answers(t, 303, "/you")
	g.open("/you/second-factor").answers(t, 303, "/you")
	g.post("/you/second-factor/removal", url.Values{"code": {doorCode(t, secret, now)}}).answers(t, 422, "")
	g.post("/you/second-factor/removal", url.Values{"code": {doorCode(t, secret, now.Add(30e9))}}).answers(t, 303, "/you")
	g.open("/you").answers(t, 200, "")
	d.guest().signIn(p.Email).answers(t, 303, "/")
}
