package desk_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
)

// usual is Monday to Friday from 8 to 18.
func usual() (week [7][]calendar.Segment) {
	for day := time.Monday; day <= time.Friday; day++ {
		week[day] = []calendar.Segment{{Opens: 8 * 60, Closes: 18 * 60}}
	}
	return week
}

var readOn = time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC)

func newYork(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// read reads a file and gives its holidays as "2026-12-24 8–12 Christmas Eve".
func read(t *testing.T, file string) (days, skipped []string) {
	t.Helper()
	found, skipped, err := desk.ReadHolidays(strings.NewReader(file), newYork(t), usual(), readOn)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range found {
		hours := "closed"
		if len(one.Holiday.Open) > 0 {
			hours = fmt.Sprintf("%d–%d", one.Holiday.Open[0].Opens, one.Holiday.Open[0].Closes)
		}
		days = append(days, one.Day.String()+" "+hours+" "+one.Holiday.Name)
	}
	return days, skipped
}

func exported(t testing.TB, name string) string {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

// calendarOf is a file of events, each given by its lines.
func calendarOf(events ...string) string {
	var file strings.Builder
	file.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n")
	for _, e := range events {
		file.WriteString("BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	file.WriteString("END:VCALENDAR\r\n")
	return file.String()
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestHolidaysAreReadAsGoogleExportsThem(t *testing.T) {
	t.Parallel()
	days, skipped := read(t, exported(t, "google.ics"))
	same(t, "days", days, []string{"2026-11-26 closed Thanksgiving Day", "2026-12-25 closed Christmas Day", "2027-01-01 closed New Year's Day"})
	same(t, "skipped", skipped, []string{"“Valentine's Day” is marked as an observance, not as a public holiday.", "1 event before 2025 or after 2028 was left out."})
}

func TestHolidaysAreReadAsOutlookExportsThem(t *testing.T) {
	t.Parallel()
	days, skipped := read(t, exported(t, "outlook.ics"))
	same(t, "days", days, []string{"2026-11-27 closed Day after Thanksgiving", "2026-12-24 480–720 Christmas Eve; close at noon", "2026-12-25 closed Christmas Day"})
	same(t, "skipped", skipped, []string{"“Staff meeting” repeats, but not yearly."})
}

func TestHolidaysAreReadAsAppleExportsThem(t *testing.T) {
	t.Parallel()
	days, skipped := read(t, exported(t, "apple.ics"))
	same(t, "days", days, []string{
		"2025-05-26 closed Memorial Day", "2025-07-04 closed Independence Day", "2025-09-01 closed Labor Day", "2025-11-27 closed Thanksgiving",
		"2026-05-25 closed Memorial Day", "2026-07-03 closed Independence Day (observed)", "2026-09-07 closed Labor Day", "2026-11-26 closed Thanksgiving",
		"2026-12-28 closed Winter break", "2026-12-29 closed Winter break", "2026-12-30 closed Winter break",
		"2027-05-31 closed Memorial Day", "2027-07-04 closed Independence Day", "2027-09-06 closed Labor Day", "2027-11-25 closed Thanksgiving",
		"2028-05-29 closed Memorial Day", "2028-07-04 closed Independence Day", "2028-09-04 closed Labor Day"})
	same(t, "skipped", skipped, nil)
}

func TestATimedEventLeavesTheRestOfTheUsualHours(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct{ event, day, skipped string }{
		"an afternoon":              {"SUMMARY:A\nDTSTART:20261224T130000\nDTEND:20261224T180000", "2026-12-24 480–780 A", ""},
		"an afternoon, by length":   {"SUMMARY:A\nDTSTART:20261224T130000\nDURATION:PT5H", "2026-12-24 480–780 A", ""},
		"a morning in UTC":          {"SUMMARY:A\nDTSTART:20261224T130000Z\nDTEND:20261224T170000Z", "2026-12-24 720–1080 A", ""},
		"a zone as Windows has it":  {"SUMMARY:A\nDTSTART;TZID=Pacific Standard Time:20261224T100000\nDTEND;TZID=Pacific Standard Time:20261224T160000", "2026-12-24 480–780 A", ""},
		"midnight to midnight":      {"SUMMARY:A\nDTSTART:20261224T000000\nDTEND:20261225T000000", "2026-12-24 closed A", ""},
		"all the hours of the desk": {"SUMMARY:A\nDTSTART:20261224T070000\nDTEND:20261224T190000", "2026-12-24 closed A", ""},
		"lunch":                     {"SUMMARY:A\nDTSTART:20261224T120000\nDTEND:20261224T130000", "", "“A” on December 24, 2026 would leave the desk open at two times of the day; a half holiday has one."},
		"the evening":               {"SUMMARY:A\nDTSTART:20261224T190000\nDTEND:20261224T220000", "", "“A” on December 24, 2026 is at a time when the desk is closed anyway."},
		"a Saturday":                {"SUMMARY:A\nDTSTART:20261226T090000\nDTEND:20261226T120000", "", "“A” on December 26, 2026 is at a time when the desk is closed anyway."},
		"no time":                   {"SUMMARY:A\nDTSTART:20261224T120000", "", "“A” takes no time."},
		"backwards":                 {"SUMMARY:A\nDTSTART:20261224T120000\nDTEND:20261224T110000", "", "“A” takes no time."},
		"a zone nobody knows":       {"SUMMARY:A\nDTSTART;TZID=Mars:20261224T120000\nDTEND:20261224T180000", "", "“A” has a date or a time that cannot be read."},
	} {
		days, skipped := read(t, calendarOf(test.event))
		if strings.Join(days, "; ") != test.day || strings.Join(skipped, "; ") != test.skipped {
			t.Errorf("%s: %q, skipped %q", what, days, skipped)
		}
	}
	days, _ := read(t, calendarOf("SUMMARY:Early\nDTSTART:20261224T080000\nDTEND:20261224T100000", "SUMMARY:Late\nDTSTART:20261224T150000\nDTEND:20261224T180000"))
	same(t, "two on a day", days, []string{"2026-12-24 600–900 Early"})
	days, _ = read(t, calendarOf("SUMMARY:Late\nDTSTART:20261224T150000\nDTEND:20261224T180000", "SUMMARY:All day\nDTSTART;VALUE=DATE:20261224"))
	same(t, "one of them all day", days, []string{"2026-12-24 closed All day"})
}

func TestAYearlyRuleIsReadForTheYearsAround(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"FREQ=YEARLY":                                              "2025-07-03 2026-07-03 2027-07-03 2028-07-03",
		"FREQ=YEARLY;INTERVAL=2":                                   "2026-07-03 2028-07-03",
		"FREQ=YEARLY;UNTIL=20270703":                               "2025-07-03 2026-07-03 2027-07-03",
		"FREQ=YEARLY;UNTIL=20270702T235959Z":                       "2025-07-03 2026-07-03",
		"FREQ=YEARLY;COUNT=7":                                      "2025-07-03 2026-07-03",
		"FREQ=YEARLY;BYMONTH=11;BYDAY=4TH":                         "2025-11-27 2026-11-26 2027-11-25 2028-11-23",
		"FREQ=YEARLY;BYMONTH=9;BYDAY=1MO":                          "2025-09-01 2026-09-07 2027-09-06 2028-09-04",
		"FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO":                         "2025-05-26 2026-05-25 2027-05-31 2028-05-29",
		"FREQ=YEARLY;BYMONTH=9;BYDAY=MO;BYSETPOS=1":                "2025-09-01 2026-09-07 2027-09-06 2028-09-04",
		"FREQ=YEARLY;BYMONTH=9;BYDAY=MO;BYSETPOS=-1":               "2025-09-29 2026-09-28 2027-09-27 2028-09-25",
		"FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1":                     "2025-12-31 2026-12-31 2027-12-31 2028-12-31",
		"FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8": "2025-11-04 2026-11-03 2027-11-02 2028-11-07",
		"FREQ=YEARLY;BYDAY=1MO":                                    "2025-01-06 2026-01-05 2027-01-04 2028-01-03",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29":                      "2028-02-29",
		"WKST=SU;FREQ=YEARLY":                                      "2025-07-03 2026-07-03 2027-07-03 2028-07-03",
		"FREQ=MONTHLY":                                             "“A” repeats, but not yearly.",
		"FREQ=YEARLY;BYWEEKNO=20":                                  "“A” repeats by a rule that is not read here.",
		"FREQ=YEARLY;BYDAY=XX":                                     "“A” repeats by a rule that is not read here.",
		"FREQ=YEARLY;INTERVAL=0":                                   "“A” repeats by a rule that is not read here.",
		"FREQ=YEARLY;BYDAY=MO,TU":                                  "“A” repeats more often than holidays do.",
		"":                                                         "1 event before 2025 or after 2028 was left out.",
	} {
		event := "SUMMARY:A\nDTSTART;VALUE=DATE:20200703"
		if rule != "" {
			event += "\nRRULE:" + rule
		}
		days, skipped := read(t, calendarOf(event))
		for i := range days {
			days[i] = strings.TrimSuffix(days[i], " closed A")
		}
		if got := strings.Join(append(days, skipped...), " "); got != want {
			t.Errorf("%s: %s, want %s", rule, got, want)
		}
	}
}

func TestAnExceptionAndADayMovedAreLeftOut(t *testing.T) {
	t.Parallel()
	days, skipped := read(t, calendarOf(
		"UID:a\nSUMMARY:A\nDTSTART;VALUE=DATE:20240301\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20250301,20280301",
		"UID:a\nSUMMARY:A, moved\nRECURRENCE-ID;VALUE=DATE:20260301\nDTSTART;VALUE=DATE:20260302",
		"UID:b\nSUMMARY:B\nDTSTART;VALUE=DATE:20270405\nSTATUS:CANCELLED",
		"UID:c\nSUMMARY:C\nDTSTART;VALUE=DATE:20260405\nRDATE;VALUE=DATE:20260407"))
	same(t, "days", days, []string{"2026-03-02 closed A, moved", "2026-04-05 closed C", "2026-04-07 closed C", "2027-03-01 closed A"})
	same(t, "skipped", skipped, []string{"“B” is called off."})
}

func TestWhatIsNoCalendarIsRefused(t *testing.T) {
	t.Parallel()
	for what, file := range map[string]string{"nothing": "", "a table": "day,name\n2026-12-25,Christmas", "a card": "BEGIN:VCARD\nEND:VCARD\n",
		"ends that do not match": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\n",
		"too many":               calendarOf(slices.Repeat([]string{"DTSTART:20261224"}, 2001)...)} {
		_, _, err := desk.ReadHolidays(strings.NewReader(file), newYork(t), usual(), readOn)
		if bad, ok := err.(fault.Fields); !ok || bad.For("file") == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, _, err := desk.ReadHolidays(bytes.NewReader(make([]byte, 1<<20+1)), newYork(t), usual(), readOn)
	if fault.Sentence(err) != "The file is larger than 1 MB." {
		t.Error(err)
	}
	days, skipped := read(t, strings.TrimSuffix(calendarOf("SUMMARY:A\nDTSTART:20261224", "SUMMARY:B\nDTSTART:20261225"), "END:VEVENT\r\nEND:VCALENDAR\r\n"))
	same(t, "a file cut short", days, []string{"2026-12-24 closed A"})
	same(t, "and says so", skipped, []string{"The file ends in the middle of something, which was left out."})
	days, skipped = read(t, calendarOf("SUMMARY:A\nDTSTART;=:2026", "X-ODD;A=B\nSUMMARY:B\nDTSTART;VALUE=DATE:20261225\nDESCRIPTION:"+strings.Repeat("x", 9000)))
	same(t, "a line that is malformed", days, []string{"2026-12-25 closed B"})
	same(t, "and says so", skipped, []string{"“A” has a line that cannot be read."})
	_, skipped = read(t, calendarOf("DTSTART;VALUE=DATE:20261225\nSUMMARY:"+strings.Repeat("x", 1100)))
	same(t, "a line that is too long", skipped, []string{"“Holiday” has a line that cannot be read."})
}

func TestAFileMadeToTakeLongDoesNot(t *testing.T) {
	t.Parallel()
	for what, file := range map[string]string{
		"rules": calendarOf(slices.Repeat([]string{"SUMMARY:A\nDTSTART;VALUE=DATE:19000101\nDTEND;VALUE=DATE:19000301\nRRULE:FREQ=YEARLY;COUNT=1000;BYDAY=5MO,5TU;BYMONTHDAY=31,30"}, 2000)...),
		"dates": calendarOf("SUMMARY:A\nDTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261201" + strings.Repeat("\nRDATE:20261001"+strings.Repeat(",20261001", 100), 1000)),
	} {
		_, skipped := read(t, file)
		if len(skipped) == 0 || !strings.HasSuffix(skipped[0], "was left out: the file has more days than are read at once.") {
			t.Errorf("%s: %.200s", what, skipped)
		}
	}
}

func FuzzReadHolidays(f *testing.F) {
	for _, name := range []string{"google.ics", "outlook.ics", "apple.ics"} {
		f.Add([]byte(exported(f, name)))
	}
	f.Add([]byte(calendarOf("SUMMARY:A\nDTSTART;TZID=\"Eastern Standard Time\":20261224T130000\nDURATION:P1DT5H\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=-1TH;BYSETPOS=1;COUNT=9")))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;A=B\n :20261224\nEND:VEVENT\nEND:VCALENDAR"))
	zone := newYork(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		found, skipped, err := desk.ReadHolidays(bytes.NewReader(file), zone, usual(), readOn)
		if err != nil {
			return
		}
		in := desk.Schedule{Zone: "America/New_York", Week: usual(), Holidays: map[calendar.Day]calendar.Holiday{}}
		for i, one := range found {
			if i > 0 && found[i-1].Day.String() >= one.Day.String() {
				t.Fatalf("%v after %v", one.Day, found[i-1].Day)
			}
			if one.Day.Year < 2025 || one.Day.Year > 2028 {
				t.Fatal(one.Day)
			}
			in.Holidays[one.Day] = one.Holiday
		}
		if len(found) <= 1000 {
			if _, err := in.Check(); err != nil {
				t.Fatalf("%v: %+v", err, found)
			}
		}
		for _, says := range skipped {
			if !utf8.ValidString(says) || strings.ContainsAny(says, "\n\x00") {
				t.Fatalf("%q", says)
			}
		}
	})
}
