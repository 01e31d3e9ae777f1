package correspondence_test

import (
	"errors"
	"testing"

	"hotline/app/audit"
	"hotline/app/correspondence"
	"hotline/app/fault"
)

func TestAStateFollowsItsOwnRuleOrTheGeneralOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for state, own := range map[string]bool{"OH": true, "NY": true, "CA": true, "MD": true, "VA": true, "DC": true, "TX": true, "PA": false, "WY": false, "": false} {
		r, err := h.letters.RuleFor(h.ctx, h.Imani, state)
		h.must(err)
		if r.General() == own || r.MinDays < 30 || r.Mailing == "" || r.Source == "" || r.SourceURL == "" || r.CheckedOn.IsZero() {
			t.Errorf("%q: %+v", state, r)
		}
	}
	r, err := h.letters.RuleFor(h.ctx, h.Rosa, "OH")
	h.must(err)
	if len(r.Statements()) != 3 || r.TakesEffect != correspondence.AtLetter {
		t.Errorf("Ohio: %+v", r)
	}
	_, err = h.letters.RuleFor(h.ctx, h.Tomas, "OH")
	h.is(err, fault.NotFound)
}

func TestAManagerEditsARuleAndItIsRecorded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r, err := h.letters.RuleAs(h.ctx, h.Elena, "OH")
	h.must(err)
	began := r
	r.MinDays, r.Note = 45, "Longer now."
	h.must(h.letters.SetRule(h.ctx, h.Elena, r, today))
	h.must(h.letters.SetRule(h.ctx, h.Elena, r, today)) // a second click
	now, err := h.letters.RuleAs(h.ctx, h.Elena, "OH")
	h.must(err)
	if now.MinDays != 45 || now.Version != 2 || now.ChangedBy != h.Elena.Name || h.actions(audit.MailingRule(now.ID)) != "mailing_rule.changed" {
		t.Errorf("%+v, %q", now, h.actions(audit.MailingRule(now.ID)))
	}
	began.MinDays = 40
	err = h.letters.SetRule(h.ctx, h.Elena, began, today)
	changed, ok := errors.AsType[*correspondence.RuleChanged](err)
	if !ok || changed.Now.MinDays != 45 {
		t.Fatalf("%v", err)
	}
	h.is(err, fault.Conflict)
	h.is(h.letters.SetRule(h.ctx, h.Rosa, now, today), fault.NotFound)
	_, err = h.letters.Rules(h.ctx, h.Rosa)
	h.is(err, fault.NotFound)
}

func TestAStateGetsItsFirstRuleAndLosesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r, err := h.letters.RuleAs(h.ctx, h.Elena, "PA")
	h.must(err)
	if r.Version != 0 || !r.Holds {
		t.Fatalf("%+v", r)
	}
	r.Mailing, r.Source, r.CheckedOn = "First class.", "The board", today
	h.must(h.letters.SetRule(h.ctx, h.Elena, r, today))
	got, err := h.letters.RuleFor(h.ctx, h.Okafor, "PA")
	h.must(err)
	if got.General() || got.Version != 1 {
		t.Fatalf("%+v", got)
	}
	h.is(h.letters.SetRule(h.ctx, h.Elena, func() correspondence.Rule { second := r; second.Mailing = "Pigeon."; return second }(), today), fault.Conflict)
	got.Holds = false
	h.must(h.letters.SetRule(h.ctx, h.Elena, got, today))
	if got, err = h.letters.RuleFor(h.ctx, h.Okafor, "PA"); err != nil || !got.General() {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestARuleIsCheckedFieldByField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for field, change := range map[string]func(*correspondence.Rule){
		"min_days":     func(r *correspondence.Rule) { r.MinDays = 0 },
		"takes_effect": func(r *correspondence.Rule) { r.TakesEffect = "" },
		"mailing":      func(r *correspondence.Rule) { r.Mailing = " " },
		"source":       func(r *correspondence.Rule) { r.Source = "" },
		"source_url":   func(r *correspondence.Rule) { r.SourceURL = "javascript:alert(1)" },
		"checked_on":   func(r *correspondence.Rule) { r.CheckedOn = today.AddDate(0, 0, 1) },
		"holds":        func(r *correspondence.Rule) { r.State, r.Holds = "", false },
	} {
		r, err := h.letters.RuleAs(h.ctx, h.Elena, "OH")
		h.must(err)
		change(&r)
		err = h.letters.SetRule(h.ctx, h.Elena, r, today)
		if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For(field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}
