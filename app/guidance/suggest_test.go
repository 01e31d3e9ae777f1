package guidance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestATicketIsOfferedTheArticleOfItsTopicAndWhy(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	for _, sample := range []struct{ topic, words, slug string }{
		{"discharge", "A patient’s urine screen does not match our opiate contract. Do we go one strike and out with a last thirty-day script, or give another chance?", "when-not-to-discharge"},
		{"difficult_patient", "He missed four visits, will not take his insulin and shouted at my receptionist. How do I talk to him?", "difficult-encounters-and-nonadherence"},
		{"online_reviews", "We have a string of negative online reviews. How can I respond to them safely without breaking the privacy rules?", "negative-online-reviews"},
		{"close_relationships", "My sister-in-law wants me to call in an antibiotic for her over the holiday.", "family-friends-staff-and-yourself"},
		{"boundaries_communication", "A patient got my cell number and texts me late at night about her symptoms.", "texting-email-and-your-own-phone"},
		{"misinformation", "Parents refuse the measles shot and want me to sign an exemption for school.", "misinformation-and-unproven-treatment"},
	} {
		for _, topic := range []string{sample.topic, "other_liability"} { // also when the topic was chosen wrongly
			hits, err := h.Suggest(h.ctx, h.consultant, sample.words, topic, 0)
			h.must(err)
			i := slices.Index(slugs(hits), sample.slug)
			if i < 0 || len(hits) > 3 || i != 0 && topic == sample.topic {
				t.Errorf("%s as %s: %v", sample.slug, topic, slugs(hits))
				continue
			}
			if len(hits[i].Matched) == 0 || len(hits[i].States) == 0 {
				t.Errorf("%s: matched %v, speaks of %v", sample.slug, hits[i].Matched, hits[i].States)
			}
			for _, word := range hits[i].Matched {
				if !strings.Contains(strings.ToLower(sample.words), word) {
					t.Errorf("%s: %q was never said", sample.slug, word)
				}
			}
			t.Log(topic, slugs(hits), hits[0].Matched)
		}
	}
}

// BenchmarkSuggest looks through 5,000 articles.
func BenchmarkSuggest(b *testing.B) {
	h := newHouse(b)
	topics := []string{"discharge", "difficult_patient", "online_reviews", "other_liability"}
	words := strings.Fields("patient physician letter notice record refill visit lawyer board nurse family review text phone vaccine consent minor capacity guardian portal fee lab imaging referral surgery opioid taper pregnancy threat staff")
	for i := range 5000 {
		a := article(fmt.Sprintf("article-%d", i))
		a.Topic = topics[i%len(topics)]
		a.Keywords = fmt.Sprintf("%s, %s, %s", words[i%30], words[i/30%30], words[i/7%30])
		var body strings.Builder
		for j := range 400 {
			body.WriteString(words[(i*7+j*j+j/3)%30] + " ")
		}
		a.Body = "## Text\n\n" + body.String() + "\n"
		if _, err := h.Publish(h.ctx, operator, a); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := h.Suggest(h.ctx, h.consultant, strings.Repeat("my patient wants a refill of an opioid but missed every visit, ", 5), "discharge", 3); err != nil {
			b.Fatal(err)
		}
	}
}
