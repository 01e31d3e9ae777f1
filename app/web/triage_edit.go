package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/learning"
	"hotline/app/ticket"
	"hotline/app/triage"
	views "hotline/views/learning"
	"hotline/views/ui"
)

// mostPatterns is how many ways of showing a trigger's form takes.
const mostPatterns = 40

// attempt is a change of the lexicon that did not go through: everything typed comes back.
type attempt struct {
	status   int
	problems []ui.Problem
	harm     string
	theirs   bool
	reading  *views.Tried
}

func (p triagePages) topic(c *gin.Context) error {
	part, err := p.rooms.Learning.TopicWords(c.Request.Context(), who(c), c.Param("code"))
	if err != nil {
		return err
	}
	return p.editTopic(c, part, strings.Join(part.Topic, "\n"), attempt{status: http.StatusOK})
}

func (p triagePages) editTopic(c *gin.Context, part *learning.Part, words string, tried attempt) error {
	ctx, code := c.Request.Context(), c.Param("code")
	view := p.editPage(c, part, tried)
	view.Title = "Words for “" + p.house.topicName(ctx, code) + "”"
	view.Lede = "What people write who ask about this. Each phrase found speaks for the topic."
	view.Action, view.Words = "/triage/topics/"+code, words
	if tried.theirs {
		view.Theirs = strings.Join(part.Topic, "\n")
	}
	return p.edit(c, view, tried)
}

func (p triagePages) setTopic(c *gin.Context) error {
	ctx, by, code := c.Request.Context(), who(c), c.Param("code")
	part, err := p.rooms.Learning.TopicWords(ctx, by, code)
	if err != nil {
		return err
	}
	typed := text(c, "words")
	phrases := phrasesOf(typed)
	if line(c, "then") == "try" {
		lex, err := p.rooms.Learning.Lexicon(ctx, by)
		if err != nil {
			return err
		}
		lex.Topics[code] = phrases
		return p.editTopic(c, part, typed, p.tryWith(c, lex, "words"))
	}
	if line(c, "then") == "restore" {
		phrases = nil
	} else if phrases == nil {
		phrases = []string{}
	}
	err = p.rooms.Learning.SetTopicWords(ctx, by, code, phrases, number(c.PostForm("was")), checked(c, "sure"))
	if err == nil {
		p.flash(c, "Kept. It counts from now on.")
		return see(c, "/triage/topics/"+code)
	}
	tried, err := notKept(err)
	if err != nil {
		return err
	}
	return p.editTopic(c, part, typed, tried)
}

func (p triagePages) trigger(c *gin.Context) error {
	part, err := p.rooms.Learning.Trigger(c.Request.Context(), who(c), c.Param("code"))
	if err != nil {
		return err
	}
	return p.editTrigger(c, part, ruleForm(part.Trigger), attempt{status: http.StatusOK})
}

func (p triagePages) editTrigger(c *gin.Context, part *learning.Part, rule views.Rule, tried attempt) error {
	view := p.editPage(c, part, tried)
	view.Title, view.Rule = "Trigger: "+part.Trigger.Name, &rule
	view.Lede = "The words that raise it, how urgent it makes a question, and what to say first. “No threats so far” and “if a patient threatens” do not raise it."
	view.Action = "/triage/triggers/" + c.Param("code")
	if tried.theirs {
		view.Theirs = ruleText(part.Trigger)
	}
	return p.edit(c, view, tried)
}

func (p triagePages) setTrigger(c *gin.Context) error {
	ctx, by, code := c.Request.Context(), who(c), c.Param("code")
	part, err := p.rooms.Learning.Trigger(ctx, by, code)
	if err != nil {
		return err
	}
	rule := ruleTyped(c)
	form := ruleTypedForm(c, rule)
	if line(c, "then") == "try" {
		lex, err := p.rooms.Learning.Lexicon(ctx, by)
		if err != nil {
			return err
		}
		for i := range lex.Triggers {
			if lex.Triggers[i].Code == code {
				lex.Triggers[i] = rule
				lex.Triggers[i].Code = code
				lex.Triggers[i].Patterns = slices.DeleteFunc(slices.Clone(rule.Patterns), func(p triage.Pattern) bool { return len(p.Any) == 0 })
			}
		}
		return p.editTrigger(c, part, form, p.tryWith(c, lex, "any-0"))
	}
	whole := &rule
	if line(c, "then") == "restore" {
		whole = nil
	}
	err = p.rooms.Learning.SetTrigger(ctx, by, code, whole, number(c.PostForm("was")), checked(c, "sure"))
	if err == nil {
		p.flash(c, "Kept. It counts from now on.")
		return see(c, "/triage/triggers/"+code)
	}
	tried, err := notKept(err)
	if err != nil {
		return err
	}
	return p.editTrigger(c, part, form, tried)
}

