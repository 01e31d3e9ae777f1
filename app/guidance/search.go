package guidance

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"

	"hotline/app/actor"
)

//go:embed search.sql
var searchSQL string

//go:embed shelf.sql
var shelfSQL string

// Part is a piece of a text, and whether it is what was looked for. It is words, never
// markup.
type Part struct {
	Words string
	Found bool
}

// Hit is an article that fits. Matched are the words of a question it was suggested for,
// States the names its state notes speak of; both only from Suggest.
type Hit struct {
	Slug, Title, Summary string
	Topic, TopicName     string
	DeskOnly             bool
	Version              int
	Reviewed, ReviewBy   time.Time // days, at midnight UTC
	TitleParts           []Part
	Quote                []Part // where it says so, or the summary
	Matched              []string
	States               []string
}

// What is looked at of a search, how many articles an answer and the index hold at
// most, and how many words are looked for one by one.
const (
	longestSearch = 400
	mostHits      = 50
	mostShelved   = 1000
	mostWords     = 8
)

// The marks around a found word on its way from the database. Published text cannot
// hold them.
const (
	startMark = "\x02"
	stopMark  = "\x03"
)

// row is a hit as the statements give it.
type row struct {
	Slug, Topic, TopicName, Visible, Title, Summary string
	Version                                         int
	ReviewedOn, ReviewBy                            time.Time
	TitleMarked, SummaryMarked, WordsMarked         string
	Matched, Body                                   string
}

func (r row) hit() Hit {
	return Hit{Slug: r.Slug, Title: r.Title, Summary: r.Summary, Topic: r.Topic, TopicName: r.TopicName, DeskOnly: r.Visible == ForDesk,
		Version: r.Version, Reviewed: r.ReviewedOn, ReviewBy: r.ReviewBy,
		TitleParts: []Part{{Words: r.Title}}, Quote: []Part{{Words: r.Summary}}}
}

// Search finds current articles by words, best first, in any form and with slips of the
// finger forgiven; "in quotes" and -not this are understood. Empty words: every article,
// topic by topic. topic narrows it to one; limit 0 is 20. Everyone who signs in, insured
// people among what is for them.
func (s *Service) Search(ctx context.Context, by actor.Actor, words, topic string, limit int) ([]Hit, error) {
	desk, err := reader(by)
	if err != nil {
		return nil, err
	}
	words = clip(strings.TrimSpace(printable(words)), longestSearch)
	if words == "" {
		return s.shelved(ctx, desk, topic)
	}
	if limit <= 0 {
		limit = 20
	}
	loose := single(words, mostWords)
	if strict(words) {
		loose = nil
	}
	var rows []row
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(searchSQL, sql.Named("words", words), sql.Named("loose", list(loose)), sql.Named("topic", printable(topic)),
			sql.Named("desk", desk), sql.Named("most", min(limit, mostHits)),
			sql.Named("marks", "StartSel="+startMark+",StopSel="+stopMark)).Scan(&rows).Error
	})
	hits := make([]Hit, len(rows))
	for i, r := range rows {
		hits[i] = r.hit()
		hits[i].TitleParts = parts(r.TitleMarked)
		for _, marked := range []string{r.SummaryMarked, r.WordsMarked} {
			if strings.Contains(marked, startMark) {
				hits[i].Quote = parts(marked)
				break
			}
		}
	}
	return hits, err
}

// Index is every current article a person may read, topic by topic.
func (s *Service) Index(ctx context.Context, by actor.Actor) ([]Hit, error) {
	return s.Search(ctx, by, "", "", 0)
}

func (s *Service) shelved(ctx context.Context, desk bool, topic string) ([]Hit, error) {
	var rows []row
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(shelfSQL, sql.Named("desk", desk), sql.Named("topic", printable(topic)), sql.Named("most", mostShelved)).Scan(&rows).Error
	})
	hits := make([]Hit, len(rows))
	for i, r := range rows {
		hits[i] = r.hit()
	}
	return hits, err
}

// strict says that somebody told the search exactly what they mean.
func strict(words string) bool {
	return strings.Contains(words, `"`) || strings.HasPrefix(words, "-") || strings.Contains(words, " -")
}

// single are the distinct words of a text, in small letters, in their order, the first
// most of them. What has fewer than three letters or no letter at all says too little.
func single(text string, most int) []string {
	seen := map[string]bool{}
	var words []string
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		n := utf8.RuneCountInString(w)
		if n < 3 || n > 40 || seen[w] || strings.IndexFunc(w, unicode.IsLetter) < 0 {
			continue
		}
		seen[w] = true
		if words = append(words, w); len(words) == most {
			break
		}
	}
	return words
}

// list is words as a JSON array.
func list(words []string) string {
	if len(words) == 0 {
		return "[]"
	}
	b, err := json.Marshal(words)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

// broken is the end of a paragraph that no full stop ends.
var broken = regexp.MustCompile(`([^.?!:…])\n`)

// parts cuts a marked text at its marks, on one line; a dot stands where a heading or a
// line of a list ended.
func parts(marked string) []Part {
	marked = broken.ReplaceAllString(strings.Trim(marked, "\n"), "$1 · ")
	marked = strings.Join(strings.FieldsFunc(marked, unicode.IsSpace), " ")
	var out []Part
	add := func(words string, found bool) {
		if words != "" {
			out = append(out, Part{words, found})
		}
	}
	for marked != "" {
		before, rest, opens := strings.Cut(marked, startMark)
		add(strings.ReplaceAll(before, stopMark, ""), false)
		if !opens {
			break
		}
		found, after, _ := strings.Cut(rest, stopMark)
		add(strings.ReplaceAll(found, startMark, ""), true)
		marked = after
	}
	return out
}

// clip keeps the first n characters.
func clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
