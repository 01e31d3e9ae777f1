package guidance_test

import (
	"errors"
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

func TestATitleSpeaksLouderThanSearchWordsThanSummaryThanText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for slug, put := range map[string]func(*guidance.Article){
		"in-title":   func(a *guidance.Article) { a.Title = "Xylophones at work" },
		"in-words":   func(a *guidance.Article) { a.Keywords = "form, xylophone" },
		"in-summary": func(a *guidance.Article) { a.Summary = "Of xylophones and more." },
		"in-text":    func(a *guidance.Article) { a.Body += strings.Repeat("\nA xylophone.\n", 30) },
	} {
		a := article(slug)
		put(&a)
		h.publish(a)
	}
	if got := slugs(h.search(h.physician, "xylophone")); !slices.Equal(got, []string{"in-title", "in-words", "in-summary", "in-text"}) {
		t.Errorf("in the order %v", got)
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

func TestASearchIsNarrowedByStateAudienceAndReview(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ohio := article("ohio")
	ohio.Body += "\n## State notes\n\n- **Maryland, Ohio and the District of Columbia** Wait.\n- **Every other state** Nothing.\n\n## Sources\n\n1. **Kansas** law\n"
	h.publish(ohio)
	old := article("old")
	old.Reviewed, old.ReviewBy, old.Visible = old.Reviewed.AddDate(-2, 0, 0), old.Reviewed.AddDate(0, 0, 2), guidance.ForDesk // until 18 November
	h.publish(old)
	for _, words := range []string{"", "certificate"} {
		for _, one := range []struct {
			by   actor.Actor
			q    guidance.Query
			want string
		}{
			{h.physician, guidance.Query{State: "OH"}, "ohio"},
			{h.physician, guidance.Query{State: "DC"}, "ohio"},
			{h.physician, guidance.Query{State: "KS"}, ""},
			{h.physician, guidance.Query{State: "ZZ"}, ""},
			{h.physician, guidance.Query{Audience: guidance.ForDesk, Stale: true}, "ohio"}, // not theirs to ask
			{h.consultant, guidance.Query{Audience: guidance.ForDesk}, "old"},
			{h.consultant, guidance.Query{Audience: guidance.ForInsured}, "ohio"},
			{h.auditor, guidance.Query{Stale: true}, "old"},
			{h.consultant, guidance.Query{}, "ohio old"},
		} {
			one.q.Words = words
			hits, err := h.SearchFor(h.ctx, one.by, one.q)
			h.must(err)
			got := slugs(hits)
			slices.Sort(got)
			if strings.Join(got, " ") != one.want {
				t.Errorf("%s asks %+v: %v", one.by.Role, one.q, got)
			}
		}
	}
}

func TestTheDatabaseReadsStateNotesAsThePageDoes(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	rows, err := h.db.Pool().Query(h.ctx, "SELECT a.slug, v.body, v.states FROM article_versions v JOIN articles a ON a.id = v.article_id")
	h.must(err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		var slug, body string
		var got []string
		h.must(rows.Scan(&slug, &body, &got))
		want, err := guidance.States(body)
		h.must(err)
		if n++; !slices.Equal(got, want) {
			t.Errorf("%s: %v, the page says %v", slug, got, want)
		}
	}
	if n < 16 {
		t.Errorf("only %d articles", n)
	}
}

func TestWhatIsWithdrawnIsNotFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	number, _ := h.ask(h.physician, "May I sign this certificate?")
	h.must(h.Withdraw(h.ctx, h.manager, "certificates", "It was wrong.", guidance.Affects{}))
	for _, by := range []actor.Actor{h.physician, h.consultant} {
		for _, words := range []string{"", "certificate", "cretificate"} {
			if hits := h.search(by, words); len(hits) != 0 {
				t.Errorf("%s finds it by %q", by.Role, words)
			}
		}
		if hits, err := h.Suggest(h.ctx, by, "certificate", "other_liability", 5); err != nil || len(hits) != 0 {
			t.Errorf("%s is offered it, %v", by.Role, err)
		}
	}
	_, err := h.Cite(h.ctx, h.consultant, number, "certificates")
	h.says(err, fault.NotFound)
}
