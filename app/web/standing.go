package web

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"hotline/app/ticket"
	views "hotline/views/requests"
	"hotline/views/ui"
)

// stands is where a consultation stands, in the words of the page.
type stands struct {
	code, words string
	timeline    ui.Timeline
	who         *ui.Who
	whoTitle    string
	nobody      string
}

// standing says where a consultation stands for whoever asked.
func (p requestPages) standing(c *gin.Context, got *ticket.Consultation) stands {
	s, clock := got.Sheet, p.clock(c)
	holder := orWords(s.HolderName, s.ResolverName)
	running := s.Target != nil && s.Target.MetAt == nil && s.Target.EndedAt == nil
	out := stands{whoTitle: "Who has it", timeline: happened(s, holder, clock)}
	if holder != "" {
		out.who = &ui.Who{Name: holder, Initials: initials(holder), Words: "Risk consultant"}
	}
	now := ui.Milestone{State: ui.Now}
	switch s.Status {
	case ticket.Unassigned:
		out.code, out.words = "new", "Received, on its way to a consultant"
		out.who = nil
		out.nobody = "Nobody yet. You will see the name here as soon as somebody has it."
		now.Title, now.Words = "We find the right consultant", "You will see the name here."
		if times, ok := p.house.desk(c.Request.Context()); ok && !times.Calendar.Open(clock.Now) {
			open, _ := times.Calendar.NextOpen(clock.Now)
			now.Words = closedUntil(clock, open)
		}
	case ticket.Assigned:
		out.code, out.words = "open", "Open, with "+holder
		if s.FirstAnsweredAt != nil && !running {
			out.code, out.words = "answered", "Answered, with "+holder
		}
		now.Title, now.Words = "Is something not clear?", "Write below; it reaches "+holder+"."
		if running {
			now.Title, now.Words = promised(s, clock)
		}
	case ticket.WithPhysician:
		out.code, out.words = "yours", "Waiting on you. It stays with "+holder
		now.Title, now.Words = "Waiting on you", "No rush: it waits for you. What you write goes to "+holder+"."
	case ticket.Resolved:
		at := s.OpenedAt
		if s.ResolvedAt != nil {
			at = *s.ResolvedAt
		}
		out.code, out.words = "closed", "Closed "+day(at, clock)
		until := at.AddDate(0, 0, ticket.ReopenDays)
		now.Title, now.At = "Closed", clock.At(at)
		if now.Words = "Write below to open it again, until " + day(until, clock) + "."; until.Before(clock.Now) {
			now.Words = "It can no longer be opened again. Ask a new question and name this number."
		}
		if s.Outcome != "" {
			now.Words = ticket.OutcomeName(s.Outcome) + ". " + now.Words
		}
		out.whoTitle = "Who had it"
		out.timeline = append(out.timeline, now)
		return out
	}
	out.timeline = append(out.timeline, now)
	if s.Status == ticket.Unassigned && running {
		title, words := promised(s, clock)
		out.timeline = append(out.timeline, ui.Milestone{Title: title, Words: words, State: ui.Ahead})
	}
	out.timeline = append(out.timeline, ui.Milestone{Title: "Closed", Words: "You can open it again for 90 days.", State: ui.Ahead})
	return out
}

// promised is our next answer and by when.
func promised(s ticket.Sheet, clock ui.Clock) (title, words string) {
	title = "We answer"
	if s.FirstAnsweredAt != nil {
		title = "We answer again"
	}
	if s.Target.DueAt.Before(clock.Now) {
		return title, "We promised it by " + said(clock, s.Target.DueAt).Words + " and are late. You need not do anything; call us if it presses."
	}
	return title, "By " + said(clock, s.Target.DueAt).Words + " at the latest."
}

