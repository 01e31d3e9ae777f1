package guidance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

func TestWhatPeopleSayFindsWhatWeCallIt(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	for words, want := range map[string]string{
		"fire a patient":                      "ending-the-relationship",
		"one star Yelp":                       "negative-online-reviews",
		"WhatsApp":                            "texting-email-and-your-own-phone",
		"ivermectin":                          "misinformation-and-unproven-treatment",
		"prescribe for my wife":               "family-friends-staff-and-yourself",
		"patient fired us, dropping patients": "ending-the-relationship",
	} {
		if hits := h.search(h.physician, words); len(hits) == 0 || hits[0].Slug != want {
			t.Errorf("%q finds %v", words, slugs(hits))
		}
	}
}

func TestAccentsAndCaseMakeNoDifference(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("cafe")
	a.Title, a.Body = "Señor Núñez at the Café", "## Text\n\nA naïve résumé of the Zürich affair.\n"
	h.publish(a)
	for _, words := range []string{"senor nunez", "SEÑOR", "café", "cafe", "naive", "NAÏVE résumé", "zurich", "Zu\u0308rich"} {
		if hits := h.search(h.physician, words); len(hits) != 1 {
			t.Errorf("%q finds %d", words, len(hits))
		}
	}
}

func TestWhatWasFoundIsMarkedInWordsNeverInMarkup(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	a := article("tags")
	a.Title, a.Keywords = "Reading <b>bold</b> & \"quoted\" lab reports", "lab\x02 report\x03"
	a.Body = "## Text\n\nWhen `<script>alert(1)</script>` stands in a lab report, say nothing of reports.\n"
	h.publish(a)
	seen := false
	for _, words := range []string{"lab report", "certified mail", "disharge", "script alert", "<b>", "report"} {
		for _, hit := range h.search(h.physician, words) {
			for _, part := range append(slices.Clone(hit.TitleParts), hit.Quote...) {
				if strings.ContainsAny(part.Words, "\x02\x03") || strings.Contains(part.Words, "&lt;") || strings.Contains(part.Words, "&amp;") || strings.Contains(part.Words, "<mark") {
					t.Errorf("%q: %q", words, part.Words)
				}
				seen = seen || part.Found
			}
			if hit.Slug == "tags" {
				if whole := join(hit.TitleParts); whole != a.Title {
					t.Errorf("the title became %q", whole)
				}
			}
		}
	}
	if !seen {
		t.Error("nothing was marked")
	}
	hit := h.search(h.physician, "disharge")[0]
	if !slices.ContainsFunc(append(hit.TitleParts, hit.Quote...), func(p guidance.Part) bool { return p.Found }) {
		t.Error("a slip of the finger marks nothing")
	}
}

func join(parts []guidance.Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Words)
	}
	return b.String()
}

func TestNoSearchBreaksTheSearch(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	for _, words := range []string{
		`"`, `'`, `''''`, `"unclosed phrase`, `(((`, `)`, `:*`, `discharge:*`, `a & b | !c`, `!!!`, `<->`, `-`, `--`, `-discharge`, `\`, `\\'; DROP TABLE articles; --`,
		`%`, `_`, `%_%`, `{}`, `[]`, `{"a"`, `$1`, `@words`, `?`, `the`, `of the and`, "\x00\x01\x02\x03", "\xff\xfe", "𝔭𝔞𝔱𝔦𝔢𝔫𝔱", "患者", "…", "\u202e", "a\u0301\u0301\u0301",
		strings.Repeat("discharge ", 2000), strings.Repeat("(", 20_000), strings.Repeat(`"`, 20_001), strings.Repeat("x", 20_000), strings.Repeat("é", 20_000),
	} {
		h.search(h.physician, words)
		if _, err := h.Suggest(h.ctx, h.consultant, words, words, 0); err != nil {
			t.Errorf("suggesting for %.30q: %v", words, err)
		}
		if _, err := h.Search(h.ctx, h.consultant, words, words, -1); err != nil {
			t.Errorf("searching the topic %.30q: %v", words, err)
		}
	}
}

func TestQuotesAndMinusAreUnderstood(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	if hits := h.search(h.physician, `"thirty-day notice"`); len(hits) != 1 || hits[0].Slug != "ending-the-relationship" {
		t.Errorf("the phrase finds %v", slugs(hits))
	}
	for _, hit := range h.search(h.physician, "patient -ivermectin") {
		if hit.Slug == "misinformation-and-unproven-treatment" {
			t.Error("what was excluded was found")
		}
	}
}

func TestNothingIsSaidToBeNothing(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	for _, words := range []string{"zeppelin", "qwertyuiop", "the"} {
		if hits := h.search(h.physician, words); len(hits) != 0 {
			t.Errorf("%q finds %v", words, slugs(hits))
		}
	}
}

