package web

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/operations"
	views "hotline/views/operations"
	"hotline/views/ui"
)

// show is how the machine is, with what an administrator can do about it. A page that
// asks again by itself is told so when nothing on it would change.
func (p operationPages) show(c *gin.Context) error {
	by := who(c)
	b, err := p.w.rooms.Operations.Show(c.Request.Context(), by)
	if err != nil {
		return err
	}
	m := board{b, p.w.clock(c), by.Is(actor.Administrator)}.machine()
	if m.Mark, err = mark(c, views.Board(m)); err != nil {
		return err
	}
	if byItself(c) && query(c, "seen") == m.Mark {
		c.Status(http.StatusNoContent)
		return nil
	}
	return page(c, http.StatusOK, views.Show(views.ShowPage{Frame: p.w.frame(c, "Operations", "/operations"), Machine: m}))
}

var exactly = regexp.MustCompile(` datetime="[^"]*"`)

// mark tells what a person sees from what they saw: seconds are not seen.
func mark(c *gin.Context, part templ.Component) (string, error) {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := part.Render(c.Request.Context(), buf); err != nil {
		return "", err
	}
	sum := fnv.New64a()
	_, _ = sum.Write(exactly.ReplaceAll(buf.Bytes(), nil))
	return strconv.FormatUint(sum.Sum64(), 36), nil
}

// board is what was read, to be said.
type board struct {
	operations.Board
	clock ui.Clock
	may   bool // who looks can put things right
}

func (b board) machine() views.Machine {
	m := views.Machine{May: b.may, Figures: b.figures(), Sweeps: b.sweeps()}
	m.Finding, m.Paused = b.finding(), b.paused()
	for _, w := range b.Workers {
		m.Workers = append(m.Workers, views.Worker{Name: w.ID, Version: w.Version, Since: b.clock.At(w.StartedAt),
			Seen: b.clock.At(w.SeenAt), Alive: b.Now.Sub(w.SeenAt) < operations.Alive})
	}
	for _, q := range b.Queues {
		row := views.Queue{Name: q.Name, For: queueFor[q.Name], Paused: q.Paused, Waiting: q.Pending, Running: q.Active, Later: q.Scheduled, Again: q.Retry, Aside: q.Archived}
		if q.OldestAt != nil {
			row.Oldest = age(b.Now.Sub(*q.OldestAt))
		}
		m.Queues = append(m.Queues, row)
		m.SeenAt = b.clock.At(q.SeenAt)
	}
	for _, t := range b.Tasks {
		m.Tasks = append(m.Tasks, stuckTask(t, b.clock))
	}
	_, again, aside := b.sums()
	m.More = max(0, again+aside-len(b.Tasks))
	for _, l := range b.Refused {
		m.Letters = append(m.Letters, views.Refusal{ID: strconv.FormatInt(l.ID, 10), Kind: letterWord(l.Kind), About: l.About, Role: roleWord(l.Role), Why: whyWord(l.Why), At: b.clock.At(l.RefusedAt)})
	}
	for _, o := range b.Orders {
		m.Orders = append(m.Orders, views.Order{Words: orderWord(o), By: o.By, At: b.clock.At(o.OrderedAt), Open: o.DoneAt == nil, Outcome: o.Outcome})
	}
	if b.Seal != nil {
		m.SealNo, m.SealedAt = b.Seal.No, b.clock.At(b.Seal.At)
	}
	return m
}

// sums are what all queues hold together.
func (b board) sums() (waiting, again, aside int) {
	for _, q := range b.Queues {
		waiting, again, aside = waiting+q.Pending, again+q.Retry, aside+q.Archived
	}
	return waiting, again, aside
}

// oldest is since when the oldest task waits in any queue.
func (b board) oldest() (since *time.Time) {
	for _, q := range b.Queues {
		if q.OldestAt != nil && (since == nil || q.OldestAt.Before(*since)) {
			since = q.OldestAt
		}
	}
	return since
}

func (b board) alive() (n int) {
	for _, w := range b.Workers {
		if b.Now.Sub(w.SeenAt) < operations.Alive {
			n++
		}
	}
	return n
}

// late is how long after it was due a promise may wait for its queue before that is
// worth a sentence.
const late = time.Minute

