package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"hotline/app/triage"
)

// triageCmd reads questions and says what they are about, by the model the program carries.
// It needs no database and no configuration.
type triageCmd struct {
	Files         []string `arg:"" optional:"" help:"Files of JSON lines {\"id\":…,\"text\":…}; without any, standard input." type:"path"`
	Evaluate      string   `help:"Read a file of labelled lines (id, text, topic, secondary_topics, urgency, and triggers or signals, articles where they are known) and print how well they are read." placeholder:"FILE" type:"path"`
	CrossValidate bool     `help:"Print how well models trained without them read the real questions this one was trained on."`
}

// longestLine is the longest line read, in bytes.
const longestLine = 1 << 20

// Run writes one line for each line read, as it is read: {"id","topic","secondary_topics",
// "urgency","triggers":[{"code","words"}],"articles":[slug]}. A line that cannot be read is
// named on standard error and passed over; the exit code is then 1.
func (c triageCmd) Run(ctx context.Context) error {
	switch {
	case c.CrossValidate:
		return crossValidated(os.Stdout)
	case c.Evaluate != "":
		f, err := os.Open(c.Evaluate)
		if err != nil {
			return putRight("The file to evaluate cannot be opened: %v.", err)
		}
		defer f.Close()
		return evaluated(f, os.Stdout)
	}
	bad := 0
	read := func(name string, r io.Reader) error {
		n, err := triaged(ctx, name, r, os.Stdout, os.Stderr)
		bad += n
		return err
	}
	if len(c.Files) == 0 {
		if err := read("standard input", os.Stdin); err != nil {
			return err
		}
	}
	for _, name := range c.Files {
		f, err := os.Open(name)
		if err != nil {
			return putRight("A file cannot be opened: %v.", err)
		}
		err = read(name, f)
		f.Close()
		if err != nil {
			return err
		}
	}
	if bad > 0 {
		return exit{1, fmt.Sprintf("%d of the lines could not be read; the others were", bad)}
	}
	return nil
}

// questionLine is a line that comes in.
type questionLine struct {
	ID   json.RawMessage `json:"id"`
	Text *string         `json:"text"`
}

// answerLine is a line that goes out.
type answerLine struct {
	ID        json.RawMessage `json:"id"`
	Topic     string          `json:"topic"`
	Secondary []string        `json:"secondary_topics"`
	Urgency   string          `json:"urgency"`
	Triggers  []firedTrigger  `json:"triggers"`
	Articles  []string        `json:"articles"`
}

type firedTrigger struct {
	Code  string   `json:"code"`
	Words []string `json:"words"`
}

// alsoLikely is from which likelihood on a topic after the second is named too.
const alsoLikely = 0.15

func answer(id json.RawMessage, r triage.Reading) answerLine {
	a := answerLine{ID: id, Topic: r.Topic(), Urgency: r.Urgency, Secondary: []string{}, Triggers: []firedTrigger{}, Articles: []string{}}
	for i, t := range r.Topics[1:] {
		if i == 0 || t.P >= alsoLikely {
			a.Secondary = append(a.Secondary, t.Code)
		}
	}
	for _, t := range r.Triggers {
		if t.Softer != "hypothetical" { // a supposition is no fact
			a.Triggers = append(a.Triggers, firedTrigger{t.Code, t.Words})
		}
	}
	for _, s := range r.Articles {
		a.Articles = append(a.Articles, s.Code)
	}
	return a
}

// triaged reads lines and writes answers; it gives how many lines could not be read. What
// is said of a bad line names its number and what is wrong, never what is in it.
func triaged(ctx context.Context, name string, in io.Reader, out, says io.Writer) (bad int, err error) {
	model := triage.Embedded()
	lines := bufio.NewReaderSize(in, 64<<10)
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return bad, errors.Join(w.Flush(), err)
		}
		line, long, err := nextLine(lines)
		if err != nil && !errors.Is(err, io.EOF) {
			return bad, errors.Join(w.Flush(), fmt.Errorf("%s, line %d: %w", name, n, err))
		}
		last := err != nil
		wrong := fmt.Sprintf("longer than %d bytes", longestLine)
		if !long {
			wrong = answerTo(bytes.TrimSpace(line), model, enc)
		}
		if wrong != "" {
			bad++
			fmt.Fprintf(says, "hotline: %s, line %d: %s\n", name, n, wrong)
		}
		if last || lines.Buffered() == 0 { // whoever waits for an answer gets it at once
			if err := w.Flush(); err != nil {
				return bad, err
			}
		}
		if last {
			return bad, nil
		}
	}
}

