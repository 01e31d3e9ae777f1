package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/calendars"
	"hotline/views/ui"
)

var (
	urgencyOrder = desk.Urgencies
	promiseKinds = []struct{ code, words string }{{desk.FirstAnswer, "First answer"}, {desk.NextAnswer, "Next answer"}, {desk.Resolution, "Resolution"}}
)

const (
	longestHours = 2000 // more than any promise; a year of any desk's open hours and then some
	topicRows    = 100
)

// targets is what a desk promises, in a form.
func (p calendarPages) targets(c *gin.Context) error {
	s, err := p.standing(c)
	if err != nil {
		return err
	}
	return p.promises(c, http.StatusOK, s, promisesOf(s.times), nil)
}

// typedPromises is the form of the promises as typed, and what was made of it.
type typedPromises struct {
	groups []views.Group
	rows   []views.TopicRow
	all    []desk.Promise
	was    string
	above  []ui.Problem
}

// printOf tells two sets of promises apart.
func printOf(all []desk.Promise) string {
	sum := sha256.Sum256(fmt.Append(nil, all))
	return hex.EncodeToString(sum[:8])
}

// promisesOf is the form for what is in force. A first answer shows what holds even
// where nobody has set it.
func promisesOf(times desk.Times) *typedPromises {
	all := times.Promises()
	t := &typedPromises{was: printOf(all)}
	for _, urgency := range urgencyOrder {
		g := newGroup(urgency)
		for i, kind := range promiseKinds {
			promise, ok := times.Promise(kind.code, "", urgency)
			set := slices.ContainsFunc(all, func(o desk.Promise) bool { return o.Kind == kind.code && o.Topic == "" && o.Urgency == urgency })
			if ok && (set || kind.code == desk.FirstAnswer) {
				l := &g.Lengths[i]
				l.Hours, l.Minutes, l.Always = strconv.Itoa(promise.Minutes/60), minutesLeft(promise.Minutes), promise.Always
				l.MayAlways = l.MayAlways || promise.Always
			}
		}
		t.groups = append(t.groups, g)
	}
	for _, o := range all {
		if o.Topic != "" {
			t.rows = append(t.rows, views.TopicRow{Topic: o.Topic, Kind: o.Kind, Urgency: o.Urgency, Hours: strconv.Itoa(o.Minutes / 60), Minutes: minutesLeft(o.Minutes), Always: o.Always})
		}
	}
	return t
}

func newGroup(urgency string) views.Group {
	g := views.Group{Urgency: urgency, Word: urgencyWords[ticket.Urgency(urgency)]}
	for _, kind := range promiseKinds {
		g.Lengths = append(g.Lengths, views.Length{Name: desk.Promise{Kind: kind.code, Urgency: urgency}.Field(), Label: kind.words,
			Optional: kind.code != desk.FirstAnswer, MayAlways: urgency == "critical"})
	}
	return g
}

// minutesLeft are the minutes beside the hours; none are left out.
func minutesLeft(minutes int) string {
	if minutes%60 == 0 {
		return ""
	}
	return strconv.Itoa(minutes % 60)
}

// promisedIn is a promise in few words: "1 h", "1 h 30 min".
func promisedIn(minutes int) string {
	switch {
	case minutes < 60:
		return strconv.Itoa(minutes) + " min"
	case minutes%60 == 0:
		return grouped(minutes/60) + " h"
	}
	return fmt.Sprintf("%s h %d min", grouped(minutes/60), minutes%60)
}

// typedLength reads hours and minutes; empty is nought and no problem.
func typedLength(hours, minutes string) (total int, problem string) {
	if hours == "" && minutes == "" {
		return 0, ""
	}
	read := func(s string) (int, bool) {
		if s == "" {
			return 0, true
		}
		n, err := strconv.Atoi(s)
		return n, err == nil && n >= 0
	}
	h, hok := read(hours)
	m, mok := read(minutes)
	switch {
	case !hok || !mok:
		return 0, "give hours and minutes as whole numbers."
	case h > longestHours || m > longestHours*60 || h*60+m > longestHours*60:
		return 0, fmt.Sprintf("that is more than %s hours.", grouped(longestHours))
	case h*60+m == 0:
		return 0, "give at least one minute, or leave both empty."
	}
	return h*60 + m, ""
}

// typedPromises reads the form, and says of each row what is wrong with it.
func (p calendarPages) typedPromises(c *gin.Context) *typedPromises {
	t := &typedPromises{was: line(c, "was")}
	for _, urgency := range urgencyOrder {
		g := newGroup(urgency)
		for i := range g.Lengths {
			l := &g.Lengths[i]
			l.Hours, l.Minutes, l.Always = line(c, l.Name+"-h"), line(c, l.Name+"-m"), checked(c, l.Name+"-always")
			l.MayAlways = l.MayAlways || l.Always
			minutes, problem := typedLength(l.Hours, l.Minutes)
			if problem == "" && minutes == 0 && promiseKinds[i].code == desk.FirstAnswer {
				problem = "a first answer is always promised. Give its time."
			}
			if problem != "" {
				l.Problem = g.Word + ", " + strings.ToLower(l.Label) + ": " + problem
			} else if minutes > 0 {
				t.all = append(t.all, desk.Promise{Kind: promiseKinds[i].code, Urgency: urgency, Minutes: minutes, Always: l.Always})
			}
		}
		t.groups = append(t.groups, g)
	}
	t.readTopics(c)
	return t
}

