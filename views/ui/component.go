// Package ui is the set of components every page is made of. A component is a struct of decided strings, flags and times
// that knows how to draw itself: a page writes @ui.Button{Label: "Send to Dr Imani"}, keeps components in its own page
// struct, and lists them with a loop. Nothing here knows a ticket from an article.
//
// What needs no more than two words is a function instead: Icon, Key, Urgency, Status, When.
package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// described wires a control to its hint and its error: aria-describedby and aria-invalid, or nothing.
func described(id string, hint, problem bool) templ.Attributes {
	var ids []string
	if hint {
		ids = append(ids, id+"-hint")
	}
	if problem {
		ids = append(ids, id+"-error")
	}
	a := templ.Attributes{}
	if len(ids) > 0 {
		a["aria-describedby"] = strings.Join(ids, " ")
	}
	if problem {
		a["aria-invalid"] = "true"
	}
	return a
}

// anchor is an id attribute where there is an id.
func anchor(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"id": id}
}
