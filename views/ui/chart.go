package ui

import (
	"strconv"
	"unicode/utf8"
)

// Charts are laid out in percent of whatever width they get and in real pixels downwards, so their words keep their size on a
// telephone. Names stand beside the bars while they fit there at 360 px, else above them.

const longestBeside = 14 // letters at 12.5 px in 30 % of 360 px

// scale places the bars of one chart.
type scale struct {
	most  float64 // the longest bar
	above bool    // names above the bars
	head  int     // px left free on top for the names of the series
}

func scaled(most float64, head int, names []string) scale {
	s := scale{most: most, head: head}
	for _, n := range names {
		s.above = s.above || utf8.RuneCountInString(n) > longestBeside
	}
	return s
}

func (s scale) step() int {
	if s.above {
		return 44
	}
	return 30
}

func (s scale) height(rows int) string { return strconv.Itoa(s.head + rows*s.step()) }

// left is where bars begin, in percent.
func (s scale) left() float64 {
	if s.above {
		return 0
	}
	return 30
}

// length of a value, in percent; the rest of the width is for its number.
func (s scale) length(v float64) float64 {
	if s.most <= 0 || v <= 0 {
		return 0
	}
	return v / s.most * (86 - s.left())
}

func (s scale) barY(row int) string {
	y := s.head + row*s.step() + 5
	if s.above {
		y += 17
	}
	return strconv.Itoa(y)
}

func (s scale) textY(row int) string {
	y := s.head + row*s.step() + 19
	if s.above {
		y += 17
	}
	return strconv.Itoa(y)
}

func (s scale) nameY(row int) string {
	if s.above {
		return strconv.Itoa(s.head + row*s.step() + 15)
	}
	return s.textY(row)
}

func percent(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "%" }

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
