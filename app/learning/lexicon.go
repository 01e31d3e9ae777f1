package learning

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/triage"
)

// Parts of the lexicon that are edited one at a time.
func topicPart(code string) string   { return "topic:" + code }
func triggerPart(code string) string { return "trigger:" + code }

// Part is a part of the lexicon as it holds, and who wrote it so.
type Part struct {
	Change    int64 // the change it is of; 0: as it came
	ChangedAt time.Time
	ChangedBy string
	AsItCame  bool
	Topic     []string           // a topic's phrases
	Trigger   triage.TriggerRule // or a trigger
}

// The most phrases a list may have, and characters one may have.
const (
	mostPhrases   = 400
	longestPhrase = 1200
	longestWords  = 600
)

// mayLook says who may look at what triage knows: it holds no ticket's text.
func mayLook(by actor.Actor) error {
	if !by.Is(actor.Manager, actor.Administrator, actor.System) {
		return fault.NotFound
	}
	return nil
}

// Lexicon is the lexicon in force. Managers and administrators.
func (s *Service) Lexicon(ctx context.Context, by actor.Actor) (lex triage.Lexicon, err error) {
	if err := mayLook(by); err != nil {
		return lex, err
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		of, err := standingOf(q)
		if err == nil {
			lex, err = lexiconAt(q, of.Lexicon)
		}
		return err
	})
	return lex, err
}

// lexiconAt is the lexicon as it was after a change: what came with the program, and over
// it the latest of each part that was changed. A part that another release wrote and this
// one cannot read is as it came: it must not silence the others.
func lexiconAt(q *gorm.DB, change int64) (triage.Lexicon, error) {
	lex := triage.EmbeddedLexicon()
	var rows []struct {
		Part string
		Body *string
	}
	err := q.Raw(`SELECT DISTINCT ON (part) part, body::text AS body FROM lexicon_changes WHERE id <= ? ORDER BY part, id DESC`, change).Scan(&rows).Error
	if err != nil {
		return lex, err
	}
	for _, r := range rows {
		if r.Body == nil {
			continue
		}
		with := lex
		with.Topics, with.Triggers = maps.Clone(lex.Topics), slices.Clone(lex.Triggers)
		if err := put(&with, r.Part, []byte(*r.Body)); err != nil {
			return lex, err
		}
		if !readable(with, r.Part) {
			slog.Warn("triage reads a part of the lexicon as it came: this version cannot read what was written", "part", r.Part)
			continue
		}
		lex = with
	}
	return lex, nil
}

// readable says whether a part's phrases can be read.
func readable(lex triage.Lexicon, part string) bool {
	kind, code, _ := strings.Cut(part, ":")
	phrases := lex.Topics[code]
	if i := ruleOf(lex, code); kind == "trigger" && i >= 0 {
		phrases = lex.Triggers[i].Unless
		for _, p := range lex.Triggers[i].Patterns {
			phrases = slices.Concat(phrases, p.Any, p.With, p.Text, p.Without)
		}
	}
	return !slices.ContainsFunc(phrases, func(p string) bool { return lex.CheckPhrase(p) != nil })
}

// put puts a part into a lexicon. A part this version of the program no longer has is left out.
func put(lex *triage.Lexicon, part string, body []byte) error {
	kind, code, _ := strings.Cut(part, ":")
	if kind == "topic" {
		if _, ok := lex.Topics[code]; !ok {
			return nil
		}
		var phrases []string
		if err := json.Unmarshal(body, &phrases); err != nil {
			return err
		}
		lex.Topics[code] = phrases
		return nil
	}
	i := ruleOf(*lex, code)
	if i < 0 {
		return nil
	}
	var rule triage.TriggerRule
	if err := json.Unmarshal(body, &rule); err != nil {
		return err
	}
	rule.Code = code
	lex.Triggers[i] = rule
	return nil
}

func ruleOf(lex triage.Lexicon, code string) int {
	return slices.IndexFunc(lex.Triggers, func(r triage.TriggerRule) bool { return r.Code == code })
}

