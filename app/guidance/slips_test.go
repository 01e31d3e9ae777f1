package guidance_test

import (
	"slices"
	"testing"

	"hotline/app/guidance"
)

func TestAWordIsTakenForTheOneItNearlyIs(t *testing.T) {
	t.Parallel()
	library := []string{"text", "texting", "texts", "texas", "review", "reviews", "revenge", "reversed", "discharge", "discharges", "fee", "form"}
	for typed, want := range map[string][]string{
		"texitng": {"texting"}, "reveiw": {"review"}, "discha": {"discharge", "discharges"}, "dischrage": {"discharge"}, "fe": {"fee"}, "zeppelin": nil, "frm": {"form"}, "fox": nil,
	} {
		if got := guidance.Nearest(typed, library); !slices.Equal(got, want) {
			t.Errorf("%q is taken for %v", typed, got)
		}
	}
}

func TestASlipOfTheFingerStillFinds(t *testing.T) {
	t.Parallel()
	h := stocked(t)
	for words, want := range map[string]string{
		"disharge a patient":  "discharge",
		"abandonnment":        "ending-the-relationship",
		"misinformtion":       "misinformation-and-unproven-treatment",
		"vacine hesitency":    "misinformation-and-unproven-treatment",
		"negatve reviews":     "negative-online-reviews",
		"texitng my patients": "texting-email-and-your-own-phone",
		"discha":              "discharge",
		"self-perscribing":    "family-friends-staff-and-yourself",
	} {
		if hits := h.search(h.physician, words); len(hits) == 0 || hits[0].Slug != want && hits[0].Topic != want {
			t.Errorf("%q finds %v", words, slugs(hits))
		}
	}
}
