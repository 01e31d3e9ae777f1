package guidance_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

func TestPhrasesPeopleUseStandForWhatTheLibraryCallsIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("parting")
	a.Keywords, a.Title = "discharge, notice", "Parting"
	h.publish(a)
	b := article("fires")
	b.Keywords, b.Title = "fire safety", "When the alarm goes"
	h.publish(b)
	for _, words := range []string{"fire a patient", "fired my patients", "FIRING A PATIENT", "can I drop a patient"} {
		if hits := h.search(h.physician, words); len(hits) == 0 || !slices.Contains(slugs(hits), "parting") {
			t.Errorf("%q finds %v", words, slugs(hits))
		}
	}
	hits := h.search(h.physician, "kick out a patient")
	if len(hits) != 1 || hits[0].Slug != "parting" {
		t.Fatalf("finds %v", slugs(hits))
	}
	for words, found := range map[string]bool{`"fire a patient"`: false, "fire alarm": false, "patient": false} {
		if got := slices.Contains(slugs(h.search(h.physician, words)), "parting"); got != found {
			t.Errorf("%q finds it: %v", words, got)
		}
	}
}

func TestWhatAPhraseStandsForIsMarked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("parting")
	a.Title, a.Summary = "The discharge of a patient", "Discharged with care."
	h.publish(a)
	hit := h.search(h.physician, "kick out a patient")[0]
	var marked []string
	for _, p := range append(hit.TitleParts, hit.Quote...) {
		if p.Found {
			marked = append(marked, p.Words)
		}
	}
	if !slices.Contains(marked, "discharge") || !slices.Contains(marked, "Discharged") {
		t.Errorf("marked %v", marked)
	}
}

func TestTheListOfSynonymsIsTheManagers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	v, err := h.Synonyms(h.ctx, h.manager)
	h.must(err)
	if v.Version != 1 || len(v.Rows) < 38 || v.ChangedBy != "" {
		t.Fatalf("comes as version %d with %d rows by %q", v.Version, len(v.Rows), v.ChangedBy)
	}
	for _, by := range []actor.Actor{h.consultant, h.physician, h.auditor, {}} {
		_, err := h.Synonyms(h.ctx, by)
		h.says(err, fault.NotFound)
		h.says(h.SetSynonyms(h.ctx, by, v.Rows, 1), fault.NotFound)
	}
	a := article("parting")
	a.Keywords = "discharge"
	h.publish(a)
	if n := len(h.search(h.physician, "bungle the zeppelin")); n != 0 {
		t.Fatalf("found %d before", n)
	}
	h.must(h.SetSynonyms(h.ctx, h.manager, append(v.Rows, guidance.Synonym{}, guidance.Synonym{Words: " bungle a   zeppelin, ", Means: "discharge"}), 1))
	if got := slugs(h.search(h.physician, "zeppelins, bungled")); len(got) != 0 {
		t.Errorf("another phrase finds %v", got)
	}
	if got := slugs(h.search(h.physician, "bungled a zeppelin")); !slices.Equal(got, []string{"parting"}) {
		t.Errorf("the phrase finds %v", got)
	}
	now, err := h.Synonyms(h.ctx, h.manager)
	h.must(err)
	if now.Version != 2 || now.ChangedBy != "Grace Oduya" || now.Rows[len(now.Rows)-1] != (guidance.Synonym{Words: "bungle a zeppelin", Means: "discharge"}) || len(now.Rows) != len(v.Rows)+1 {
		t.Errorf("is version %d by %q, ends with %+v", now.Version, now.ChangedBy, now.Rows[len(now.Rows)-1])
	}
	h.says(h.SetSynonyms(h.ctx, h.manager, v.Rows, 1), fault.Conflict)
	if n := h.count("SELECT count(*) FROM record WHERE action = 'synonyms.changed'"); n != 1 {
		t.Errorf("recorded %d times", n)
	}
}

func TestAPhraseTheSearchWouldNotReadIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	err := h.SetSynonyms(h.ctx, h.manager, []guidance.Synonym{{Words: "out of my, zeppelin", Means: "the"}, {Words: "one"}, {Means: "two"}, {Words: strings.Repeat("x", 401), Means: "y"}}, 1)
	bad, ok := errors.AsType[fault.Fields](err)
	if !ok {
		t.Fatal(err)
	}
	var names []string
	for _, one := range bad {
		names = append(names, one.Name)
	}
	if !slices.Equal(names, []string{"words-0", "means-0", "means-1", "words-2", "words-3"}) {
		t.Errorf("refuses %v", names)
	}
}

func TestEmptyRowsOfAFormAreNoneOfTheRowsAListTakes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rows := make([]guidance.Synonym, 303)
	for i := range 300 {
		rows[i] = guidance.Synonym{Words: fmt.Sprintf("zeppelin%d", i), Means: "discharge"}
	}
	h.must(h.SetSynonyms(h.ctx, h.manager, rows, 1))
	rows[300] = guidance.Synonym{Words: "balloon", Means: "discharge"}
	h.says(h.SetSynonyms(h.ctx, h.manager, rows, 2), fault.Unacceptable)
	if n := h.count("SELECT (detail->>'rows')::integer FROM record WHERE action = 'synonyms.changed'"); n != 300 {
		t.Errorf("recorded as %d rows", n)
	}
}
