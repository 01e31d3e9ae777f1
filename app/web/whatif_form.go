package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hotline/app/calendar"
	"hotline/app/desk"
	"hotline/app/fault"
	"hotline/app/whatif"
)

// typedPlan is the form of a plan: what stands in each field, and what was made of it.
type typedPlan struct {
	ground *whatif.Ground
	values map[string]string // by field
	in     whatif.Drafted
	bad    fault.Fields
}

func newTyped(g *whatif.Ground) *typedPlan { return &typedPlan{ground: g, values: map[string]string{}} }

// The fields of a promise that is not there yet, for a topic of its own.
const (
	newTopic   = "topic"
	newUrgency = "topic-urgency"
	newMinutes = "topic-minutes"
)

func clockField(p desk.Promise) string { return p.Field() + "-clock" }

// of fills the form from a plan: only what differs stands in it.
func (t *typedPlan) of(p whatif.Plan) *typedPlan {
	t.in = whatif.Drafted{Name: p.Name, Body: p.Body, Version: p.Version}
	t.values["name"] = p.Name
	for name, v := range p.Body.Policy {
		t.values[fieldOf(name)] = strconv.Itoa(v)
	}
	for _, promise := range p.Body.Promises {
		now, _ := t.ground.Promise(promise.Topic, promise.Urgency)
		if promise.Minutes != now.Minutes {
			t.values[promise.Field()] = strconv.Itoa(promise.Minutes)
		}
		if promise.Always != now.Always {
			t.values[clockField(promise)] = map[bool]string{true: "always", false: "hours"}[promise.Always]
		}
	}
	for id, v := range p.Body.Caps {
		t.values[whatif.CapField(id)] = strconv.Itoa(v)
	}
	for id, days := range p.Body.Days {
		for day, segments := range days {
			t.values[whatif.DayField(id, day)] = dayHours(segments)
		}
	}
	return t
}

// read takes the form as it came.
func (t *typedPlan) read(c *gin.Context) *typedPlan {
	t.in = whatif.Drafted{Name: t.value(c, "name"), Version: int(number(c.PostForm("version")))}
	body := &t.in.Body
	for _, k := range whatif.Knobs {
		if v, typed := t.count(c, fieldOf(k.Name)); typed {
			if body.Policy == nil {
				body.Policy = map[string]int{}
			}
			body.Policy[k.Name] = v
		}
	}
	t.readPromises(c)
	for _, w := range t.ground.People {
		if v, typed := t.count(c, whatif.CapField(w.UserID)); typed {
			if body.Caps == nil {
				body.Caps = map[int64]int{}
			}
			body.Caps[w.UserID] = v
		}
		for _, day := range weekFromMonday {
			t.readDay(c, w.UserID, day)
		}
	}
	return t
}

func (t *typedPlan) value(c *gin.Context, field string) string {
	v := line(c, field)
	t.values[field] = v
	return v
}

// count is a whole number of a field; typed says whether one stands there.
func (t *typedPlan) count(c *gin.Context, field string) (v int, typed bool) {
	said := t.value(c, field)
	if said == "" {
		return 0, false
	}
	v, err := strconv.Atoi(strings.ReplaceAll(said, ",", ""))
	t.bad.Need(err == nil, field, "Give a whole number, or leave it empty.")
	return v, err == nil
}

func (t *typedPlan) readPromises(c *gin.Context) {
	for _, p := range t.promises() {
		minutes, typed := t.count(c, p.Field())
		clock := t.value(c, clockField(p))
		if !typed && clock == "" {
			continue
		}
		if typed {
			p.Minutes = minutes
		}
		if clock != "" {
			p.Always = clock == "always"
		}
		t.in.Body.Promises = append(t.in.Body.Promises, p)
	}
	topic, urgency := t.value(c, newTopic), t.value(c, newUrgency)
	minutes, typed := t.count(c, newMinutes)
	if topic == "" && !typed {
		return
	}
	t.bad.Need(topic != "", newTopic, "Choose the topic this promise is for.")
	t.bad.Need(slices.Contains(urgencies, urgency), newUrgency, "Choose an urgency.")
	t.bad.Need(typed, newMinutes, "Give its minutes.")
	p := desk.Promise{Kind: desk.FirstAnswer, Topic: topic, Urgency: urgency, Minutes: minutes}
	if now, _ := t.ground.Promise(topic, urgency); typed {
		p.Always = now.Always
		t.in.Body.Promises = append(t.in.Body.Promises, p)
	}
}

// promises are those that the form has a field for, as they are in force: for any
// topic, and for topics that have their own or are given it by the plan.
func (t *typedPlan) promises() []desk.Promise {
	var all []desk.Promise
	for _, u := range urgencies {
		p, _ := t.ground.Promise("", u)
		all = append(all, p)
	}
	own := t.ground.OwnTopics()
	for _, p := range t.in.Body.Promises {
		if p.Topic != "" {
			own = append(own, p)
		}
	}
	for name := range t.values { // of a form that was sent before and had one more
		for _, topic := range t.ground.Topics {
			for _, u := range urgencies {
				if p := (desk.Promise{Kind: desk.FirstAnswer, Topic: topic.Code, Urgency: u}); p.Field() == name {
					own = append(own, p)
				}
			}
		}
	}
	for _, topic := range t.ground.Topics {
		if !slices.ContainsFunc(own, func(p desk.Promise) bool { return p.Topic == topic.Code }) {
			continue
		}
		for _, u := range urgencies {
			p, _ := t.ground.Promise(topic.Code, u)
			p.Topic = topic.Code
			all = append(all, p)
		}
	}
	return all
}

func (t *typedPlan) readDay(c *gin.Context, userID int64, day time.Weekday) {
	field := whatif.DayField(userID, day)
	said := t.value(c, field)
	if said == "" {
		return
	}
	segments, ok := readDayHours(said)
	t.bad.Need(ok, field, "Write hours as in 9 to 5, several with a comma between, or off.")
	if !ok {
		return
	}
	days := t.in.Body.Days
	if days == nil {
		days = map[int64]map[time.Weekday][]calendar.Segment{}
		t.in.Body.Days = days
	}
	if days[userID] == nil {
		days[userID] = map[time.Weekday][]calendar.Segment{}
	}
	days[userID][day] = segments
}

// readDayHours reads the hours of a day as people write them: "9 to 5", "8:30–12, 1-5
// pm", "around the clock", "off".
func readDayHours(said string) ([]calendar.Segment, bool) {
	said = strings.ToLower(strings.NewReplacer("–", "-", "—", "-", " and ", ",", ";", ",").Replace(said))
	switch said {
	case "off", "none", "closed", "-", "free":
		return nil, true
	case "around the clock":
		return []calendar.Segment{{Opens: 0, Closes: dayInMinute}}, true
	}
	var all []calendar.Segment
	before := 0
	for part := range strings.SplitSeq(said, ",") {
		opens, closes, found := strings.Cut(part, " to ")
		if !found {
			opens, closes, found = strings.Cut(part, "-")
		}
		if !found {
			return nil, false
		}
		s, badOpens, badCloses := readSegment(opens, closes, before)
		if badOpens || badCloses || s.Closes <= s.Opens || s.Opens < before {
			return nil, false
		}
		all, before = append(all, s), s.Closes
	}
	return all, true
}
