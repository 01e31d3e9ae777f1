package correspondence

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// RuleChanged is the conflict of an edit that began before somebody else's: nothing was
// saved. Now is the rule as it stands.
type RuleChanged struct{ Now Rule }

func (c *RuleChanged) Error() string { return "conflict: the rule was changed meanwhile" }
func (c *RuleChanged) Unwrap() error { return fault.Conflict }

// mostRuleText is how long each text of a rule may be, in characters.
const mostRuleText = 2000

func (r *Rule) check(today time.Time) error {
	var bad fault.Fields
	short := func(name, text string) {
		bad.Need(utf8.RuneCountInString(text) <= mostRuleText, name, "Make it shorter: 2,000 characters at most.")
	}
	bad.Need(r.State != "" || r.Holds, "holds", "The general rule always holds.")
	bad.Need(r.MinDays >= 1 && r.MinDays <= mostDays, "min_days", "Give a number of days from 1 to 366.")
	bad.Need(r.State != "" || r.MinDays >= leastDays, "min_days", "Where a state says nothing, give thirty days at least.")
	bad.Need(r.TakesEffect == AtLetter || r.TakesEffect == AtEnd, "takes_effect", "Choose when the letter takes effect.")
	bad.Need(r.Mailing != "", "mailing", "Say how the letter is mailed.")
	short("mailing", r.Mailing)
	short("must_say", r.MustSay)
	short("note", r.Note)
	bad.Need(r.Source != "", "source", "Say where it is known from.")
	short("source", r.Source)
	bad.Need(r.SourceURL == "" || webAddress(r.SourceURL), "source_url", "Give an address that begins with https://, or leave it empty.")
	short("source_url", r.SourceURL)
	bad.Need(!r.CheckedOn.IsZero(), "checked_on", "Give the day as in 2026-11-19.")
	bad.Need(!r.CheckedOn.After(today), "checked_on", "That day is still to come.")
	return bad.Err()
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' })
}

// SetRule saves what a state asks for, or the first that is known of it. in.Version is
// the version it was begun from; 0: there was none. today is the desk's day. Managers.
// Errors: fault.Fields; *RuleChanged.
func (s *Service) SetRule(ctx context.Context, by actor.Actor, in Rule, today time.Time) error {
	if !by.Is(actor.Manager) {
		return fault.NotFound
	}
	if in.State != "" && !stateLike.MatchString(in.State) {
		return fault.NotFound
	}
	for _, text := range []*string{&in.Mailing, &in.MustSay, &in.Note, &in.Source, &in.SourceURL} {
		*text = strings.TrimSpace(*text)
	}
	if err := in.check(today); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec(`SELECT FROM mailing_rules WHERE state = ? FOR UPDATE`, in.State).Error; err != nil {
			return err
		}
		now := s.now()
		was, err := ruleOf(tx, in.State)
		if err != nil {
			return err
		}
		if was.same(in) {
			return nil // a second click, or nothing new
		}
		if was.Version != in.Version {
			return &RuleChanged{was}
		}
		var id int64
		err = tx.Raw(`INSERT INTO mailing_rules (state, holds, min_days, takes_effect, mailing, must_say, note, source, source_url, checked_on, version, changed_by, changed_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
			ON CONFLICT (state) DO UPDATE SET holds = excluded.holds, min_days = excluded.min_days, takes_effect = excluded.takes_effect, mailing = excluded.mailing,
				must_say = excluded.must_say, note = excluded.note, source = excluded.source, source_url = excluded.source_url, checked_on = excluded.checked_on,
				version = mailing_rules.version + 1, changed_by = excluded.changed_by, changed_at = excluded.changed_at
			WHERE mailing_rules.version = ? RETURNING id`,
			in.State, in.Holds, in.MinDays, in.TakesEffect, in.Mailing, in.MustSay, in.Note, in.Source, in.SourceURL, in.CheckedOn.Format(time.DateOnly), by.ID, now,
			in.Version).Scan(&id).Error
		if err != nil {
			return err
		}
		if id == 0 { // two added the first rule of a state at once, and the other was quicker
			if was, err = ruleOf(tx, in.State); err != nil {
				return err
			}
			return &RuleChanged{was}
		}
		return audit.Record(tx, by, now, "mailing_rule.changed", audit.MailingRule(id),
			audit.Detail{"state": in.State, "version": in.Version + 1, "holds": in.Holds, "min_days": in.MinDays})
	})
}

func (r Rule) same(in Rule) bool {
	return r.Version > 0 && r.Holds == in.Holds && r.MinDays == in.MinDays && r.TakesEffect == in.TakesEffect && r.Mailing == in.Mailing && r.MustSay == in.MustSay &&
		r.Note == in.Note && r.Source == in.Source && r.SourceURL == in.SourceURL && r.CheckedOn.Equal(in.CheckedOn)
}
