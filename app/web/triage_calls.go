package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/ticket"
	"hotline/app/triage"
	calls "hotline/views/calls"
	views "hotline/views/learning"
)

// heardPages are what a consultant is told while a caller speaks.
type heardPages struct{ *Web }

// reading reads what is being written down. By POST: it is in no address and no log.
func (p heardPages) reading(c *gin.Context) error {
	h := p.heard(c, calls.Form{Narrative: text(c, "narrative"), Topic: line(c, "topic"), Urgency: line(c, "urgency"), Ticket: line(c, "ticket")})
	return page(c, http.StatusOK, views.Told(h))
}

// heardBy is the same as the form holds it from the start.
func (w *Web) heardBy(c *gin.Context, f calls.Form) calls.Heard {
	h := w.heard(c, f)
	return calls.Heard{Found: views.Listening(h), Topic: views.HeardTopic(h, false), Urgency: views.HeardUrgency(h, false), Articles: views.HeardArticles(h, false)}
}

// heard is what a narrative comes to, beside what somebody chose already: a choice is theirs.
func (w *Web) heard(c *gin.Context, f calls.Form) views.Heard {
	ctx := c.Request.Context()
	h := views.Heard{OnATicket: f.Ticket != ""}
	typed := readableText(f.Narrative)
	if typed == "" {
		return h
	}
	r := w.rooms.Learning.Read(ctx, typed)
	h.Triggers, h.Because = triggersOf(r), r.Because
	for i, one := range r.Topics {
		if i > 1 || one.P < 0.2 && i > 0 {
			break
		}
		for n, t := range w.house.allTopics(ctx) {
			if t.Code == one.Code {
				h.Topics = append(h.Topics, views.Use{ID: "use-topic-" + strconv.Itoa(i+1), Label: t.Name, Picks: nthID("topic", n), Chosen: f.Topic == t.Code})
			}
		}
	}
	h.TopicWhy = r.Topics[0].Words
	for n, level := range triage.Urgencies {
		if level == r.Urgency {
			h.Urgency = &views.Use{ID: "use-urgency", Label: urgencyWord(ticket.Urgency(level)), Picks: nthID("urgency", n), Chosen: f.Urgency == level}
		}
	}
	h.Articles, _ = w.piecesFor(c, r, typed, f.Topic)
	return h
}

// nthID is the id of the nth control of a group, from 0, as views/ui gives it.
func nthID(id string, n int) string {
	if n == 0 {
		return id
	}
	return id + "-" + strconv.Itoa(n+1)
}
