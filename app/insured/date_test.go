package insured

import (
	"encoding/json"
	"testing"
	"time"
)

func TestADateIsReadAndWrittenTheSame(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2026-11-19", "0001-01-01", "9999-12-31", "2028-02-29"} {
		if d, err := ParseDate(text); err != nil || d.String() != text {
			t.Errorf("%s: %v %v", text, d, err)
		}
	}
	for _, text := range []string{"", "2026-02-29", "11/19/2026", "2026-1-2", "0000-01-01", "2026-11-19T00:00:00Z"} {
		if _, err := ParseDate(text); err != ErrDate {
			t.Errorf("%q: %v", text, err)
		}
	}
	var d *Date
	if err := json.Unmarshal([]byte(`"2026-11-19"`), &d); err != nil || *d != day("2026-11-19") {
		t.Error(d, err)
	}
	if _, err := (Date{}).Value(); err != ErrDate {
		t.Error("no day is no value:", err)
	}
	if got := day("2028-02-28").Add(2); got != day("2028-03-01") {
		t.Error(got)
	}
}

func TestTodayIsTheZonesDay(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 11, 20, 4, 59, 0, 0, time.UTC) // 11:59 PM on the 19th at Home
	if got := Today(late, home); got != day("2026-11-19") {
		t.Error(got)
	}
	if got := Today(late.Add(time.Minute), home); got != day("2026-11-20") {
		t.Error(got)
	}
}
