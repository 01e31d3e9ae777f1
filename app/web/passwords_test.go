package web_test

import (
	"net/url"
	"strings"
	"testing"

	"hotline/app/account"
	"hotline/app/actor"
)

func TestAskingForALinkIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	d.add("p@practice.org", actor.Physician)
	g := d.guest()
	g.open("/password-resets/new").answers(t, 200, "")
	known := g.post("/password-resets", url.Values{"email": {"p@practice.org"}}).answers(t, 200, "")
	unknown := g.post("/password-resets", url.Values{"email": {"nobody@practice.org"}}).answers(t, 200, "")
	if known.Body.String() != unknown.Body.String() {
		t.Fatal("the answer tells who signs in here")
	}
	g.post("/password-resets", url.Values{"email": {" "}}).answers(t, 422, "")
}

func TestALinkAsksForAPasswordOnce(t *testing.T) {
	t.Parallel()
	d := newDoor(t, account.Options{})
	p := d.add("p@practice.org", actor.Physician)
	token, err := d.accounts.ResetPassword(t.Context(), actor.Command("test"), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := d.guest()
	elsewhere.signIn(p.Email)
	g := d.guest()
	link := "/password-resets/" + token
	r := g.open(link).answers(t, 200, "")
	if r.doc.Find("form").AttrOr("action", "") != link {
		t.Fatal("the form goes elsewhere")
	}
	r = g.post(link, url.Values{"password": {"canary"}}).answers(t, 422, "")
	if strings.Contains(r.Body.String(), "canary") || !strings.Contains(r.doc.Find(".error-summary").Text(), "12 characters") {
		t.Fatal("not told what to put right")
	}
	g.post(link, url.Values{"password": {"nine patient herons"}}).answers(t, 303, "/signin")
	if r = g.open("/signin"); !strings.Contains(r.doc.Find(".flash").Text(), "new password is set") {
		t.Fatal("nothing said")
	}
	elsewhere.open("/you").answers(t, 401, "")
	g.post("/signin", url.Values{"email": {p.Email}, "password": {"nine patient herons"}}).answers(t, 303, "/")
	for _, spent := range []string{link, "/password-resets/never-made"} {
		g.open(spent).answers(t, 404, "")
		r = g.post(spent, url.Values{"password": {"ten patient herons too"}}).answers(t, 404, "")
		if r.doc.Find("a[href='/password-resets/new']").Length() != 1 {
			t.Fatal("no way on")
		}
	}
}
