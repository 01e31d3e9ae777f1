package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/correspondence"
	"hotline/app/fault"
	"hotline/app/ticket"
	views "hotline/views/letters"
)

// letterPages are where insured people and the desk write what leaves a practice: the
// letter that ends a relationship, the first-hour card, the answer to a review.
type letterPages struct{ *Web }

// builders are those who write letters.
var builders = []actor.Role{actor.Physician, actor.Delegate, actor.Consultant, actor.Manager}

func (w *Web) letterRoutes() []route {
	p := letterPages{w}
	return []route{
		get("/letters", builders, p.index),
		post("/letters/notices", builders, p.remind),
		post("/letters/notices/:id/ending", builders, p.endNotice),
		get("/letters/discharge", builders, p.form),
		get("/letters/discharge/letter", builders, p.letter),
		get("/letters/discharge/print", builders, p.print),
		get("/letters/discharge/files/:file", builders, p.letterFile),
		post("/letters/discharge/clearance", deskP, p.clear),
		get("/letters/first-hour", builders, p.cards),
		get("/letters/first-hour/:card", builders, p.card),
		get("/letters/first-hour/:card/files/:file", builders, p.cardFile),
		get("/letters/review", builders, p.review),
		post("/letters/review", builders, p.checkReply),
		get("/letters/rules", managers, p.rules),
		get("/letters/rules/:state", managers, p.rule),
		post("/letters/rules/:state", managers, p.saveRule),
	}
}

// place is what stands around a page of letters.
func (p letterPages) place(c *gin.Context, title string) views.Place {
	by := who(c)
	return views.Place{Frame: p.frame(c, title, "/guidance"), Staff: by.Staff(), Tabs: guidanceTabs(by, "/letters"), Back: views.Link{Label: "Letters and checks", URL: "/letters"}}
}

func (p letterPages) index(c *gin.Context) error {
	by, ctx := who(c), c.Request.Context()
	all, err := p.rooms.Letters.Notices(ctx, by)
	if err != nil {
		return err
	}
	view := views.IndexPage{Place: p.place(c, "Letters and checks"), Tools: []views.Tool{
		{Icon: "file-text", Title: "A letter that ends the relationship", URL: "/letters/discharge", Words: "Built for your state, with everything it needs. It stops where a letter would do harm."},
		{Icon: "clock", Title: "The first hour", URL: "/letters/first-hour", Words: "A subpoena, an attorney, the police, a reporter, a bad outcome: one page of what to do and say."},
		{Icon: "quote", Title: "Check a reply to a review", URL: "/letters/review", Words: "Paste what you mean to post, and see what gives somebody away."},
	}}
	today := p.today(c)
	for _, n := range all {
		r := views.Reminder{Day: longDay(n.EndsOn), State: ticket.StateName(n.State), EndURL: "/letters/notices/" + strconv.FormatInt(n.ID, 10) + "/ending"}
		switch days := int(n.EndsOn.Sub(today).Hours() / 24); {
		case days < 0:
			r.Words = "It has ended."
		case days == 0:
			r.Words = "It ends today."
		default:
			r.Words = "It ends in " + strconv.Itoa(days) + plural(days, " day") + "."
		}
		view.Reminders = append(view.Reminders, r)
	}
	if by.Is(actor.Manager) {
		view.RulesURL = "/letters/rules"
	}
	return page(c, http.StatusOK, views.Index(view))
}

// today is the day where the desk is.
func (p letterPages) today(c *gin.Context) time.Time {
	year, month, day := p.rooms.Now().In(p.deskZone(c.Request.Context())).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// remind promises a reminder of the end of a notice. Who a patient is it never hears.
func (p letterPages) remind(c *gin.Context) error {
	back := local(c.PostForm("back"), "/letters")
	ends, err := time.Parse(time.DateOnly, line(c, "ends_on"))
	if err != nil {
		return fault.Unacceptable
	}
	fresh, err := p.rooms.Letters.Remind(c.Request.Context(), who(c), line(c, "state"), ends, p.deskZone(c.Request.Context()))
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		p.flash(c, "No reminder was set. "+bad[0].Says)
		return see(c, back)
	}
	if err != nil {
		return err
	}
	words := "We write to you a week before " + longDay(ends) + ", and on the day."
	switch {
	case !fresh:
		words = "You have a reminder for " + longDay(ends) + " already: one serves for both."
	case ends.Sub(p.today(c)) <= 7*24*time.Hour:
		words = "We write to you on " + longDay(ends) + "."
	}
	p.flash(c, words)
	return see(c, "/letters")
}

func (p letterPages) endNotice(c *gin.Context) error {
	if err := p.rooms.Letters.EndNotice(c.Request.Context(), who(c), number(c.Param("id"))); err != nil {
		return err
	}
	p.flash(c, "You will not be reminded of it.")
	return see(c, "/letters")
}

// sheetView is a document as a page shows it.
func sheetView(d correspondence.Document) views.Sheet {
	s := views.Sheet{Large: d.Large}
	for i, b := range d.Blocks {
		block := views.Block{Kind: string(b.Kind), ID: blockID(i), Text: lineView(b.Text)}
		if b.Kind == correspondence.Lines {
			for _, words := range strings.Split(b.Text, "\n") {
				block.Lines = append(block.Lines, lineView(words))
			}
		}
		for _, item := range b.Items {
			block.Items = append(block.Items, lineView(item))
		}
		s.Blocks = append(s.Blocks, block)
	}
	return s
}

func blockID(i int) string { return "part-" + strconv.Itoa(i+1) }
