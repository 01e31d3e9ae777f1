package guidance_test

import (
	"slices"
	"testing"

	"hotline/app/guidance"
)

func TestArticlesAreNamedOnlyToWhomTheyAreFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(article("for-all"))
	desk := article("for-the-desk")
	desk.Visible = guidance.ForDesk
	h.publish(desk)
	asked := []string{"for-all", "for-the-desk", "never-written"}
	for _, reader := range []struct {
		name string
		want []string
		hits func() ([]guidance.Hit, error)
	}{
		{"a physician", []string{"for-all"}, func() ([]guidance.Hit, error) { return h.Named(h.ctx, h.physician, asked) }},
		{"a consultant", []string{"for-all", "for-the-desk"}, func() ([]guidance.Hit, error) { return h.Named(h.ctx, h.consultant, asked) }},
	} {
		hits, err := reader.hits()
		h.must(err)
		got := slugs(hits)
		slices.Sort(got)
		if !slices.Equal(got, reader.want) {
			t.Errorf("%s is named %v, want %v", reader.name, got, reader.want)
		}
	}
}
