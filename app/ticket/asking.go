package ticket

import (
	"context"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/insured"
)

// Asking is what an insured person may do, for the pages on which they ask.
type Asking struct {
	For      []insured.Acts // whom they may ask for
	Hears    bool           // they may read the answers of at least one
	Self     bool           // they are the physician
	Greeting string         // "Dr Imani"; empty for a delegate
}

// Asking says for whom an insured person may ask today.
func (s *Service) Asking(ctx context.Context, by actor.Actor) (Asking, error) {
	var a Asking
	if !by.Insured() {
		return a, fault.NotFound
	}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		acts, err := insured.ActsFor(q, by, s.now())
		if err != nil {
			return err
		}
		for _, one := range acts {
			a.Hears = a.Hears || one.Self || one.MayHear
			a.Self = a.Self || one.Self
			if one.Self || one.MayAsk {
				a.For = append(a.For, one)
			}
		}
		if !a.Self {
			return nil
		}
		var family string
		err = q.Raw(`SELECT family_name FROM physicians WHERE user_id = ?`, by.ID).Scan(&family).Error
		a.Greeting = insured.Salutation(family)
		return err
	})
	return a, err
}
