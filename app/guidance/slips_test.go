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
