package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/operations"
	views "hotline/views/operations"
)

// order asks the workers to put something right, and waits a moment for what comes of
// it, so that the next page can say so.
func (p operationPages) order(c *gin.Context) error {
	ctx := c.Request.Context()
	told, leave := p.w.rooms.Hub.Subscribe()
	defer leave()
	in := operations.NewOrder{What: line(c, "what"), Queue: line(c, "queue"), Task: line(c, "task"), Letter: number(c.PostForm("letter"))}
	id, err := p.w.rooms.Operations.Order(ctx, who(c), in)
	if errors.Is(err, fault.Conflict) {
		p.w.flash(c, fault.Sentence(err))
		return see(c, "/operations")
	}
	if err != nil {
		return err
	}
	o, err := p.await(c, id, told)
	if err != nil {
		return err
	}
	p.w.flash(c, came(o))
	return see(c, "/operations")
}

// orderWithin is how long a page waits for a worker to carry out an order.
const orderWithin = 2 * time.Second

// await waits until an order is carried out, or orderWithin is over, and reads it.
func (p operationPages) await(c *gin.Context, id int64, told <-chan live.Event) (o operations.Order, err error) {
	ctx, over := c.Request.Context(), time.NewTimer(orderWithin)
	defer over.Stop()
	for late := false; ; {
		o, err = p.w.rooms.Operations.Ordered(ctx, who(c), id)
		if err != nil || o.DoneAt != nil || late {
			return o, err
		}
		for heard := false; !heard && !late; {
			select {
			case e, open := <-told:
				heard, late = e.Kind == live.Resync || e.Kind == "order" && e.ID == id, !open
			case <-over.C:
				late = true
			case <-ctx.Done():
				return o, ctx.Err()
			}
		}
	}
}

// came says what came of an order, for who gave it.
func came(o operations.Order) string {
	switch {
	case o.DoneAt == nil:
		return "Asked for. No worker has carried it out yet; this page shows when one has."
	case o.Outcome == operations.Done:
		return map[string]string{
			operations.Run:         "It is being done again.",
			operations.Delete:      "Deleted. It will never be done.",
			operations.RunArchived: "Everything that " + o.Queue + " had set aside is being done again.",
			operations.Pause:       "The queue " + o.Queue + " is paused: its work waits until you resume it.",
			operations.Resume:      "The queue " + o.Queue + " goes on.",
			operations.SendAgain:   "The letter is on its way again.",
		}[o.What]
	case o.Outcome == operations.Silent && o.What == operations.Delete:
		return "Redis did not answer. It will never be done all the same; delete it once more when Redis is back, and it leaves this list."
	case o.Outcome == operations.Silent:
		return "Redis did not answer, and nothing was changed. Try again in a moment."
	case o.Outcome == operations.Running:
		return "It is running right now, and stays if it succeeds. It will not be tried again."
	}
	return "It was no longer there: it succeeded meanwhile, or somebody was faster."
}

// deletion asks whether a task is really to be deleted, and says what that means.
func (p operationPages) deletion(c *gin.Context) error {
	t, err := p.w.rooms.Operations.Task(c.Request.Context(), who(c), query(c, "queue"), query(c, "task"))
	if err != nil {
		return err
	}
	view := views.DeletionPage{Frame: p.w.frame(c, "Delete a task", "/operations"), Task: stuckTask(t, p.w.clock(c))}
	return page(c, http.StatusOK, views.Deletion(view))
}
