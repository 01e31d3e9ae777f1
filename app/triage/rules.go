package triage

import (
	"cmp"
	"slices"
)

// seen is a trigger's pattern found in a text.
type seen struct {
	from, to int
	with     []hit // the companions that let it fire
	level    string
	softer   string
}

// triggersIn finds what forces urgency, gravest first. A trigger is given once, by what of
// it weighs most; what is negated is left out.
func (c *compiled) triggersIn(t *parsed) []Trigger {
	hits := c.rules.find(t)
	if len(hits) == 0 {
		return nil
	}
	byRule := map[int][]hit{}
	for _, h := range hits {
		r := c.uses[h.phrase].rule
		byRule[r] = append(byRule[r], h)
	}
	var out []Trigger
	for r := range c.triggers { // in the order of the rules
		if its := byRule[r]; len(its) > 0 {
			if tr, ok := c.fire(t, r, its); ok {
				out = append(out, tr)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Trigger) int {
		return cmp.Compare(slices.Index(Urgencies, a.Level), slices.Index(Urgencies, b.Level))
	})
	return out
}

// fire says whether rule r fires on its hits, and how.
func (c *compiled) fire(t *parsed, r int, hits []hit) (Trigger, bool) {
	rule := &c.triggers[r]
	in := func(role byte, pattern, sentence int, not hit) (hit, bool) {
		first, _ := slices.BinarySearchFunc(hits, sentence, func(h hit, s int) int { return cmp.Compare(t.words[h.from].sentence, s) })
		for _, h := range hits[first:] { // they come in the order of the text
			u := c.uses[h.phrase]
			if t.words[h.from].sentence != sentence {
				break
			}
			if u.role != role || u.pattern != pattern {
				continue
			}
			if role == 'w' && h.from >= not.from && h.to <= not.to { // a companion is another word
				continue
			}
			return h, true
		}
		return hit{}, false
	}
	anywhere := map[int]hit{} // the first companion a pattern has anywhere in the text
	for _, h := range hits {
		if u := c.uses[h.phrase]; u.role == 't' {
			if _, ok := anywhere[u.pattern]; !ok {
				anywhere[u.pattern] = h
			}
		}
	}
	var all []seen
	for _, h := range hits {
		u := c.uses[h.phrase]
		if u.role != 'a' {
			continue
		}
		p := &rule.Patterns[u.pattern]
		sentence := t.words[h.from].sentence
		s := seen{from: h.from, to: h.to, level: cmp.Or(p.Level, rule.Level)}
		if _, void := in('u', -1, sentence, h); void {
			continue
		}
		if _, void := in('x', u.pattern, sentence, h); void {
			continue
		}
		if len(p.With) > 0 {
			with, ok := in('w', u.pattern, sentence, h)
			if !ok {
				continue
			}
			s.with = append(s.with, with)
		}
		if len(p.Text) > 0 {
			with, ok := anywhere[u.pattern]
			if !ok {
				continue
			}
			s.with = append(s.with, with)
		}
		s.softer = t.scope(h.from, h.to)
		if slices.Contains(rule.Stands, s.softer) {
			s.softer = ""
		}
		switch s.softer {
		case negated:
			t.quiet = t.quiet || s.level == "critical"
			continue
		case hypothetical:
			s.level = "routine"
		case past:
			s.level = lower(s.level)
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return Trigger{}, false
	}
	best := slices.MinFunc(all, func(a, b seen) int { // the first of the gravest
		return cmp.Compare(slices.Index(Urgencies, a.level), slices.Index(Urgencies, b.level))
	})
	out := Trigger{Code: rule.Code, Name: rule.Name, Level: best.level, Softer: best.softer, First: rule.First, HandOff: rule.HandOff}
	for _, s := range all {
		if s.level != best.level || s.softer != best.softer {
			continue
		}
		out.Spans = append(out.Spans, t.span(s.from, s.to))
		for _, w := range s.with {
			out.Spans = append(out.Spans, t.span(w.from, w.to))
		}
	}
	out.Spans = apart(out.Spans)
	for _, s := range out.Spans {
		out.Words = append(out.Words, t.typed[s.Start:s.End])
	}
	return out, true
}

// span is where words [from, to) stand in the text.
func (t *parsed) span(from, to int) Span { return Span{t.words[from].Start, t.words[to-1].End} }

// apart puts spans in order and joins those that overlap.
func apart(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}
