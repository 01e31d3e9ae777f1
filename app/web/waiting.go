package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/report"
	"hotline/app/ticket"
	views "hotline/views/reports"
	"hotline/views/ui"
)

// waitingPages are the queues as a manager sees them, live: what waits by urgency and
// age, who is there for it, and the tickets behind each number.
type waitingPages struct{ *Web }

func (w *Web) waitingRoutes() []route {
	p := waitingPages{w}
	return []route{
		get("/waiting", managers, p.show),
		get("/waiting/tickets", managers, p.tickets),
	}
}

// deskOf reads which desk is asked about; 0: the first. What does not read as one is
// nobody's.
func deskOf(c *gin.Context) (int64, error) {
	asked := query(c, "desk")
	if asked == "" {
		return 0, nil
	}
	if n := number(asked); n > 0 {
		return n, nil
	}
	return 0, fault.NotFound
}

func (p waitingPages) show(c *gin.Context) error {
	deskID, err := deskOf(c)
	if err != nil {
		return err
	}
	found, err := p.rooms.Reports.Waiting(c.Request.Context(), who(c), deskID)
	if err != nil {
		return err
	}
	view := views.WaitingPage{Frame: p.frame(c, "Waiting", "/waiting")}
	view.Frame.Live = true
	if view.Desk, err = p.desks(c, found.Desk); err != nil {
		return err
	}
	waitingPage{found, p.clock(c)}.fill(&view)
	return page(c, http.StatusOK, views.Waiting(view))
}

// desks offers the manager's desks where there are several.
func (p waitingPages) desks(c *gin.Context, current int64) (*ui.Select, error) {
	mine := who(c).Desks
	if len(mine) < 2 {
		return nil, nil
	}
	all, err := p.rooms.Desks.All(c.Request.Context())
	if err != nil {
		return nil, err
	}
	s := &ui.Select{ID: "desk", Label: "Desk", Wide: true}
	for _, d := range all {
		for _, id := range mine {
			if id == d.ID {
				s.Options = append(s.Options, ui.Option{Value: strconv.FormatInt(d.ID, 10), Label: d.Name, Chosen: d.ID == current})
			}
		}
	}
	return s, nil
}

func (p waitingPages) tickets(c *gin.Context) error {
	deskID, err := deskOf(c)
	if err != nil {
		return err
	}
	in := report.WaitingSelection{Desk: deskID, What: report.What(query(c, "what")), Urgency: query(c, "urgency"), Wait: query(c, "age"), Topic: query(c, "topic"),
		After: keyOf(query(c, "after")), Before: keyOf(query(c, "before"))}
	if in.Urgency != "" && urgencyWord(ticket.Urgency(in.Urgency)) == "" {
		return fault.NotFound
	}
	found, err := p.rooms.Reports.WaitingTickets(c.Request.Context(), who(c), in)
	if err != nil {
		return err
	}
	view := views.WaitingTicketsPage{Frame: p.frame(c, "Tickets that wait", "/waiting")}
	waitingBehind{found, p.clock(c), p.house.topicName(c.Request.Context(), in.Topic)}.fill(&view)
	return page(c, http.StatusOK, views.WaitingTickets(view))
}

// waitingURL is the list behind a number; nought opens nothing.
func waitingURL(in report.WaitingSelection, n int, more ...string) string {
	if n == 0 {
		return ""
	}
	v := url.Values{"what": {string(in.What)}, "desk": {strconv.FormatInt(in.Desk, 10)}}
	for name, value := range map[string]string{"urgency": in.Urgency, "age": in.Wait, "topic": in.Topic} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return "/waiting/tickets?" + v.Encode()
}