// finding is the page's first sentence: what a person has to know first.
func (b board) finding() string {
	whom := map[bool]string{true: " for you.", false: " for an administrator."}[b.may]
	_, again, aside := b.sums()
	paused := b.paused()
	switch {
	case b.alive() == 0:
		return "No worker is there. What was promised waits until one starts."
	case b.Lag.Oldest != nil && b.Now.Sub(*b.Lag.Oldest) > late:
		return counted(b.Lag.Waiting, "promise has", "promises have") + " not reached the queues. Redis may be out of reach."
	case aside > 0 && len(b.Refused) > 0:
		return counted(aside, "task was", "tasks were") + " set aside, and " + strings.ToLower(counted(len(b.Refused), "letter was", "letters were")) + " refused. They wait" + whom
	case aside > 0:
		return counted(aside, "task was", "tasks were") + " set aside after the last try. " + map[bool]string{true: "It waits", false: "They wait"}[aside == 1] + whom
	case len(b.Refused) > 0:
		return counted(len(b.Refused), "letter was", "letters were") + " refused for good. " + map[bool]string{true: "It waits", false: "They wait"}[len(b.Refused) == 1] + whom
	case paused != "":
		return "The work of " + paused + " waits until somebody resumes it."
	case again > 0:
		return counted(again, "task", "tasks") + " did not succeed at first and " + map[bool]string{true: "is", false: "are"}[again == 1] + " tried again. Nothing waits" + whom
	}
	return "Everything runs. Nothing is stuck."
}

// paused are the names of the queues that hold their tasks back.
func (b board) paused() string {
	var names []string
	for _, q := range b.Queues {
		if q.Paused {
			names = append(names, q.Name)
		}
	}
	return strings.Join(names, ", ")
}

// counted is a number with its noun; small ones are words.
func counted[N int | int64](n N, one, many string) string {
	words := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"}
	noun := many
	if n == 1 {
		noun = one
	}
	if n >= 0 && int(n) < len(words) {
		return words[n] + " " + noun
	}
	return strconv.Itoa(int(n)) + " " + noun
}

func (b board) figures() ui.Figures {
	waiting, again, aside := b.sums()
	oldest := "nothing waits"
	if since := b.oldest(); since != nil {
		oldest = "the oldest for " + age(b.Now.Sub(*since))
	}
	lag := "the outbox is empty"
	if b.Lag.Oldest != nil {
		lag = "the oldest due " + ui.Relative(*b.Lag.Oldest, b.clock.Now, b.clock.Zone)
	}
	there := "none was seen for 30 seconds"
	if b.alive() > 0 {
		there = "seen within 30 seconds"
	}
	return ui.Figures{
		{Label: "Workers", Value: strconv.Itoa(b.alive()), Words: there, Overdue: b.alive() == 0},
		{Label: "Waiting in queues", Value: strconv.Itoa(waiting), Words: oldest},
		{Label: "Not in a queue yet", Value: strconv.FormatInt(b.Lag.Waiting, 10), Words: lag},
		{Label: "Trying again", Value: strconv.Itoa(again), Words: "by themselves"},
		{Label: "Set aside", Value: strconv.Itoa(aside), Words: "after the last try", Overdue: aside > 0, URL: "#stuck"},
		{Label: "Letters refused", Value: strconv.Itoa(len(b.Refused)), Words: fmt.Sprintf("%d on their way", b.Letters.Waiting), Overdue: len(b.Refused) > 0, URL: "#refused"},
	}
}

func (b board) sweeps() ui.Table {
	t := ui.Table{Caption: "The clock's work", Columns: []ui.Column{{Label: "What"}, {Label: "Last done"}, {Label: "Found", Number: true}}}
	for _, s := range b.Sweeps {
		found := "–"
		if s.Found != nil {
			found = strconv.FormatInt(*s.Found, 10)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: kindWord(s.Kind), Note: s.Kind}, {Part: b.clock.At(s.At), Note: "took " + took(s.TookMs)}, {Text: found}})
	}
	return t
}

// age is how long something waits, where a table has no room for words.
func age(d time.Duration) string {
	if d < time.Minute {
		return strconv.Itoa(int(max(d, 0)/time.Second)) + " s"
	}
	return ui.Length(d)
}

func took(ms int64) string {
	if ms < 1000 {
		return strconv.FormatInt(ms, 10) + " ms"
	}
	return strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64) + " s"
}

func stuckTask(t operations.Task, clock ui.Clock) views.Task {
	out := views.Task{Queue: t.Queue, ID: t.ID, Kind: kindWord(t.Kind), Code: t.Kind, Aside: t.State == operations.Archived, Tries: triesWord(t), Error: failureWord(t)}
	if t.PromiseID != nil {
		out.Promise = strconv.FormatInt(*t.PromiseID, 10)
	}
	if t.FailedAt != nil {
		out.Failed = clock.At(*t.FailedAt)
	}
	if t.NextAt != nil {
		out.Next = clock.At(*t.NextAt)
	}
	return out
}

// triesWord is how often it was tried, of how often it may be. Waiting for another
// worker is no try.
func triesWord(t operations.Task) string {
	tries := t.Retried
	if t.State == operations.Archived {
		tries++ // the first one is not a retry
	}
	return fmt.Sprintf("%d of %d tries", tries, t.MaxRetry+1)
}
