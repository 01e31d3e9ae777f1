package guidance_test

import (
	"strings"
	"testing"

	"hotline/app/guidance"
)

func TestAFaultIsFoundAtItsLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := string(article("gifts").Markdown())
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"no head":             {strings.TrimPrefix(good, "---\n"), 1},
		"a key nobody knows":  {strings.Replace(good, "topic:", "tpoic:", 1), 4},
		"another topic":       {strings.Replace(good, "other_liability", "weather", 1), 4},
		"a key twice":         {strings.Replace(good, "visible: insured", "topic: discharge", 1), 5},
		"a key missing":       {strings.Replace(good, "keywords: certificate, form\n", "", 1), 12},
		"a day that is none":  {strings.Replace(good, "2027-05-16", "2027-02-31", 1), 9},
		"a day too early":     {strings.Replace(good, "2027-05-16", "2026-05-16", 1), 9},
		"too long a summary":  {strings.Replace(good, "Two lines", strings.Repeat("x", 400), 1), 11},
		"another file's name": {strings.Replace(good, "slug: gifts", "slug: guns", 1), 3},
		"too long a body":     {good + strings.Repeat("x", 20_001), 14},
		"no body":             {good[:strings.LastIndex(good, "---")+4], 13},
	} {
		entries, err := h.Import(h.ctx, h.manager, guidance.Shipment{Leaves: []guidance.Leaf{{Name: "gifts.md", Content: []byte(c.text)}}, Dry: true})
		h.must(err)
		if e := entries[0]; e.Does != guidance.Faulty || e.Line != c.line || e.Why == "" {
			t.Errorf("%s: %+v, want line %d", name, e, c.line)
		}
	}
}
