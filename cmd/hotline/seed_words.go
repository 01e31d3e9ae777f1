package main

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// seedWords are what is asked and answered in a seed: the demo's sentences, put
// together anew for each ticket, so that words are as common as in real questions.
type seedWords struct {
	topics    []string
	questions map[string][]question // by topic
	sentences map[string][]string   // of the questions, by topic
	advice    map[string][]string
}

func newSeedWords() (*seedWords, error) {
	all, err := readQuestions(demoQuestions)
	if err != nil {
		return nil, err
	}
	w := &seedWords{questions: map[string][]question{}, sentences: map[string][]string{}, advice: map[string][]string{}}
	for _, q := range all {
		w.questions[q.Topic] = append(w.questions[q.Topic], q)
		w.sentences[q.Topic] = append(w.sentences[q.Topic], sentencesOf(q.Text)...)
	}
	w.topics = slices.Sorted(maps.Keys(w.questions))
	for topic, text := range demoAdvice {
		w.advice[topic] = sentencesOf(text)
	}
	return w, nil
}

// sentencesOf cuts a text after its full stops and question marks.
func sentencesOf(text string) (all []string) {
	for {
		end := strings.IndexAny(text, ".?!")
		for end >= 0 && end+1 < len(text) && text[end+1] != ' ' {
			next := strings.IndexAny(text[end+1:], ".?!")
			if next < 0 {
				end = -1
				break
			}
			end += 1 + next
		}
		if end < 0 {
			if text = strings.TrimSpace(text); text != "" {
				all = append(all, text)
			}
			return all
		}
		all = append(all, strings.TrimSpace(text[:end+1]))
		text = text[end+1:]
	}
}

// ask is a question: one that was really asked, with a sentence or two of others on
// its topic before or behind.
func (w *seedWords) ask(dice *rand.Rand) (topic, urgency, text string) {
	topic = w.topics[dice.IntN(len(w.topics))]
	q := w.questions[topic][dice.IntN(len(w.questions[topic]))]
	others := w.sentences[topic]
	var b strings.Builder
	if dice.IntN(2) == 0 {
		b.WriteString(others[dice.IntN(len(others))])
		b.WriteByte(' ')
	}
	b.WriteString(q.Text)
	for range dice.IntN(3) {
		b.WriteByte(' ')
		b.WriteString(others[dice.IntN(len(others))])
	}
	return topic, q.Urgency, b.String()
}

// advise is what a consultant writes on a topic.
func (w *seedWords) advise(dice *rand.Rand, topic string) string {
	all := w.advice[topic]
	from := dice.IntN(len(all))
	return strings.Join(all[from:min(from+2+dice.IntN(3), len(all))], " ")
}

// answer is what a physician writes back.
func (w *seedWords) answer(dice *rand.Rand) string { return demoAnswers[dice.IntN(len(demoAnswers))] }
