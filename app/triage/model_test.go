package triage

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheEmbeddedModelIsWhatTrainingGives(t *testing.T) {
	t.Parallel()
	m, err := Train(Corpus(), EmbeddedLexicon())
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, modelFile) {
		t.Errorf("model.bin is version %s, training gives %s: run go generate in app/triage", Embedded().Version(), m.Version())
	}
	if len(b) > 3<<20 {
		t.Errorf("the model has %d bytes", len(b))
	}
}

func TestAModelComesBackFromItsBytes(t *testing.T) {
	t.Parallel()
	began := time.Now()
	var m Model
	if err := m.UnmarshalBinary(modelFile); err != nil {
		t.Fatal(err)
	}
	t.Logf("read in %s", time.Since(began))
	if m.Version() != Embedded().Version() || len(m.Version()) != 12 {
		t.Errorf("version %q", m.Version())
	}
	const text = "A patient says he will sue unless we cancel his charges."
	if Read(&m, text).Topic() != Read(Embedded(), text).Topic() {
		t.Error("it reads otherwise")
	}
	if _, err := new(Model).MarshalBinary(); err == nil {
		t.Error("nothing was written as a model")
	}
}

func TestBytesThatAreNoModelAreRefused(t *testing.T) {
	t.Parallel()
	changed := slices.Clone(modelFile)
	changed[len(magic)+2] ^= 0x40
	for name, b := range map[string][]byte{
		"nothing": nil, "other bytes": []byte("hotline triage 9\n..."), "half": modelFile[:len(modelFile)/2],
		"too much": append(slices.Clone(modelFile), 0), "a changed one": changed, "only the beginning": modelFile[:len(magic)+1],
	} {
		m := Model{version: "as before"}
		if err := m.UnmarshalBinary(b); err == nil || m.version != "as before" {
			t.Errorf("%s: %v, version %q", name, err, m.version)
		}
	}
}

func TestWordsThatPeopleAddAreHeardAfterTraining(t *testing.T) {
	t.Parallel()
	lex := EmbeddedLexicon()
	lex.Topics["misinformation"] = append(lex.Topics["misinformation"], "zorbium crystals")
	lex.Triggers = append(lex.Triggers, TriggerRule{Code: "flood", Name: "Flood", Level: "critical", First: "Leave the house.", HandOff: "911",
		Patterns: []Pattern{{Any: []string{"flood*"}, With: []string{"clinic|office"}, Without: []string{"flooded with calls"}}}})
	m, err := Train(Corpus()[:300], lex)
	if err != nil {
		t.Fatal(err)
	}
	if r := Read(m, "The clinic is flooding."); r.Urgency != "critical" || r.Triggers[0].Code != "flood" {
		t.Errorf("%s %+v", r.Urgency, r.Triggers)
	}
	if r := Read(m, "Our office is flooded with calls."); slices.ContainsFunc(r.Triggers, func(tr Trigger) bool { return tr.Code == "flood" }) {
		t.Error("an excluded context fired")
	}
	with, without := Read(m, "He brings zorbium crystals."), Read(m, "He brings garden crystals.")
	p := func(r Reading) float64 {
		return r.Topics[slices.IndexFunc(r.Topics, func(s Scored) bool { return s.Code == "misinformation" })].P
	}
	if p(with) <= p(without) {
		t.Errorf("the added words say nothing: %f, %f", p(with), p(without))
	}
	if len(EmbeddedLexicon().Triggers) == len(lex.Triggers) {
		t.Error("a copy of the lexicon is not a copy")
	}
}

func TestALexiconThatCannotBeReadIsRefusedInWords(t *testing.T) {
	t.Parallel()
	for says, spoil := range map[string]func(*Lexicon){
		"there is no topic":  func(l *Lexicon) { l.Topics["weather"] = []string{"rain"} },
		"cannot begin with":  func(l *Lexicon) { l.Topics["discharge"] = []string{"~ fire"} },
		"there is no group":  func(l *Lexicon) { l.Topics["discharge"] = []string{"<nobody> left"} },
		"a code of its own":  func(l *Lexicon) { l.Triggers = append(l.Triggers, l.Triggers[0]) },
		"is no level":        func(l *Lexicon) { l.Triggers[0].Level = "grave" },
		"has no pattern":     func(l *Lexicon) { l.Triggers[0].Patterns = nil },
		"is not one word":    func(l *Lexicon) { l.Groups["family"] = []string{"step/son"} },
		"a word is missing":  func(l *Lexicon) { l.Groups["family"] = []string{"son||daughter"} },
		"a number from 1 to": func(l *Lexicon) { l.Groups["family"] = []string{"my ~99 son"} },
	} {
		lex := EmbeddedLexicon()
		spoil(&lex)
		if err := lex.Check(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("wanted %q, got %v", says, err)
		}
	}
	if _, err := Train(Corpus()[:10], EmbeddedLexicon()); err == nil {
		t.Error("ten examples made a model")
	}
	bad := slices.Clone(Corpus()[:30])
	bad[3].Topic = "weather"
	if _, err := Train(bad, EmbeddedLexicon()); err == nil {
		t.Error("a topic that does not exist was learned")
	}
}

func TestTheCorpusIsLabelledWithWhatExists(t *testing.T) {
	t.Parallel()
	ids, real := map[string]bool{}, 0
	for _, ex := range Corpus() {
		if ids[ex.ID] {
			t.Errorf("%s is there twice", ex.ID)
		}
		ids[ex.ID] = true
		if ex.Real {
			real++
		}
		for _, slug := range ex.Articles {
			if !slices.Contains(Articles, slug) {
				t.Errorf("%s: there is no article %q", ex.ID, slug)
			}
		}
		for _, topic := range ex.Secondary {
			if !slices.Contains(Topics, topic) || topic == ex.Topic {
				t.Errorf("%s: secondary topic %q", ex.ID, topic)
			}
		}
	}
	if real < 70 || len(ids) < 900 {
		t.Errorf("%d real ones of %d", real, len(ids))
	}
}
