package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"hotline/app/correspondence"
	"hotline/app/fault"
	views "hotline/views/letters"
)

// cardIcons and cardTopics dress the cards: the sign beside each, and what a question
// about it is filed under.
var (
	cardIcons  = map[string]string{"subpoena": "file-check", "attorney": "file-text", "police": "shield-check", "press": "voicemail", "event": "octagon-alert"}
	cardTopics = map[string]string{"subpoena": "other_liability", "attorney": "other_liability", "police": "privacy_disclosure", "press": "privacy_disclosure", "event": "transparency_records"}
)

func (p letterPages) cards(c *gin.Context) error {
	view := views.CardsPage{Place: p.place(c, "The first hour")}
	for _, card := range correspondence.Cards {
		view.Cards = append(view.Cards, views.Tool{Icon: cardIcons[card.Code], Title: card.Title, URL: "/letters/first-hour/" + card.Code, Words: card.When})
	}
	return page(c, http.StatusOK, views.Cards(view))
}

func (p letterPages) card(c *gin.Context) error {
	card, known := correspondence.CardOf(c.Param("card"))
	if !known {
		return fault.NotFound
	}
	view := views.CardPage{Place: p.place(c, card.Title), Title: card.Title, First: card.First, Steps: card.Steps, Say: card.Say, Call: card.Call, Not: card.Not,
		Save: downloads("/letters/first-hour/"+card.Code, cardName(card), "")}
	view.Back = views.Link{Label: "The first hour", URL: "/letters/first-hour"}
	for _, s := range card.Sources {
		view.Sources = append(view.Sources, views.Link{Label: s.Name, URL: s.URL})
	}
	if who(c).Insured() {
		view.AskURL = askURL(cardTopics[card.Code])
	}
	return page(c, http.StatusOK, views.Card(view))
}

func cardName(card correspondence.Card) string { return "first-hour-" + card.Code }

func (p letterPages) cardFile(c *gin.Context) error {
	card, known := correspondence.CardOf(c.Param("card"))
	if !known {
		return fault.NotFound
	}
	return sendFile(c, cardName(card), card.Document(p.bareFrame(c, "").DeskPhone))
}
