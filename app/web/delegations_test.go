package web_test

import (
	"net/url"
	"testing"

	"hotline/app/actor"
)

func TestAPhysicianSaysWhoMaySpeakForThemAndUntilWhen(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	g := s.people[actor.Physician]
	g.open("/you").answers(t, 200, "").says(t, ".speakers", "One delegate may ask and hear, until you end it")
	again := g.post("/you/delegations", url.Values{"email": {"delegate@house.example"}, "may": {"ask"}}).answers(t, 409, "")
	again.says(t, ".flash-problem", "already act")
	bad := g.post("/you/delegations", url.Values{"email": {"nobody@house.example"}, "until": {"soon"}}).answers(t, 422, "")
	if got := bad.doc.Find("#delegate").AttrOr("value", ""); got != "nobody@house.example" {
		t.Errorf("kept %q", got)
	}
	end := g.open("/you").doc.Find(".speakers form").AttrOr("action", "")
	g.post(end, nil).answers(t, 303, "/you")
	g.open("/you").says(t, ".speakers", "it has ended")
	s.people[actor.Delegate].open("/requests/"+s.own).answers(t, 404, "")
	g.post("/you/delegations", url.Values{"email": {"delegate@house.example"}, "may": {"ask", "hear"}, "until": {"2090-06-30"}}).answers(t, 303, "/you")
	g.open("/you").says(t, ".speakers", "until June 30, 2090")
	s.people[actor.Delegate].open("/requests/"+s.own).answers(t, 200, "")
}

func TestOnlyThePhysicianEndsADelegation(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	end := s.people[actor.Physician].open("/you").doc.Find(".speakers form").AttrOr("action", "")
	s.people[actor.Delegate].post(end, nil).answers(t, 404, "")
	s.people[actor.Manager].post(end, nil).answers(t, 404, "")
}
