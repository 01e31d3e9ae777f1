package ui

import (
	"strings"
	"testing"
	"time"
)

func eastern(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestATimeIsSaidAsTheReaderWouldSayIt(t *testing.T) {
	t.Parallel()
	zone := eastern(t)
	now := time.Date(2026, 11, 19, 14, 40, 0, 0, zone)
	day := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, zone) }
	for want, at := range map[string]time.Time{
		"just now":            now.Add(-44 * time.Second),
		"1 min ago":           now.Add(-45 * time.Second),
		"59 min ago":          now.Add(-59 * time.Minute),
		"today, 1:40 PM":      day(19, 13, 40),
		"yesterday, 11:59 PM": day(18, 23, 59),
		"Nov 13, 9:05 AM":     day(13, 9, 5),
		"Dec 31, 2025":        time.Date(2025, 12, 31, 9, 0, 0, 0, zone),
		"in under a minute":   now.Add(20 * time.Second),
		"in 9 min":            now.Add(9 * time.Minute),
		"today, 4:30 PM":      day(19, 16, 30),
		"tomorrow, 12:00 AM":  day(20, 0, 0),
		"Wed 9:30 AM":         day(25, 9, 30),
		"Nov 26, 9:30 AM":     day(26, 9, 30),
		"Jan 4, 2027":         time.Date(2027, 1, 4, 9, 0, 0, 0, zone),
	} {
		if got := Relative(at, now, zone); got != want {
			t.Errorf("%s: said %q, expected %q", at, got, want)
		}
	}
}

func TestTheReadersZoneDecidesTheDay(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 3, 30, 0, 0, time.UTC) // still the 19th in New York
	now := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)
	if got := Relative(at, now, eastern(t)); got != "yesterday, 10:30 PM" {
		t.Errorf("in New York: %q", got)
	}
	if got := Relative(at, now, nil); got != "today, 3:30 AM" {
		t.Errorf("without a zone: %q", got)
	}
}

func TestTheNightTheClocksChangeIsOneDay(t *testing.T) {
	t.Parallel()
	zone := eastern(t) // on November 1, 2026 the day has 25 hours
	now := time.Date(2026, 11, 1, 23, 30, 0, 0, zone)
	if got := Relative(time.Date(2026, 11, 1, 0, 15, 0, 0, zone), now, zone); got != "today, 12:15 AM" {
		t.Errorf("24 hours and more ago, the same day: %q", got)
	}
	if got := Exact(time.Date(2026, 11, 1, 9, 0, 0, 0, zone), zone); got != "Sunday, November 1, 2026, 9:00 AM EST" {
		t.Errorf("exact: %q", got)
	}
}

func TestALengthHasItsTwoLargestUnits(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"under a minute": 29 * time.Second, "1 min": 30 * time.Second, "1 h": time.Hour - time.Second, "1 h 50 min": 110 * time.Minute,
		"3 d 4 h": 76*time.Hour + 20*time.Minute, "2 d": 48 * time.Hour,
	} {
		if got := Length(d); got != want {
			t.Errorf("%s: %q, expected %q", d, got, want)
		}
	}
}

func TestWhatIsDueNowIsOver(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 19, 14, 40, 0, 0, time.UTC)
	if words, over := Left(now, now); !over || !strings.HasSuffix(words, "over") {
		t.Errorf("%q %v", words, over)
	}
	if words, over := Left(now.Add(9*time.Minute), now); over || words != "in 9 min" {
		t.Errorf("%q %v", words, over)
	}
}
