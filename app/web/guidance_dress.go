package web

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/guidance"
	"hotline/app/ticket"
	views "hotline/views/guidance"
)

// whose are the states a page marks, and the words that say why.
type whose struct {
	names []string
	words string
}

// readersStates are the reader's own, or, for staff who came from a ticket, its state.
func readersStates(c *gin.Context, by actor.Actor, r *guidance.Reading) whose {
	w := whose{words: "your state"}
	codes := r.States
	switch {
	case by.Is(actor.Delegate) && len(codes) > 1:
		w.words = "your physicians’ state"
	case by.Is(actor.Delegate):
		w.words = "your physician’s state"
	case by.Staff():
		codes, w.words = []string{query(c, "state")}, "the ticket’s state"
	}
	for _, s := range ticket.States {
		if slices.Contains(codes, s.Code) {
			w.names = append(w.names, s.Name)
		}
	}
	return w
}

// dressed gives each section of an article its place on the page, and the list of them.
func dressed(sections []guidance.Section, call views.Call, mine whose) ([]templ.Component, []views.Link, error) {
	var all []templ.Component
	var contents []views.Link
	var pair *views.Pair
	for _, s := range sections {
		items, rest, err := guidance.Items(s.HTML)
		if err != nil {
			return nil, nil, err
		}
		heading := s.Heading
		var drawn templ.Component = views.Read{ID: s.ID, Heading: s.Heading, HTML: s.HTML}
		switch kind := s.Kind; {
		case len(items) == 0: // not a list after all: it is read as it stands
		case kind == "call":
			call.ID, call.Heading, call.Items, call.Rest = s.ID, s.Heading, entries(items), rest
			drawn = call
		case kind == "steps":
			heading = inWords(len(items)) + plural(len(items), " step") + ", in this order"
			drawn = views.Steps{ID: s.ID, Heading: heading, Steps: steps(items), Rest: rest}
			heading = inWords(len(items)) + plural(len(items), " step")
		case (kind == "do" || kind == "dont") && pair == nil:
			pair = &views.Pair{ID: s.ID}
			heading, drawn = "Do and don’t", pair
			pair.Take(kind == "do", entries(items), rest)
		case kind == "do" || kind == "dont":
			pair.Take(kind == "do", entries(items), rest)
			continue
		case kind == "say":
			drawn = views.Say{ID: s.ID, Heading: s.Heading, Quotes: entries(items), Rest: rest}
		case kind == "states":
			drawn = views.States{ID: s.ID, Heading: s.Heading, Notes: stateNotes(items, mine), Rest: rest}
		case kind == "related":
			drawn = views.Related{ID: s.ID, Heading: s.Heading, Items: entries(items), Rest: rest}
		case kind == "sources":
			drawn = views.Sources{ID: s.ID, Heading: s.Heading, Items: entries(items), Rest: rest}
		}
		all = append(all, drawn)
		if heading != "" {
			contents = append(contents, views.Link{Label: heading, URL: "#" + s.ID})
		}
	}
	return all, contents, nil
}

// entries are the items of a list, each with its bold words back in front.
func entries(items []guidance.Item) []string {
	all := make([]string, len(items))
	for i, item := range items {
		if all[i] = item.HTML; item.Lead != "" {
			all[i] = "<strong>" + templ.EscapeString(item.Lead) + "</strong> " + item.HTML
		}
	}
	return all
}

func steps(items []guidance.Item) []views.Step {
	all := make([]views.Step, len(items))
	for i, item := range items {
		all[i] = views.Step{Lead: strings.TrimSuffix(item.Lead, "."), HTML: item.HTML}
	}
	return all
}

// stateNotes puts the reader's own states first. Where a state has no note of its own,
// the one for every other state is theirs, and says so.
func stateNotes(items []guidance.Item, mine whose) []views.State {
	var first, others []views.State
	unnamed := slices.Clone(mine.names)
	for _, item := range items {
		note := views.State{Name: item.Lead, HTML: item.HTML, None: item.Elsewhere()}
		for _, name := range item.Names() {
			if slices.Contains(mine.names, name) {
				note.Whose = mine.words
				unnamed = slices.DeleteFunc(unnamed, func(other string) bool { return other == name })
			}
		}
		if note.None && len(unnamed) > 0 {
			note.Name = strings.Join(unnamed, ", ") + ", as every other state"
			note.Whose = mine.words
		}
		if note.Whose != "" {
			first = append(first, note)
		} else {
			others = append(others, note)
		}
	}
	return append(first, others...)
}
