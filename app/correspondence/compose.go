package correspondence

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Letter is the letter that ends a relationship, and the form enclosed with it.
type Letter struct {
	Document
	Choices Choices
	Rule    Rule
	Terms   Terms
}

// Compose writes the letter. What it says of the patient is left to be filled in; the
// same choices give the same letter.
func Compose(c Choices, r Rule, t Terms) Letter {
	w := writer{c: c, r: r, t: t}
	w.head()
	w.end()
	w.meanwhile()
	w.care()
	w.onward()
	w.close()
	w.blocks = append(w.blocks, authorization()...)
	return Letter{Document: Document{Title: "Notice ending a physician-patient relationship", Large: c.Format == "large", Blocks: w.blocks}, Choices: c, Rule: r, Terms: t}
}

type writer struct {
	c      Choices
	r      Rule
	t      Terms
	blocks []Block
}

func (w *writer) add(kind Kind, text string, elements ...int) {
	w.blocks = append(w.blocks, Block{Kind: kind, Text: text, Elements: elements})
}

func long(day time.Time) string { return day.Format("January 2, 2006") }

func (w *writer) head() {
	w.add(Lines, "[PRACTICE LETTERHEAD]", 1)
	w.add(Lines, long(w.t.On), 1)
	w.add(Lines, "PERSONAL AND CONFIDENTIAL", 1)
	w.add(Lines, "[PATIENT’S FULL NAME]\n[PATIENT’S LAST KNOWN ADDRESS]", 1)
	w.add(Paragraph, "Dear [PATIENT’S NAME]:")
}

func (w *writer) end() {
	said := "I am writing to tell you that I am ending our physician-patient relationship."
	switch w.c.Ender {
	case "office":
		said += " This holds for every physician and clinician at our office at [OFFICE LOCATION]; other offices of [PRACTICE NAME] are not part of it."
	case "practice":
		said += " This holds for every physician and clinician of [PRACTICE NAME], at all of our locations."
	default:
		said += " This is about my own care; the other physicians of [PRACTICE NAME] are not part of it."
	}
	switch {
	case w.c.WithoutNotice(), w.r.TakesEffect == AtLetter:
		said += " The relationship is terminated as of " + long(w.t.On) + ", the date of this letter."
	default:
		said += " The relationship ends on " + long(w.t.Ends) + ". That is the last day on which I am responsible for your care."
	}
	w.add(Paragraph, said, 2)
	for _, reason := range Reasons {
		if reason.Code == w.c.Reason && reason.Words != "" {
			w.add(Paragraph, reason.Words, 3)
		}
	}
}

func (w *writer) meanwhile() {
	if w.c.WithoutNotice() {
		w.add(Paragraph, "I am not able to offer you visits after the date of this letter. Please look for care elsewhere from today.", 4)
	} else {
		w.add(Paragraph, fmt.Sprintf("Emergency treatment and access to our services for urgent problems will be given until %s, which is %d days from the date on which this letter is mailed. Please call [OFFICE TELEPHONE] first. For routine care, please turn to another physician as soon as you can.",
			long(w.t.Ends), w.t.Days), 4)
	}
	said := "In an emergency, call 911 or go to the nearest emergency department at once. Please do not wait to reach our office."
	if w.c.Crisis {
		said += " If you are in crisis or think of harming yourself, call or text 988, at any hour."
	}
	w.add(Paragraph, said, 5)
}