func (t *typedPromises) readTopics(c *gin.Context) {
	list := func(name string) []string { return several(c.PostFormArray(name), topicRows+1) }
	topics, kinds, urgencies, hours, minutes := list("topic"), list("topic_kind"), list("topic_urgency"), list("topic_h"), list("topic_m")
	always, removed := list("topic_always"), list("topic_remove")
	seen := map[string]bool{}
	for i := range max(len(topics), len(hours), len(minutes)) {
		r := views.TopicRow{Topic: nthOf(topics, i), Kind: nthOf(kinds, i), Urgency: nthOf(urgencies, i), Hours: nthOf(hours, i), Minutes: nthOf(minutes, i),
			Always: slices.Contains(always, strconv.Itoa(i)), Remove: slices.Contains(removed, strconv.Itoa(i))}
		if r.Topic == "" && r.Hours == "" && r.Minutes == "" {
			continue
		}
		promise := desk.Promise{Kind: r.Kind, Topic: r.Topic, Urgency: r.Urgency, Always: r.Always}
		var problem string
		promise.Minutes, problem = typedLength(r.Hours, r.Minutes)
		switch {
		case r.Remove:
		case r.Topic == "":
			r.Problem, r.Wrong = "Choose the topic this promise is for, or empty the row.", "topic"
		case problem != "":
			r.Problem, r.Wrong = "Promise for a topic: "+problem, "h"
		case promise.Minutes == 0:
			r.Problem, r.Wrong = "Promise for a topic: give its time, or remove the row.", "h"
		case seen[promise.Field()]:
			r.Problem, r.Wrong = "That topic has this promise twice for the same urgency. Remove one of the two.", "topic"
		default:
			seen[promise.Field()] = true
			t.all = append(t.all, promise)
		}
		t.rows = append(t.rows, r)
	}
	if len(t.rows) > topicRows {
		t.above = append(t.above, ui.Problem{Message: fmt.Sprintf("That is more than %d promises for topics. Take some out.", topicRows)})
	}
}

func (t *typedPromises) bad() bool {
	wrong := len(t.above) > 0
	for _, g := range t.groups {
		wrong = wrong || slices.ContainsFunc(g.Lengths, func(l views.Length) bool { return l.Problem != "" })
	}
	return wrong || slices.ContainsFunc(t.rows, func(r views.TopicRow) bool { return r.Problem != "" })
}

// refusal sorts what the room says of the promises to the fields of the form.
func (t *typedPromises) refusal(bad fault.Fields) {
	for _, f := range bad {
		placed := false
		for i := range t.groups {
			for j := range t.groups[i].Lengths {
				if l := &t.groups[i].Lengths[j]; l.Name == f.Name {
					l.Problem, placed = t.groups[i].Word+", "+strings.ToLower(l.Label)+": "+uncapped(f.Says), true
				}
			}
		}
		for i := range t.rows {
			r := &t.rows[i]
			if !r.Remove && (desk.Promise{Kind: r.Kind, Topic: r.Topic, Urgency: r.Urgency}).Field() == f.Name {
				r.Problem, r.Wrong, placed = f.Says, "topic", true
			}
		}
		if !placed {
			t.above = append(t.above, ui.Problem{Message: f.Says})
		}
	}
}

// promise puts the promises into force.
func (p calendarPages) promise(c *gin.Context) error {
	s, err := p.standing(c)
	if err != nil {
		return err
	}
	t := p.typedPromises(c)
	if t.bad() {
		return p.promises(c, http.StatusUnprocessableEntity, s, t, nil)
	}
	if now := printOf(s.times.Promises()); t.was != now {
		t.was = now
		return p.promises(c, http.StatusConflict, s, t, func(view *views.TargetsPage) {
			view.Conflict = "Somebody changed these promises after you opened this form. Nothing of yours was saved, and everything you typed is still here. In force now: " + firstAnswers(s.times) + " for a first answer. Save again to put yours in their place."
		})
	}
	err = p.rooms.Desks.SetPromises(c.Request.Context(), who(c), s.times.Desk.ID, t.all)
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		t.refusal(bad)
		return p.promises(c, http.StatusUnprocessableEntity, s, t, nil)
	}
	if err != nil {
		return err
	}
	p.flash(c, "Saved. New tickets get these promises; promises made before keep their length.")
	return see(c, s.url+"/targets")
}

// promises answers with the form as it stands in t.
func (p calendarPages) promises(c *gin.Context, status int, s deskStanding, t *typedPromises, change func(*views.TargetsPage)) error {
	topics, err := p.rooms.Desks.Topics(c.Request.Context())
	if err != nil {
		return err
	}
	view := views.TargetsPage{Frame: p.frame(c, "Promises of "+s.times.Desk.Name, "/desks"), URL: s.url, Was: t.was, Groups: t.groups, Rows: t.rows, Above: t.above}
	view.Finding = "What " + s.times.Desk.Name + " promises"
	view.Words = "How long we may take, by urgency. " + deskDay(s)
	for _, one := range topics {
		view.Topics = append(view.Topics, ui.Option{Value: one.Code, Label: one.Name})
	}
	if change != nil {
		change(&view)
	}
	return page(c, status, views.Targets(view))
}

// deskDay says how long a day and a week of the desk are, for who thinks in days.
func deskDay(s deskStanding) string {
	days := 0
	for _, segments := range s.schedule.Week {
		if len(segments) > 0 {
			days++
		}
	}
	if days == 0 {
		return ""
	}
	total := weekLength(s.schedule.Week)
	return "A week of this desk is " + hoursLong(total) + " on " + strconv.Itoa(days) + plural(days, " day") + ", so a day is about " + hoursLong(total/days) + "."
}
