package audit_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
)

func TestALookIsKeptOnceAHalfHour(t *testing.T) {
	t.Parallel()
	p := withATicket(t)
	ctx := context.Background()
	manager := actor.Actor{ID: p.user, Role: actor.Manager}
	var physician int64
	p.must(p.Write(ctx, func(tx *gorm.DB) error {
		err := tx.Raw("INSERT INTO users (email, name, role, made_at) VALUES ('p@example.org', 'P', 'physician', ?) RETURNING id", noon).Scan(&physician).Error
		if err != nil {
			return err
		}
		return audit.Record(tx, someone, noon, "user.added", audit.User(physician), nil)
	}))
	look := func(by actor.Actor, after time.Duration) {
		p.must(p.Write(ctx, func(tx *gorm.DB) error { return audit.Looked(tx, p.ticket, by, noon.Add(after)) }))
	}
	look(manager, 0)
	look(manager, 29*time.Minute)
	look(manager, 30*time.Minute)
	look(actor.Actor{ID: physician, Role: actor.Physician}, 5*time.Minute)
	look(actor.Job("ticket:assign", 1), time.Hour)

	var lookers []audit.Looker
	var views int
	p.must(p.Read(ctx, func(q *gorm.DB) (err error) {
		if err := q.Raw("SELECT count(*) FROM ticket_views").Scan(&views).Error; err != nil {
			return err
		}
		lookers, err = audit.Lookers(q, p.ticket)
		return err
	}))
	if views != 3 {
		t.Errorf("%d looks are kept", views)
	}
	if len(lookers) != 2 || lookers[0].Role != actor.Manager || lookers[0].People != 1 || !lookers[0].LastAt.Equal(noon.Add(30*time.Minute)) ||
		lookers[1].Role != actor.Physician || lookers[1].People != 1 || !lookers[1].LastAt.Equal(noon.Add(5*time.Minute)) {
		t.Errorf("who looked: %+v", lookers)
	}
}