// answerTo writes the answer to a line, to an empty one nothing, or says what is wrong.
func answerTo(line []byte, model *triage.Model, enc *json.Encoder) (wrong string) {
	if len(line) == 0 {
		return ""
	}
	var q questionLine
	if err := json.Unmarshal(line, &q); err != nil {
		return "not a JSON object like {\"id\":\"q1\",\"text\":\"…\"}"
	}
	if !isID(q.ID) {
		return "it has no id, a text or a number"
	}
	if q.Text == nil {
		return "it has no text"
	}
	if err := enc.Encode(answer(q.ID, triage.Read(model, *q.Text))); err != nil {
		return "its answer cannot be written"
	}
	return ""
}

// isID says whether an id is a string or a number.
func isID(id json.RawMessage) bool {
	return len(id) > 0 && (id[0] == '"' || id[0] == '-' || id[0] >= '0' && id[0] <= '9')
}

// nextLine reads a line without its end; one that is too long is read over and said to be.
func nextLine(r *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if !long {
			line = append(line, part...)
		}
		if len(line) > longestLine+1 {
			line, long = nil, true
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

func evaluated(in io.Reader, out io.Writer) error {
	examples, err := triage.ReadExamples(in)
	if err != nil {
		return putRight("The labelled lines cannot be read: %v.", err)
	}
	if len(examples) == 0 {
		return putRight("There is no labelled line in the file.")
	}
	model := triage.Embedded()
	known := map[string]bool{}
	for _, ex := range triage.Corpus() {
		known[strings.TrimSpace(ex.Text)] = true
	}
	seen := 0
	for _, ex := range examples {
		if known[strings.TrimSpace(ex.Text)] {
			seen++
		}
	}
	fmt.Fprintf(out, "%d questions, model %s\n", len(examples), model.Version())
	if seen > 0 {
		fmt.Fprintf(out, "CAUTION: the model was trained on %d of these texts. The figures below say nothing about new questions; use --cross-validate.\n", seen)
	}
	printScore(out, triage.Evaluate(model, examples))
	return nil
}

// folds is into how many parts the real questions are divided.
const folds = 6

func crossValidated(out io.Writer) error {
	corpus := triage.Corpus()
	s := triage.CrossValidate(corpus, triage.EmbeddedLexicon(), folds, func(ex triage.Example) bool { return ex.Real })
	if s.N == 0 {
		return errors.New("there are no real questions to test on")
	}
	fmt.Fprintf(out, "%d real questions in %d parts, each read by a model trained on the other parts and the written examples (%d in all)\n", s.N, folds, len(corpus))
	fmt.Fprintln(out, "The triggers are rules: they were written with these questions known.")
	printScore(out, s)
	return nil
}

func printScore(out io.Writer, s triage.Score) {
	line := func(name string, sh triage.Share) {
		if sh.N == 0 {
			fmt.Fprintf(out, "%-34s none labelled\n", name)
			return
		}
		fmt.Fprintf(out, "%-34s %.3f  [%.3f, %.3f]  %d of %d\n", name, sh.Value(), sh.Low, sh.High, sh.K, sh.N)
	}
	fmt.Fprintln(out, "In brackets: 95 % intervals (Wilson).")
	line("topic right", s.Topic)
	line("topic among the first two", s.Two)
	fmt.Fprintf(out, "%-34s %.3f\n", "topic, macro-F1", s.MacroF1)
	line("urgency right", s.Urgency)
	line("critical caught", s.Caught)
	line("false alarms (of those not critical)", s.FalseAlarms)
	line("fittest article among three", s.Articles3)
	line("any fitting article among three", s.Fitting)
	fmt.Fprintln(out, "\ntrigger                    precision                      recall")
	for _, t := range s.Triggers {
		fmt.Fprintf(out, "%-24s   %s   %s\n", t.Code, shareCell(t.Precision), shareCell(t.Recall))
	}
	if len(s.Triggers) == 0 {
		fmt.Fprintln(out, "none labelled")
	}
	fmt.Fprintln(out, "\ntopic as labelled (rows) and as read (columns, same order)")
	for k, row := range s.Confusion {
		fmt.Fprintf(out, "%-24s", triage.Topics[k])
		for _, n := range row {
			fmt.Fprintf(out, " %4d", n)
		}
		fmt.Fprintln(out)
	}
}

func shareCell(s triage.Share) string {
	if s.N == 0 {
		return fmt.Sprintf("%-28s", "–  n=0")
	}
	return fmt.Sprintf("%.2f [%.2f, %.2f] n=%-6d", s.Value(), s.Low, s.High, s.N)
}
