package guidance

import (
	"cmp"
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
	"hotline/app/ticket"
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
	Reviewed, ReviewBy   time.Time // days, at midnight UTC; the second as its version says, or sooner
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
	Matched, Missed, Stated                         string
}

func (r row) hit() Hit {
	return Hit{Slug: r.Slug, Title: r.Title, Summary: r.Summary, Topic: r.Topic, TopicName: r.TopicName, DeskOnly: r.Visible == ForDesk,
		Version: r.Version, Reviewed: r.ReviewedOn, ReviewBy: r.ReviewBy,
		TitleParts: []Part{{Words: r.Title}}, Quote: []Part{{Words: r.Summary}}}
}

func hitsOf(rows []row) []Hit {
	hits := make([]Hit, len(rows))
	for i, r := range rows {
		hits[i] = r.hit()
	}
	return hits
}

// Query is what somebody looks for. State is a state's code: articles whose state notes
// speak of it. Audience is ForInsured or ForDesk, and Stale those whose review is past
// its day; both only for staff. What is left out narrows nothing.
type Query struct {
	Words, Topic, State, Audience string
	Stale                         bool
	Limit                         int // 0: 20
}

// Search finds current articles by words, best first: in any form, as what the list of
// synonyms says they stand for, and with slips of the finger forgiven; "in quotes" and
// -not this are understood, and taken as they stand. Empty words: every article, topic by
// topic. topic narrows it to one; limit 0 is 20. Everyone who signs in, insured people
// among what is for them.
func (s *Service) Search(ctx context.Context, by actor.Actor, words, topic string, limit int) ([]Hit, error) {
	return s.SearchFor(ctx, by, Query{Words: words, Topic: topic, Limit: limit})
}

// SearchFor is Search with everything it can be narrowed by.
func (s *Service) SearchFor(ctx context.Context, by actor.Actor, in Query) ([]Hit, error) {
	var hits []Hit
	desk, err := reader(by)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		hits, err = s.search(q, desk, in)
		return err
	})
	return hits, err
}

func (s *Service) search(q *gorm.DB, desk bool, in Query) ([]Hit, error) {
	words := clip(strings.TrimSpace(printable(in.Words)), longestSearch)
	if !desk {
		in.Audience, in.Stale = "", false
	}
	args := []any{sql.Named("desk", desk), sql.Named("topic", printable(in.Topic)), sql.Named("state", stateName(in.State)),
		sql.Named("audience", printable(in.Audience)), sql.Named("stale", in.Stale), sql.Named("now", s.now())}
	var rows []row
	if words == "" {
		err := q.Raw(shelfSQL, append(args, sql.Named("most", mostShelved))...).Scan(&rows).Error
		return hitsOf(rows), err
	}
	if in.Limit <= 0 {
		in.Limit = 20
	}
	loose := single(words, mostWords)
	if strict(words) {
		loose = nil
	}
	args = append(args, sql.Named("words", words), sql.Named("loose", list(loose)), sql.Named("most", min(in.Limit, mostHits)),
		sql.Named("marks", "StartSel="+startMark+",StopSel="+stopMark))
	err := q.Raw(searchSQL, append(args, sql.Named("slipped", "{}"))...).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	// A word that nothing found has may be a slip of the finger: nearly is tried for it.
	slipped := loose
	if len(rows) > 0 {
		slipped = nil
		if err := json.Unmarshal([]byte(cmp.Or(rows[0].Missed, "null")), &slipped); err != nil {
			return nil, err
		}
	}
	meant, err := s.meant(q, slipped)
	if err != nil {
		return nil, err
	}
	if meant != "" {
		err = q.Raw(searchSQL, append(args, sql.Named("slipped", meant))...).Scan(&rows).Error
	}
	hits := hitsOf(rows)
	for i, r := range rows {
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

// stateName is the name state notes have for a state's code; a code nobody knows is a
// state no note speaks of.
func stateName(code string) string {
	if code == "" {
		return ""
	}
	for _, state := range ticket.States {
		if state.Code == code {
			return state.Name
		}
	}
	return "?"
}

// Index is every current article a person may read, topic by topic.
func (s *Service) Index(ctx context.Context, by actor.Actor) ([]Hit, error) {
	return s.Search(ctx, by, "", "", 0)
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
