package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// The kinds of promise: to answer first, to answer again, to be done.
const (
	FirstAnswer = "first_answer"
	NextAnswer  = "next_answer"
	Resolution  = "resolution"
)

// PromiseKinds are the kinds of promise, in the order they are shown.
var PromiseKinds = []string{FirstAnswer, NextAnswer, Resolution}

// Urgencies are the urgencies, in the order they are shown.
var Urgencies = []string{"critical", "urgent", "routine"}

// Promise is what a desk promises for a kind, a topic and an urgency. (What the
// outbox calls a promise is another thing.)
type Promise struct {
	Kind    string
	Topic   string // its code; "": any topic
	Urgency string
	Minutes int  // of the desk's business time
	Always  bool // counted around the clock instead
}

type promiseKey struct{ kind, topic, urgency string }

func (p Promise) key() promiseKey { return promiseKey{p.Kind, p.Topic, p.Urgency} }

// Field names the promise in a form: "first_answer-urgent", and
// "first_answer-urgent-discharge" for one topic's own.
func (p Promise) Field() string {
	if p.Topic == "" {
		return p.Kind + "-" + p.Urgency
	}
	return p.Kind + "-" + p.Urgency + "-" + p.Topic
}

// Promise is what the desk promises for a kind, a topic and an urgency: the topic's
// own goes before that for any topic. Where nothing is promised of the next answer,
// the first answer's promise stands for it; a first answer is always promised. The
// answer's Kind is the one asked for, its Topic is "" where the topic has no own.
func (t Times) Promise(kind, topic, urgency string) (p Promise, ok bool) {
	kinds := []string{kind}
	if kind == NextAnswer {
		kinds = append(kinds, FirstAnswer)
	}
	for _, k := range kinds {
		for _, of := range []string{topic, ""} {
			if p, ok = t.promised[promiseKey{k, of, urgency}]; ok {
				p.Kind = kind
				return p, true
			}
		}
	}
	if kind == Resolution {
		return Promise{}, false
	}
	return Promise{Kind: kind, Urgency: urgency, Minutes: DefaultMinutes[urgency]}, true
}

// Promises are all that have been set, by kind, topic (any first) and urgency.
func (t Times) Promises() []Promise {
	return slices.SortedFunc(maps.Values(t.promised), comparePromises)
}

func comparePromises(a, b Promise) int {
	return cmp.Or(cmp.Compare(slices.Index(PromiseKinds, a.Kind), slices.Index(PromiseKinds, b.Kind)),
		cmp.Compare(a.Topic, b.Topic), cmp.Compare(slices.Index(Urgencies, a.Urgency), slices.Index(Urgencies, b.Urgency)))
}

// longestPromise is a year, in minutes.
const longestPromise = 366 * minutesADay

// SetPromises replaces what a desk promises. Promises already made keep their length.
// Managers, administrators and commands may. Errors: fault.Fields by Promise.Field.
func (s *Service) SetPromises(ctx context.Context, by actor.Actor, deskID int64, all []Promise) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error { return SetPromisesIn(tx, by, deskID, all, s.now()) })
}

// SetPromisesIn is SetPromises within tx.
func SetPromisesIn(tx *gorm.DB, by actor.Actor, deskID int64, all []Promise, now time.Time) error {
	if !by.Is(actor.Manager, actor.Administrator, actor.System) {
		return fault.Forbidden
	}
	if err := checkPromises(tx, all); err != nil {
		return err
	}
	if err := holdDesk(tx, deskID); err != nil {
		return err
	}
	times, err := TimesOf(tx, deskID)
	if err != nil {
		return err
	}
	all = slices.SortedFunc(slices.Values(all), comparePromises)
	if slices.Equal(all, times.Promises()) {
		return nil
	}
	if err := tx.Exec(`DELETE FROM desk_targets WHERE desk_id = ?`, deskID).Error; err != nil {
		return err
	}
	detail := make(map[string]any, len(all))
	for _, p := range all {
		if err := tx.Exec(`INSERT INTO desk_targets (desk_id, kind, topic, urgency, minutes, always) VALUES (?, ?, nullif(?, ''), ?, ?, ?)`,
			deskID, p.Kind, p.Topic, p.Urgency, p.Minutes, p.Always).Error; err != nil {
			return err
		}
		detail[p.Field()] = p.Minutes
		if p.Always {
			detail[p.Field()+"-always"] = true
		}
	}
	return audit.Record(tx, by, now, "desk.targets_changed", audit.Desk(deskID), audit.Detail{"targets": detail})
}

func checkPromises(tx *gorm.DB, all []Promise) error {
	var topics []string
	if err := tx.Raw(`SELECT code FROM topics`).Scan(&topics).Error; err != nil {
		return err
	}
	var bad fault.Fields
	seen := map[promiseKey]bool{}
	for _, p := range all {
		known := slices.Contains(PromiseKinds, p.Kind) && slices.Contains(Urgencies, p.Urgency)
		if !known || p.Topic != "" && !slices.Contains(topics, p.Topic) {
			bad.Need(false, "targets", "Choose kinds, topics and urgencies from the lists.") // what was sent is no field's name
			continue
		}
		bad.Need(p.Minutes > 0 && p.Minutes <= longestPromise, p.Field(), "Give a time from one minute to a year.")
		bad.Need(!seen[p.key()], p.Field(), "This promise is given twice.")
		seen[p.key()] = true
	}
	return bad.Err()
}

// holdDesk keeps a desk's row until tx ends: one change of a desk at a time.
func holdDesk(tx *gorm.DB, deskID int64) error {
	held := tx.Exec(`SELECT FROM desks WHERE id = ? FOR NO KEY UPDATE`, deskID)
	if held.Error == nil && held.RowsAffected == 0 {
		return fault.NotFound
	}
	return held.Error
}