// tryWith reads the text that stands on an edit form with a lexicon that is not kept.
func (p triagePages) tryWith(c *gin.Context, lex triage.Lexicon, field string) attempt {
	typed := text(c, "text")
	r, err := p.rooms.Learning.ReadWith(c.Request.Context(), lex, typed)
	switch {
	case err != nil:
		return attempt{status: http.StatusUnprocessableEntity, problems: []ui.Problem{{Field: field, Message: "What stands here cannot be read yet: look at the signs of each phrase, and at name and level."}}}
	case strings.TrimSpace(typed) == "":
		return attempt{status: http.StatusUnprocessableEntity, problems: []ui.Problem{{Field: "text", Message: "Write a question to try it on."}}}
	}
	return attempt{status: http.StatusOK, reading: p.tried(c, typed, r)}
}

// notKept is what stood in the way of a change, as far as its form can show it.
func notKept(err error) (attempt, error) {
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return attempt{status: http.StatusUnprocessableEntity, problems: problemsOf(bad)}, nil
	}
	if harm, ok := errors.AsType[*learning.Misses](err); ok {
		return attempt{status: http.StatusUnprocessableEntity, harm: harm.Says}, nil
	}
	if words := fault.Sentence(err); words != "" && errors.Is(err, fault.Conflict) {
		return attempt{status: http.StatusConflict, problems: []ui.Problem{{Message: words}}, theirs: true}, nil
	}
	return attempt{}, err
}

func (p triagePages) editPage(c *gin.Context, part *learning.Part, tried attempt) views.EditPage {
	v := views.EditPage{BackURL: "/triage", Problems: tried.problems, Harm: tried.harm, Came: part.AsItCame, May: who(c).Is(actor.Manager),
		Was: strconv.FormatInt(part.Change, 10), Changed: "As it came with the program."}
	if was := line(c, "was"); was != "" && !tried.theirs {
		v.Was = was
	}
	if part.Change != 0 {
		v.Changed = "Changed by " + part.ChangedBy + ", " + said(p.clock(c), part.ChangedAt).Words + "."
		if part.AsItCame {
			v.Changed = "Put back as it came by " + part.ChangedBy + ", " + said(p.clock(c), part.ChangedAt).Words + "."
		}
	}
	v.Try = views.Try{Text: text(c, "text"), Reading: tried.reading}
	lex := triage.EmbeddedLexicon()
	for _, name := range slices.Sorted(maps.Keys(lex.Groups)) {
		v.Groups = append(v.Groups, views.Group{Name: name, Words: strings.Join(lex.Groups[name], ", ")})
	}
	return v
}

func (p triagePages) edit(c *gin.Context, v views.EditPage, tried attempt) error {
	v.Frame = p.frame(c, v.Title, "/guidance")
	if len(v.Problems) > 0 {
		v.Frame.Title = "Error: " + v.Title
	}
	return page(c, tried.status, views.Edit(v))
}

