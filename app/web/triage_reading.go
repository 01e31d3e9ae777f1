package web

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/guidance"
	"hotline/app/ticket"
	"hotline/app/triage"
	views "hotline/views/learning"
	"hotline/views/ui"
)

// enoughWords is how much must be written before anything is said of it.
const enoughWords = 40

// readableText is a text as far as it is read: none while it is too short, and not beyond what
// a field takes.
func readableText(typed string) string {
	typed = strings.TrimSpace(typed)
	if utf8.RuneCountInString(typed) < enoughWords {
		return ""
	}
	if runes := []rune(typed); len(runes) > ticket.Longest {
		return string(runes[:ticket.Longest])
	}
	return typed
}

// fit is an article that fits, and the words it fits by.
type fit struct {
	guidance.Hit
	Because []string
}

// mostWhy is how many of those words are shown.
const mostWhy = 3

func (f fit) why() []string { return f.Because[:min(len(f.Because), mostWhy)] }

// worthShowing is how likely an article has to be before a page offers it because of the
// reading alone: one in twelve. Below it, what its words find in guidance comes first.
const worthShowing = 0.08

// fitting are the articles that fit a text: those its reading names, then those that
// guidance finds by its words, as far as by may read them. Without a text only the first.
func (w *Web) fitting(ctx context.Context, by actor.Actor, r triage.Reading, typed, topic string, most int) ([]fit, error) {
	var hits []guidance.Hit
	if typed != "" {
		if topic == "" {
			topic = r.Topic()
		}
		found, err := w.rooms.Guidance.Suggest(ctx, by, typed, topic, 2*most)
		if err != nil {
			return nil, err
		}
		hits = found
	}
	var missing []string
	likely := slices.DeleteFunc(slices.Clone(r.Articles), func(a triage.Scored) bool { return a.P < worthShowing })
	for _, a := range likely {
		if !slices.ContainsFunc(hits, func(h guidance.Hit) bool { return h.Slug == a.Code }) {
			missing = append(missing, a.Code)
		}
	}
	named, err := w.rooms.Guidance.Named(ctx, by, missing)
	if err != nil {
		return nil, err
	}
	hits = append(hits, named...)
	var out []fit
	for _, a := range likely {
		if i := slices.IndexFunc(hits, func(h guidance.Hit) bool { return h.Slug == a.Code }); i >= 0 {
			f := fit{hits[i], a.Words}
			if len(f.Because) == 0 {
				f.Because = f.Matched
			}
			out = append(out, f)
		}
	}
	for _, h := range hits {
		if !slices.ContainsFunc(out, func(f fit) bool { return f.Slug == h.Slug }) {
			out = append(out, fit{h, h.Matched})
		}
	}
	return out[:min(len(out), most)], nil
}

// mostFits is how many articles are offered at once.
const mostFits = 3

// piecesFor are the articles that fit, as a page shows them. Where guidance cannot be asked
// (asked is false) the page is shown without them.
func (w *Web) piecesFor(c *gin.Context, r triage.Reading, typed, topic string) (pieces []views.Piece, asked bool) {
	fits, err := w.fitting(c.Request.Context(), who(c), r, typed, topic, mostFits)
	if err != nil {
		slog.Error("guidance for what is written", "route", c.FullPath(), "error", safely(err))
		return nil, false
	}
	for _, f := range fits {
		pieces = append(pieces, views.Piece{Slug: f.Slug, Title: f.Title, URL: articleURL(f.Slug), Summary: f.Summary, Words: f.why()})
	}
	return pieces, true
}

// triggersOf are the triggers of a reading as they are shown.
func triggersOf(r triage.Reading) []views.Trigger {
	var all []views.Trigger
	for _, t := range r.Triggers {
		all = append(all, views.Trigger{Level: t.Level, LevelWord: urgencyWord(ticket.Urgency(t.Level)), Name: t.Name, Words: distinct(t.Words),
			Softer: softerWords[t.Softer], First: t.First, HandOff: t.HandOff})
	}
	return all
}

// softerWords say why a trigger counts less than it would.
var softerWords = map[string]string{"hypothetical": "asked as a supposition", "past": "past or closed, so one level less"}

// firedIn is where the triggers of a reading fired.
func firedIn(r triage.Reading) []ui.Span {
	var all []ui.Span
	for _, t := range r.Triggers {
		for _, s := range t.Spans {
			all = append(all, ui.Span{Start: s.Start, End: s.End})
		}
	}
	return all
}

// asItReads says what a text reads as: "Ending a patient's care, 87 %; also …".
func (w *Web) asItReads(ctx context.Context, r triage.Reading) string {
	words := w.house.topicName(ctx, r.Topic()) + ", " + percent(r.Topics[0].P) + " %"
	if len(r.Topics) > 1 && r.Topics[1].P >= 0.1 {
		words += "; also " + w.house.topicName(ctx, r.Topics[1].Code) + ", " + percent(r.Topics[1].P) + " %"
	}
	return words
}
