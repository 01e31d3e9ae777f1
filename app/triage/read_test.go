package triage

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

func TestTheSameTextGivesTheSameReadingWhoeverReads(t *testing.T) {
	t.Parallel()
	texts := Corpus()[:60]
	first := make([]Reading, len(texts))
	for i, ex := range texts {
		first[i] = Read(Embedded(), ex.Text)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i, ex := range texts {
				if !reflect.DeepEqual(Read(Embedded(), ex.Text), first[i]) {
					t.Errorf("%s reads otherwise the second time", ex.ID)
				}
			}
		})
	}
	all.Wait()
}

func TestEveryReadingNamesAllTopicsAndOnlyWordsOfTheText(t *testing.T) {
	t.Parallel()
	for _, ex := range Corpus() {
		checkReading(t, ex.Text, Read(Embedded(), ex.Text))
	}
}

// checkReading holds a reading against the promises of its types.
func checkReading(t *testing.T, text string, r Reading) {
	t.Helper()
	if len(r.Topics) != len(Topics) || r.Topic() == "" || !slices.Contains(Urgencies, r.Urgency) || r.Because == "" || len(r.Articles) > 3 {
		t.Errorf("%q reads as %+v", text, r)
	}
	sum := 0.0
	for i, s := range r.Topics {
		sum += s.P
		if i > 0 && s.P > r.Topics[i-1].P {
			t.Errorf("%q: topics are not likeliest first", text)
		}
	}
	if sum < 0.999 || sum > 1.001 {
		t.Errorf("%q: the topics' likelihoods come to %f", text, sum)
	}
	for _, s := range append(slices.Clone(r.Topics), r.Articles...) {
		for _, w := range s.Words {
			if !strings.Contains(text, w) {
				t.Errorf("%q: %q is not in the text", text, w)
			}
		}
	}
	valid := utf8.ValidString(text)
	for _, tr := range r.Triggers {
		if len(tr.Spans) == 0 || len(tr.Spans) != len(tr.Words) {
			t.Fatalf("%q: %s has %d spans and %d words", text, tr.Code, len(tr.Spans), len(tr.Words))
		}
		for i, s := range tr.Spans {
			if s.Start < 0 || s.Start >= s.End || s.End > len(text) || text[s.Start:s.End] != tr.Words[i] {
				t.Fatalf("%q: %s has span %v for %q", text, tr.Code, s, tr.Words[i])
			}
			if valid && !utf8.ValidString(text[s.Start:s.End]) {
				t.Errorf("%q: %s cuts a letter", text, tr.Code)
			}
		}
	}
}

func TestAnEmptyTextIsRoutine(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \n", "???", "\xff\xfe", "’’"} {
		if r := Read(Embedded(), text); r.Urgency != "routine" || len(r.Triggers) != 0 || len(r.Topics) != len(Topics) {
			t.Errorf("%q reads as %+v", text, r)
		}
	}
}

func TestAQuestionOfPremiumsGetsNoArticle(t *testing.T) {
	t.Parallel()
	if r := Read(Embedded(), "When is my premium due, and is there a discount for a second CME course?"); r.Topic() != "other_liability" || len(r.Articles) != 0 {
		t.Errorf("%s, %+v", r.Topic(), r.Articles)
	}
	if r := Read(Embedded(), "How do I fire a patient who never pays, and what goes into the letter?"); len(r.Articles) != 3 || r.Articles[0].Code != "ending-the-relationship" && r.Articles[0].Code != "discharge-letter" {
		t.Errorf("%+v", r.Articles)
	}
}

func TestAMegabyteIsReadWithoutHarm(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("my patient will not stop calling and ", 1<<20/37) + "he pulled a knife."
	r := Read(Embedded(), text)
	checkReading(t, text, r)
	if r.Urgency != "critical" {
		t.Errorf("the end of a long text is not read: %s", r.Urgency)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("He said he'd shoot me. I don't know if it’s serious…")
	f.Add("Dr. Ng\xff was served $4,000 papers on 3/4 — “if” not")
	f.Add("ß İ ǅ K̇ 12th o'clock''s 's")
	f.Fuzz(func(t *testing.T, text string) {
		checkReading(t, text, Read(Embedded(), text))
	})
}

func BenchmarkRead(b *testing.B) {
	texts := Corpus()
	m := Embedded()
	b.ResetTimer()
	n := 0
	for b.Loop() {
		Read(m, texts[n%len(texts)].Text)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "texts/s")
}
