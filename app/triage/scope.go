package triage

import "strings"

// What softens a fact, by what stands around it.
const (
	negated      = "negated"
	hypothetical = "hypothetical"
	past         = "past"
)

var negators = map[string]bool{
	"no": true, "not": true, "never": true, "without": true, "none": true, "neither": true, "nor": true,
	"denies": true, "denied": true, "denying": true, "nobody": true, "nothing": true,
	"dont": true, "didnt": true, "doesnt": true, "isnt": true, "wasnt": true, "hasnt": true, "havent": true, "hadnt": true,
}

// A "not" before one of these says nothing about what follows: "will not stop threatening",
// "not only", "do not know what to do about the gun".
var notThese = map[string]bool{
	"stop": true, "stopped": true, "only": true, "just": true, "merely": true, "know": true, "knew": true, "sure": true,
	"want": true, "wanted": true, "feel": true, "think": true, "mind": true, "like": true, "care": true, "sleep": true,
	"comfortable": true, "wish": true, "realize": true, "aware": true, "doubt": true, "longer": true, "treat": true,
	"see": true, "keep": true, "answer": true, "leave": true, "understand": true, "notice": true, "let": true, "matter": true,
	"sleeping": true, "wait": true, "going": true, "idea": true, "be": true, "happy": true, "get": true, "party": true,
	"merit": true, "followed": true, "tell": true, "come": true, "comes": true, "until": true,
}

// reach is how many words a "not" reaches, where nothing ends it sooner.
const reach = 7

// scope says what softens what is found at words [from, to): "", negated, hypothetical or past.
func (t *parsed) scope(from, to int) string {
	switch {
	case t.negatedAt(from):
		return negated
	case t.hypotheticalAt(from):
		return hypothetical
	case t.pastAt(from, to):
		return past
	}
	return ""
}

func (t *parsed) negatedAt(at int) bool {
	for i := at - 1; i >= 0 && i >= at-2*reach && t.words[i].clause == t.words[at].clause; i-- {
		if !t.negator(i) || i < at-reach && !(t.words[i].low == "no" && evidence[t.words[i+1].low]) {
			continue
		}
		if next := t.words[i+1]; i+1 < at && notThese[next.low] {
			continue
		}
		if t.words[i].low == "no" && t.resumes(i+1, at) {
			continue
		}
		return true
	}
	return false
}

// evidence are words after which a "no" reaches over what somebody does, and twice as far:
// "no sign that he has a gun or wants to use one".
var evidence = map[string]bool{
	"sign": true, "signs": true, "reason": true, "evidence": true, "indication": true, "hint": true, "suggestion": true,
	"proof": true, "way": true, "claim": true, "one": true, "question": true, "record": true, "report": true, "reports": true,
}

// resumes says whether after a "no" and what it denies ("no more oxycodone") somebody acts
// anew in words [from, at): "I said no more oxycodone he yelled …".
func (t *parsed) resumes(from, at int) bool {
	for i := from; i < at; i++ {
		switch t.words[i].low {
		case "he", "she", "they":
			return i > from && !evidence[t.words[from].low]
		}
	}
	return false
}

// negator says whether word i is a "not". A "can't" or "won't" is none: what cannot be done
// to the patient says nothing about what the patient did; "won't" before the very word is.
func (t *parsed) negator(i int) bool {
	low := t.words[i].low
	if negators[low] {
		return !(low == "no" && i+1 < len(t.words) && t.words[i+1].low == "longer")
	}
	switch low {
	case "can't", "cannot", "couldn't", "shouldn't", "won't", "wouldn't":
		return false
	}
	return strings.HasSuffix(low, "n't")
}

// supposing are words that open a supposition up to the end of their clause.
var supposing = map[string]bool{
	"if": true, "suppose": true, "supposing": true, "hypothetically": true, "whenever": true, "imagine": true, "assuming": true,
}

// speech are words by which a reported condition ("he said if I …") is told from a supposed one.
var speech = map[string]bool{
	"said": true, "says": true, "say": true, "saying": true, "told": true, "tells": true, "threatened": true, "threatens": true,
	"threatening": true, "wrote": true, "writes": true, "texted": true, "warned": true, "warns": true, "posted": true, "emailed": true,
	"swore": true, "promised": true, "promises": true, "vowed": true, "yelled": true, "screamed": true, "shouted": true,
	"message": true, "voicemail": true, "letter": true, "email": true, "text": true, "note": true, "demanded": true, "demands": true,
}

// happened are words of a real event: a sentence that has one asks about no policy.
var happened = map[string]bool{
	"yesterday": true, "today": true, "tonight": true, "tomorrow": true, "morning": true, "afternoon": true, "ago": true,
	"just": true, "now": true, "he": true, "she": true, "his": true, "her": true, "him": true, "was": true, "were": true,
	"received": true, "got": true, "came": true, "showed": true, "arrived": true, "told": true, "said": true, "called": true,
	"last": true, "this": true, "handed": true, "left": true, "sent": true, "served": true, "threatened": true, "wrote": true,
	"died": true, "filed": true, "texted": true, "posted": true, "demanded": true, "brought": true, "had": true, "has": true,
	"monday": true, "tuesday": true, "wednesday": true, "thursday": true, "friday": true, "saturday": true, "sunday": true,
}

