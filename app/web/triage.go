package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/learning"
	"hotline/app/ticket"
	"hotline/app/triage"
	views "hotline/views/learning"
	"hotline/views/ui"
)

// triagePages are where managers see and change what triage knows. No ticket's text is
// ever on them.
type triagePages struct{ *Web }

var triageReaders = []actor.Role{actor.Manager, actor.Administrator}

func (w *Web) triageRoutes() []route {
	p, ask, calls := triagePages{w}, nearPages{w}, heardPages{w}
	return []route{
		get("/triage", triageReaders, p.overview),
		post("/triage/trial", triageReaders, p.trial),
		get("/triage/topics/:code", triageReaders, p.topic),
		post("/triage/topics/:code", managers, p.setTopic),
		get("/triage/triggers/:code", triageReaders, p.trigger),
		post("/triage/triggers/:code", managers, p.setTrigger),
		get("/triage/models/:id", triageReaders, p.model),
		post("/triage/models/:id", managers, p.putBack),
		post("/requests/new/guidance", insuredP, ask.near),
		get("/requests/new/answered", insuredP, ask.end),
		post("/requests/new/answered", insuredP, ask.answered),
		get("/requests/new/helped", insuredP, ask.helped),
		post("/calls/reading", deskP, calls.reading),
	}
}

func (p triagePages) overview(c *gin.Context) error {
	return p.showOverview(c, http.StatusOK, views.Try{})
}

// trial reads a text that somebody tries. It is kept nowhere.
func (p triagePages) trial(c *gin.Context) error {
	try := views.Try{Text: text(c, "text")}
	switch {
	case strings.TrimSpace(try.Text) == "":
		try.Error = "Write a question to read."
	case utf8.RuneCountInString(try.Text) > ticket.Longest:
		try.Error = "That is longer than the 20,000 characters we take."
	default:
		try.Reading = p.tried(c, try.Text, p.rooms.Learning.Try(c.Request.Context(), try.Text))
	}
	status := http.StatusOK
	if try.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	return p.showOverview(c, status, try)
}

func (p triagePages) showOverview(c *gin.Context, status int, try views.Try) error {
	ctx, by := c.Request.Context(), who(c)
	o, err := p.rooms.Learning.Overview(ctx, by)
	if err != nil {
		return err
	}
	lex, err := p.rooms.Learning.Lexicon(ctx, by)
	if err != nil {
		return err
	}
	clock := p.clock(c)
	try.Action = "/triage/trial"
	view := views.OverviewPage{Frame: p.frame(c, "Triage", "/guidance"), Tabs: guidanceTabs(by, "/triage"), Try: try,
		InForce: views.Standing{Title: "The model that came with the program", URL: "/triage/models/0", Words: "It has not been compared with another here yet."}}
	if o.Model != nil {
		view.InForce = views.Standing{Title: "Model " + o.Model.Version, URL: modelURL(o.Model.ID), Words: learnedWords(*o.Model)}
	}
	if o.Term != nil {
		view.InForce.Words += " In force since " + said(clock, o.Term.FromAt).Words + putWords(*o.Term)
	}
	view.Figures, view.Measured = p.figures(o)
	view.Nightly = decidedWords(o.Labels, o.Corrected)
	if o.Labels == 0 {
		view.Nightly = "There are no decisions to learn from yet."
	}
	view.Topics, view.Triggers = p.entries(ctx, lex, o.Changes)
	for _, ch := range o.Changes {
		past := views.Past{Words: ch.ChangedBy + " changed " + p.partName(c, lex, ch.Part), When: said(clock, ch.ChangedAt).Words, URL: partURL(ch.Part)}
		if ch.AsItCame {
			past.Words = ch.ChangedBy + " put back " + p.partName(c, lex, ch.Part) + " as it came"
		}
		view.Changes = append(view.Changes, past)
	}
	view.Models = p.models(clock, o)
	return page(c, status, views.Overview(view))
}

// entries are the parts of the lexicon, each with how much there is and who changed it
// last. changes come newest first.
func (p triagePages) entries(ctx context.Context, lex triage.Lexicon, changes []learning.Change) (topics, triggers []views.Entry) {
	words := func(part string, phrases int) string {
		words := strconv.Itoa(phrases) + plural(phrases, " phrase")
		i := slices.IndexFunc(changes, func(ch learning.Change) bool { return ch.Part == part })
		if i < 0 || changes[i].AsItCame {
			return words
		}
		return words + ", changed by " + changes[i].ChangedBy
	}
	for _, t := range p.house.allTopics(ctx) {
		if phrases, ok := lex.Topics[t.Code]; ok {
			part := "topic:" + t.Code
			topics = append(topics, views.Entry{URL: partURL(part), Name: t.Name, Words: words(part, len(phrases))})
		}
	}
	for _, r := range lex.Triggers {
		n, part := len(r.Unless), "trigger:"+r.Code
		for _, one := range r.Patterns {
			n += len(one.Any)
		}
		triggers = append(triggers, views.Entry{URL: partURL(part), Name: r.Name, Level: r.Level, LevelWord: urgencyWord(ticket.Urgency(r.Level)), Words: words(part, n)})
	}
	return topics, triggers
}

