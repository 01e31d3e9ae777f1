package report

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/database/dbtest"
)

func TestPercentilesAreThoseOfPostgres(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for n := 1; n <= 40; n++ {
		all := make([]int64, n)
		for i := range all {
			all[i] = rand.Int64N(1e12) - 1e6
		}
		var want struct{ Median, P90 float64 }
		if err := db.Read(t.Context(), func(q *gorm.DB) error {
			return q.Raw(`SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v) AS median, percentile_cont(0.9) WITHIN GROUP (ORDER BY v) AS p90 FROM unnest(?::bigint[]) v`, strings.ReplaceAll("{"+strings.Trim(fmt.Sprint(all), "[]")+"}", " ", ",")).Scan(&want).Error
		}); err != nil {
			t.Fatal(err)
		}
		got := spread(all)
		near := func(d time.Duration, us float64) bool {
			return d-time.Duration(us)*time.Microsecond <= time.Microsecond && time.Duration(us)*time.Microsecond-d <= time.Microsecond
		}
		if got.N != n || !near(got.Median, want.Median) || !near(got.P90, want.P90) {
			t.Errorf("of %s: %+v, Postgres says %+v", fmt.Sprint(all), got, want)
		}
	}
	if spread(nil) != (Spread{}) {
		t.Error("nothing has a spread")
	}
}
