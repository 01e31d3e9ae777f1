package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/learning"
	"hotline/app/triage"
	views "hotline/views/learning"
	"hotline/views/ui"
)

func (p triagePages) model(c *gin.Context) error { return p.showModel(c, http.StatusOK, nil) }

// showModel is one model; 0 is the one that came with the program.
func (p triagePages) showModel(c *gin.Context, status int, problems []ui.Problem) error {
	o, err := p.rooms.Learning.Overview(c.Request.Context(), who(c))
	if err != nil {
		return err
	}
	id, clock := number(c.Param("id")), p.clock(c)
	v := views.ModelPage{BackURL: "/triage", Problems: problems, Reason: text(c, "reason"), Seen: "0",
		Title: "The model that came with the program", Lede: "Trained on questions collected and written for it. It learned from no ticket."}
	now := int64(0)
	if o.Term != nil {
		v.Seen, now = strconv.FormatInt(o.Term.ID, 10), o.Term.ModelID
	}
	var m *learning.Made
	for i := range o.Models {
		if o.Models[i].ID == id {
			m = &o.Models[i]
		}
	}
	switch {
	case m != nil:
		v.Title, v.Lede, v.Refused = "Model "+m.Version, "Made "+said(clock, m.TrainedAt).Words+". "+learnedWords(*m), m.RefusedWhy
		v.Scores = scoresTable(m.Scores)
		v.Triggers, v.Confusion = triggersTable(m.Scores.Is), p.confusionTable(c, m.Scores.Is)
	case id != 0 || c.Param("id") != "0":
		return fault.NotFound
	}
	for _, t := range o.Terms {
		if t.ModelID == id {
			v.Terms = append(v.Terms, views.Past{Words: "Put in force" + putBy(t), When: said(clock, t.FromAt).Words})
		}
	}
	if id != now && v.Refused == "" && who(c).Is(actor.Manager) {
		v.Action = modelURL(id)
	}
	v.Frame = p.frame(c, v.Title, "/guidance")
	return page(c, status, views.Model(v))
}

func putBy(t learning.Term) string {
	if t.PutBy == "" {
		return ": it read better"
	}
	return " by " + t.PutBy + ": " + t.Reason
}

// putBack puts an earlier model in force, with a reason.
func (p triagePages) putBack(c *gin.Context) error {
	err := p.rooms.Learning.PutBack(c.Request.Context(), who(c), number(c.Param("id")), number(c.PostForm("seen")), text(c, "reason"))
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return p.showModel(c, http.StatusUnprocessableEntity, problemsOf(bad))
	}
	if words := fault.Sentence(err); words != "" && errors.Is(err, fault.Conflict) {
		return p.showModel(c, http.StatusConflict, []ui.Problem{{Message: words}})
	}
	if err != nil {
		return err
	}
	p.flash(c, "It is in force.")
	return see(c, "/triage")
}

func shareCell(s triage.Share) ui.Cell {
	if s.N == 0 {
		return ui.Cell{Text: "–"}
	}
	return ui.Cell{Text: percent(s.Value()) + " %", Note: fmt.Sprintf("%d of %d (%s–%s %%)", s.K, s.N, percent(s.Low), percent(s.High))}
}

func scoresTable(s learning.Scores) ui.Table {
	t := ui.Table{Caption: "How well it read", Columns: []ui.Column{{Label: "On the same " + strconv.Itoa(s.Is.N) + " questions"}, {Label: "In force before", Number: true}, {Label: "This one", Number: true}}}
	add := func(label string, was, is triage.Share) {
		t.Rows = append(t.Rows, []ui.Cell{{Text: label}, shareCell(was), shareCell(is)})
	}
	add("Topic right", s.Was.Topic, s.Is.Topic)
	add("Topic among the first two", s.Was.Two, s.Is.Two)
	t.Rows = append(t.Rows, []ui.Cell{{Text: "Macro-F1 over the topics"}, {Text: fmt.Sprintf("%.3f", s.Was.MacroF1)}, {Text: fmt.Sprintf("%.3f", s.Is.MacroF1)}})
	add("Critical ones caught", s.Was.Caught, s.Is.Caught)
	add("False alarms", s.Was.FalseAlarms, s.Is.FalseAlarms)
	return t
}

func triggersTable(s triage.Score) ui.Table {
	t := ui.Table{Caption: "Triggers", Columns: []ui.Column{{Label: "Trigger"}, {Label: "Of those it found, right", Number: true}, {Label: "Of those there are, found", Number: true}}}
	names := map[string]string{}
	for _, r := range triage.EmbeddedLexicon().Triggers {
		names[r.Code] = r.Name
	}
	for _, one := range s.Triggers {
		t.Rows = append(t.Rows, []ui.Cell{{Text: orWords(names[one.Code], one.Code)}, shareCell(one.Precision), shareCell(one.Recall)})
	}
	return t
}

func (p triagePages) confusionTable(c *gin.Context, s triage.Score) ui.Table {
	t := ui.Table{Caption: "What it took for what", Columns: []ui.Column{{Label: "What it was"}, {Label: "Right", Number: true}, {Label: "Taken most often for"}}}
	for i, row := range s.Confusion {
		all, most := 0, -1
		for j, n := range row {
			all += n
			if j != i && n > 0 && (most < 0 || n > row[most]) {
				most = j
			}
		}
		if all == 0 {
			continue
		}
		cells := []ui.Cell{{Text: p.house.topicName(c.Request.Context(), triage.Topics[i])}, {Text: fmt.Sprintf("%d of %d", row[i], all)}, {Text: "–"}}
		if most >= 0 {
			cells[2].Text = fmt.Sprintf("%s, %d", p.house.topicName(c.Request.Context(), triage.Topics[most]), row[most])
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}
