package insured

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Languages are the languages a physician may rather speak, by ISO 639 code, in the
// order they are shown: English, then those most spoken in the United States at home
// (Census Bureau, American Community Survey).
var Languages = []struct{ Code, Name string }{
	{"en", "English"}, {"es", "Spanish"}, {"zh", "Chinese"}, {"tl", "Tagalog"}, {"vi", "Vietnamese"}, {"ar", "Arabic"}, {"fr", "French"},
	{"ko", "Korean"}, {"ru", "Russian"}, {"pt", "Portuguese"}, {"ht", "Haitian Creole"}, {"hi", "Hindi"}, {"de", "German"}, {"pl", "Polish"},
}

// LanguageName is a language in words; the code itself for one that is not listed.
func LanguageName(code string) string {
	for _, l := range Languages {
		if l.Code == code {
			return l.Name
		}
	}
	return code
}

func spoken(code string) bool { return LanguageName(code) != code }

// Language is what the physician that the person acting is would rather speak. NotFound for
// everyone else.
func (s *Service) Language(ctx context.Context, by actor.Actor) (code string, err error) {
	id, err := s.Own(ctx, by)
	if err != nil {
		return "", err
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT language FROM physicians WHERE id = ?`, id).Scan(&code).Error
	})
	return code, err
}

// SetLanguage says what a physician would rather speak: the router looks for somebody
// who does. The physician themself. Errors: fault.Fields.
func (s *Service) SetLanguage(ctx context.Context, by actor.Actor, code string) error {
	if !by.Is(actor.Physician) {
		return fault.NotFound
	}
	var bad fault.Fields
	bad.Need(spoken(code), "language", "Choose a language from the list.")
	if err := bad.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		id, err := ByUser(tx, by.ID)
		if err != nil {
			return err
		}
		changed := tx.Exec(`UPDATE physicians SET language = ? WHERE id = ? AND language <> ?`, code, id, code)
		if changed.Error != nil || changed.RowsAffected == 0 {
			return changed.Error
		}
		return audit.Record(tx, by, s.now(), "user.language_set", audit.User(by.ID), audit.Detail{"language": code})
	})
}
