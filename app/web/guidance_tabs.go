package web

import (
	"hotline/app/actor"
	"hotline/views/ui"
)

// guidanceTabs are the faces of the library, for staff; current is the address of the
// one that is open. Insured people get none: they have the articles and the letters.
func guidanceTabs(by actor.Actor, current string) ui.Tabs {
	tabs := ui.Tabs{Label: "The library"}
	add := func(label, url string, who ...actor.Role) {
		if by.Staff() && (len(who) == 0 || by.Is(who...)) {
			tabs.Tabs = append(tabs.Tabs, ui.Tab{Label: label, URL: url, Current: url == current})
		}
	}
	add("Library", "/guidance")
	add("Drafts and reviews", "/guidance/drafts", deskP...)
	add("Recalls", "/guidance/recalls", deskP...)
	add("Gaps", "/guidance/gaps", deskP...)
	add("Search words", "/guidance/words", actor.Manager)
	add("Links", "/guidance/links", deskP...)
	add("Triage", "/triage", actor.Manager, actor.Administrator)
	add("Letters", "/letters", deskP...)
	return tabs
}
