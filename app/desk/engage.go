package desk

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/fault"
)

// Skill is a topic and how well somebody knows it: training (they take it only with
// a second reader), knows, leads.
type Skill struct{ Topic, Level string }

// Levels are how well a topic may be known, least first.
var Levels = []string{"training", "knows", "leads"}

// Engagement is what a consultant takes and how much at once. Topics are skills at
// the level "knows"; where Skills names one too, Skills wins. States (two letters) and
// Languages (ISO 639 codes): nil leaves them as they are, empty clears them.
type Engagement struct {
	UserID    int64
	Cap       int
	Topics    []string
	Skills    []Skill
	States    []string
	Languages []string
}

var (
	stateCode    = regexp.MustCompile(`^[A-Z]{2}$`)
	languageCode = regexp.MustCompile(`^[a-z]{2,3}$`)
)

// levels are the topics of an engagement with their levels.
func (in Engagement) levels() map[string]string {
	levels := map[string]string{}
	for _, topic := range in.Topics {
		levels[topic] = "knows"
	}
	for _, s := range in.Skills {
		levels[s.Topic] = s.Level
	}
	return levels
}

func (in Engagement) check() error {
	var bad fault.Fields
	bad.Need(in.Cap >= 0 && in.Cap <= 500, "cap", "Give a number from 0 to 500.")
	for _, s := range in.Skills {
		bad.Need(slices.Contains(Levels, s.Level), "skills", "Choose training, knows or leads.")
	}
	for _, state := range in.States {
		bad.Need(stateCode.MatchString(state), "states", "Give states by their two letters, such as OH.")
	}
	for _, language := range in.Languages {
		bad.Need(languageCode.MatchString(language), "languages", "Give languages by their codes, such as es for Spanish.")
	}
	return bad.Err()
}

// tidied is codes as they are kept: without spaces, in one case, each once.
func tidied(codes []string, in func(string) string) []string {
	if codes == nil {
		return nil
	}
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = in(strings.TrimSpace(code))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Engage sets what a consultant takes. Managers, administrators and commands may.
func (s *Service) Engage(ctx context.Context, by actor.Actor, in Engagement) error {
	if !by.Is(actor.Manager, actor.Administrator, actor.System) {
		return fault.Forbidden
	}
	in.States, in.Languages = tidied(in.States, strings.ToUpper), tidied(in.Languages, strings.ToLower)
	if err := in.check(); err != nil {
		return err
	}
	err := s.db.Write(ctx, func(tx *gorm.DB) error { return s.engage(tx, by, in) })
	if database.Violates(err, "consultant_topics_topic_fkey") {
		return fault.Fields{{Name: "topics", Says: "Choose topics from the list."}}
	}
	return err
}

func (s *Service) engage(tx *gorm.DB, by actor.Actor, in Engagement) error {
	var role actor.Role
	if err := tx.Raw(`SELECT role FROM users WHERE id = ?`, in.UserID).Scan(&role).Error; err != nil {
		return err
	}
	if role != actor.Consultant {
		return fault.Fields{{Name: "user_id", Says: "Only a consultant takes tickets."}}
	}
	if err := tx.Exec(`INSERT INTO consultants (user_id, cap) VALUES (?, ?)
		ON CONFLICT (user_id) DO UPDATE SET cap = excluded.cap`, in.UserID, in.Cap).Error; err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM consultant_topics WHERE user_id = ?`, in.UserID).Error; err != nil {
		return err
	}
	levels := in.levels()
	topics := slices.Sorted(maps.Keys(levels))
	for _, topic := range topics {
		if err := tx.Exec(`INSERT INTO consultant_topics (user_id, topic, level) VALUES (?, ?, ?)`, in.UserID, topic, levels[topic]).Error; err != nil {
			return err
		}
	}
	detail := audit.Detail{"cap": in.Cap, "topics": topics, "levels": levels}
	if in.States != nil {
		detail["states"] = in.States
		if err := replace(tx, "consultant_states", "state", in.UserID, in.States); err != nil {
			return err
		}
	}
	if in.Languages != nil {
		detail["languages"] = in.Languages
		if err := replace(tx, "consultant_languages", "language", in.UserID, in.Languages); err != nil {
			return err
		}
	}
	if err := promiseSweeps(tx, in.UserID, s.now()); err != nil {
		return err
	}
	return audit.Record(tx, by, s.now(), "user.engaged", audit.User(in.UserID), detail)
}

// replace makes codes all that a table of codes has of a person.
func replace(tx *gorm.DB, table, column string, userID int64, codes []string) error {
	if err := tx.Exec("DELETE FROM "+table+" WHERE user_id = ?", userID).Error; err != nil {
		return err
	}
	for _, code := range codes {
		if err := tx.Exec("INSERT INTO "+table+" (user_id, "+column+") VALUES (?, ?)", userID, code).Error; err != nil {
			return err
		}
	}
	return nil
}
