package report

import "testing"

func TestTheFindingSaysWhatTheNumbersSay(t *testing.T) {
	t.Parallel()
	person := func(name string, held, cap int, atWork bool) Line {
		return Line{Key: name, Name: name + " Smith", Takes: true, Held: held, Cap: cap, AtWork: atWork, Counts: map[Measure]int{Open: held}}
	}
	nobody := func(open int) Line { return Line{Key: Nobody, Counts: map[Measure]int{Open: open}} }
	for _, test := range []struct {
		people                          []Line
		current                         bool
		open, overdue, opened, resolved int
		want                            string
	}{
		{nil, true, 0, 0, 0, 0, "Nothing is open."},
		{[]Line{nobody(1)}, true, 1, 0, 1, 0, "One ticket is open, and it is not overdue."},
		{[]Line{person("Rosa", 2, 15, true), nobody(0)}, true, 2, 0, 2, 0, "Two tickets are open, and none is overdue."},
		{[]Line{person("Rosa", 1, 15, true), nobody(2)}, true, 3, 1, 2, 0, "One of three open tickets is overdue. Two wait for somebody to take them."},
		{[]Line{person("Daniel", 18, 15, true), person("Thomas", 17, 15, true), person("Grace", 9, 15, true), person("Maya", 2, 15, false), nobody(0)}, true, 46, 4, 0, 0,
			"Daniel and Thomas carry five tickets more than their caps. Four of 46 open tickets are overdue. Grace has room for six."},
		{[]Line{person("Ken", 9, 8, true)}, true, 9, 0, 0, 0, "Ken carries one ticket more than their cap. Nine tickets are open, and none is overdue."},
		{[]Line{person("Ken", 8, 8, true), person("Grace", 14, 15, true)}, true, 1234, 0, 0, 0, "Ken is full. 1,234 tickets are open, and none is overdue. Grace has room for one."},
		{[]Line{person("Ken", 0, 0, true)}, true, 0, 0, 0, 0, "Nothing is open."},
		{[]Line{person("A", 1, 1, true), person("B", 1, 1, true), person("C", 1, 1, true), person("D", 1, 1, true)}, true, 4, 4, 0, 0,
			"Four consultants are full. All four open tickets are overdue."},
		{nil, true, 1, 1, 0, 0, "The one open ticket is overdue."},
		{nil, true, 2, 2, 0, 0, "Both open tickets are overdue."},
		{[]Line{person("Ken", 9, 8, true)}, false, 9, 2, 5, 12, "Nine tickets were open when the period ended, two of them overdue; five were opened in it and 12 resolved."},
		{nil, false, 0, 0, 1, 0, "Nothing was open when the period ended; one was opened in it and none resolved."},
		{nil, false, 0, 0, 0, 0, "Nothing was open when the period ended."},
	} {
		c := &Caseload{People: test.people, Period: Period{Current: test.current},
			Total: Line{Counts: map[Measure]int{Open: test.open, Overdue: test.overdue, Opened: test.opened, Resolved: test.resolved}}}
		if got := c.Finding(); got != test.want {
			t.Errorf("says %q, want %q", got, test.want)
		}
	}
}
