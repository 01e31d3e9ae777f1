package guidance

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Item is one entry of a section's list. Lead is the bold words it begins with, as plain
// text; HTML is the rest, sanitised.
type Item struct {
	Lead, HTML string
}

// Items takes a section's HTML apart: the entries of the list it begins with, or the
// paragraphs of the quotation it begins with, and what follows.
func Items(fragment string) (items []Item, rest string, err error) {
	nodes, err := html.ParseFragment(strings.NewReader(fragment), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return nil, "", err
	}
	nodes = slices.DeleteFunc(nodes, blank)
	if len(nodes) == 0 || !slices.Contains([]atom.Atom{atom.Ul, atom.Ol, atom.Blockquote}, nodes[0].DataAtom) {
		return nil, fragment, nil
	}
	for n := range nodes[0].ChildNodes() {
		if n.DataAtom != atom.Li && n.DataAtom != atom.P {
			continue
		}
		item, err := itemOf(n)
		if err != nil {
			return nil, "", err
		}
		items = append(items, item)
	}
	rest, err = written(nodes[1:])
	return items, rest, err
}

func itemOf(li *html.Node) (Item, error) {
	nodes := inside(li)
	if len(nodes) > 0 && nodes[0].DataAtom == atom.P {
		// A list with space between its entries has them in paragraphs.
		nodes = append(inside(nodes[0]), nodes[1:]...)
	}
	var item Item
	if len(nodes) > 0 && nodes[0].DataAtom == atom.Strong {
		item.Lead = strings.Join(strings.Fields(textOf(nodes[0])), " ")
		nodes = nodes[1:]
	}
	var err error
	item.HTML, err = written(nodes)
	return item, err
}

func inside(n *html.Node) []*html.Node {
	var nodes []*html.Node
	for child := range n.ChildNodes() {
		if len(nodes) > 0 || !blank(child) {
			nodes = append(nodes, child)
		}
	}
	return nodes
}

func blank(n *html.Node) bool { return n.Type == html.TextNode && strings.TrimSpace(n.Data) == "" }

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func written(nodes []*html.Node) (string, error) {
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(b.String()), nil
}

// elsewhere begins the state note for every state that has none of its own.
const elsewhere = "every other state"

// Elsewhere says whether a state note is the one for every state without its own.
func (i Item) Elsewhere() bool { return strings.EqualFold(i.Lead, elsewhere) }

// Names are the states a state note speaks of: "Maryland, Virginia and the District of
// Columbia" are three.
func (i Item) Names() []string {
	if i.Elsewhere() {
		return nil
	}
	var names []string
	for part := range strings.SplitSeq(strings.ReplaceAll(i.Lead, " and ", ", "), ",") {
		name := strings.TrimPrefix(strings.TrimSpace(part), "the ")
		if name = strings.Trim(name, ".: "); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// States are the states an article's notes speak of by name.
func States(markdown string) ([]string, error) {
	sections, err := Render(markdown)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range sections {
		if s.Kind != "states" {
			continue
		}
		notes, _, err := Items(s.HTML)
		if err != nil {
			return nil, err
		}
		for _, note := range notes {
			names = append(names, note.Names()...)
		}
	}
	return names, nil
}