func TestInsuredPeopleNeverSeeWhatIsForTheDesk(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	a := article("desk-script")
	a.Visible, a.Topic, a.Keywords = guidance.ForDesk, "discharge", "discharge, xylophone"
	h.publish(a)
	find := func(by actor.Actor) (found []string) {
		for _, words := range []string{"", "xylophone", "xylofone", "discharge"} {
			for _, topic := range []string{"", "discharge"} {
				hits, err := h.Search(h.ctx, by, words, topic, 50)
				h.must(err)
				if slices.Contains(slugs(hits), "desk-script") {
					found = append(found, words+"/"+topic)
				}
			}
		}
		hits, err := h.Suggest(h.ctx, by, "xylophone", "discharge", 10)
		h.must(err)
		if slices.Contains(slugs(hits), "desk-script") {
			found = append(found, "suggested")
		}
		return found
	}
	for _, by := range []actor.Actor{h.physician, h.hears, h.asks} {
		if found := find(by); len(found) != 0 {
			t.Errorf("%s finds it by %v", by.Role, found)
		}
		for _, version := range []int{0, 1} {
			_, err := h.Show(h.ctx, by, "desk-script", version)
			h.says(err, fault.NotFound)
		}
	}
	for _, by := range []actor.Actor{h.consultant, h.manager, h.auditor, operator} {
		if found := find(by); len(found) != 9 {
			t.Errorf("%s finds it only by %v", by.Role, found)
		}
		_, err := h.Show(h.ctx, by, "desk-script", 0)
		h.must(err)
	}
	for _, by := range []actor.Actor{{}, {Role: "visitor", ID: 7}} {
		_, err := h.Search(h.ctx, by, "discharge", "", 0)
		h.says(err, fault.NotFound)
		_, err = h.Show(h.ctx, by, "ending-the-relationship", 0)
		h.says(err, fault.NotFound)
	}
}

func TestAnArticleIsNotFoundByTheTitlesItPointsTo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	a.Body += "\n## Related\n\n- [Of xylophones](/guidance/other)\n\n## Sources\n\n1. A treatise on bassoons\n"
	h.publish(a)
	for _, words := range []string{"xylophones", "bassoons"} {
		if hits := h.search(h.physician, words); len(hits) != 0 {
			t.Errorf("%q finds it", words)
		}
	}
}

func TestOnlyTheCurrentTextIsFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := article("certificates")
	a.Keywords = "xylophone"
	h.publish(a)
	a.Keywords = "bassoon"
	h.publish(a)
	for words, want := range map[string]int{"xylophone": 0, "xylofone": 0, "bassoon": 1, "basoon": 1} {
		if hits := h.search(h.consultant, words); len(hits) != want {
			t.Errorf("%q finds %d", words, len(hits))
		}
	}
}

func TestTheIndexGoesTopicByTopic(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	hits, err := h.Index(h.ctx, h.physician)
	h.must(err)
	want := []string{"discharge", "difficult_patient", "online_reviews", "close_relationships", "boundaries_communication", "misinformation"}
	var got []string
	for _, hit := range hits {
		if !slices.Contains(got, hit.Topic) {
			got = append(got, hit.Topic)
		}
		if hit.TopicName == "" || hit.Summary == "" || hit.ReviewBy.IsZero() {
			t.Errorf("%s lacks something", hit.Slug)
		}
	}
	if left := slices.DeleteFunc(got, func(topic string) bool { return !slices.Contains(want, topic) }); !slices.Equal(left, want) {
		t.Errorf("topics in the order %v", got)
	}
	one, err := h.Search(h.ctx, h.physician, "", "misinformation", 0)
	h.must(err)
	if len(one) == 0 || len(one) >= len(hits) {
		t.Errorf("%d of one topic, %d of all", len(one), len(hits))
	}
}

func TestWhatOneMayNotReadCrowdsNothingOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 60 {
		a := article(fmt.Sprintf("hidden-%d", i))
		a.Title, a.Keywords, a.Visible = fmt.Sprintf("Certificates, the desk's own page %d", i), "certificates, certificate", guidance.ForDesk
		h.publish(a)
	}
	a := article("open-to-all")
	a.Title, a.Keywords = "Forms", "certificate"
	h.publish(a)
	for _, words := range []string{"certificates", "certficates", "certificate forms", "my certificate on a form"} {
		if got := slugs(h.search(h.physician, words)); len(got) != 1 || got[0] != "open-to-all" {
			t.Errorf("%q finds %v", words, got)
		}
	}
}

func TestAReviewBroughtForwardCountsAsTheDayItIsDue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("certificates"))
	sooner := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	h.must(h.Keep(h.ctx, h.manager, "certificates", guidance.Keeping{OwnerID: h.elsewhere.ID, Visible: guidance.ForInsured, Topic: "other_liability", ReviewBy: sooner}))
	h.db.Freeze(sooner.Add(36 * time.Hour))
	for _, words := range []string{"", "certificate"} {
		if hits := h.search(h.consultant, words); len(hits) != 1 || !hits[0].ReviewBy.Equal(sooner) {
			t.Errorf("%q finds %+v", words, hits)
		}
	}
	hits, err := h.Suggest(h.ctx, h.consultant, "May I sign this certificate?", "other_liability", 0)
	h.must(err)
	if len(hits) != 1 || !hits[0].ReviewBy.Equal(sooner) {
		t.Errorf("suggests %+v", hits)
	}
	stale, err := h.SearchFor(h.ctx, h.consultant, guidance.Query{Stale: true})
	h.must(err)
	if len(stale) != 1 {
		t.Errorf("%d are overdue", len(stale))
	}
	r, err := h.Show(h.ctx, h.physician, "certificates", 0)
	h.must(err)
	if !r.Due.Equal(sooner) || r.ReviewBy.Equal(sooner) {
		t.Errorf("is due by %s", r.Due)
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
