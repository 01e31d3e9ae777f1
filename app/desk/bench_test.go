package desk_test

import (
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/database/dbtest"
	"hotline/app/database/dbtest/cast"
	"hotline/app/desk"
)

// BenchmarkPeople reads and keeps 500 consultants of one desk, half of them with a
// week of their own, as each decision does.
func BenchmarkPeople(b *testing.B) {
	c := cast.Make(b, dbtest.New(b))
	ctx := b.Context()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	for i := range 497 {
		who := c.Consultant(b, fmt.Sprintf("C%d Example", i), c.Desk)
		must(c.Desks.Engage(ctx, cast.Operator, desk.Engagement{UserID: who.ID, Cap: 12, Topics: cast.Rosas, States: []string{"NY", "OH", "PA"}, Languages: []string{"es"}}))
		if i%2 == 0 {
			must(c.Desks.SetShifts(ctx, cast.Operator, who.ID, days([]time.Weekday{1, 2, 3, 4, 5}, 9*60, 17*60)))
		}
		must(c.Desks.StartDuty(ctx, cast.Operator, who.ID, nil))
	}
	b.Run("kept", func(b *testing.B) {
		for b.Loop() {
			must(c.DB.Write(ctx, func(tx *gorm.DB) error {
				people, err := desk.People(tx, c.Desk, c.DB.Now())
				if len(people) != 500 {
					b.Fatal(len(people))
				}
				return err
			}))
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			must(c.DB.Read(ctx, func(q *gorm.DB) error {
				_, err := desk.Roster(q, c.Desk, c.DB.Now())
				return err
			}))
		}
	})
}
