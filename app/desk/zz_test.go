package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/app/desk"
)

func TestZZ(t *testing.T) {
	var ev []string
	for range 2000 {
		ev = append(ev, "SUMMARY:A\nDTSTART;VALUE=DATE:19000101\nDTEND;VALUE=DATE:19000301\nRRULE:FREQ=YEARLY;COUNT=1000;BYDAY=5MO,5TU;BYMONTHDAY=31,30")
	}
	for n, f := range map[string]string{"rules": calendarOf(ev...), "params": calendarOf("SUMMARY" + strings.Repeat(";a=b", 250000) + ":x"),
		"lines": calendarOf(strings.Repeat("SUMMARY"+strings.Repeat(";a=b", 1000)+":x\n", 240) + "DTSTART:20261224"), "folds": calendarOf("SUMMARY:x" + strings.Repeat("\n x", 300000)),
		"rdates": calendarOf("SUMMARY:x\nDTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261201" + strings.Repeat("\nRDATE:"+strings.Repeat("20261001,", 400)+"20261001", 270))} {
		b := time.Now()
		found, sk, err := desk.ReadHolidays(strings.NewReader(f), newYork(t), usual(), readOn)
		fmt.Println(n, len(f), time.Since(b), len(found), len(sk), err)
	}
}
