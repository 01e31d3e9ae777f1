package report

import (
	"fmt"
	"slices"
	"strings"
)

// Finding is what the report says in a sentence or two, made of its numbers: who
// carries more than they should, what is overdue, who has room. Caps and room are
// those of now, so a past period says only what was.
func (c *Caseload) Finding() string {
	open, overdue := c.Total.Counts[Open], c.Total.Counts[Overdue]
	if !c.Period.Current {
		return c.findingThen(open, overdue)
	}
	var says []string
	over, full, free := c.loads()
	switch {
	case len(over) > 0:
		more := 0
		for _, l := range over {
			more += l.Held - l.Cap
		}
		says = append(says, fmt.Sprintf("%s more than %s.", carry(over, more), map[bool]string{true: "their cap", false: "their caps"}[len(over) == 1]))
	case len(full) > 0:
		says = append(says, names(full)+map[bool]string{true: " is", false: " are"}[len(full) == 1]+" full.")
	}
	switch {
	case open == 0:
		says = append(says, "Nothing is open.")
	case overdue == open:
		says = append(says, allOf(open)+" overdue.")
	case overdue > 0:
		says = append(says, capital(Number(overdue))+" of "+tickets(open, "open ")+are(overdue)+"overdue.")
	default:
		says = append(says, capital(tickets(open, ""))+are(open)+"open, and "+map[bool]string{true: "it is not overdue.", false: "none is overdue."}[open == 1])
	}
	if waiting := lineOf(c.People, Nobody).Counts[Open]; waiting > 0 && waiting < open {
		says = append(says, capital(Number(waiting))+map[bool]string{true: " waits", false: " wait"}[waiting == 1]+" for somebody to take "+map[bool]string{true: "it.", false: "them."}[waiting == 1])
	}
	if len(over)+len(full) > 0 && free != nil {
		says = append(says, fmt.Sprintf("%s has room for %s.", first(free.Name), Number(free.Cap-free.Held)))
	}
	return strings.Join(says[:min(len(says), 3)], " ")
}

func (c *Caseload) findingThen(open, overdue int) string {
	was := map[bool]string{true: " was ", false: " were "}
	then := "Nothing was open when the period ended"
	if open > 0 {
		then = capital(tickets(open, "")) + was[open == 1] + "open when the period ended"
		if overdue > 0 {
			then += ", " + Number(overdue) + " of them overdue"
		}
	}
	opened, resolved := c.Total.Counts[Opened], c.Total.Counts[Resolved]
	if opened+resolved == 0 {
		return then + "."
	}
	return fmt.Sprintf("%s; %s%sopened in it and %s resolved.", then, Number(opened), was[opened == 1], Number(resolved))
}

// loads are those above their cap, those at it, and whoever at work has the most room.
func (c *Caseload) loads() (over, full []Line, free *Line) {
	for i, l := range c.People {
		switch {
		case !l.Takes:
		case l.Held > l.Cap:
			over = append(over, l)
		case l.Held == l.Cap && l.Cap > 0:
			full = append(full, l)
		case l.AtWork && l.Held < l.Cap && (free == nil || l.Cap-l.Held > free.Cap-free.Held):
			free = &c.People[i]
		}
	}
	slices.SortStableFunc(over, func(a, b Line) int { return (b.Held - b.Cap) - (a.Held - a.Cap) })
	return over, full, free
}

func lineOf(lines []Line, key string) Line {
	i := slices.IndexFunc(lines, func(l Line) bool { return l.Key == key })
	if i < 0 {
		return Line{}
	}
	return lines[i]
}

func carry(over []Line, more int) string {
	verb := " carry "
	if len(over) == 1 {
		verb = " carries "
	}
	return names(over) + verb + tickets(more, "")
}

// names are up to three first names, else how many people.
func names(lines []Line) string {
	if len(lines) > 3 {
		return capital(Number(len(lines))) + " consultants"
	}
	var all []string
	for _, l := range lines {
		all = append(all, first(l.Name))
	}
	if len(all) == 1 {
		return all[0]
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

func first(name string) string {
	word, _, _ := strings.Cut(name, " ")
	return word
}

func allOf(open int) string {
	switch open {
	case 1:
		return "The one open ticket is"
	case 2:
		return "Both open tickets are"
	}
	return "All " + tickets(open, "open ") + " are"
}

func are(n int) string {
	if n == 1 {
		return " is "
	}
	return " are "
}

func tickets(n int, which string) string {
	if n == 1 {
		return Number(n) + " " + which + "ticket"
	}
	return Number(n) + " " + which + "tickets"
}

var numerals = []string{"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

// Number is a count in a sentence: in words up to ten, with commas from a thousand.
func Number(n int) string {
	if n >= 0 && n < len(numerals) {
		return numerals[n]
	}
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
