package guidance_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"hotline/app/guidance"

	"golang.org/x/net/html"
)

func render(t *testing.T, markdown string) []guidance.Section {
	t.Helper()
	sections, err := guidance.Render(markdown)
	if err != nil {
		t.Fatal(err)
	}
	return sections
}

func TestTheArticleIsCutAtItsHeadings(t *testing.T) {
	t.Parallel()
	got := render(t, "Before.\n\n## Do\n\n- One\n\n### Inside\n\nTwo\n\n## Don't\n\n- Three\n\n## When it's *late*\n\nFour\n")
	want := []guidance.Section{
		{ID: "opening", Kind: "text", HTML: "<p>Before.</p>"},
		{ID: "do", Heading: "Do", Kind: "do", HTML: "<ul>\n<li>One</li>\n</ul>\n<h3>Inside</h3>\n<p>Two</p>"},
		{ID: "dont", Heading: "Don’t", Kind: "dont", HTML: "<ul>\n<li>Three</li>\n</ul>"},
		{ID: "when-its-late", Heading: "When it’s late", Kind: "text", HTML: "<p>Four</p>"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAHeadingInsideAQuotationStartsNoSection(t *testing.T) {
	t.Parallel()
	got := render(t, "## Do\n\n> ## Quoted\n")
	want := []guidance.Section{{ID: "do", Heading: "Do", Kind: "do", HTML: "<blockquote>\n<h3>Quoted</h3>\n</blockquote>"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEveryHeadingWeDressHasItsKind(t *testing.T) {
	t.Parallel()
	for heading, kind := range map[string]string{
		"Call us now if": "call", "Steps": "steps", "Do": "do", "Don't": "dont", "Don’t": "dont", "A sentence you can say": "say",
		"What to write down": "record", "State notes": "states", "Related": "related", "Sources": "sources", "Anything else": "text",
	} {
		if got := render(t, "## "+heading+"\n\nText\n")[0].Kind; got != kind {
			t.Errorf("%s is %q, want %q", heading, got, kind)
		}
	}
}

func TestIDsAreUnique(t *testing.T) {
	t.Parallel()
	var got []string
	for _, s := range render(t, "## Do\n\n## Do 2\n\n## Do\n\n## Do\n\n## ???\n\n##\n\n## Main\n") {
		got = append(got, s.ID)
	}
	want := []string{"do", "do-2", "do-3", "do-4", "section", "section-2", "main-2"}
	if !slices.Equal(got, want) {
		t.Errorf("ids are %v, want %v", got, want)
	}
}

func TestInjectionIsGone(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{
		"<script>alert(1)</script>",
		"a <script>alert(1)</script> b",
		"<style>p{color:red}</style>",
		"<p style=\"color:red\" onclick=\"x()\" id=\"main\" class=\"button\">text</p>",
		"[text](javascript:alert(1))",
		"[text](JaVaScRiPt:alert(1))",
		"[text](&#106;avascript:alert(1))",
		"[text](java\tscript:alert(1))",
		"[text](vbscript:x) [text](data:text/html;base64,PHNjcmlwdD4=)",
		"<javascript:alert(1)>",
		"![alt](https://example.org/x.png)",
		"[text](https://example.org \"title\")",
		"[r]\n\n[r]: javascript:alert(1)",
		"<iframe src=\"https://example.org\"></iframe>",
		"<svg/onload=alert(1)>",
		"<img src=x onerror=alert(1)>",
		"| a |\n|:-:|\n| <b onclick=x>b</b> |",
	} {
		for _, markdown := range []string{hostile, "## Steps\n\n" + hostile, "## " + hostile} {
			for _, s := range render(t, markdown) {
				inspect(t, s)
			}
		}
	}
}

// inspect fails on anything an article's HTML may not hold.
func inspect(t *testing.T, s guidance.Section) {
	t.Helper()
	allowed := strings.Fields("p br hr strong em code pre blockquote ul ol li h3 h4 h5 h6 table thead tbody tr th td a")
	if strings.Contains(strings.ToLower(s.HTML), "<script") {
		t.Errorf("a script in %q", s.HTML)
	}
	z := html.NewTokenizer(strings.NewReader(s.HTML))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		if kind == html.CommentToken || kind == html.DoctypeToken {
			t.Errorf("a comment in %q", s.HTML)
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		token := z.Token()
		if !slices.Contains(allowed, token.Data) {
			t.Errorf("a <%s> in %q", token.Data, s.HTML)
		}
		for _, attr := range token.Attr {
			switch token.Data + " " + attr.Key {
			case "ol start":
			case "a rel":
				if attr.Val != "noopener" {
					t.Errorf("rel is %q", attr.Val)
				}
			case "a href":
				u, err := url.Parse(attr.Val)
				if err != nil || !slices.Contains([]string{"", "http", "https", "mailto", "tel"}, u.Scheme) {
					t.Errorf("a link to %q", attr.Val)
				}
			default:
				t.Errorf("%s on <%s> in %q", attr.Key, token.Data, s.HTML)
			}
		}
	}
}

func TestAllowedLinksAreKept(t *testing.T) {
	t.Parallel()
	for _, href := range []string{"https://example.org/a", "http://example.org", "/guidance/a", "#steps", "tel:911", "mailto:desk@example.org"} {
		got := render(t, "[text]("+href+")")[0].HTML
		if want := `<p><a href="` + href + `" rel="noopener">text</a></p>`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestARefusedLinkLeavesItsWords(t *testing.T) {
	t.Parallel()
	if got := render(t, "See [this](javascript:x).")[0].HTML; got != "<p>See this.</p>" {
		t.Errorf("got %s", got)
	}
}

func TestSearchTextHasNoMarkupAndStraightQuotes(t *testing.T) {
	t.Parallel()
	got := guidance.Plain("## Don't\n\n- **Never** [say](https://example.org) \"no\" & go\n- Two  <b>x</b>\n\n> Three\n")
	want := "Don't\nNever say \"no\" & go\nTwo x\nThree"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReadingTimeIsRoundedUp(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 1, 1: 1, 200: 1, 201: 2, 1000: 5} {
		if got := guidance.ReadingMinutes(strings.Repeat("word ", n)); got != want {
			t.Errorf("%d words take %d minutes, want %d", n, got, want)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"", "## Do\n\n- a", "<script>", "a <ScRiPt x>", "[a](javascript:b)", "## <script>\n<!-- ", "> ## h\n\n- # i", "| a |\n|--|\n| b |",
		"[a]: data:x\n\n[a]", "\x00\xff\r\n", "```html\n<script>\n```", "<scr<script>ipt>", "##\n##\n## section-2", "&lt;script&gt;",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, markdown string) {
		sections, err := guidance.Render(markdown)
		if err != nil {
			t.Fatal("Render failed")
		}
		seen := map[string]bool{}
		for _, s := range sections {
			inspect(t, s)
			if s.ID == "" || seen[s.ID] {
				t.Errorf("id %q is empty or taken", s.ID)
			}
			seen[s.ID] = true
		}
		guidance.Plain(markdown)
		if guidance.ReadingMinutes(markdown) < 1 {
			t.Error("takes no time to read")
		}
	})
}