func (w *writer) care() {
	w.blocks = append(w.blocks, Block{Kind: Bullets, Text: "Your health still needs attention. Please keep up care for the following:", Elements: []int{6}, Items: []string{
		"[CONDITION THAT NEEDS CARE, IN EVERYDAY WORDS]", "[TEST OR VISIT THAT IS DUE, AND BY WHEN]"}})
	said := "Without that care, [WHAT COULD HAPPEN, IN EVERYDAY WORDS]."
	if w.c.Results {
		said += " The result of [PENDING TEST] is not back yet. You will have it from me as soon as it is, even after the date above."
	}
	w.add(Paragraph, said, 6)
	until := "until " + long(w.t.Ends)
	if w.c.WithoutNotice() {
		until = "for [NUMBER OF DAYS] days from the date of this letter"
	}
	switch w.c.Medicines {
	case "taper":
		w.add(Paragraph, "[MEDICINE] must not be stopped suddenly. The enclosed plan lowers it step by step, with the supply each step needs; call [OFFICE TELEPHONE] with any question about it. Your other medicines will be refilled to last "+until+": [OTHER MEDICINES].", 7)
	case "none":
		w.add(Paragraph, "I am not prescribing any medicine for you at present that will have to be renewed.", 7)
	default:
		w.add(Paragraph, "These medicines will be refilled so that your supply lasts "+until+": [MEDICINES]. Please do not stop any of them before you have spoken with a physician.", 7)
	}
}

func (w *writer) onward() {
	w.add(Paragraph, "To find another physician, you can ask your county or state medical society, look in the directory of your health plan, or call the referral line of a hospital near you. I encourage you to begin now.", 8)
	w.add(Paragraph, "A copy of your records will be transferred to your new physician once you have signed the enclosed authorization and sent it back to us, whatever the state of your account. You may ask for a copy for yourself as well.", 9)
}

func (w *writer) close() {
	w.add(Paragraph, "If you have a question about this letter, please call [CONTACT PERSON] at [CONTACT TELEPHONE].", 11)
	enclosures := []string{"records authorization"}
	if w.c.Medicines == "taper" {
		enclosures = append(enclosures, "medicine plan")
	}
	switch w.c.Format {
	case "translated":
		w.add(Paragraph, "A translation of this letter into [LANGUAGE] is enclosed.", 12)
		enclosures = append(enclosures, "translation")
	case "large":
		w.add(Paragraph, "This letter is set in large print. If another language or format would serve you better, please tell us; it costs you nothing.", 12)
	default:
		w.add(Paragraph, "If you would like this letter in another language or format, please tell us; it costs you nothing.", 12)
	}
	w.add(Lines, "Sincerely,")
	w.add(Lines, "[SIGNATURE OF THE TREATING PHYSICIAN]\n[TREATING PHYSICIAN’S NAME AND CREDENTIALS]", 11)
	w.add(Small, "Enclosed: "+strings.Join(enclosures, ", "), 9)
}

// authorization is the form that goes with the letter. A practice that has its own uses it.
func authorization() []Block {
	const rule = "______________________________"
	return []Block{
		{Kind: NewPage},
		{Kind: Title, Text: "Authorization to release medical records"},
		{Kind: Lines, Text: "From: [PRACTICE NAME]\n[PRACTICE ADDRESS]"},
		{Kind: Lines, Text: "To (name and address of the new physician):\n" + rule + rule + "\n" + rule + rule},
		{Kind: Lines, Text: "Patient’s full name: " + rule + rule},
		{Kind: Lines, Text: "Date of birth: " + rule},
		{Kind: Paragraph, Text: "I ask the practice named above to send a copy of my medical records to the person named above, so that my care can go on."},
		{Kind: Lines, Text: "What to send:  (  ) my whole record   (  ) only this: " + rule},
		{Kind: Paragraph, Text: "I may take this back at any time by writing to the practice, except for what has been sent by then. My care does not depend on signing it. Once sent, the records may no longer be protected by the same privacy rules. This authorization ends one year after the date below, or on this date: " + rule},
		{Kind: Lines, Text: "Signature: " + rule + "   Date: ______________"},
		{Kind: Lines, Text: "If signed for the patient, name and relation: " + rule},
	}
}

// Summary is what the letter does, in one line.
func (l Letter) Summary() string {
	if l.Choices.WithoutNotice() {
		return "Without notice, as of " + long(l.Terms.On)
	}
	return strconv.Itoa(l.Terms.Days) + " days, until " + long(l.Terms.Ends)
}
