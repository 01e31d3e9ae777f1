package insured

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// states are the postal codes of the states, the District of Columbia and the territories.
var states = strings.Fields(`AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY
	NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI AS MP`)

func state(typed string) string { return strings.ToUpper(strings.TrimSpace(typed)) }

func known(state string) bool { return slices.Contains(states, state) }

// short says whether a text fits a line on a page.
func short(text string) bool { return utf8.RuneCountInString(text) <= 200 }
