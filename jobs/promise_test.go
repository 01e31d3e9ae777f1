package jobs

import (
	"testing"
	"time"
)

func TestAQuestionThatIsAskedFindsItsConsultantAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa, h.omar)
	h.o.CheckEvery = 0 // as in production
	w, stop := h.running()
	until(t, "the worker is there", func() bool { return h.count("SELECT count(*) FROM workers") == 1 })
	until(t, "the relay is idle", h.settled)

	asked := time.Now()
	ticket := h.ask()
	until(t, "it is assigned", func() bool { return h.assigned(ticket.ID) })
	took := time.Since(asked)
	t.Logf("from the question to its consultant: %s", took.Round(time.Millisecond))
	if took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	until(t, "every promise is kept", h.settled)
	h.onceEach(1)
	if err := stop(); err != nil {
		t.Error(err)
	}
	_ = w
}
