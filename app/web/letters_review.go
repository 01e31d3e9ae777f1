package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"hotline/app/correspondence"
	"hotline/app/fault"
	views "hotline/views/letters"
	"hotline/views/ui"
)

// mostReply is how long a reply and a review may be, in characters.
const mostReply = 5000

func (p letterPages) review(c *gin.Context) error {
	return p.showReview(c, http.StatusOK, "", "", nil, nil)
}

// checkReply marks what a reply should not say. What was pasted goes back to the page it
// came from, and nowhere else.
func (p letterPages) checkReply(c *gin.Context) error {
	reply, review := text(c, "reply"), text(c, "review")
	var bad fault.Fields
	bad.Need(strings.TrimSpace(reply) != "", "reply", "Paste the reply you mean to post.")
	bad.Need(utf8.RuneCountInString(reply) <= mostReply, "reply", "That is longer than any reply should be: 5,000 characters at most.")
	bad.Need(utf8.RuneCountInString(review) <= mostReply, "review", "Paste the part that matters: 5,000 characters at most.")
	if len(bad) > 0 {
		return p.showReview(c, http.StatusUnprocessableEntity, reply, review, bad, nil)
	}
	return p.showReview(c, http.StatusOK, reply, review, nil, resultView(reply, review))
}

func (p letterPages) showReview(c *gin.Context, status int, reply, review string, bad fault.Fields, result *views.Result) error {
	title := "Check a reply to a review"
	if len(bad) > 0 {
		title = "Error: check a reply to a review"
	}
	view := views.ReviewPage{Place: p.place(c, title), Problems: problemsOf(bad), Result: result, Safe: lineView("“" + correspondence.SafeReply + "”"),
		Reply:  ui.Area{ID: "reply", Label: "The reply you mean to post", Hint: "As it stands, names included if it has any.", Value: reply, Evidence: true, Error: bad.For("reply"), Attrs: unkept()},
		Review: ui.Area{ID: "review", Label: "The review it answers", Optional: true, Hint: "We look in it for threats, demands for money and lawyers.", Value: review, Rows: 3, Error: bad.For("review"), Attrs: unkept()}}
	if who(c).Insured() {
		view.AskURL = askURL("online_reviews")
	}
	return page(c, status, views.Review(view))
}

// unkept asks the browser to keep nothing of a field, and to send it nowhere to be spelled.
func unkept() map[string]any {
	return map[string]any{"autocomplete": "off", "spellcheck": "false"}
}

// resultView is what was found in a reply, stretch by stretch.
func resultView(reply, review string) *views.Result {
	marks := correspondence.Check(reply)
	r := &views.Result{Marked: views.Marked{Words: reply}}
	for _, a := range correspondence.Watch(review) {
		r.Alarms = append(r.Alarms, a.Words)
	}
	var groups [][]correspondence.Mark
	end := -1
	for _, m := range marks { // in the order of the text; what overlaps is one stretch with several reasons
		if len(groups) > 0 && m.Start < end {
			last := len(groups) - 1
			groups[last] = append(groups[last], m)
		} else {
			groups = append(groups, []correspondence.Mark{m})
		}
		end = max(end, m.End)
	}
	for _, g := range groups {
		segment, finding := views.Segment{Start: g[0].Start}, views.Finding{}
		for _, m := range g {
			segment.End = max(segment.End, m.End)
		}
		for _, kind := range correspondence.MarkKinds {
			i := slices.IndexFunc(g, func(m correspondence.Mark) bool { return m.Kind == kind.Code })
			if i < 0 {
				continue
			}
			if segment.Kind == "" {
				segment.Kind = kind.Code
			}
			finding.Reasons = append(finding.Reasons, views.Reason{Name: kind.Name, Why: g[i].Why, Hint: g[i].Hint})
		}
		finding.Words = reply[segment.Start:segment.End]
		r.Marked.Segments, r.Findings = append(r.Marked.Segments, segment), append(r.Findings, finding)
	}
	if n := len(groups); n > 0 {
		r.Title, r.Words = "Do not post it yet: "+strconv.Itoa(n)+plural(n, " phrase"), "Rewriting helps less than leaving out. The safe reply beside it says all that can be said."
	} else {
		r.Title, r.Words = "Nothing found", "No phrase that we know gives anybody away. That is no promise: read it once more as a stranger would, or post the safe reply as it stands."
	}
	return r
}