// TopicWords are a topic's words. Managers and administrators.
func (s *Service) TopicWords(ctx context.Context, by actor.Actor, code string) (*Part, error) {
	return s.part(ctx, by, topicPart(code), func(lex triage.Lexicon, p *Part) bool {
		p.Topic = lex.Topics[code]
		return slices.Contains(triage.Topics, code)
	})
}

// Trigger is a trigger's rule. Managers and administrators.
func (s *Service) Trigger(ctx context.Context, by actor.Actor, code string) (*Part, error) {
	return s.part(ctx, by, triggerPart(code), func(lex triage.Lexicon, p *Part) bool {
		i := ruleOf(lex, code)
		if i < 0 {
			return false
		}
		p.Trigger = lex.Triggers[i]
		return true
	})
}

func (s *Service) part(ctx context.Context, by actor.Actor, name string, from func(triage.Lexicon, *Part) bool) (*Part, error) {
	if err := mayLook(by); err != nil {
		return nil, err
	}
	p := &Part{}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		of, err := standingOf(q)
		if err != nil {
			return err
		}
		lex, err := lexiconAt(q, of.Lexicon)
		if err != nil {
			return err
		}
		if !from(lex, p) {
			return fault.NotFound
		}
		err = q.Raw(`SELECT c.id, c.changed_at, u.name, c.body IS NULL FROM lexicon_changes c
			JOIN users u ON u.id = c.changed_by WHERE c.part = ? ORDER BY c.id DESC LIMIT 1`, name).Row().Scan(&p.Change, &p.ChangedAt, &p.ChangedBy, &p.AsItCame)
		if isNone(err) {
			return nil
		}
		return err
	})
	p.AsItCame = p.AsItCame || p.Change == 0
	return p, err
}

// SetTopicWords writes a topic's words; nil puts back what came with the program. was is the
// change the words were made from. They count at once. Managers. Errors: fault.Fields
// ("words"), Conflict where somebody changed them since, *Misses where it would do harm.
func (s *Service) SetTopicWords(ctx context.Context, by actor.Actor, code string, phrases []string, was int64, sure bool) error {
	if !by.Is(actor.Manager) || !slices.Contains(triage.Topics, code) {
		return fault.NotFound
	}
	if phrases == nil {
		return s.change(ctx, by, topicPart(code), nil, was, true)
	}
	phrases = tidied(phrases)
	var bad fault.Fields
	checkPhrases(&bad, triage.EmbeddedLexicon(), "words", phrases, len(phrases) > 0, "Give at least one word or phrase.")
	if err := bad.Err(); err != nil {
		return err
	}
	return s.change(ctx, by, topicPart(code), phrases, was, sure)
}

// SetTrigger writes a trigger's rule: name, level, first words, hand-off, patterns; nil puts
// back what came with the program. As SetTopicWords; fields are name, level, first, hand_off,
// unless and any-N, with-N, text-N, without-N by pattern from 0. Patterns with nothing in
// them are left out.
func (s *Service) SetTrigger(ctx context.Context, by actor.Actor, code string, rule *triage.TriggerRule, was int64, sure bool) error {
	came := triage.EmbeddedLexicon()
	if !by.Is(actor.Manager) || ruleOf(came, code) < 0 {
		return fault.NotFound
	}
	if rule == nil {
		return s.change(ctx, by, triggerPart(code), nil, was, true)
	}
	r := *rule
	r.Code, r.Name, r.First, r.HandOff, r.Unless = code, oneLine(r.Name), oneLine(r.First), oneLine(r.HandOff), tidied(r.Unless)
	var bad fault.Fields
	bad.Need(r.Name != "" && utf8.RuneCountInString(r.Name) <= 80, "name", "Give it a name of up to 80 characters.")
	bad.Need(slices.Contains(triage.Urgencies, r.Level), "level", "Choose a level.")
	bad.Need(r.First != "" && utf8.RuneCountInString(r.First) <= longestWords, "first", "Write the first words to say, up to 600 characters.")
	bad.Need(utf8.RuneCountInString(r.HandOff) <= 200, "hand_off", "Keep it under 200 characters.")
	var patterns []triage.Pattern
	first := "any-0"
	for i, p := range r.Patterns {
		p.Any, p.With, p.Text, p.Without = tidied(p.Any), tidied(p.With), tidied(p.Text), tidied(p.Without)
		if len(p.Any)+len(p.With)+len(p.Text)+len(p.Without) == 0 {
			continue
		}
		at := func(name string) string { return fmt.Sprintf("%s-%d", name, i) }
		checkPhrases(&bad, came, at("any"), p.Any, len(p.Any) > 0, "Give at least one phrase here; the others only narrow it.")
		checkPhrases(&bad, came, at("with"), p.With, true, "")
		checkPhrases(&bad, came, at("text"), p.Text, true, "")
		checkPhrases(&bad, came, at("without"), p.Without, true, "")
		patterns = append(patterns, p)
	}
	bad.Need(len(patterns) > 0, first, "Give at least one phrase that raises it.")
	checkPhrases(&bad, came, "unless", r.Unless, true, "")
	if err := bad.Err(); err != nil {
		return err
	}
	r.Patterns = patterns
	return s.change(ctx, by, triggerPart(code), r, was, sure)
}

