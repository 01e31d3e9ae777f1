package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"hotline/app/triage"
)

func TestTriageAnswersLineByLineAndNamesTheLinesItCannotRead(t *testing.T) {
	t.Parallel()
	in := `{"id":"a","text":"He pulled a knife on my nurse. What now?"}` + "\n" +
		"gibberish SECRET\n\n" +
		`{"id":7,"text":"When is my premium due?"}` + "\n" +
		`{"text":"nobody asks this"}` + "\n" +
		`{"id":"c"}` + "\n" +
		`{"id":"d","text":"` + strings.Repeat("x", longestLine) + `"}` + "\n" +
		`{"id":"e","text":"A fax went to the wrong number ` + "\xff\xfe" + ` today"}`
	var out, says bytes.Buffer
	bad, err := triaged(t.Context(), "standard input", strings.NewReader(in), &out, &says)
	if err != nil || bad != 4 {
		t.Fatalf("%d bad, %v:\n%s", bad, err, says.String())
	}
	for _, line := range []string{"line 2: not a JSON object", "line 5: it has no id", "line 6: it has no text", "line 7: longer than"} {
		if !strings.Contains(says.String(), line) {
			t.Errorf("nothing says %q:\n%s", line, says.String())
		}
	}
	if strings.Contains(says.String(), "SECRET") {
		t.Error("what was typed is in what is said of it")
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d answers:\n%s", len(lines), out.String())
	}
	var first, second struct {
		ID        any
		Topic     string
		Secondary []string `json:"secondary_topics"`
		Urgency   string
		Triggers  []struct {
			Code  string
			Words []string
		}
		Articles []string
	}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.ID != "a" || first.Urgency != "critical" || len(first.Triggers) == 0 || first.Triggers[0].Code != "threat_of_violence" ||
		!strings.Contains(strings.Join(first.Triggers[0].Words, " "), "knife") || len(first.Secondary) == 0 || len(first.Articles) != 3 {
		t.Errorf("%s", lines[0])
	}
	if err := json.Unmarshal([]byte(lines[1]), &second); err != nil {
		t.Fatal(err)
	}
	if second.ID != 7.0 || second.Topic != "other_liability" || second.Urgency != "routine" || !strings.Contains(lines[1], `"triggers":[],"articles":[]`) {
		t.Errorf("%s", lines[1])
	}
}

func TestASuppositionIsNotATriggerInTheAnswer(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if _, err := triaged(t.Context(), "x", strings.NewReader(`{"id":1,"text":"What is our policy if a patient threatens to shoot a nurse?"}`), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "threat_of_violence") || strings.Contains(out.String(), "critical") {
		t.Error(out.String())
	}
}

// TestAnAnswerComesBeforeTheNextQuestionIsAsked reads as one does who waits for each answer.
func TestAnAnswerComesBeforeTheNextQuestionIsAsked(t *testing.T) {
	t.Parallel()
	in, ask := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := triaged(t.Context(), "x", in, out, io.Discard)
		ended <- err
		out.Close()
	}()
	read := bufio.NewScanner(answers)
	for i := range 3 {
		fmt.Fprintf(ask, "{\"id\":%d,\"text\":\"May I end care?\"}\n", i)
		if !read.Scan() || !strings.HasPrefix(read.Text(), fmt.Sprintf(`{"id":%d,`, i)) {
			t.Fatalf("answer %d: %q", i, read.Text())
		}
	}
	ask.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestEvaluatingWarnsOfTextsTheModelKnows(t *testing.T) {
	t.Parallel()
	known := triage.Corpus()[0]
	line := func(text, topic, signals string) string {
		b, err := json.Marshal(map[string]any{"id": "1", "text": text, "topic": topic, "urgency": "routine", "signals": []string{signals}})
		if err != nil {
			t.Fatal(err)
		}
		return string(b) + "\n"
	}
	var out bytes.Buffer
	if err := evaluated(strings.NewReader(line(known.Text, known.Topic, "vaccine")), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "CAUTION: the model was trained on 1 of these texts") {
		t.Error(out.String())
	}
	out.Reset()
	if err := evaluated(strings.NewReader(line("A summons was served on me at lunch about Mr. Q.", "other_liability", "suit")), &out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "CAUTION") || !strings.Contains(out.String(), "suit ") || !strings.Contains(out.String(), "topic, macro-F1") {
		t.Error(out.String())
	}
	if err := evaluated(strings.NewReader("{\"id\":1}\n"), io.Discard); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a line without labels: %v", err)
	}
}