func (p triagePages) partName(c *gin.Context, lex triage.Lexicon, part string) string {
	kind, code, _ := strings.Cut(part, ":")
	if kind == "topic" {
		return "the words of “" + p.house.topicName(c.Request.Context(), code) + "”"
	}
	for _, r := range lex.Triggers {
		if r.Code == code {
			return "the trigger “" + r.Name + "”"
		}
	}
	return "a trigger that is gone"
}

func partURL(part string) string {
	kind, code, _ := strings.Cut(part, ":")
	return "/triage/" + kind + "s/" + code
}

func modelURL(id int64) string { return "/triage/models/" + strconv.FormatInt(id, 10) }

func decidedWords(labels, corrected int) string {
	return fmt.Sprintf("%d%s decided by people, %d of them corrections.", labels, plural(labels, " ticket"), corrected)
}

func learnedWords(m learning.Made) string {
	return "Learned from " + decidedWords(m.Labels, m.Corrected)
}

func putWords(t learning.Term) string {
	if t.PutBy == "" {
		return "."
	}
	return ", put there by " + t.PutBy + ": " + t.Reason
}

// figures are how well the model in force reads, where that was measured: what it scored
// when it came, or what a later one was compared with.
func (p triagePages) figures(o *learning.Overview) (ui.Figures, string) {
	var s triage.Score
	switch {
	case o.Model != nil:
		s = o.Model.Scores.Is
	case len(o.Models) > 0:
		s = o.Models[0].Scores.Was
	default:
		return nil, ""
	}
	figure := func(label string, one triage.Share) ui.Figure {
		return ui.Figure{Label: label, Value: percent(one.Value()), Unit: "%", Words: shareWords(one)}
	}
	return ui.Figures{figure("Topic right", s.Topic), figure("Among the first two", s.Two), {Label: "Macro-F1", Value: fmt.Sprintf("%.2f", s.MacroF1), Words: "even over the topics"},
		figure("Critical caught", s.Caught), figure("False alarms", s.FalseAlarms)}, "On " + strconv.Itoa(s.N) + " questions it had not learned."
}

func percent(share float64) string { return strconv.Itoa(int(100*share + 0.5)) }

// shareWords is what stands behind a share: of how many, and how sure.
func shareWords(s triage.Share) string {
	if s.N == 0 {
		return "none to ask"
	}
	return fmt.Sprintf("%d of %d, 95 %% between %s and %s %%", s.K, s.N, percent(s.Low), percent(s.High))
}

func (p triagePages) models(clock ui.Clock, o *learning.Overview) ui.Table {
	t := ui.Table{Caption: "Models that nights made", Columns: []ui.Column{{Label: "Model"}, {Label: "Topic right", Number: true}, {Label: "What became of it"}}}
	for _, m := range o.Models {
		became := "Taken"
		if o.Model != nil && o.Model.ID == m.ID {
			became = "In force"
		}
		if m.RefusedWhy != "" {
			became = "Refused. " + m.RefusedWhy
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: m.Version, URL: modelURL(m.ID), Note: said(clock, m.TrainedAt).Words},
			{Text: percent(m.Scores.Is.Topic.Value()) + " %", Note: "before: " + percent(m.Scores.Was.Topic.Value()) + " %"}, {Text: became}})
	}
	return t
}

// tried is a reading as the pages of triage show it.
func (p triagePages) tried(c *gin.Context, typed string, r triage.Reading) *views.Tried {
	ctx := c.Request.Context()
	t := &views.Tried{Evidence: ui.Evidence{Words: typed, Fired: firedIn(r)}, Urgency: r.Urgency, Word: urgencyWord(ticket.Urgency(r.Urgency)), Because: r.Because, Triggers: triggersOf(r)}
	for i, one := range r.Topics {
		if i > 2 || one.P < 0.02 {
			break
		}
		t.Topics = append(t.Topics, views.Likely{Name: p.house.topicName(ctx, one.Code), Percent: percent(one.P) + " %", Width: percent(one.P), Words: one.Words})
	}
	pieces, asked := p.piecesFor(c, r, "", "")
	t.Articles, t.Unasked = pieces, !asked
	return t
}
