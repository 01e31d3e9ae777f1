package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hotline/app/call"
	"hotline/app/ticket"
	"hotline/views/ui"
)

// historyItem is one thing in a ticket's history. Of what happened at once, the record
// says what came first.
type historyItem struct {
	at   time.Time
	seq  int64
	view templ.Component
}

// ticketHistory is everything that happened on a ticket, oldest first: what was said,
// and from the record what else changed. Entries that only say that a message, a note
// or a call was kept are left out, for the thing itself stands there.
func ticketHistory(clock ui.Clock, s *ticket.Sheet, legs []call.Leg, topic func(string) string) []templ.Component {
	var all []historyItem
	kept := map[string]int64{} // the entry that tells of a message, a note or a call
	for _, e := range s.Trail {
		d := detailOf(e)
		for _, kind := range []string{"message", "note", "call"} {
			if id := d.id(kind); id != 0 {
				kept[anchorOf(kind, id)] = e.Seq
			}
		}
		if words, icon := entryWords(s, e, topic); words != "" {
			all = append(all, historyItem{e.At, e.Seq, ui.Event{Icon: icon, Words: words, At: clock.At(e.At)}})
		}
	}
	add := func(at time.Time, id string, view templ.Component) {
		seq, ok := kept[id]
		if !ok {
			seq = s.Seen + 1 // a reason, kept as a note with the change it explains: it follows
		}
		all = append(all, historyItem{at, seq, view})
	}
	for _, l := range legs {
		add(l.StartedAt, anchorOf("call", l.ID), legView(clock, s, l))
	}
	for _, m := range s.Messages {
		add(m.SentAt, anchorOf("message", m.ID), messageView(clock, s, m))
	}
	for _, n := range s.Notes {
		id := anchorOf("note", n.ID)
		add(n.WrittenAt, id, ui.Note{By: n.Author, Initials: initials(n.Author), Words: n.Body, At: clock.At(n.WrittenAt), ID: id})
	}
	slices.SortStableFunc(all, func(a, b historyItem) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.seq, b.seq)) })
	out := make([]templ.Component, len(all))
	for i, item := range all {
		out[i] = item.view
	}
	return out
}

func anchorOf(kind string, id int64) string { return kind + "-" + strconv.FormatInt(id, 10) }

func messageView(clock ui.Clock, s *ticket.Sheet, m ticket.Message) templ.Component {
	if m.FromInsured {
		return ui.Answer{By: insuredAuthor(s, m), Words: m.Body, At: clock.At(m.SentAt), ID: anchorOf("message", m.ID)}
	}
	read := "not read yet"
	if s.ReadByInsured != nil && s.ReadByInsured.After(m.SentAt) {
		read = "read"
	}
	return ui.Message{To: readerOf(s), By: m.Author, Initials: initials(m.Author), Words: m.Body, At: clock.At(m.SentAt), Read: read,
		Notice: noticeWords(s.Notice), ID: anchorOf("message", m.ID)}
}

// insuredAuthor is who wrote from the physician's side: they themselves, or somebody
// of their office by name.
func insuredAuthor(s *ticket.Sheet, m ticket.Message) string {
	if s.Family != "" && strings.HasSuffix(m.Author, " "+s.Family) {
		return "Dr " + s.Family
	}
	return m.Author
}

// readerOf is whom messages on a ticket reach.
func readerOf(s *ticket.Sheet) string {
	if s.Family != "" {
		return "Dr " + s.Family
	}
	if s.CallerName != "" {
		return s.CallerName
	}
	return "the caller"
}

func noticeWords(notice string) string {
	switch notice {
	case "handed":
		return "Handed to Claims, accepted"
	case "declined":
		return "Declined by Claims: consultation only"
	}
	return "Consultation only, not notice of a claim"
}

