package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/app/operations"
)

// machine tells the metrics how queues, outbox and letters are. It reads Postgres
// when asked, so that every process says the same.
type machine struct{ operations *operations.Service }

var (
	queueLength   = prometheus.NewDesc("hotline_queue_tasks", "Tasks in a queue, by state.", []string{"queue", "state"}, nil)
	outboxWaiting = prometheus.NewDesc("hotline_outbox_waiting", "Promises due and not brought to their queue.", nil, nil)
	outboxLag     = prometheus.NewDesc("hotline_outbox_lag_seconds", "Age of the oldest promise due and not brought to its queue.", nil, nil)
	lettersUnsent = prometheus.NewDesc("hotline_letters_waiting", "Letters not sent yet.", nil, nil)
	workersAlive  = prometheus.NewDesc("hotline_workers_alive", "Workers seen in the last 30 seconds.", nil, nil)
	sealAge       = prometheus.NewDesc("hotline_record_seal_age_seconds", "Age of the newest seal of the record.", nil, nil)
)

func (machine) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{queueLength, outboxWaiting, outboxLag, lettersUnsent, workersAlive, sealAge} {
		ch <- d
	}
}

func (m machine) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	st, err := m.operations.State(ctx)
	if err != nil {
		return // a scrape without these says that the database does not answer
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, q := range st.Queues {
		for state, n := range map[string]int{"pending": q.Pending, "active": q.Active, "scheduled": q.Scheduled, "retry": q.Retry, "archived": q.Archived} {
			gauge(queueLength, float64(n), q.Name, state)
		}
	}
	gauge(outboxWaiting, float64(st.Lag.Waiting))
	lag := 0.0
	if st.Lag.Oldest != nil {
		lag = st.Now.Sub(*st.Lag.Oldest).Seconds()
	}
	gauge(outboxLag, lag)
	gauge(lettersUnsent, float64(st.Letters.Waiting))
	alive := 0
	for _, w := range st.Workers {
		if st.Now.Sub(w.SeenAt) < operations.Alive {
			alive++
		}
	}
	gauge(workersAlive, float64(alive))
	if st.Seal != nil {
		gauge(sealAge, st.Now.Sub(st.Seal.At).Seconds())
	}
}
