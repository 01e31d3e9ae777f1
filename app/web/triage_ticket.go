package web

import (
	"context"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/guidance"
	"hotline/app/ticket"
	"hotline/app/triage"
	views "hotline/views/learning"
)

// readsAs is what a ticket's words come to, with a way to make it so. Nothing is changed
// by itself.
func (p deskPages) readsAs(c *gin.Context, s *ticket.Sheet, r triage.Reading, at deskPlace) *views.Reads {
	if readableText(s.Question) == "" && len(r.Triggers) == 0 {
		return nil
	}
	ctx, path := c.Request.Context(), "/tickets/"+s.Number
	v := &views.Reads{Since: strconv.FormatInt(s.Seen, 10), As: "Reads as " + p.asItReads(ctx, r), Because: r.Topics[0].Words, Triggers: triggersOf(r)}
	if s.Status == ticket.Resolved {
		return v
	}
	if topic := r.Topic(); topic != s.Topic {
		v.Topic, v.TopicAction, v.TopicLabel = topic, at.on(path+"/topic"), "Change the topic to “"+p.house.topicName(ctx, topic)+"”"
	}
	if graver(r.Urgency, string(s.Urgency)) {
		v.Urgency, v.UrgencyAction = r.Urgency, at.on(path+"/urgency")
		v.UrgencyLabel, v.Reason = "Make it "+lowerFirst(urgencyWord(ticket.Urgency(r.Urgency))), "By its words. "+r.Because
	}
	return v
}

// graver says whether one urgency is graver than another.
func graver(one, other string) bool {
	return slices.Index(triage.Urgencies, one) < slices.Index(triage.Urgencies, other)
}

// fitsOn are the articles that fit a ticket: what triage reads first, then what guidance
// finds by words and topic, each with the words it fits by.
func (w *Web) fitsOn(ctx context.Context, by actor.Actor, s *ticket.Sheet) ([]guidance.Hit, error) {
	words := s.Title + " " + s.Question
	fits, err := w.fitting(ctx, by, w.rooms.Learning.Read(ctx, words), words, s.Topic, mostFits)
	var hits []guidance.Hit
	for _, f := range fits {
		f.Matched = f.why()
		hits = append(hits, f.Hit)
	}
	return hits, err
}