func legView(clock ui.Clock, s *ticket.Sheet, l call.Leg) templ.Component {
	other := cmp.Or(l.CallerName, readerOf(s))
	short := firstName(l.Consultant)
	v := ui.Leg{Kind: "in", Title: other + " called", At: clock.At(l.StartedAt), ID: anchorOf("call", l.ID), Words: legWords(l)}
	if l.Direction == "out" {
		v.Kind, v.Title = "out", short+" called "+other
	}
	from, to := other, short
	if l.Direction == "out" {
		from, to = short, other
	}
	switch l.Outcome {
	case "no_answer":
		v.Kind, v.Outcome = "missed", "no answer"
	case "voicemail":
		v.Kind, v.Outcome = "voicemail", "left a voicemail"
	default:
		zone := zoneOf(clock)
		v.From, v.To = from+", "+l.StartedAt.In(zone).Format("3:04"), to+", "+l.EndedAt.In(zone).Format("3:04")
		v.Length = ui.Length(l.EndedAt.Sub(l.StartedAt))
		v.Outcome = "logged by " + l.Consultant
		if l.Outcome == "dropped" {
			v.Outcome = "the call dropped, " + v.Outcome
		}
	}
	return v
}

// legWords are what was said, then what was advised.
func legWords(l call.Leg) string {
	note, advice := strings.TrimSpace(l.Note), strings.TrimSpace(l.Advice)
	if advice != "" {
		advice = "Advised: " + advice
	}
	return strings.TrimSpace(note + "\n\n" + advice)
}

func firstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

// entryDetail is what an entry of the record says besides who and when.
type entryDetail map[string]any

func detailOf(e ticket.Entry) entryDetail {
	var d entryDetail
	if json.Unmarshal(e.Detail, &d) != nil {
		return nil
	}
	return d
}

func (d entryDetail) word(key string) string {
	s, _ := d[key].(string)
	return s
}

func (d entryDetail) id(key string) int64 {
	n, _ := d[key].(float64)
	return int64(n)
}

// entryWords is an entry of the record in words, with its icon; "" for what stands in the
// history by itself.
func entryWords(s *ticket.Sheet, e ticket.Entry, topic func(string) string) (words, icon string) {
	d, by := detailOf(e), actorName(s, e)
	switch e.Action {
	case "ticket.message_sent", "ticket.note_kept", "ticket.call_logged", "ticket.cited", "ticket.matter_begun", "ticket.opened":
		return "", ""
	case "ticket.answered":
		return comeBack(s, d), "reply"
	case "ticket.assigned":
		if d.id("from") != 0 {
			return nameOf(s, d.id("from")) + " did not take it up in time; the router gave it to " + nameOf(s, d.id("to")), "route"
		}
		return "Given to " + nameOf(s, d.id("to")) + " by the router", "route"
	case "ticket.accepted":
		return by + " took it up", "check"
	case "ticket.unaccepted":
		return nameOf(s, d.id("holder")) + " has not taken it up, and nobody else can have it; the managers were told", "clock"
	case "ticket.stranded":
		return "Nobody is there for it; the managers were told", "octagon-alert"
	case "ticket.covered":
		return nameOf(s, d.id("from")) + " is away; " + nameOf(s, d.id("to")) + " stands in", "user-plus"
	case "ticket.read_along":
		return by + " read what is to be sent", "book-open"
	case "ticket.claimed":
		return by + " claimed it", "user"
	case "ticket.transferred":
		if d.id("to") == idOf(e) {
			return by + " took it over from " + nameOf(s, d.id("from")), "user-plus"
		}
		return by + " gave it to " + nameOf(s, d.id("to")), "user-plus"
	case "ticket.released":
		if d.id("absence") != 0 {
			return nameOf(s, d.id("from")) + " is away; it is back in the queue", "circle-dashed"
		}
		return by + " put it back in the queue", "circle-dashed"
	case "ticket.waiting":
		return "It waits for " + readerOf(s) + "; our clock is paused", "circle-pause"
	case "ticket.resumed":
		if d.word("how") == "call" {
			return cmp.Or(comeBack(s, d), "They called, and our clock runs"), "clock"
		}
		return by + " took it back; our clock goes on", "clock"
	case "ticket.resolved":
		return by + " resolved it: " + lowerFirst(ticket.OutcomeName(d.word("outcome"))), "circle-check"
	case "ticket.reopened":
		if d.id("holder") != 0 {
			return by + " took it up again; " + nameOf(s, d.id("holder")) + " has it", "reply"
		}
		return by + " took it up again; the router finds who", "reply"
	case "ticket.topic_changed":
		return fmt.Sprintf("%s changed the topic from %s to %s", by, topic(d.word("from")), topic(d.word("to"))), "pen-line"
	case "ticket.urgency_changed":
		return fmt.Sprintf("%s changed the urgency from %s to %s", by, d.word("from"), d.word("to")), "triangle-alert"
	case "ticket.titled":
		return by + " gave it a title", "pen-line"
	case "ticket.due_soon":
		return "Our target is soon due; " + whoHeard(s, d), "clock"
	case "ticket.overdue":
		return "Our target was missed; " + whoHeard(s, d), "clock"
	case "ticket.summary_sent", "ticket.summary_confirmed", "ticket.summary_corrected", "ticket.correction_kept", "ticket.step_done", "ticket.step_due":
		return summaryEntry(s, e)
	case "ticket.recalled":
		return "An article this ticket relied on was changed: is what was advised affected?", "book-open"
	case "ticket.recall_settled":
		if d.word("how") == "contacted" {
			return by + " told the physician what changed in an article we cited", "book-open"
		}
		return by + " looked at what changed in an article we cited; the advice stands", "book-open"
	case "letter.cleared":
		return by + " cleared a discharge letter that the builder had stopped", "file-text"
	case "ticket.escalated":
		return "Our target was missed and nobody moved; the managers were told", "clock"
	}
	return by + ": " + strings.ReplaceAll(strings.TrimPrefix(e.Action, "ticket."), "_", " "), "route"
}

