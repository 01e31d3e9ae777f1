package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"hotline/app/fault"
	"hotline/app/guidance"
	"hotline/app/ticket"
	"hotline/app/triage"
	views "hotline/views/learning"
	requests "hotline/views/requests"
)

// nearPages are what helps somebody while they write a question.
type nearPages struct{ *Web }

// near reads what is being typed and answers with guidance and what cannot wait. It comes
// by POST: what somebody typed is in no address and no log.
func (p nearPages) near(c *gin.Context) error {
	return page(c, http.StatusOK, views.Nearby(p.nearTo(c, text(c, "question"), line(c, "topic"), "")))
}

// nearTo is what stands beside a question. Where it cannot be had the question is asked
// without.
func (w *Web) nearTo(c *gin.Context, typed, topic, key string) views.Near {
	n := views.Near{Action: "/requests/new/answered", Key: key}
	if typed = readableText(typed); typed == "" {
		return n
	}
	r := w.rooms.Learning.Read(c.Request.Context(), typed)
	n.Alert = w.alertFor(c, r)
	n.Pieces, _ = w.piecesFor(c, r, typed, topic)
	return n
}

// beside is the region beside a question that is being written.
func (w *Web) beside(c *gin.Context, f requests.Form) templ.Component {
	return views.Beside(w.nearTo(c, f.Question, f.Topic, ""))
}

// besideCheck is the same once it is read back: what cannot wait on top, if anything is,
// and the guidance further down.
func (w *Web) besideCheck(c *gin.Context, f requests.Form) (alert, near templ.Component) {
	n := w.nearTo(c, f.Question, f.Topic, f.Key)
	if n.Alert != nil {
		alert = n.Alert.Flash()
	}
	n.Alert = nil
	return alert, views.Nearby(n)
}

// dangers are the triggers in which somebody may come to harm.
var dangers = []string{"threat_of_violence", "suicidal_patient", "duty_to_warn", "abuse_reporting"}

// alertFor is what is said about the gravest thing that cannot wait; nil where all can.
func (w *Web) alertFor(c *gin.Context, r triage.Reading) *views.Alert {
	i := slices.IndexFunc(r.Triggers, func(t triage.Trigger) bool { return t.Level == string(ticket.Critical) })
	if i < 0 {
		return nil
	}
	t := r.Triggers[i]
	a := &views.Alert{Name: t.Name, Words: distinct(t.Words), First: t.First, Danger: slices.Contains(dangers, t.Code)}
	if times, ok := w.house.desk(c.Request.Context()); ok {
		a.Phone, a.PhoneTel = times.Desk.Phone, times.Desk.PhoneE164
	}
	return a
}

// answered: an article answered the question. First it keeps what was typed and asks once
// more; then the draft goes, and it is counted.
func (p nearPages) answered(c *gin.Context) error {
	ctx, by, slug := c.Request.Context(), who(c), line(c, "article")
	if c.PostForm("sure") != "" {
		if err := p.rooms.Guidance.Helped(ctx, by, slug, 0, true, guidance.InForm); err != nil {
			return err
		}
		if err := p.rooms.Tickets.DropDraft(ctx, by, line(c, "draft")); err != nil {
			return err
		}
		return see(c, "/requests/new/helped?"+url.Values{"article": {slug}}.Encode())
	}
	key := line(c, "draft")
	if _, typed := c.Request.PostForm["question"]; typed {
		form := formOf(formKey(c), func(name string) string { return text(c, name) })
		if uuid.Validate(form.Key) != nil {
			return fault.NotFound
		}
		err := p.rooms.Tickets.KeepDraft(ctx, by, ticket.Draft{ID: form.Key, Kind: "request", Fields: fieldsOf(form)})
		if err != nil {
			return requestPages(p).wrong(c, form, err)
		}
		key = form.Key
	}
	return see(c, "/requests/new/answered?"+url.Values{"draft": {key}, "article": {slug}}.Encode())
}

// end asks whether an article answered the question of a draft.
func (p nearPages) end(c *gin.Context) error {
	ctx, by, slug, key := c.Request.Context(), who(c), query(c, "article"), query(c, "draft")
	if _, err := p.rooms.Tickets.Draft(ctx, by, key); err != nil {
		return err
	}
	a, err := p.rooms.Guidance.Show(ctx, by, slug, 0)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.End(views.EndPage{Frame: p.frame(c, "Did this answer it?", "/requests"), Title: a.Title, URL: articleURL(slug), Slug: slug, Summary: a.Summary,
		Draft: key, BackURL: "/requests/new?draft=" + url.QueryEscape(key), Does: "/requests/new/answered"}))
}

func (p nearPages) helped(c *gin.Context) error {
	slug := query(c, "article")
	a, err := p.rooms.Guidance.Show(c.Request.Context(), who(c), slug, 0)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.HelpedBy(views.HelpedPage{Frame: p.frame(c, "Glad it helped", "/requests"), Title: a.Title, URL: articleURL(slug)}))
}

// papered are the triggers that a letter or a court paper raises.
var papered = []string{"suit", "notice_of_intent", "subpoena", "board_complaint", "attorney_request"}

// doubts are what the words of a question say and its answers do not: each with a way to
// say so at once. Nothing is changed for anybody.
func (w *Web) doubts(c *gin.Context, f requests.Form, hasDeadline bool) []requests.Doubt {
	ctx, typed := c.Request.Context(), readableText(f.Question)
	if typed == "" {
		return nil
	}
	r := w.rooms.Learning.Read(ctx, typed)
	var all []requests.Doubt
	asked := map[string]bool{}
	ask := func(t triage.Trigger, field, question, does string) {
		if asked[field] || t.Softer != "" {
			return
		}
		asked[field] = true
		d := requests.Doubt{Words: distinct(t.Words), Asks: question, Change: "/requests/new?draft=" + url.QueryEscape(f.Key) + "#" + field, Does: does}
		if field != "deadline_day" {
			d.Name, d.Value = field, "yes"
		}
		all = append(all, d)
	}
	for _, t := range r.Triggers {
		switch {
		case slices.Contains(dangers, t.Code) && !f.Danger:
			ask(t, "danger", "Is someone in danger?", "Yes, say that someone may be in danger")
		case slices.Contains(papered, t.Code) && !f.Papers:
			ask(t, "papers", "Are there legal papers?", "Yes, I have a letter or paper")
		case t.Code == "deadline" && !hasDeadline:
			ask(t, "deadline_day", "Do you have to act by a certain time?", "")
		}
	}
	if topic := r.Topic(); topic != f.Topic && r.Topics[0].P >= 0.5 {
		name := w.house.topicName(ctx, topic)
		all = append(all, requests.Doubt{Words: r.Topics[0].Words, Asks: "This reads like “" + name + "”. You chose “" + w.house.topicName(ctx, f.Topic) + "”.",
			Change: "/requests/new?draft=" + url.QueryEscape(f.Key) + "#topic", Name: "topic", Value: topic, Does: "Change it to “" + strings.TrimSpace(name) + "”"})
	}
	return all
}
