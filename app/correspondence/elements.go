package correspondence

import "slices"

// Element is one of the twelve things a letter that ends a relationship needs, and where
// in the letter it stands.
type Element struct {
	No    int
	Label string
	Block int    // the first block that holds it; -1: none does
	Words string // its first words, or why it is not in the letter
}

var elementLabels = []string{
	"Letterhead, date, the patient’s full name and last address, marked confidential",
	"A plain statement that the relationship ends, whose, and when",
	"A reason: one neutral sentence, or none",
	"Care in the meantime, until a stated date",
	"What to do in an emergency",
	"What still needs care, what is pending, and the harm in leaving it",
	"What is refilled, for how long, and any step-by-step plan",
	"How to find another physician",
	"Records on signed authorization, form enclosed, whatever is owed",
	"Bills and borrowed equipment kept apart",
	"A contact for questions, and the treating physician’s own signature",
	"Another language or format, if this reader needs it",
}

// Elements are the twelve, each with where it stands in the letter.
func (l Letter) Elements() []Element {
	all := make([]Element, len(elementLabels))
	for i, label := range elementLabels {
		e := Element{No: i + 1, Label: label, Block: slices.IndexFunc(l.Blocks, func(b Block) bool { return slices.Contains(b.Elements, i+1) })}
		if e.Block >= 0 {
			e.Words = opening(l.Blocks[e.Block].words())
		}
		switch {
		case e.No == 3 && e.Block < 0:
			e.Words = "None is given, and none has to be."
		case e.No == 10:
			e.Words = "Not in this letter: they go in separate mail, later."
		}
		all[i] = e
	}
	return all
}

// opening is a text's first words.
func opening(text string) string {
	runes := []rune(text)
	for i, r := range runes {
		if r == '\n' || i > 44 && r == ' ' {
			return string(runes[:i]) + "…"
		}
	}
	return text
}

// OfficeSteps are what the office does beside the letter, none of which the patient reads.
func (l Letter) OfficeSteps() []string {
	all := []string{
		"Put a copy of the signed letter into the chart, with the proof of mailing, and any envelope that comes back.",
		"Tell the scheduler and whoever is on call: urgent problems only, until the date in the letter.",
		"Switch off booking through the portal from that date.",
		"Tell the health plan, if its contract asks for it.",
		"Note in the chart what happened and what was tried, in neutral words, and that the treating physician decided.",
		"Send bills, and letters about borrowed equipment, in separate mail.",
	}
	if l.Choices.WithoutNotice() {
		all[1] = "Tell the scheduler, the front desk and whoever is on call what to do if this person comes or calls: 911 first where there is danger."
		all[2] = "Switch off booking through the portal today."
	}
	if l.Choices.Results {
		all = append(all, "Give one person the task of sending the outstanding result, whenever it comes.")
	}
	return all
}
