package ticket

import (
	"testing"
	"time"
)

var thursday = time.Date(2026, 11, 19, 11, 0, 0, 0, time.UTC)

func TestADayIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"2026-11-24": "2026-11-24", "11/24/2026": "2026-11-24", "1/2/2027": "2027-01-02", "11/24/26": "2026-11-24", "11-24-2026": "2026-11-24",
		"Nov 24, 2026": "2026-11-24", "November 24, 2026": "2026-11-24", "nov 24 2026": "2026-11-24", "November 24 2026": "2026-11-24", " 11/24 ": "2026-11-24",
		"11/24": "2026-11-24", "Nov 24": "2026-11-24", "november 24": "2026-11-24", "11/19": "2026-11-19",
		"11/18": "2027-11-18", "Jan 4": "2027-01-04", "2/29": "2028-02-29", "2/29/2028": "2028-02-29",
		"2/29/2027": "", "2/30": "", "13/1/2026": "", "24/11/2026": "", "0000-01-01": "", "tomorrow": "", "": "", "11/24/2026 noon": "", "2026-11-24; DROP": "",
	} {
		day, ok := parseDay(typed, thursday)
		if ok != (want != "") || ok && day.Format(time.DateOnly) != want {
			t.Errorf("%q is read as %v %v, want %q", typed, day, ok, want)
		}
	}
}

func TestATimeIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int{
		"9:30 AM": 9*60 + 30, "9:30am": 9*60 + 30, "9:30 a.m.": 9*60 + 30, "9 pm": 21 * 60, "9PM": 21 * 60, "09:30": 9*60 + 30, "17:05": 17*60 + 5,
		"17:05:30": 17*60 + 5, "noon": 12 * 60, "12:00 PM": 12 * 60, "12 am": 0, "0:00": 0, "23:59": 23*60 + 59,
		"": -1, "24:00": -1, "9:60": -1, "13 PM": -1, "9": -1, "soon": -1, "-1:00": -1,
	} {
		minute, ok := parseTime(typed)
		if ok != (want >= 0) || ok && minute != want {
			t.Errorf("%q is read as %d %v, want %d", typed, minute, ok, want)
		}
	}
}

func TestAMomentIsADayAndATimeInTheReadersZone(t *testing.T) {
	t.Parallel()
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ day, at, want string }{
		{"11/24/2026", "9:30 AM", "2026-11-24T15:30:00Z"}, {"11/24/2026", "", "2026-11-25T05:59:00Z"}, {"", "5 PM", "2026-11-19T23:00:00Z"},
		{"", "", ""}, {"11/18/2026", "", "wrong"}, {"11/24/2029", "", "wrong"}, {"soon", "", "wrong"}, {"11/24/2026", "soon", "wrong"}, {"", "1 AM", "wrong"},
	} {
		at, says := Moment{c.day, c.at}.At(chicago, thursday)
		got := ""
		switch {
		case says != "":
			got = "wrong"
		case at != nil:
			got = at.Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%q %q: %s %s, want %s", c.day, c.at, got, says, c.want)
		}
	}
}

func FuzzADayAndATimeAreReadOrRefused(f *testing.F) {
	for _, typed := range []string{"2026-11-24", "1/2/06", "Nov 24", "2/29", "9:30 AM", "noon", "\x00", "١٢:٠٠", "99999999999"} {
		f.Add(typed, typed)
	}
	f.Fuzz(func(t *testing.T, day, at string) {
		if d, ok := parseDay(day, thursday); ok && (d.Year() < 1 || d.Year() > 9999 || d.Hour() != 0) {
			t.Errorf("%q: %v", day, d)
		}
		if m, ok := parseTime(at); ok && (m < 0 || m >= 24*60) {
			t.Errorf("%q: %d", at, m)
		}
		when, says := Moment{day, at}.At(time.UTC, thursday)
		if when != nil && (says != "" || !when.After(thursday)) {
			t.Errorf("%q %q: %v %q", day, at, when, says)
		}
	})
}
