package correspondence

import (
	_ "embed"
	"encoding/json"
)

// Card is what to do in the first hour, on one page.
type Card struct {
	Code    string   `json:"code"`
	Title   string   `json:"title"`
	When    string   `json:"when"`
	First   string   `json:"first"`
	Steps   []string `json:"steps"`
	Say     []string `json:"say"`
	Call    []string `json:"call"`
	Not     []string `json:"not"`
	Sources []Source `json:"sources"`
}

// Source is where something is known from.
type Source struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

//go:embed cards.json
var cardsFile []byte

// Cards are all first-hour cards, in the order they are offered.
var Cards = func() []Card {
	var all []Card
	if err := json.Unmarshal(cardsFile, &all); err != nil {
		panic("cards.json: " + err.Error()) // ours, and tested
	}
	return all
}()

// CardOf is a card by its code.
func CardOf(code string) (Card, bool) {
	for _, c := range Cards {
		if c.Code == code {
			return c, true
		}
	}
	return Card{}, false
}

// Document is the card as it is saved and printed. phone is the desk's number.
func (c Card) Document(phone string) Document {
	call := append([]string{}, c.Call...)
	if phone != "" {
		call = append(call, "Our number: "+phone)
	}
	d := Document{Title: "First hour: " + c.Title, Blocks: []Block{
		{Kind: Title, Text: c.Title},
		{Kind: Paragraph, Text: "Someone in danger: call 911 first. A person in crisis: 988. " + c.First},
		{Kind: Heading, Text: "Do this, in this order"},
		{Kind: Numbered, Items: c.Steps},
		{Kind: Heading, Text: "Words to say"},
	}}
	for _, words := range c.Say {
		d.Blocks = append(d.Blocks, Block{Kind: Quote, Text: words})
	}
	d.Blocks = append(d.Blocks,
		Block{Kind: Heading, Text: "Whom to call"}, Block{Kind: Bullets, Items: call},
		Block{Kind: Heading, Text: "What not to do"}, Block{Kind: Bullets, Items: c.Not},
		Block{Kind: Small, Text: "General information, not legal advice; state law varies. Keep this card out of the chart. Sources: " + sourceNames(c.Sources) + "."})
	return d
}

func sourceNames(all []Source) string {
	names := ""
	for i, s := range all {
		if i > 0 {
			names += "; "
		}
		names += s.Name
	}
	return names
}
