package guidance

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
)

// Reading is one version of an article, as a person reads it.
type Reading struct {
	Article
	VersionID   int64
	Version     int
	Current     int // the version that is read now
	TopicName   string
	PublishedAt time.Time
	Due         time.Time  // the day it is to be looked at again, at midnight UTC: as the version says, or sooner
	Whole       bool       // the text is the one that was published, to the letter
	Withdrawn   *time.Time // since when nobody should rely on it any more; nil: it stands
	Why         string     // why it was withdrawn; staff only
	States      []string   // codes of the states the reader is insured in, or acts for; none for staff
	Editions    []Edition  // every version, newest first; staff only
	Files       []File     // what goes with the article; none with an older version
}

// Edition is one version, in a list of them.
type Edition struct {
	Version     int
	PublishedAt time.Time
	Changed     string
}

// asked is the version that was asked for, of an article a: the one read now for 0.
const asked = `coalesce(nullif(CAST(? AS bigint), 0), a.current)`

// Show reads an article; version 0 is the current one. Staff read every version.
// Insured people read what is current, stands and is for them, and any version that was
// cited to them. Everything else is not found.
func (s *Service) Show(ctx context.Context, by actor.Actor, slug string, version int) (*Reading, error) {
	desk, err := reader(by)
	if err != nil {
		return nil, err
	}
	if version < 0 || !slugLike.MatchString(slug) {
		return nil, fault.NotFound
	}
	var r *Reading
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		now := s.now()
		told, args, err := told(q, by, now)
		if err != nil {
			return err
		}
		var k kept
		err = q.Raw(`SELECT `+keptColumns+` FROM articles a JOIN topics tp ON tp.code = a.topic
			JOIN article_versions v ON v.article_id = a.id AND v.version = `+asked+`
			WHERE a.slug = ? AND (CAST(? AS boolean) OR (a.visible = 'insured' AND v.version = a.current AND a.withdrawn_at IS NULL)
				OR EXISTS (SELECT FROM citations c JOIN tickets t ON t.id = c.ticket_id WHERE c.version_id = v.id AND `+told+`))`,
			append([]any{version, slug, desk}, args...)...).Take(&k).Error
		if err != nil {
			return err
		}
		r = &Reading{Article: k.article(), VersionID: k.VersionID, Version: k.Version, Current: k.Current, TopicName: k.TopicName,
			PublishedAt: k.PublishedAt, Due: k.ReviewBy, Whole: k.whole(k.TextHash), Withdrawn: k.WithdrawnAt}
		if k.Version == k.Current {
			r.Due, _ = k.due()
		}
		if k.Version == k.Current && (desk || k.Visible == ForInsured && k.WithdrawnAt == nil) {
			if r.Files, err = filesOf(q, k.ArticleID, "(p.state = 'published')"); err != nil {
				return err
			}
		}
		if desk {
			r.Why = k.WithdrawnWhy
			r.Editions, err = editions(q, k.ArticleID)
			return err
		}
		r.States, err = homes(q, by, now)
		return err
	})
	return r, err
}

// told is which tickets t a person may read the answers on: what is cited is part of
// an answer, so a delegate who may ask and not hear sees none.
func told(q *gorm.DB, by actor.Actor, now time.Time) (where string, args []any, err error) {
	where, args, err = ticket.Visible(q, by, now)
	if err != nil || !by.Insured() {
		return "(" + where + ")", args, err
	}
	acts, err := insured.ActsFor(q, by, now)
	if err != nil {
		return "", nil, err
	}
	var hear []int64
	for _, a := range acts {
		if a.Self || a.MayHear {
			hear = append(hear, a.PhysicianID)
		}
	}
	if len(hear) == 0 {
		return "false", nil, nil
	}
	return "(" + where + ") AND t.physician_id IN ?", append(args, hear), nil
}

// homes are the states of whom the reader is or acts for.
func homes(q *gorm.DB, by actor.Actor, now time.Time) ([]string, error) {
	acts, err := insured.ActsFor(q, by, now)
	var states []string
	for _, a := range acts {
		if a.State != "" && !slices.Contains(states, a.State) {
			states = append(states, a.State)
		}
	}
	return states, err
}
