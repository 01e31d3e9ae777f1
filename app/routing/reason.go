package routing

import (
	"strconv"
	"strings"
	"time"
)

// reason is why the first of in got the ticket, in a sentence without a full stop:
// what speaks for them, then what put them before the next.
func reason(ask Ask, in []scored) string {
	best := in[0]
	said := best.Name + " " + facts(ask, best.Candidate, "“"+ask.TopicName+"”")
	switch {
	case best.learns():
		return said + "; nobody who knows it can have it now, so somebody who does reads along"
	case len(in) == 1:
		return said + "; nobody else can have it now"
	}
	return said + before(ask, best, in[1])
}

// facts are what speaks for a candidate: topic and state, load, language, ties. topic
// is how the topic is called: “its name”, or "it".
func facts(ask Ask, c *Candidate, topic string) string {
	var b strings.Builder
	if c.onTurn(ask) {
		b.WriteString("has the on-call turn, ")
	}
	switch c.Level {
	case Leads:
		b.WriteString("leads in ")
	case Knows:
		b.WriteString("knows ")
	case Training:
		b.WriteString("is learning ")
	default:
		b.WriteString("answers for the desk on ")
	}
	b.WriteString(topic)
	if c.knowsState(ask) {
		b.WriteString(joiner(c.Level))
		b.WriteString(state(ask))
	}
	if c.speaks(ask) {
		b.WriteString(", speaks ")
		b.WriteString(language(ask))
	}
	b.WriteString(", holds ")
	b.WriteString(strconv.Itoa(c.Held))
	b.WriteString(" of ")
	b.WriteString(strconv.Itoa(c.Cap))
	if c.Tie != Untied {
		b.WriteString(", had ")
		b.WriteString(tied(c.Tie))
		if c.Tie == SameTicket {
			b.WriteString(" before")
		} else {
			b.WriteString(when(ask, c.TieAt))
		}
	}
	if c.Covers != "" {
		b.WriteString(", stands in for ")
		b.WriteString(c.Covers)
		b.WriteString(", who had ")
		b.WriteString(tied(c.CoversTie))
		if c.CoversTie == Untied || c.CoversTie == SameTicket {
			b.WriteString(" before")
		}
	}
	return b.String()
}

// before says what put the best before the next: the part in which they lead most.
func before(ask Ask, best, next scored) string {
	most, why := 0, ""
	for _, part := range []string{"matter", "physician", "practice", "cover", "language", "state", "depth", "room"} {
		if lead := best.part(part) - next.part(part); lead > most {
			most, why = lead, part
		}
	}
	switch {
	case next.learns():
		return "; " + next.Name + " is still learning it"
	case best.points == next.points && best.LastGiven.Equal(next.LastGiven):
		return "; " + next.Name + " would have done as well"
	case best.points == next.points:
		return "; " + next.Name + " would have done as well, but was given one more recently"
	}
	switch why {
	case "language":
		return "; " + next.Name + " does not speak " + language(ask)
	case "state":
		return "; " + next.Name + " does not know " + state(ask)
	case "depth":
		return "; " + next.Name + " knows it but does not lead in it"
	case "room":
		return "; " + next.Name + " has less room, with " + strconv.Itoa(next.Held) + " of " + strconv.Itoa(next.Cap)
	}
	return ", and so comes before " + next.Name
}

func joiner(level Level) string {
	if level == Knows {
		return " and "
	}
	return ", knows "
}

func tied(tie Tie) string {
	switch tie {
	case SameMatter:
		return "this matter"
	case SamePhysician:
		return "another of this physician’s tickets"
	case SamePractice:
		return "a ticket of this practice"
	}
	return "it"
}

// when is the month of a tie, so that the same sentence is true a day later: " in May",
// " in May 2025" in another year, " before" when it is not known.
func when(ask Ask, t time.Time) string {
	switch {
	case t.IsZero():
		return " before"
	case ask.Now.IsZero():
		return " in " + t.Format("January 2006")
	}
	t = t.In(ask.Now.Location())
	if t.Year() == ask.Now.Year() {
		return " in " + t.Month().String()
	}
	return " in " + t.Format("January 2006")
}

func state(ask Ask) string {
	if ask.StateName != "" {
		return ask.StateName
	}
	return ask.State
}

func language(ask Ask) string {
	if ask.LanguageName != "" {
		return ask.LanguageName
	}
	return "the caller’s language"
}
