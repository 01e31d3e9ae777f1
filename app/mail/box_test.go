package mail_test

import (
	"fmt"
	"sync"
	"testing"

	"hotline/app/mail"
)

func TestABoxKeepsTheNewestLetters(t *testing.T) {
	t.Parallel()
	var b mail.Box
	for i := range mail.Size + 3 {
		if err := b.Send(t.Context(), mail.Message{ID: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	kept := b.Letters()
	if len(kept) != mail.Size || kept[0].ID != fmt.Sprint(mail.Size+2) || kept[mail.Size-1].ID != "3" {
		t.Errorf("%d, from %s to %s", len(kept), kept[0].ID, kept[len(kept)-1].ID)
	}
	if kept[0].At.IsZero() {
		t.Error("nobody knows when it came")
	}
}

func TestABoxIsForManyAtOnce(t *testing.T) {
	t.Parallel()
	var b mail.Box
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				_ = b.Send(t.Context(), mail.Message{})
				_ = b.Letters()
			}
		})
	}
	all.Wait()
	if n := len(b.Letters()); n != 400 {
		t.Errorf("%d, want 400", n)
	}
}
