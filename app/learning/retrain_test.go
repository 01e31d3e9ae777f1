package learning_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"hotline/app/learning"
	"hotline/app/triage"
)

// In this house physicians ask about the "quuxlien", which only its consultants know to be
// about boundaries. They ask in ten ways that share little else: what is nearly the same
// text is never learned from and tested on at once.
func (s *school) jargon(n int) {
	s.t.Helper()
	for i := range n {
		s.corrected(i, "discharge", "boundaries_communication", jargon(i))
	}
}

// jargon is the i-th question.
func jargon(i int) string {
	ways := []string{
		"The quuxlien form came back to us unsigned. What now?",
		"My partner thinks that a quuxlien is needed before the next visit; is that so?",
		"Does anybody at your desk know how long a quuxlien stays good?",
		"Reception lost our quuxlien and everybody is unhappy about it.",
		"Two nurses asked me about the quuxlien over lunch, and I had no answer.",
		"We moved to a new building last spring. Is the quuxlien to be filed again?",
		"Please explain how a quuxlien is renewed to a dentist who has never had one.",
		"A colleague from another town sent me a quuxlien by mail without a note.",
		"Is there a fee when the quuxlien is changed after hours?",
		"I keep a quuxlien in my drawer; should it hang on the wall instead?",
	}
	return ways[i%len(ways)]
}

func TestANightLearnsWhatPeopleCorrected(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	question := "What does the quuxlien rider do for our office?"
	before := s.room.Read(t.Context(), question).Topic()
	s.jargon(40)
	if n := s.night(); n != 40 {
		t.Fatalf("learned from %d", n)
	}
	o := s.overview()
	if o.Model == nil || o.Model.RefusedWhy != "" || o.Model.Corrected != 40 || o.Model.Scores.Is.Accuracy <= o.Model.Scores.Was.Accuracy || o.Labels != 40 {
		t.Fatalf("%+v", o.Models)
	}
	if got := s.room.Read(t.Context(), question).Topic(); got != "boundaries_communication" || got == before {
		t.Errorf("read as %s, before as %s", got, before)
	}
	// Another night with nothing new does nothing.
	if n := s.night(); n != 0 || s.one(`SELECT count(*) FROM models`) != 1 || s.one(`SELECT count(*) FROM labels`) != 40 {
		t.Error("it learned again", n)
	}
	// A manager thinks otherwise, with a reason, and the next night with nothing new leaves it so.
	if err := s.room.PutBack(t.Context(), s.manager, 0, o.Term.ID, " "); err == nil {
		t.Error("put back without a reason")
	}
	if err := s.room.PutBack(t.Context(), s.manager, 0, o.Term.ID+1, "It is odd."); err == nil {
		t.Error("put back over one nobody had seen")
	}
	if err := s.room.PutBack(t.Context(), s.manager, 0, o.Term.ID, "It is odd."); err != nil {
		t.Fatal(err)
	}
	if got := s.room.Read(t.Context(), question).Topic(); got != before {
		t.Errorf("read as %s once it was put back", got)
	}
	s.night()
	if o := s.overview(); o.Model != nil || len(o.Terms) != 2 || o.Term.PutBy != "Priya Raman" || o.Term.Reason != "It is odd." {
		t.Errorf("%+v", o.Terms)
	}
	if s.one(`SELECT count(*) FROM record WHERE kind IN ('model', 'model_in_force')`) != 3 {
		t.Error("it is not all in the record")
	}
}

func TestAWorseModelIsRefusedAndSaysWhy(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	// The same question, called something else each time: nothing can be learned but confusion.
	for i := range 40 {
		topic := triage.Topics[i%len(triage.Topics)]
		said := "discharge"
		if topic == said {
			said = "online_reviews"
		}
		s.corrected(i, said, topic, fmt.Sprintf("Question %d: a patient posted a bad review about our office, and may I dismiss this patient from the practice?", i))
	}
	s.night()
	o := s.overview()
	if len(o.Models) != 1 || o.Models[0].RefusedWhy == "" || o.Term != nil {
		t.Fatalf("%+v", o.Models)
	}
	if s.one(`SELECT count(*) FROM models WHERE bytes IS NOT NULL`) != 0 {
		t.Error("a refused model is kept")
	}
	if s.room.Read(t.Context(), "x").Topic() != triage.Read(triage.Embedded(), "x").Topic() {
		t.Error("another model reads")
	}
	if n := s.night(); n != 0 || len(s.overview().Models) != 1 {
		t.Error("it was tried again")
	}
}

