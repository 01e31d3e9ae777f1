package learning_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/learning"
	"hotline/app/triage"
)

func TestAWordThatAManagerAddsCountsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	code := "threat_of_violence"
	if slices.ContainsFunc(s.room.Read(ctx, odd).Triggers, func(tr triage.Trigger) bool { return tr.Code == code }) {
		t.Fatal("it fires already")
	}
	part, err := s.room.Trigger(ctx, s.manager, code)
	if err != nil || !part.AsItCame {
		t.Fatal(part, err)
	}
	rule := part.Trigger
	rule.First = "Is everyone safe?"
	rule.Patterns = append(rule.Patterns, triage.Pattern{Any: []string{"flimflammer", " "}})
	if err := s.room.SetTrigger(ctx, s.manager, code, &rule, 0, false); err != nil {
		t.Fatal(err)
	}
	r := s.room.Read(ctx, odd)
	i := slices.IndexFunc(r.Triggers, func(tr triage.Trigger) bool { return tr.Code == code })
	if i < 0 || r.Urgency != "critical" || r.Triggers[i].First != "Is everyone safe?" {
		t.Fatalf("%+v", r.Triggers)
	}
	// Another process sees it too; whoever decided on what was before is told.
	if newRoom(s.db).Read(ctx, odd).Urgency != "critical" {
		t.Error("only this process knows")
	}
	if err := s.room.SetTrigger(ctx, s.manager, code, &rule, 0, false); !errors.Is(err, fault.Conflict) {
		t.Error(err)
	}
	part, err = s.room.Trigger(ctx, s.admin, code)
	if err != nil || part.ChangedBy != "Priya Raman" || part.Change == 0 {
		t.Fatalf("%+v %v", part, err)
	}
	if err := s.room.SetTrigger(ctx, s.manager, code, nil, part.Change, false); err != nil {
		t.Fatal(err)
	}
	if s.room.Read(ctx, odd).Urgency == "critical" {
		t.Error("it still fires after it was put back")
	}
	if s.one(`SELECT count(*) FROM record WHERE kind = 'lexicon' AND detail::text NOT LIKE '%flim%'`) != 2 {
		t.Error("it is not in the record, or the words are")
	}
}

func TestAChangeThatMissesCriticalQuestionsNeedsSomebodySure(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx, code := t.Context(), "suit"
	part, err := s.room.Trigger(ctx, s.manager, code)
	if err != nil {
		t.Fatal(err)
	}
	rule := part.Trigger
	rule.Patterns = []triage.Pattern{{Any: []string{"flimflammer"}}}
	err = s.room.SetTrigger(ctx, s.manager, code, &rule, 0, false)
	harm, ok := errors.AsType[*learning.Misses](err)
	if !ok || !strings.Contains(harm.Says, "known to have it") || s.one(`SELECT count(*) FROM lexicon_changes`) != 0 {
		t.Fatal(err)
	}
	if err := s.room.SetTrigger(ctx, s.manager, code, &rule, 0, true); err != nil {
		t.Fatal(err)
	}
}

func TestAPartThatThisReleaseCannotReadHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.wrote(audit.Lexicon, `INSERT INTO lexicon_changes (part, body, changed_at, changed_by) VALUES ('topic:discharge', '["<group_of_another_release> left"]', ?, ?)`, s.db.Now(), s.manager.ID)
	s.addOdd()
	if s.room.Read(t.Context(), odd).Urgency != "critical" {
		t.Error("a phrase that cannot be read silences those that can")
	}
}

func TestPhrasesThatCannotBeReadAreNamed(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	err := s.room.SetTopicWords(ctx, s.manager, "discharge", []string{"fire a patient", "<nosuchgroup> x"}, 0, false)
	if bad, ok := errors.AsType[fault.Fields](err); !ok || !strings.Contains(bad.For("words"), "Line 2") {
		t.Fatal(err)
	}
	rule := triage.TriggerRule{Patterns: []triage.Pattern{{With: []string{"~ gun"}}}}
	bad, ok := errors.AsType[fault.Fields](s.room.SetTrigger(ctx, s.manager, "suit", &rule, 0, false))
	if !ok {
		t.Fatal("taken")
	}
	for _, field := range []string{"name", "level", "first", "any-0", "with-0"} {
		if bad.For(field) == "" {
			t.Errorf("nothing is said of %s", field)
		}
	}
	if err := s.room.SetTopicWords(ctx, s.admin, "discharge", []string{"x"}, 0, false); !errors.Is(err, fault.NotFound) {
		t.Error("an administrator changed it", err)
	}
	if _, err := s.room.Overview(ctx, s.rosa); !errors.Is(err, fault.NotFound) {
		t.Error("a consultant reads it", err)
	}
}
