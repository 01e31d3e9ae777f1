package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/guidance"
	"hotline/app/ticket"
	"hotline/views/ui"
)

// recalledWords is what became of the article.
func recalledWords(r guidance.Recall) string {
	switch {
	case r.Withdrawn:
		return fmt.Sprintf("Withdrawn; cited up to version %d.", r.Version)
	case r.Version == 1:
		return fmt.Sprintf("Version 1 was rewritten; version %d holds now.", r.Current)
	}
	return fmt.Sprintf("Versions 1 to %d were rewritten; version %d holds now.", r.Version, r.Current)
}

func recallLeft(r guidance.Recall) string {
	if r.Total == 0 {
		return "Nothing you may see"
	}
	if r.Open() > 0 {
		return fmt.Sprintf("%d of %d settled, %d left", r.Settled(), r.Total, r.Open())
	}
	words := fmt.Sprintf("All %d settled", r.Total)
	if r.LastAt != nil {
		words += " in " + recallTook(r.LastAt.Sub(r.OpenedAt))
	}
	return words
}

// recallTook is how long something took, in the words one would use.
func recallTook(d time.Duration) string {
	switch days := int(d.Hours() / 24); {
	case d < time.Minute:
		return "a moment"
	case days < 2:
		return ui.Length(d)
	default:
		return strconv.Itoa(days) + " days"
	}
}

func recallHidden(r guidance.Recall) string {
	var words []string
	switch {
	case r.Hidden == 1:
		words = append(words, "One of them is on another desk, and "+map[bool]string{true: "still open.", false: "settled."}[r.HiddenOpen == 1])
	case r.HiddenOpen > 0:
		words = append(words, fmt.Sprintf("%d of them are on other desks, %d still open.", r.Hidden, r.HiddenOpen))
	case r.Hidden > 0:
		words = append(words, fmt.Sprintf("%d of them are on other desks.", r.Hidden))
	}
	if r.Restricted > 0 {
		words = append(words, fmt.Sprintf("And %d restricted.", r.Restricted))
	}
	return strings.Join(words, " ")
}

func recalledWho(one guidance.RecallItem) string {
	if one.Physician != "" {
		return "Dr " + one.Physician
	}
	return orWords(one.Caller, "Unknown caller")
}

func recalledStatus(one guidance.RecallItem) string {
	switch ticket.Status(one.Status) {
	case ticket.Resolved:
		return "resolved"
	case ticket.Unassigned:
		return "nobody has it"
	case ticket.WithPhysician:
		return "with the physician, held by " + one.Holder
	}
	return "held by " + one.Holder
}

// settledAlready tells the second of two people what the first did.
func settledAlready(was *guidance.SettledAlready) string {
	switch {
	case was.How == guidance.Contacted && was.On != nil:
		return was.By + " settled this one already: they were told on " + longDay(*was.On) + "."
	case was.How == guidance.NotNeeded:
		return was.By + " settled this one already: not needed, because " + ended(was.Why)
	}
	return "A later recall of the same article took this one over."
}

func (p recallPages) settledWords(c *gin.Context, one guidance.RecallItem) string {
	ctx := c.Request.Context()
	on := ""
	if one.SettledAt != nil {
		on = " on " + p.deskDay(ctx, *one.SettledAt)
	}
	switch {
	case one.How == guidance.Contacted && one.ContactedOn != nil:
		return "Told on " + longDay(*one.ContactedOn) + ". Settled by " + one.SettledBy + on + "."
	case one.How == guidance.NotNeeded:
		return "Not needed: " + ended(one.Why) + " Settled by " + one.SettledBy + on + "."
	}
	return "A later recall of this article took it over" + on + "."
}

// ended is a sentence somebody typed, with its full stop.
func ended(words string) string {
	if words == "" {
		return ""
	}
	switch words[len(words)-1] {
	case '.', '!', '?':
		return words
	}
	return words + "."
}