// phrasesOf are a field's lines, each a phrase.
func phrasesOf(typed string) []string {
	var out []string
	for one := range strings.SplitSeq(typed, "\n") {
		if one = strings.Join(strings.Fields(one), " "); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// ruleTyped reads a trigger out of its form.
func ruleTyped(c *gin.Context) triage.TriggerRule {
	r := triage.TriggerRule{Name: line(c, "name"), Level: line(c, "level"), First: line(c, "first"), HandOff: line(c, "hand_off"), Unless: phrasesOf(text(c, "unless"))}
	for _, s := range c.PostFormArray("stands") {
		if slices.Contains(softeners, s) {
			r.Stands = append(r.Stands, s)
		}
	}
	for n := range mostPatterns {
		i := strconv.Itoa(n)
		if _, there := c.Request.PostForm["any-"+i]; !there {
			break
		}
		one := triage.Pattern{Any: phrasesOf(text(c, "any-"+i)), With: phrasesOf(text(c, "with-"+i)), Text: phrasesOf(text(c, "text-"+i)), Without: phrasesOf(text(c, "without-"+i))}
		if level := line(c, "level-"+i); slices.Contains(triage.Urgencies, level) {
			one.Level = level
		}
		r.Patterns = append(r.Patterns, one)
	}
	return r
}

// ruleTypedForm is the form as it was typed, to the letter; r is what was read out of it.
func ruleTypedForm(c *gin.Context, r triage.TriggerRule) views.Rule {
	f := ruleForm(r)
	f.Unless = text(c, "unless")
	f.Patterns = f.Patterns[:0]
	for n, one := range r.Patterns {
		i := strconv.Itoa(n)
		f.Patterns = append(f.Patterns, views.Pattern{Any: text(c, "any-"+i), With: text(c, "with-"+i), Text: text(c, "text-"+i), Without: text(c, "without-"+i), Levels: patternLevels(one.Level)})
	}
	if n := len(f.Patterns); n == 0 || len(r.Patterns[n-1].Any) > 0 && n < mostPatterns {
		f.Patterns = append(f.Patterns, views.Pattern{Levels: patternLevels("")})
	}
	return f
}

// softeners are what softens a trigger, unless its rule says that it holds all the same.
var softeners = []string{"hypothetical", "past", "negated"}

// ruleForm is a trigger as its form shows it, with room for another pattern.
func ruleForm(r triage.TriggerRule) views.Rule {
	f := views.Rule{Name: r.Name, First: r.First, HandOff: r.HandOff, Unless: strings.Join(r.Unless, "\n")}
	for _, level := range triage.Urgencies {
		f.Levels = append(f.Levels, ui.Option{Value: level, Label: urgencyWord(ticket.Urgency(level)), Chosen: level == r.Level})
	}
	for _, s := range softeners {
		label := map[string]string{"hypothetical": "Supposed: “if a patient threatens”", "past": "Past or closed", "negated": "Denied: “no threats so far”"}[s]
		f.Stands = append(f.Stands, ui.Option{Value: s, Label: label, Chosen: slices.Contains(r.Stands, s)})
	}
	for _, one := range append(slices.Clone(r.Patterns), triage.Pattern{}) {
		f.Patterns = append(f.Patterns, views.Pattern{Any: strings.Join(one.Any, "\n"), With: strings.Join(one.With, "\n"), Text: strings.Join(one.Text, "\n"),
			Without: strings.Join(one.Without, "\n"), Levels: patternLevels(one.Level)})
	}
	return f
}

func patternLevels(chosen string) []ui.Option {
	all := []ui.Option{{Label: "As urgent as the trigger", Chosen: chosen == ""}}
	for _, level := range triage.Urgencies {
		all = append(all, ui.Option{Value: level, Label: urgencyWord(ticket.Urgency(level)), Chosen: level == chosen})
	}
	return all
}

// ruleText is a trigger in one text, to be read beside another.
func ruleText(r triage.TriggerRule) string {
	parts := []string{r.Name + " (" + r.Level + ")", r.First, r.HandOff}
	for _, one := range r.Patterns {
		parts = append(parts, "Any of:\n"+strings.Join(one.Any, "\n"))
		for _, list := range []struct {
			label   string
			phrases []string
		}{{"and one of these in the same sentence:", one.With}, {"and one of these anywhere:", one.Text}, {"and none of these in the same sentence:", one.Without}} {
			if len(list.phrases) > 0 {
				parts = append(parts, list.label+"\n"+strings.Join(list.phrases, "\n"))
			}
		}
		if one.Level != "" {
			parts = append(parts, "It is then "+one.Level)
		}
	}
	if len(r.Unless) > 0 {
		parts = append(parts, "Never in a sentence with:\n"+strings.Join(r.Unless, "\n"))
	}
	return strings.Join(parts, "\n")
}
