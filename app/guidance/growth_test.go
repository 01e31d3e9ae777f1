package guidance_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/app/guidance"
)

// squareAtMost fails where work on a half of the largest size takes far longer than the
// square of what it takes on an eighth: four times the size is sixteen times the work,
// thirty-two are let pass, and what is over in a moment. Both are measured in one run, the
// best of several, so that neither a slow machine nor a busy one decides.
func squareAtMost(t *testing.T, what string, largest int, work func(size int)) {
	t.Helper()
	const moment = 50 * time.Millisecond
	eighth, half := time.Hour, time.Hour
	measure := func(size int, best *time.Duration) {
		began := time.Now()
		work(size)
		*best = min(*best, time.Since(began))
	}
	for range 10 {
		for range 3 {
			measure(largest/8, &eighth)
		}
		if measure(largest/2, &half); half <= 32*eighth+moment {
			return
		}
	}
	t.Errorf("%s: %v at an eighth of the largest size, %v at a half", what, eighth, half)
}

func TestDeepNestingCostsTheSquareOfItsLengthAtMost(t *testing.T) {
	t.Parallel()
	for name, written := range map[string]func(letters int) string{
		"quotations": func(n int) string { return strings.Repeat("> ", n/2) + "x" },
		"brackets":   func(n int) string { return strings.Repeat("[", n) },
		"emphasis":   func(n int) string { return strings.Repeat("*_", n/2) + "x" },
		"images":     func(n int) string { return strings.Repeat("![", n/2) },
		"links":      func(n int) string { return strings.Repeat("[a](", n/4) },
		"lists":      nested,
		"backticks":  func(n int) string { return strings.Repeat("`", n-1) + " x" },
		"tags":       func(n int) string { return strings.Repeat("<a ", n/3) },
		"headings":   func(n int) string { return strings.Repeat("## a\n", n/5) },
		"entities":   func(n int) string { return strings.Repeat("&#x3c;", n/6) },
		"tables":     func(n int) string { return strings.Repeat("|", n/2) + "\n" + strings.Repeat("|-", n/4) },
	} {
		const longest = 20_000
		read := func(letters int) {
			words := written(letters)
			harmless(t, words)
			guidance.Blocks(words)
			guidance.StateNotes(words)
			guidance.Plain(words)
		}
		squareAtMost(t, name, longest, read)
		read(longest)
	}
}

// nested is a list in a list, and so on, for as many letters.
func nested(letters int) string {
	var b strings.Builder
	for deep := 0; b.Len()+2*deep+4 <= letters; deep++ {
		b.WriteString(strings.Repeat("  ", deep) + "- x\n")
	}
	return b.String()
}

func TestComparingTwoTextsCostsTheSquareOfTheirLengthAtMost(t *testing.T) {
	t.Parallel()
	compare := func(words int) {
		var from, to guidance.Article
		for n := range words {
			from.Body += strconv.Itoa(n%613) + "a "
			to.Body += strconv.Itoa(n*7%601) + "b "
		}
		guidance.Diff(from, to)
	}
	squareAtMost(t, "nothing in common", 3_300, compare)
}
