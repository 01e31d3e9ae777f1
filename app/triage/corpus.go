package triage

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed corpus/*.jsonl
var corpusFiles embed.FS

// label is a line of a file of labelled questions.
type label struct {
	ID        string    `json:"id"`
	Text      string    `json:"text"`
	Topic     string    `json:"topic"`
	Secondary []string  `json:"secondary_topics"`
	Urgency   string    `json:"urgency"`
	Triggers  *[]string `json:"triggers"`
	Signals   *[]string `json:"signals"`
	Articles  *[]string `json:"articles"`
}

// sameAs are older names of triggers, found in files of examples.
var sameAs = map[string]string{
	"suicide_or_third_party": "suicidal_patient", "media": "media_inquiry", "refusal_of_urgent_care": "refusal_of_treatment",
}

// ReadExamples reads labelled questions, one JSON object a line: id, text, topic,
// secondary_topics, urgency, and where they are known triggers (or, in their place,
// signals: what a question is about, of which those that are triggers' codes are kept) and
// articles. An error names the line.
func ReadExamples(r io.Reader) ([]Example, error) {
	codes := map[string]bool{}
	for _, rule := range embeddedLexicon().Triggers {
		codes[rule.Code] = true
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 2<<20)
	var out []Example
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var l label
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("line %d is no JSON object with id, text, topic and urgency: %w", n, err)
		}
		ex := Example{ID: l.ID, Text: l.Text, Topic: l.Topic, Secondary: l.Secondary, Urgency: l.Urgency}
		if !slices.Contains(Topics, l.Topic) || !slices.Contains(Urgencies, l.Urgency) || strings.TrimSpace(l.Text) == "" {
			return nil, fmt.Errorf("line %d needs a text, a topic and an urgency that exist (it has %q, %q)", n, l.Topic, l.Urgency)
		}
		given := l.Triggers
		if given == nil {
			given = l.Signals
		}
		if given != nil {
			ex.Triggers = []string{}
			for _, code := range *given {
				if same, ok := sameAs[code]; ok {
					code = same
				}
				if codes[code] && !slices.Contains(ex.Triggers, code) {
					ex.Triggers = append(ex.Triggers, code)
				}
			}
		}
		if l.Articles != nil {
			ex.Articles = append([]string{}, *l.Articles...)
		}
		out = append(out, ex)
	}
	return out, lines.Err()
}

var corpus = sync.OnceValue(func() []Example {
	files, err := corpusFiles.ReadDir("corpus") // in the order of names
	if err != nil {
		panic("triage: " + err.Error())
	}
	var all []Example
	for _, f := range files {
		b, err := corpusFiles.ReadFile(path.Join("corpus", f.Name()))
		if err != nil {
			panic("triage: " + err.Error())
		}
		examples, err := ReadExamples(bytes.NewReader(b))
		if err != nil {
			panic("triage: corpus/" + f.Name() + ": " + err.Error())
		}
		for i := range examples {
			examples[i].Real = strings.HasPrefix(f.Name(), "real")
		}
		all = append(all, examples...)
	}
	return all
})

// Corpus is what the embedded model was trained on: real questions, and ones written to
// teach. The caller may change the slice, not what its fields point to.
func Corpus() []Example { return slices.Clone(corpus()) }
