package audit_test

import (
	"context"
	"strings"
	"testing"

	"gorm.io/gorm"

	"hotline/app/audit"
)

func TestTheProgramsRoleCannotChangeTheRecordAndTheSignedInOneIsNamed(t *testing.T) {
	t.Parallel()
	ok, reason := audit.Immutable(context.Background(), open(t).DB)
	if !ok || !strings.Contains(reason, "superuser") || !strings.Contains(reason, "hotline_app") {
		t.Errorf("%v %q", ok, reason)
	}
}

type asOwner struct{ house }

func (o asOwner) Read(ctx context.Context, f func(q *gorm.DB) error) error {
	return o.Write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("SET LOCAL ROLE none").Error; err != nil {
			return err
		}
		return f(tx)
	})
}

func TestAnOwnerCouldChangeTheRecord(t *testing.T) {
	t.Parallel()
	if ok, reason := audit.Immutable(context.Background(), asOwner{open(t)}); ok || reason == "" {
		t.Errorf("%v %q", ok, reason)
	}
}

func TestARightTooManyIsNoticed(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, right := range []string{
		"UPDATE ON record", "UPDATE (detail) ON record", "DELETE ON record_seals", "TRUNCATE ON record_sealed", "TRIGGER ON record",
		"UPDATE (seq) ON record_heads", "INSERT ON record_heads", "DELETE ON record_heads", "DELETE ON ticket_views", "EXECUTE ON FUNCTION record_chain()",
	} {
		_, err := h.owner.Exec("GRANT " + right + " TO hotline_app")
		h.must(err)
		if ok, reason := audit.Immutable(context.Background(), h.DB); ok || !strings.Contains(reason, "hotline_app could change the record") {
			t.Errorf("with %s: %v %q", right, ok, reason)
		}
		_, err = h.owner.Exec("REVOKE " + right + " FROM hotline_app")
		h.must(err)
	}
	if ok, reason := audit.Immutable(context.Background(), h.DB); !ok {
		t.Errorf("the rights are as they were, and: %s", reason)
	}
}