// whoHeard is who was told of a target.
func whoHeard(s *ticket.Sheet, d entryDetail) string {
	switch {
	case d.id("holder") == 0:
		return "nobody had it, and the managers were told"
	case d["managers"] == true:
		return "the managers were told, as " + nameOf(s, d.id("holder")) + " was away"
	case d.id("deputy") != 0:
		return nameOf(s, d.id("deputy")) + " was told, for " + nameOf(s, d.id("holder"))
	}
	return nameOf(s, d.id("holder")) + " was told"
}

// comeBack is where an answer brought a ticket; "" where it stayed.
func comeBack(s *ticket.Sheet, d entryDetail) string {
	switch {
	case d.word("from") == d.word("status"):
		return ""
	case d.id("holder") != 0:
		return "Back with " + nameOf(s, d.id("holder")) + "; our clock runs"
	}
	return "Back in the queue; the router finds who"
}

func idOf(e ticket.Entry) int64 {
	if e.ActorID == nil {
		return 0
	}
	return *e.ActorID
}

func actorName(s *ticket.Sheet, e ticket.Entry) string {
	if e.ActorID == nil {
		return "The router"
	}
	return nameOf(s, *e.ActorID)
}

func nameOf(s *ticket.Sheet, id int64) string { return cmp.Or(s.Names[id], "somebody") }

// sinceWords says in one sentence what came while somebody wrote, and where to read it.
func sinceWords(s *ticket.Sheet, entries []ticket.Entry) (words, at string) {
	var parts []string
	at = "latest"
	for i, e := range entries {
		d, by := detailOf(e), actorName(s, e)
		part, here := "", ""
		switch e.Action {
		case "ticket.message_sent":
			part, here = by+" sent a message", anchorOf("message", d.id("message"))
		case "ticket.answered":
			part, here = by+" wrote", anchorOf("message", d.id("message"))
		case "ticket.call_logged":
			part, here = by+" logged a call", anchorOf("call", d.id("call"))
		default:
			part, _ = entryWords(s, e, func(code string) string { return code })
		}
		if i == 0 && here != "" {
			at = here
		}
		if part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return "Something changed", at
	}
	return strings.Join(parts, "; "), at
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
