package guidance

import (
	"encoding/json"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// How many words of the library are compared with one that it does not have, and how
// many of them it is taken for at most.
const (
	mostCompared = 80
	mostMeant    = 3
)

// meant is, for each word that was found nowhere, the words of titles and search words
// it nearly is, as a JSON object; "" where there are none.
func (s *Service) meant(q *gorm.DB, slipped []string) (string, error) {
	all := map[string][]string{}
	for _, typed := range slipped {
		var plain struct{ W string }
		var terms []string
		if err := q.Raw(`SELECT plain(?) AS w`, typed).Scan(&plain).Error; err != nil {
			return "", err
		}
		if err := q.Raw(`SELECT terms_near(?, ?)`, plain.W, mostCompared).Scan(&terms).Error; err != nil {
			return "", err
		}
		if near := nearest(plain.W, terms); len(near) > 0 {
			all[typed] = near
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	b, err := json.Marshal(all)
	return string(b), err
}

// nearest are the terms that take the fewest slips to get to from what was typed: one in
// a word of up to five letters, two up to eight, three beyond; or, for a word half typed,
// those that begin with it.
func nearest(typed string, terms []string) []string {
	letters := []rune(typed)
	most := 3
	switch {
	case len(letters) <= 5:
		most = 1
	case len(letters) <= 8:
		most = 2
	}
	var begun, near []string
	best := most
	for _, term := range terms {
		if len(letters) >= 4 && strings.HasPrefix(term, typed) {
			begun = append(begun, term)
			continue
		}
		switch d := slips(letters, []rune(term)); {
		case d < best:
			best, near = d, []string{term}
		case d == best:
			near = append(near, term)
		}
	}
	if len(begun) > 0 {
		near = begun
		slices.SortStableFunc(near, func(a, b string) int { return len(a) - len(b) })
	}
	return near[:min(len(near), mostMeant)]
}

// slips counts the letters left out, put in, taken for another, or changed over with the
// next, that make one word of another.
func slips(a, b []rune) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
