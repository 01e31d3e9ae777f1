package guidance_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"hotline/app/guidance"
)

// harmless fails where a rendered article could do anything but be read.
func harmless(t *testing.T, markdown string) {
	t.Helper()
	sections, err := guidance.Render(markdown)
	if err != nil {
		t.Fatalf("%.60q: %v", markdown, err)
	}
	for _, s := range sections {
		if strings.ContainsRune(s.HTML+s.Heading, 0) {
			t.Errorf("%.60q: a NUL comes through", markdown)
		}
		z := html.NewTokenizer(strings.NewReader(s.HTML))
		for z.Next() != html.ErrorToken {
			token := z.Token()
			if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
				continue
			}
			switch token.Data {
			case "script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "img", "link", "meta", "base", "template":
				t.Errorf("%.60q: <%s>", markdown, token.Data)
			}
			for _, a := range token.Attr {
				scheme, _, found := strings.Cut(strings.ToLower(strings.TrimSpace(a.Val)), ":")
				switch {
				case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "id", a.Key == "class", a.Key == "src":
					t.Errorf("%.60q: %s", markdown, a.Key)
				case a.Key == "href" && found && !strings.ContainsAny(scheme, "/?#") && scheme != "http" && scheme != "https" && scheme != "mailto" && scheme != "tel":
					t.Errorf("%.60q: a link to %s", markdown, scheme)
				}
			}
		}
	}
}

var hostile = []string{
	"<script>alert(1)</script>", "## Steps\n\n1. <img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))",
	"[x](java\tscript:alert(1))", "[x]( javascript:alert(1))", "[x](vbscript:x)", "[x](data:text/html;base64,PHNjcmlwdD4=)", "<javascript:alert(1)>", "![x](https://e.example/x.png)",
	"[x]: javascript:alert(1)\n\n[x]", "<a href=\"javascript:alert(1)\">x</a>", "<svg/onload=alert(1)>", "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
	"## <script>alert(1)</script>\n\nx", "## Related\n\n- [x](//evil.example)", "a\x00b<scr\x00ipt>alert(1)</scr\x00ipt>", "<style>*{}</style>", "<iframe src=//e.example>",
	"`<script>`", "    <script>alert(1)</script>", "```html\n<script>alert(1)</script>\n```", "> <base href=//e.example>", "| <script> |\n|---|\n| <script> |",
	"<!--<script>-->", "<![CDATA[<script>]]>", "\u202egnp.exe", "[a](https://x\"onmouseover=alert(1))", "[a](<https://x> \"on\" onclick=x)",
}

func TestNothingAnEditorWritesDoesMoreThanBeRead(t *testing.T) {
	t.Parallel()
	for _, words := range hostile {
		for _, around := range []string{"%", "## Call us now if\n\n- %\n", "## State notes\n\n- **%** %\n- **Every other state** %\n", "## A sentence you can say\n\n> %\n", "- - - %\n"} {
			harmless(t, strings.ReplaceAll(around, "%", words))
		}
	}
}

func FuzzRendered(f *testing.F) {
	for _, words := range hostile {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, markdown string) {
		if len(markdown) < 4000 {
			harmless(t, markdown)
		}
	})
}
