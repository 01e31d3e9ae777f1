package correspondence

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// SafeReply fits every review ever written, good or bad.
const SafeReply = "Privacy law keeps us from discussing anyone’s care here. We take every comment seriously, and our practice manager would welcome a call at [OFFICE TELEPHONE]."

// Mark is a stretch of a reply, in bytes, that should not be posted, and why.
type Mark struct {
	Start, End int
	Kind       string // confirms, fact, argues, threatens or names
	Why, Hint  string
}

// MarkKinds are the kinds of mark, the gravest first.
var MarkKinds = []struct{ Code, Name string }{
	{"confirms", "Says who is a patient"},
	{"fact", "Gives a fact of care"},
	{"names", "Names somebody"},
	{"threatens", "Threatens"},
	{"argues", "Argues"},
}

// Alarm is something in a review for which one calls before one replies.
type Alarm struct{ Code, Words string }

//go:embed reply.json
var replyFile []byte

type replyRule struct {
	Kind  string   `json:"kind"`
	Code  string   `json:"code"`
	Words string   `json:"words"`
	Why   string   `json:"why"`
	Hint  string   `json:"hint"`
	Exact bool     `json:"exact"` // capitals count
	Match []string `json:"match"`
	found []*regexp.Regexp
}

var replyRules = func() (all struct {
	General  []string    `json:"general"` // what is said of nobody in particular: no mark within it
	Rules    []replyRule `json:"rules"`
	NotNames []string    `json:"not_names"`
	Watch    []replyRule `json:"watch"`

	general, notNames []*regexp.Regexp
}) {
	if err := json.Unmarshal(replyFile, &all); err != nil {
		panic("reply.json: " + err.Error()) // ours, and tested
	}
	all.general, all.notNames = patterns(all.General, false), patterns(all.NotNames, true)
	for _, rules := range [][]replyRule{all.Rules, all.Watch} {
		for i := range rules {
			rules[i].found = patterns(rules[i].Match, rules[i].Exact)
		}
	}
	return all
}()

// patterns reads the file's patterns: a space stands for any white space, a straight
// apostrophe for either kind.
func patterns(texts []string, exact bool) []*regexp.Regexp {
	all := make([]*regexp.Regexp, len(texts))
	for i, text := range texts {
		text = strings.NewReplacer(` `, gapLike, `'`, `['’]`).Replace(text)
		if !exact {
			text = `(?i)` + text
		}
		all[i] = regexp.MustCompile(text)
	}
	return all
}

const gapLike = `(?:[\s\x{A0}]+)`

// Check finds what in a reply to a review says that somebody is or is not a patient,
// gives a fact of care, names, argues or threatens, in the order of the text. It is
// deterministic and keeps nothing; no mark is no promise that the reply is safe.
func Check(reply string) []Mark {
	general := spans(replyRules.general, reply)
	notNames := spans(replyRules.notNames, reply)
	var all []Mark
	for _, rule := range replyRules.Rules {
		for _, s := range spans(rule.found, reply) {
			if within(s, general) || rule.Exact && within(s, notNames) {
				continue
			}
			all = append(all, Mark{Start: s[0], End: s[1], Kind: rule.Kind, Why: rule.Why, Hint: rule.Hint})
		}
	}
	slices.SortStableFunc(all, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Kind, b.Kind))
	})
	// Of one kind, what overlaps is one finding.
	var out []Mark
	last := map[string]int{}
	for _, m := range all {
		if i, ok := last[m.Kind]; ok && m.Start < out[i].End {
			out[i].End = max(out[i].End, m.End)
			continue
		}
		last[m.Kind] = len(out)
		out = append(out, m)
	}
	return out
}

// Watch finds in a review what is more urgent than a reply.
func Watch(review string) []Alarm {
	var all []Alarm
	for _, rule := range replyRules.Watch {
		if len(spans(rule.found, review)) > 0 {
			all = append(all, Alarm{rule.Code, rule.Words})
		}
	}
	return all
}

func spans(all []*regexp.Regexp, text string) [][]int {
	var out [][]int
	for _, re := range all {
		for _, s := range re.FindAllStringIndex(text, -1) {
			end := len(strings.TrimRight(text[:s[1]], " \t\n,.:;!-"))
			if end > s[0] {
				out = append(out, []int{s[0], end})
			}
		}
	}
	return out
}

// within says whether a stretch lies wholly in one of others.
func within(s []int, others [][]int) bool {
	return slices.ContainsFunc(others, func(o []int) bool { return o[0] <= s[0] && s[1] <= o[1] })
}
