package audit_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"hotline/app/audit"
)

func TestNothingMovedMakesNoSeal(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	h.seal(key)
	h.must(h.Write(context.Background(), func(tx *gorm.DB) error {
		no, sealed, err := audit.Seal(tx, noon, key)
		if no != 0 || sealed != 0 {
			t.Errorf("it made seal %d of %d heads", no, sealed)
		}
		return err
	}))
	if r := h.whole(key); r.Seals != 3 || r.NewerThanLastSeal != 0 {
		t.Errorf("it says %s", r)
	}
}

func TestASealTakesSoManyHeadsAndTheNextTheRest(t *testing.T) {
	t.Parallel()
	h := open(t)
	for id := int64(1); id <= 7; id++ {
		h.write(audit.Ticket(id), 2)
	}
	for _, want := range []int{3, 3, 1, 0} {
		h.must(h.Write(context.Background(), func(tx *gorm.DB) error {
			_, sealed, err := audit.SealUpTo(tx, noon, key, 3)
			if sealed != want {
				t.Errorf("it sealed %d heads, not %d", sealed, want)
			}
			return err
		}))
	}
	if r := h.whole(key); r.Seals != 3 || r.NewerThanLastSeal != 0 {
		t.Errorf("it says %s", r)
	}
	if last := h.lastSeal(); last.Entries != 2 || !last.At.Equal(noon) {
		t.Errorf("the last seal is %+v", last)
	}
}

func TestAHeadInAWritersHandWaitsForTheNextSeal(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.write(audit.Ticket(1), 1)
	h.write(audit.Ticket(2), 1)
	h.must(h.Write(context.Background(), func(tx *gorm.DB) error {
		if err := audit.Record(tx, someone, noon, "ticket.touched", audit.Ticket(1), nil); err != nil {
			return err
		}
		h.seal(key) // another transaction, while this one is open
		return nil
	}))
	if r := h.whole(key); r.NewerThanLastSeal != 2 {
		t.Errorf("%d entries are newer than the seal", r.NewerThanLastSeal)
	}
	h.seal(key)
	if r := h.whole(key); r.NewerThanLastSeal != 0 {
		t.Errorf("%d entries are newer than the second seal", r.NewerThanLastSeal)
	}
}

func TestSealersAndWritersAtOnceLeaveAWholeRecord(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := open(t)
	var writers, sealers sync.WaitGroup
	done := make(chan struct{})
	failed := make(chan error, 20)
	for range 4 {
		writers.Go(func() {
			for i := range 24 {
				failed <- h.Write(ctx, func(tx *gorm.DB) error {
					return audit.Record(tx, someone, noon, "ticket.touched", audit.Ticket(int64(i%5)), nil)
				})
			}
		})
	}
	for range 3 {
		sealers.Go(func() {
			for {
				failed <- h.Write(ctx, func(tx *gorm.DB) error {
					_, _, err := audit.SealUpTo(tx, noon, key, 2)
					return err
				})
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	var all error
	gathered := make(chan struct{})
	go func() {
		for err := range failed {
			all = errors.Join(all, err)
		}
		close(gathered)
	}()
	writers.Wait()
	close(done)
	sealers.Wait()
	close(failed)
	<-gathered
	h.must(all)
	if r := h.whole(key); r.Entries != 96 || r.Seals < 2 || !r.MACChecked {
		t.Errorf("it says %s", r)
	}
}

func TestAWitnessSaysNumberTimeAndRoot(t *testing.T) {
	t.Parallel()
	said := audit.Witness(audit.Sealed{No: 12, At: noon.Add(time.Microsecond), Root: []byte{0xab}, Previous: []byte{1}})
	const want = "record seal 12 at 2026-03-02T12:00:00.000001Z root ab hash "
	if len(said) != len(want)+64 || said[:len(want)] != want {
		t.Errorf("it says %q", said)
	}
}
