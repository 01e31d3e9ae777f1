package mail

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func TestALetterSaysTheSameInBothItsForms(t *testing.T) {
	t.Parallel()
	l := Letter{Subject: "Yours: RM-2026-000007", Name: `Rosa <i>"R"</i>`, Says: "A ticket was given to you.", Does: "Open it",
		Link: "https://hotline.example.org/tickets/RM-2026-000007", Ends: "That is all.", Phone: "800 555 0142"}
	var html strings.Builder
	if err := HTML(l).Render(t.Context(), &html); err != nil {
		t.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(html.String()))
	if err != nil {
		t.Fatal(err)
	}
	links := page.Find("a")
	if href, _ := links.Attr("href"); links.Length() != 1 || href != l.Link || strings.TrimSpace(links.Text()) != l.Does {
		t.Errorf("it links to %q as %q", href, links.Text())
	}
	for form, text := range map[string]string{"HTML": page.Find("body").Text(), "text": Text(l)} {
		for _, part := range []string{l.Name + ",", l.Says, l.Does, l.Ends, l.Phone, "not notice of a claim"} {
			if !strings.Contains(text, part) {
				t.Errorf("the %s does not say %q", form, part)
			}
		}
	}
	if page.Find("i, script, img, style").Length() != 0 {
		t.Error("a name is taken for markup, or the letter fetches something")
	}
}

func TestALetterLeavesNoHoleWhereThereIsNothingToSay(t *testing.T) {
	t.Parallel()
	l := Letter{Name: "Rosa", Says: "A ticket was given to you.", Link: "https://hotline.example.org", Does: "Open it"}
	var html strings.Builder
	if err := HTML(l).Render(t.Context(), &html); err != nil {
		t.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(html.String()))
	if err != nil {
		t.Fatal(err)
	}
	page.Find("p").Each(func(_ int, p *goquery.Selection) {
		if strings.TrimSpace(p.Text()) == "" {
			t.Error("an empty paragraph")
		}
	})
	if strings.Contains(Text(l), "\n\n\n") {
		t.Errorf("a hole in\n%s", Text(l))
	}
}
