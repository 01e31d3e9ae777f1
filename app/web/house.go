package web

import (
	"context"
	"sync"
	"time"

	"hotline/app/desk"
)

// house remembers what every page says and seldom changes: the desk's number,
// hours and topics. It asks again after half a minute.
type house struct {
	desks *desk.Service
	now   func() time.Time

	mu     sync.Mutex
	at     time.Time
	times  desk.Times
	topics []desk.Topic
	known  bool
	weeks  map[int64]knownWeek // by desk
}

const houseFor = 30 * time.Second

// desk is the first desk's clock; ok is false while none has been set up or the
// database does not answer.
func (h *house) desk(ctx context.Context) (desk.Times, bool) {
	h.refresh(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.times, h.known
}

// allTopics are the topics in the order they are shown.
func (h *house) allTopics(ctx context.Context) []desk.Topic {
	h.refresh(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.topics
}

// topicName is a topic in words.
func (h *house) topicName(ctx context.Context, code string) string {
	for _, t := range h.allTopics(ctx) {
		if t.Code == code {
			return t.Name
		}
	}
	return code
}

func (h *house) refresh(ctx context.Context) {
	h.mu.Lock()
	fresh := h.known && time.Since(h.at) < houseFor
	h.mu.Unlock()
	if fresh {
		return
	}
	all, err := h.desks.All(ctx)
	if err != nil || len(all) == 0 {
		return
	}
	times, err := h.desks.Times(ctx, all[0].ID)
	if err != nil {
		return
	}
	topics, err := h.desks.Topics(ctx)
	if err != nil {
		return
	}
	h.mu.Lock()
	h.at, h.times, h.topics, h.known = time.Now(), times, topics, true
	h.mu.Unlock()
}

// openLine says when the line is answered, in the desk's zone: "Open now, until 6 PM
// Eastern."
func (h *house) openLine(ctx context.Context) string {
	times, ok := h.desk(ctx)
	if !ok {
		return ""
	}
	now := h.now()
	if times.Calendar.Open(now) {
		if close, ok := times.Calendar.NextClose(now); ok {
			return "Open now, until " + onTheClock(close, now, times.Zone) + "."
		}
		return "Open now."
	}
	if open, ok := times.Calendar.NextOpen(now); ok {
		return "Closed now. Open again " + onTheClock(open, now, times.Zone) + "."
	}
	return "Closed now."
}

// onTheClock is a time as people say it on the phone: "6 PM Eastern" today,
// "Monday, 8 AM Eastern" within the week, with the date beyond.
func onTheClock(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	layout := "3:04 PM"
	if t.Minute() == 0 {
		layout = "3 PM"
	}
	said := t.Format(layout) + zoneWord(t)
	switch days := t.YearDay() - now.YearDay() + 365*(t.Year()-now.Year()); {
	case days == 0:
		return said
	case days < 7:
		return t.Format("Monday") + ", " + said
	}
	return t.Format("Monday, January 2") + ", " + said
}

// zoneWord is the zone as Americans say it, or its abbreviation.
func zoneWord(t time.Time) string {
	abbreviation, _ := t.Zone()
	if word, ok := map[string]string{"EST": "Eastern", "EDT": "Eastern", "CST": "Central", "CDT": "Central", "MST": "Mountain", "MDT": "Mountain",
		"PST": "Pacific", "PDT": "Pacific", "AKST": "Alaska", "AKDT": "Alaska", "HST": "Hawaii"}[abbreviation]; ok {
		return " " + word
	}
	return " " + abbreviation
}