func (t *parsed) hypotheticalAt(at int) bool {
	s, first := t.words[at].sentence, t.opening(at)
	for i := at; i >= first; i-- {
		low := t.words[i].low
		opens := supposing[low] ||
			low == "case" && i > first && t.words[i-1].low == "in" ||
			(low == "when" || low == "should" || low == "once") && i+1 < len(t.words) && t.indefinite(i+1)
		if opens && t.words[at].clause-t.words[i].clause <= 1 && !t.idle(i) && !t.spoken(first, i) && !t.whether(first, i) {
			return !t.firmly(i, at)
		}
	}
	return t.policy(first, s)
}

// opening is the first word of the sentence of word `at`.
func (t *parsed) opening(at int) int {
	first := at
	for first > 0 && t.words[first-1].sentence == t.words[at].sentence {
		first--
	}
	return first
}

// indefinite says whether word i begins "a patient", "someone", "patients": nobody in particular.
func (t *parsed) indefinite(i int) bool {
	switch t.words[i].low {
	case "a", "an", "any", "anyone", "anybody", "someone", "somebody", "patients", "parents", "families", "people", "another":
		return true
	}
	return false
}

// spoken says whether somebody says or writes something in words [from, to).
func (t *parsed) spoken(from, to int) bool {
	for i := from; i < to; i++ {
		if speech[t.words[i].low] {
			return true
		}
	}
	return false
}

// whether says whether the "if" at i only asks ("not sure if", "wondering if").
func (t *parsed) whether(first, i int) bool {
	if i == first {
		return false
	}
	switch t.words[i-1].low {
	case "sure", "wondering", "wonder", "know", "asked", "asking", "asks", "see", "even", "as":
		return true
	}
	return false
}

// idle says whether the "if" at i opens a phrase that supposes nothing: "if it matters".
func (t *parsed) idle(i int) bool {
	if i+2 >= len(t.words) || t.words[i+1].low != "it" && t.words[i+1].low != "that" {
		return false
	}
	switch t.words[i+2].low {
	case "matters", "helps", "is", "makes":
		return true
	}
	return false
}

// firmly says whether between the supposition's word and the fact somebody speaks in the
// past tense of a thing that happened ("if he really did bring a gun yesterday").
func (t *parsed) firmly(from, at int) bool {
	for i := from; i < at; i++ {
		switch t.words[i].low {
		case "yesterday", "already":
			return true
		}
	}
	return false
}

// asksGenerally are phrases by which a sentence asks for a rule, not about an event.
var asksGenerally = []string{
	"policy", "protocol", "policies", "template", "in general", "generally", "hypothetical", "training", "in-service",
	"best practice", "best way to handle", "how do we handle", "how should we handle", "how do i handle", "how should i handle", "how should staff",
	"how do you handle", "what should staff do", "procedure for", "plan for", "guidelines", "drill", "in advance", "prepare for",
	"what is the rule", "what are the rules", "how do practices", "how should a practice", "a checklist", "lecture", "handbook",
	"does my policy cover", "am i covered for", "what should we do when", "what do we do when", "how should we respond to", "how should we respond when",
	"what should our", "how would", "what would",
}

// policy says whether sentence s, which begins at first, asks in general: it has one of
// the phrases above and nothing that happened to anybody.
func (t *parsed) policy(first, s int) bool {
	last := first
	for last < len(t.words) && t.words[last].sentence == s {
		if happened[t.words[last].low] {
			return false
		}
		last++
	}
	b := make([]byte, 0, 200)
	b = append(b, ' ')
	for _, w := range t.words[first:last] {
		b = append(append(b, w.low...), ' ')
	}
	said := string(b)
	for _, phrase := range asksGenerally {
		if strings.Contains(said, " "+phrase+" ") {
			return true
		}
	}
	return false
}

// pastAt says whether what is found at words [from, to) is over: "years ago", "last year",
// "was dismissed", in its sentence, or "resolved" and the like in the sentence after it.
func (t *parsed) pastAt(from, to int) bool {
	s := t.words[from].sentence
	for i := t.opening(from); i < len(t.words); i++ {
		w := &t.words[i]
		if w.sentence > s+1 {
			break
		}
		prev, prev2 := "", ""
		if i > 0 {
			prev = t.words[i-1].low
		}
		if i > 1 {
			prev2 = t.words[i-2].low
		}
		if w.sentence == s && i >= from-reach-2 && i <= to+reach+1 {
			switch {
			case w.low == "ago" && (prev == "years" || prev == "year" || prev == "decades" || prev == "decade" || prev == "months" && prev2 != "two" && prev2 != "2"),
				w.low == "earlier" && prev == "years",
				prev == "last" && w.low == "year",
				w.low == "back" && prev == "years",
				(prev == "in" || prev == "since") && w.stem == "#" && len(w.low) == 4 && (strings.HasPrefix(w.low, "19") || strings.HasPrefix(w.low, "20")):
				return true
			}
		}
		switch w.low {
		case "dismissed", "dropped", "settled", "resolved", "closed", "acquitted", "withdrawn", "over":
			if prev == "was" || prev == "were" || prev == "been" || prev == "is" || prev == "since" || prev == "now" || prev == "later" || prev == "already" || prev == "long" || prev == "case" || prev == "suit" {
				return true
			}
		}
	}
	return false
}
