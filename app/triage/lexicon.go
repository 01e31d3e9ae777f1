package triage

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Lexicon is what people have written down about words: it is data, it may be edited, and a
// model is trained with it. The phrases' language is described at type phrase's file; a plain
// word or several is enough for most.
type Lexicon struct {
	// Topics are words and phrases that speak for a topic, by its code.
	Topics map[string][]string `json:"topics"`
	// Groups are words and phrases that mean the same kind of thing ("family": wife, cousin,
	// …), by a name that phrases may use as <family>. A group's phrases name no groups.
	Groups map[string][]string `json:"groups"`
	// Triggers are the facts that force urgency or a hand-off.
	Triggers []TriggerRule `json:"triggers"`
}

// TriggerRule says how a trigger is found and what follows from it.
type TriggerRule struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Level   string `json:"level"` // critical, urgent or routine
	First   string `json:"first"` // the first words to say
	HandOff string `json:"hand_off,omitempty"`
	// Patterns: any one of them is enough.
	Patterns []Pattern `json:"patterns"`
	// Unless: phrases that void every pattern found in their sentence.
	Unless []string `json:"unless,omitempty"`
	// Stands names what does not soften this trigger: "hypothetical" (the fact stands though
	// the question is a general one), "past", "negated".
	Stands []string `json:"stands,omitempty"`
}

// Pattern is one way a trigger shows.
type Pattern struct {
	Any     []string `json:"any"`               // one of these phrases
	With    []string `json:"with,omitempty"`    // and one of these, in the same sentence
	Text    []string `json:"text,omitempty"`    // and one of these, anywhere in the text
	Without []string `json:"without,omitempty"` // and none of these, in the same sentence
	Level   string   `json:"level,omitempty"`   // instead of the rule's level
}

//go:embed lexicon.json
var lexiconFile []byte

//go:embed triggers.json
var triggersFile []byte

var embeddedLexicon = sync.OnceValue(func() Lexicon {
	var lex Lexicon
	if err := json.Unmarshal(lexiconFile, &lex); err != nil {
		panic("triage: lexicon.json: " + err.Error())
	}
	if err := json.Unmarshal(triggersFile, &lex.Triggers); err != nil {
		panic("triage: triggers.json: " + err.Error())
	}
	return lex
})

// EmbeddedLexicon is the lexicon the program is shipped with, a copy the caller may change.
func EmbeddedLexicon() Lexicon { return embeddedLexicon().Clone() }

// Clone is a copy that shares nothing with lex.
func (lex Lexicon) Clone() Lexicon {
	b, err := json.Marshal(lex)
	if err != nil {
		panic("triage: a lexicon cannot be written: " + err.Error())
	}
	var c Lexicon
	if err := json.Unmarshal(b, &c); err != nil {
		panic("triage: a lexicon cannot be read: " + err.Error())
	}
	return c
}

// Check says what is wrong with a lexicon, in words for whoever edits it; nil: nothing.
func (lex Lexicon) Check() error {
	_, err := compile(lex)
	return err
}

// CheckPhrase says what is wrong with one phrase that may name the lexicon's groups; nil:
// nothing. It is much quicker than to check a lexicon that has it.
func (lex Lexicon) CheckPhrase(typed string) error {
	_, numbers := lex.groups()
	_, err := compilePhrase(typed, numbers)
	return err
}

// groups are the groups' names in order, and where in it each stands.
func (lex Lexicon) groups() (names []string, numbers map[string]int) {
	names, numbers = slices.Sorted(maps.Keys(lex.Groups)), map[string]int{}
	for n, name := range names {
		numbers[name] = n
	}
	return names, numbers
}

// compiled is a lexicon ready to be looked up.
type compiled struct {
	groupNames []string
	groups     *index // what finds groups' phrases
	groupOf    []int  // the group of each phrase in groups
	topics     *index
	topicOf    []int
	rules      *index
	uses       []use // of each phrase in rules: who asked for it
	triggers   []TriggerRule
}

// use says whose phrase it is: rule, pattern and in which role.
type use struct {
	rule, pattern int
	role          byte // 'a' any, 'w' with, 't' text, 'x' without, 'u' unless
}

func compile(lex Lexicon) (*compiled, error) {
	c := &compiled{groups: newIndex(), topics: newIndex(), rules: newIndex(), triggers: slices.Clone(lex.Triggers)}
	names, numbers := lex.groups()
	c.groupNames = names
	for n, name := range names {
		for _, typed := range lex.Groups[name] {
			p, err := compilePhrase(typed, nil)
			if err != nil {
				return nil, fmt.Errorf("group %s: %w", name, err)
			}
			c.groups.add(p)
			c.groupOf = append(c.groupOf, n)
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(lex.Topics)) {
		n := slices.Index(Topics, topic)
		if n < 0 {
			return nil, fmt.Errorf("there is no topic %q", topic)
		}
		for _, typed := range lex.Topics[topic] {
			p, err := compilePhrase(typed, numbers)
			if err != nil {
				return nil, fmt.Errorf("topic %s: %w", topic, err)
			}
			c.topics.add(p)
			c.topicOf = append(c.topicOf, n)
		}
	}
	seen := map[string]bool{}
	for r, rule := range lex.Triggers {
		if rule.Code == "" || rule.Name == "" || seen[rule.Code] {
			return nil, fmt.Errorf("trigger %d (%q) needs a name and a code of its own", r+1, rule.Code)
		}
		seen[rule.Code] = true
		if err := c.addRule(r, rule, numbers); err != nil {
			return nil, fmt.Errorf("trigger %s: %w", rule.Code, err)
		}
	}
	return c, nil
}

func (c *compiled) addRule(r int, rule TriggerRule, numbers map[string]int) error {
	if !slices.Contains(Urgencies, rule.Level) {
		return fmt.Errorf("%q is no level", rule.Level)
	}
	if len(rule.Patterns) == 0 {
		return fmt.Errorf("it has no pattern")
	}
	add := func(pattern int, role byte, phrases []string) error {
		for _, typed := range phrases {
			p, err := compilePhrase(typed, numbers)
			if err != nil {
				return err
			}
			if role == 'x' || role == 'u' { // what voids is meant as it is written
				p.exactly()
			}
			c.rules.add(p)
			c.uses = append(c.uses, use{r, pattern, role})
		}
		return nil
	}
	for n, p := range rule.Patterns {
		if len(p.Any) == 0 {
			return fmt.Errorf("pattern %d has no phrase", n+1)
		}
		if p.Level != "" && !slices.Contains(Urgencies, p.Level) {
			return fmt.Errorf("pattern %d: %q is no level", n+1, p.Level)
		}
		for _, part := range []struct {
			role    byte
			phrases []string
		}{{'a', p.Any}, {'w', p.With}, {'t', p.Text}, {'x', p.Without}} {
			if err := add(n, part.role, part.phrases); err != nil {
				return err
			}
		}
	}
	return add(-1, 'u', rule.Unless)
}

// parse takes a text apart and finds the groups in it.
func (c *compiled) parse(text string) *parsed {
	t := &parsed{typed: text, words: split(text)}
	groups := make([][]found, len(t.words))
	for _, h := range c.groups.find(t) {
		groups[h.from] = append(groups[h.from], found{c.groupOf[h.phrase], h.to})
	}
	t.groups = groups
	return t
}
