// Package guidance keeps the articles physicians and consultants read.
package guidance

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// Section is one part of an article, from its heading to the next. HTML is
// sanitised and leaves the heading out, so that the page can dress each Kind.
type Section struct {
	ID      string // unique in the article, fit for an anchor
	Heading string // plain text, not escaped; empty for text before the first heading
	Kind    string // call, steps, do, dont, say, record, states, related, sources, text
	HTML    string
}

// kinds names the headings the page dresses; every other heading is text.
var kinds = map[string]string{
	"call us now if":         "call",
	"steps":                  "steps",
	"do":                     "do",
	"don't":                  "dont",
	"a sentence you can say": "say",
	"what to write down":     "record",
	"state notes":            "states",
	"related":                "related",
	"sources":                "sources",
}

var (
	// onPage curls quotes and draws dashes; inSearch leaves them as people type them.
	onPage   = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Typographer))
	inSearch = goldmark.New(goldmark.WithExtensions(extension.Table))
	clean    = policy()
)

// Render turns an article's Markdown into its sections. It is pure: the same
// text gives the same sections. Tags written by hand are dropped (words between
// them stay, as words), and so are images, styles, and links other than http,
// https, mailto, tel and relative ones.
func Render(markdown string) ([]Section, error) {
	return render(onPage, markdown)
}

func render(md goldmark.Markdown, markdown string) ([]Section, error) {
	source := []byte(plainBreaks(markdown))
	doc := md.Parser().Parse(text.NewReader(source))
	tidy(doc, source)

	// The page's own landmark is #main.
	taken := map[string]int{"main": 1}
	var sections []Section
	for _, p := range split(doc) {
		body, err := write(md, source, p.body...)
		if err != nil {
			return nil, err
		}
		if p.heading == nil {
			if body == "" {
				continue
			}
			sections = append(sections, Section{ID: anchor("opening", taken), Kind: "text", HTML: body})
			continue
		}
		title, err := write(md, source, p.heading)
		if err != nil {
			return nil, err
		}
		heading := strings.Join(strings.Fields(words(title)), " ")
		sections = append(sections, Section{ID: anchor(heading, taken), Heading: heading, Kind: kindOf(heading), HTML: body})
	}
	return sections, nil
}

// Plain is the article's text without any markup, one line a paragraph.
func Plain(markdown string) string { return plainBut(markdown) }

// sought is what an article is searched by: its text without what it borrows from
// others, the titles of related articles and of sources.
func sought(markdown string) string { return plainBut(markdown, "related", "sources") }

// plainBut is the text of every section but those of the kinds left out.
func plainBut(markdown string, without ...string) string {
	sections, err := render(inSearch, markdown)
	if err != nil {
		return "" // an article that cannot be shown has nothing to find
	}
	var lines []string
	for _, s := range sections {
		if slices.Contains(without, s.Kind) {
			continue
		}
		lines = append(lines, s.Heading)
		lines = append(lines, strings.Split(words(s.HTML), "\n")...)
	}
	kept := lines[:0]
	for _, line := range lines {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// wordsPerMinute is a house figure: slower than a novel, because these pages are read to act on.
const wordsPerMinute = 200

// ReadingMinutes is how long the article takes to read, rounded up, never less than one.
func ReadingMinutes(markdown string) int {
	return max(1, (Words(markdown)+wordsPerMinute-1)/wordsPerMinute)
}

type part struct {
	heading ast.Node
	body    []ast.Node
}

// split cuts the document at its first- and second-level headings.
func split(doc ast.Node) []part {
	parts := []part{{}}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level <= 2 {
			parts = append(parts, part{heading: n})
			continue
		}
		last := &parts[len(parts)-1]
		last.body = append(last.body, n)
	}
	return parts
}

// tidy takes out what must not reach a reader, before anything is written.
func tidy(doc ast.Node, source []byte) {
	var drop []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.HTMLBlock, *ast.RawHTML:
			drop = append(drop, n)
		case *ast.Link:
			guard(n, string(n.Destination))
		case *ast.AutoLink:
			guard(n, string(n.URL(source)))
		case *ast.Heading:
			// A heading inside a quotation or a list starts no section.
			if n.Parent() != doc && n.Level < 3 {
				n.Level = 3
			}
		}
		return ast.WalkContinue, nil // the walk itself cannot fail
	})
	for _, n := range drop {
		n.Parent().RemoveChild(n.Parent(), n)
	}
}

// guard marks a link we allow. One we do not allow gets no attribute, and the
// policy then takes the whole tag away and leaves its words.
func guard(n ast.Node, destination string) {
	if u, err := url.Parse(destination); err == nil && allowedScheme(u.Scheme) {
		n.SetAttributeString("rel", []byte("noopener"))
	}
}

func allowedScheme(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "", "http", "https", "mailto", "tel":
		return true
	}
	return false
}

// policy is what may stand in an article: words, lists, tables, quotations, links.
func policy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "strong", "em", "code", "pre", "blockquote",
		"ul", "ol", "li", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^noopener$`)).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
}

func write(md goldmark.Markdown, source []byte, nodes ...ast.Node) (string, error) {
	var out bytes.Buffer
	for _, n := range nodes {
		if err := md.Renderer().Render(&out, source, n); err != nil {
			return "", fmt.Errorf("guidance: writing a section: %w", err)
		}
	}
	return strings.TrimSpace(clean.Sanitize(out.String())), nil
}

func kindOf(heading string) string {
	plain := strings.ToLower(strings.ReplaceAll(heading, "’", "'"))
	if kind, ok := kinds[plain]; ok {
		return kind
	}
	return "text"
}

// anchor derives an id from a heading and makes it unique among those taken.
// Taken counts, for each base, how far its numbers are used up, so that a
// thousand equal headings do not cost a thousand look-ups each.
func anchor(heading string, taken map[string]int) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(heading) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case r == '\'' || r == '’': // don't becomes dont, not don-t
		default:
			gap = true
		}
	}
	base := b.String()
	if base == "" {
		base = "section"
	}
	id := base
	for taken[id] > 0 {
		taken[base]++
		id = base + "-" + strconv.Itoa(taken[base])
	}
	taken[id] = 1
	return id
}

// words is the text of sanitised HTML, with a line break where a block ends.
func words(fragment string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.WriteString(html.UnescapeString(string(z.Raw())))
		case html.EndTagToken, html.SelfClosingTagToken, html.StartTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "p", "br", "hr", "li", "blockquote", "pre", "h3", "h4", "h5", "h6", "tr", "td", "th":
				b.WriteByte('\n')
			}
		}
	}
}

var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// plainBreaks gives text from any keyboard the breaks and letters Markdown expects.
func plainBreaks(s string) string { return breaks.Replace(strings.ToValidUTF8(s, "\uFFFD")) }
