package triage

import (
	"strings"
	"testing"
)

func TestWhatIsDeniedOrSupposedIsNotCritical(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"He is rude to my staff. There have been no threats of violence so far.",
		"She has never threatened to hurt anyone, and she has no gun. May I end her care?",
		"She denies any plan to kill herself. How do I write that down?",
		"He did not say he would shoot anybody.",
		"What is our policy if a patient threatens to shoot a nurse?",
		"If a patient brings a gun into the waiting room, whom do we call?",
		"Suppose a patient dies after I stop seeing him: am I covered?",
		"What should staff do when a patient threatens to kill someone?",
		"In case a patient tells us that he wants to kill himself, what is the best way to handle it?",
		"Do you have a template for the day police come with a search warrant?",
		"How should we respond when reporters call on deadline?",
		"I have not been served with a summons.",
		"There is no sign that she has a gun or that he wants to kill anybody.",
	} {
		if r := Read(Embedded(), text); r.Urgency == "critical" {
			t.Errorf("critical: %q (%s)", text, r.Because)
		}
	}
}

func TestWhatHappenedIsCriticalThoughANotOrAnIfStandsNearby(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"He will not stop threatening to kill my nurse.",
		"He said if I do not refill his pills he will shoot me.",
		"I do not want to treat a man who threatened to stab me.",
		"She is not my patient any more, but she threatened to shoot my family.",
		"He has no appointment and he brought a gun.",
		"Not only did he threaten to kill me, he knows where I live.",
		"I do not know what to do: a patient just pulled a knife on my assistant.",
		"My patient texted that she is going to kill herself. I cannot reach her.",
		"If it matters, he threatened to burn down the clinic yesterday.",
		"I said no more pills he shouted that he would shoot me.",
	} {
		if r := Read(Embedded(), text); r.Urgency != "critical" {
			t.Errorf("%s: %q (%s)", r.Urgency, text, r.Because)
		}
	}
}

func TestWhatIsPastOrClosedCountsOneLevelLess(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]string{
		"Ten years ago a patient threatened to shoot me. May I take his daughter as a patient?":                          "threat_of_violence",
		"I was served with a summons in 2011; the suit was dismissed. Do I list it on a form?":                           "suit",
		"A patient threatened to kill our nurse last year. He has moved away. May we destroy the incident report?":       "threat_of_violence",
		"We were served with suit papers for a fall in the lobby. The case was settled. How long do we keep the papers?": "suit",
	} {
		ready := Embedded().ready
		found := false
		for _, tr := range ready.triggersIn(ready.parse(text)) {
			if tr.Code == code {
				found = true
				if tr.Level != "urgent" || tr.Softer != past {
					t.Errorf("%s is %s, %q: %q", code, tr.Level, tr.Softer, text)
				}
			}
		}
		if !found {
			t.Errorf("%s is not found at all: %q", code, text)
		}
	}
}

func TestTheReasonNamesTheFactAndTheWords(t *testing.T) {
	t.Parallel()
	r := Read(Embedded(), "A process server just handed me a summons. Can I call her lawyer?")
	if !strings.HasPrefix(r.Because, "Suit papers: “") || !strings.Contains(r.Because, "summons") {
		t.Errorf("because: %s", r.Because)
	}
	if r.Triggers[0].Code != "suit" || r.Triggers[0].First == "" {
		t.Errorf("first trigger: %+v", r.Triggers[0])
	}
	if r := Read(Embedded(), "How long do I keep charts?"); r.Because != "Nothing in the text forces urgency." {
		t.Errorf("because: %s", r.Because)
	}
}

func TestAPaperWithoutADateAsksForIt(t *testing.T) {
	t.Parallel()
	r := Read(Embedded(), "I received a subpoena for a chart.")
	if r.Urgency != "urgent" || !strings.Contains(r.Triggers[0].First, "until we know the date, treat it as due within three business days") {
		t.Errorf("%s: %+v", r.Urgency, r.Triggers)
	}
	if r := Read(Embedded(), "I received a subpoena that wants the chart by tomorrow."); r.Urgency != "critical" {
		t.Errorf("due tomorrow is %s", r.Urgency)
	}
}