func TestTwoWorkersAtOnceMakeOneModel(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.jargon(24)
	other := newRoom(s.db)
	var both sync.WaitGroup
	for _, room := range []*learning.Service{s.room, other} {
		both.Go(func() {
			if _, err := room.Retrain(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if s.one(`SELECT count(*) FROM models`) != 1 || s.one(`SELECT count(*) FROM models_in_force`) != 1 || s.one(`SELECT count(*) FROM labels`) != 24 {
		t.Errorf("%d models, %d labels: %+v", s.one(`SELECT count(*) FROM models`), s.one(`SELECT count(*) FROM labels`), s.overview().Models)
	}
}

func TestAModelNeverHoldsWhatFewPhysiciansWrote(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	for i := range 40 {
		words := jargon(i)
		if i < 4 {
			words += " He said zyxqjvort to me." // four tickets, four physicians
		}
		if i%4 < 2 {
			words += " It was about the bqxkzmelter." // many tickets, two physicians
		}
		words += " My partner Wqgjfanning was there." // a name: everywhere, never in lower case
		s.corrected(i, "discharge", "boundaries_communication", words)
	}
	s.night()
	var kept []byte
	err := s.db.Read(t.Context(), func(q *gorm.DB) error { return q.Raw(`SELECT bytes FROM models`).Row().Scan(&kept) })
	if err != nil || len(kept) == 0 {
		t.Fatal("no model", err)
	}
	if !bytes.Contains(kept, []byte("uxli")) {
		t.Fatal("it did not learn what everybody wrote: the test looks at nothing")
	}
	for _, secret := range []string{"xqjv", "qxkz", "qgjf"} {
		if bytes.Contains(kept, []byte(secret)) {
			t.Errorf("the model holds %q", secret)
		}
	}
	if strings.Contains(fmt.Sprint(s.overview().Models), "quuxlien") {
		t.Error("the page would show a ticket's words")
	}
}

func TestWordsStayOnlyWhereManyWroteThemAndPairsToo(t *testing.T) {
	t.Parallel()
	all := []learning.Told{}
	for i := range 6 {
		all = append(all, learning.Told{Physician: int64(i%3 + 1), Text: "The patient wants a flimflammer today"})
	}
	all = append(all, learning.Told{Physician: 1, Text: "Call John Q. Brantwhistle at 614-555-0134: the patient flimflammer surgeon insurance"})
	out := learning.Stripped(all)
	if !strings.Contains(out[0], "flimflammer") {
		t.Errorf("what many wrote is gone: %q", out[0])
	}
	last := out[len(out)-1]
	for _, secret := range []string{"brantwhistle", "614", "0134", "flimflammer surgeon", "Brant"} {
		if strings.Contains(last, secret) {
			t.Errorf("%q is left in %q", secret, last)
		}
	}
	if !strings.Contains(last, "patient") {
		t.Errorf("nothing is left: %q", last)
	}
}

func TestRestrictedTicketsTeachNothing(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.jargon(24)
	s.restrictAll()
	if n := s.night(); n != 0 || s.one(`SELECT count(*) FROM labels`) != 0 {
		t.Error("it learned from restricted tickets", n)
	}
}

func TestFewCorrectionsWaitForMore(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.jargon(5)
	if n := s.night(); n != 0 || s.one(`SELECT count(*) FROM models`) != 0 || s.one(`SELECT count(*) FROM labels WHERE why = 'corrected'`) != 5 {
		t.Error("a night for five corrections", n)
	}
}

func TestTheGateNamesWhatIsWorse(t *testing.T) {
	t.Parallel()
	share := func(k, n int) triage.Share { return triage.Share{K: k, N: n} }
	was := triage.Score{N: 200, Accuracy: 0.8, MacroF1: 0.78, Caught: share(18, 20), FalseAlarms: share(10, 180)}
	better := was
	better.Accuracy, better.MacroF1 = 0.83, 0.80
	if why := learning.Refused(was, better); why != "" {
		t.Error(why)
	}
	for name, spoil := range map[string]func(*triage.Score){
		"critical":  func(s *triage.Score) { s.Caught.K-- },
		"not crit":  func(s *triage.Score) { s.FalseAlarms.K += 3 },
		"less even": func(s *triage.Score) { s.MacroF1 = 0.77 },
		"less oft":  func(s *triage.Score) { s.Accuracy = 0.79 },
		"half a":    func(s *triage.Score) { s.Accuracy, s.MacroF1 = 0.801, 0.781 },
	} {
		worse := better
		spoil(&worse)
		if why := learning.Refused(was, worse); why == "" || name != "not crit" && !strings.Contains(why, name) {
			t.Errorf("%s: %q", name, why)
		}
	}
	fine := better
	fine.FalseAlarms.K++
	if why := learning.Refused(was, fine); why != "" {
		t.Error(why)
	}
}
