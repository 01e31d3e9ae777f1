package whatif

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// span is a time in somebody's hands; a zero until: still.
type span struct {
	user        int64
	word        string
	from, until time.Time
}

var errSpan = errors.New("whatif: a span that does not read as one")

// readSpans reads "7 1790000000000000 0;…": a person or a word, from, until.
func readSpans(text string) ([]span, error) {
	var all []span
	for part := range strings.SplitSeq(text, ";") {
		if part == "" {
			continue
		}
		word, rest, _ := strings.Cut(part, " ")
		from, until, _ := strings.Cut(rest, " ")
		begin, err1 := strconv.ParseInt(from, 10, 64)
		end, err2 := strconv.ParseInt(until, 10, 64)
		if err1 != nil || err2 != nil {
			return nil, errSpan
		}
		s := span{word: word, from: time.UnixMicro(begin).UTC()}
		s.user, _ = strconv.ParseInt(word, 10, 64)
		if end != 0 {
			s.until = time.UnixMicro(end).UTC()
		}
		all = append(all, s)
	}
	return all, nil
}

func parts(list string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(list, ";") {
			if part != "" && !yield(part) {
				return
			}
		}
	}
}

func set(list string) map[string]bool {
	out := map[string]bool{}
	for part := range parts(list) {
		out[part] = true
	}
	return out
}
