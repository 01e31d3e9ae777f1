package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Spread is how a number of durations lie.
type Spread struct {
	N           int
	Median, P90 time.Duration
}

// spread is the median and the 90th percentile of lengths in microseconds, which it
// sorts.
func spread(us []int64) Spread {
	if len(us) == 0 {
		return Spread{}
	}
	slices.Sort(us)
	return Spread{N: len(us), Median: percentile(us, 0.5), P90: percentile(us, 0.9)}
}

// percentile is what percentile_cont is in SQL: where the fraction falls between two,
// that far from one to the other.
func percentile(sorted []int64, fraction float64) time.Duration {
	at := fraction * float64(len(sorted)-1)
	below := int(math.Floor(at))
	value := float64(sorted[below])
	if above := int(math.Ceil(at)); above != below {
		value += (at - float64(below)) * float64(sorted[above]-sorted[below])
	}
	return time.Duration(math.Round(value)) * time.Microsecond
}

// lengths gathers the lengths of each line. Postgres would sort them once for each
// person, each topic and all; here they arrive once.
type lengths map[*Line][]int64

// add reads an array as Postgres writes it into each of the lines.
func (m lengths) add(array string, lines []*Line) error {
	for item := range strings.SplitSeq(strings.Trim(array, "{}"), ",") {
		us, err := strconv.ParseInt(item, 10, 64)
		if err != nil {
			return err
		}
		for _, line := range lines {
			m[line] = append(m[line], us)
		}
	}
	return nil
}