// happened is what is behind us, in its order.
func happened(s ticket.Sheet, holder string, clock ui.Clock) ui.Timeline {
	received := "We received it"
	if s.Channel != "online" {
		received = "You called us"
	}
	line := ui.Timeline{{Title: received, At: clock.At(s.OpenedAt), State: ui.Done}}
	if holder != "" && s.Status != ticket.Unassigned {
		with := ui.Milestone{Title: "With " + holder, State: ui.Done}
		if s.AssignedAt != nil {
			with.At = clock.At(*s.AssignedAt)
		}
		line = append(line, with)
	}
	if s.FirstAnsweredAt != nil {
		line = append(line, ui.Milestone{Title: "We answered", At: clock.At(*s.FirstAnsweredAt), State: ui.Done})
	}
	slices.SortStableFunc(line[1:], func(a, b ui.Milestone) int { return a.At.At.Compare(b.At.At) })
	return line
}

// askedLine is a consultation in a list.
func askedLine(a ticket.Asked, asking ticket.Asking, clock ui.Clock) views.Line {
	l := views.Line{URL: "/requests/" + a.Number, Words: a.Words, New: a.Unread && asking.Hears}
	verb := "Asked "
	if a.Channel != "online" {
		verb = "On the phone "
	}
	l.Meta = verb + ui.Relative(a.OpenedAt, clock.Now, clock.Zone)
	switch {
	case !asking.Self && a.ByMe:
		l.Meta += " for " + a.Physician
	case !asking.Self:
		l.Meta += ", shared by " + a.Physician
	case !a.ByMe && a.Channel == "online":
		l.Meta += " by " + a.AskedBy + " for you"
	}
	if a.Holder != "" {
		l.Who = "with " + a.Holder
	}
	switch a.Status {
	case ticket.WithPhysician:
		l.StatusCode, l.StatusWords = "yours", "Waiting on you"
	case ticket.Resolved:
		l.StatusCode, l.StatusWords = "closed", "Closed"
		if a.ResolvedAt != nil {
			l.StatusWords += " " + day(*a.ResolvedAt, clock)
		}
	default:
		l.StatusCode, l.StatusWords = "open", "Answer by"
		if a.Holder == "" {
			l.StatusCode, l.Who = "new", "on its way to a consultant"
		}
		l.By = said(clock, a.NextDueAt)
		switch {
		case a.DueKind == "none", a.DueKind == "resolution" && a.FirstAnsweredAt != nil: // when we mean to be done is the desk's own matter
			l.StatusCode, l.StatusWords, l.By = "answered", "Answered", views.Said{}
		case a.DueKind == "caller" && a.FirstAnsweredAt != nil:
			l.StatusCode, l.StatusWords = "answered", "Answered. Your deadline:"
		case a.NextDueAt.Before(clock.Now):
			l.StatusWords = "We are late, due"
		}
	}
	return l
}

// said is an instant as it is spoken of: "4:05 PM today", "9:30 AM tomorrow", "Mon 9:30 AM".
func said(clock ui.Clock, t time.Time) views.Said {
	zone := clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	local, now := t.In(zone), clock.Now.In(zone)
	date := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	words := local.Format("3:04 PM")
	switch days := int(date(local).Sub(date(now)).Hours() / 24); {
	case days == 0:
		words += " today"
	case days == 1:
		words += " tomorrow"
	case days == -1:
		words += " yesterday"
	case days > 1 && days < 7:
		words = local.Format("Mon ") + words
	case local.Year() == now.Year():
		words = local.Format("Jan 2, ") + words
	default:
		words = local.Format("Jan 2, 2006, ") + words
	}
	return views.Said{Words: words, Exact: ui.Exact(t, zone), At: t.UTC().Format(time.RFC3339)}
}

// day is the date of an instant for its reader, with the year where it is another.
func day(t time.Time, clock ui.Clock) string {
	zone := clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	if local := t.In(zone); local.Year() != clock.Now.In(zone).Year() {
		return local.Format("January 2, 2006")
	}
	return t.In(zone).Format("January 2")
}

// firstWords cuts a text after a word, at n letters at most.
func firstWords(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	cut := string([]rune(s)[:n])
	if at := strings.LastIndexByte(cut, ' '); at > n/2 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,.;:") + "…"
}

// unbroken keeps a name on one line.
func unbroken(name string) string { return strings.ReplaceAll(name, " ", "\u00a0") }

func orWords(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
