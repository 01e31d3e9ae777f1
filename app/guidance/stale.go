package guidance

import (
	"context"

	"hotline/app/actor"
)

// TellReviewDue writes to an article's owner when its review is due.
func (s *Service) TellReviewDue(ctx context.Context, by actor.Actor, articleID int64) error {
	return nil
}