// checkPhrases says which phrase cannot be read. lex is any lexicon: its groups are never
// edited.
func checkPhrases(bad *fault.Fields, lex triage.Lexicon, field string, phrases []string, enough bool, missing string) {
	bad.Need(enough, field, missing)
	bad.Need(len(phrases) <= mostPhrases, field, "That is more than the 400 phrases a list takes.")
	for i, p := range phrases {
		bad.Need(utf8.RuneCountInString(p) <= longestPhrase, field, fmt.Sprintf("Line %d is longer than 1,200 characters.", i+1))
		bad.Need(lex.CheckPhrase(p) == nil, field, fmt.Sprintf("Line %d cannot be read. Look at its signs: * ends a word, ~ stands between words, | between those that may stand for each other, < > around a group.", i+1))
	}
}

// tidied are phrases without what says nothing.
func tidied(phrases []string) []string {
	var out []string
	for _, p := range phrases {
		if p = oneLine(p); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// changing is the advisory lock under which the lexicon and the model in force change.
const changing = 7216

// change writes a part of the lexicon down. body nil: as it came.
func (s *Service) change(ctx context.Context, by actor.Actor, part string, body any, was int64, sure bool) error {
	var text *string
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		written := string(b)
		text = &written
	}
	if !sure {
		if err := s.harm(ctx, part, *text); err != nil {
			return err
		}
	}
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		// Whoever comes second waits here, and is then told.
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, changing).Error; err != nil {
			return err
		}
		of, err := standingOf(tx)
		if err != nil {
			return err
		}
		var last struct {
			ID   int64
			Body *string
		}
		if err := tx.Raw(`SELECT id, body::text AS body FROM lexicon_changes WHERE part = ? ORDER BY id DESC LIMIT 1`, part).Scan(&last).Error; err != nil {
			return err
		}
		if last.ID != was {
			return fault.Say(fault.Conflict, "Somebody changed this while you were at it. Yours is below, as you typed it; theirs is beside it.")
		}
		if (last.Body == nil) == (text == nil) && (text == nil || *last.Body == *text) {
			return nil
		}
		lex, err := lexiconAt(tx, of.Lexicon)
		if err != nil {
			return err
		}
		if text != nil {
			if err := put(&lex, part, []byte(*text)); err != nil {
				return err
			}
			if lex.Check() != nil {
				return fault.Say(fault.Unacceptable, "Put together, these phrases cannot be read.")
			}
		}
		now := s.now()
		var id int64
		if err := tx.Raw(`INSERT INTO lexicon_changes (part, body, changed_at, changed_by) VALUES (?, ?::json, ?, ?) RETURNING id`, part, text, now, by.ID).Scan(&id).Error; err != nil {
			return err
		}
		return audit.Record(tx, by, now, "lexicon.changed", audit.Lexicon(id), audit.Detail{"part": part, "after": last.ID, "as_it_came": text == nil})
	})
	if err == nil {
		s.forget()
	}
	return err
}

func isNone(err error) bool {
	return errors.Is(err, sql.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound)
}
