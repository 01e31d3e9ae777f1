package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"hotline/app/fault"
)

// Error is a database error with everything a person may have typed left out:
// Postgres's own message can quote a value.
type Error struct {
	State, Table, Constraint, Place string
	kind                            error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("database")
	for _, part := range []struct{ name, value string }{
		{"sqlstate", e.State}, {"table", e.Table}, {"constraint", e.Constraint}, {"at", e.Place},
	} {
		if part.value != "" {
			fmt.Fprintf(&b, " %s=%s", part.name, part.value)
		}
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.kind }

// Violates says whether err is a violation of the constraint named.
func Violates(err error, constraint string) bool {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Constraint == constraint
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.ConstraintName == constraint
	}
	return false
}

// explain turns the driver's and GORM's errors into faults, once.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if _, done := errors.AsType[*Error](err); done {
		return err
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		e := &Error{State: pg.Code, Table: pg.TableName, Constraint: pg.ConstraintName, kind: kindOf(pg.Code)}
		if pg.Routine != "" {
			e.Place = pg.Routine
		}
		return e
	}
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, pgx.ErrNoRows), errors.Is(err, sql.ErrNoRows):
		return fault.NotFound
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded), unreachable(err):
		return &Error{Place: "connection", kind: fault.Unavailable}
	case quotes(err):
		return &Error{Place: "conversion"}
	}
	return err
}

// quotes says whether err is one of the driver's about a value that did not fit its
// type: those quote the value.
func quotes(err error) bool {
	text := err.Error()
	for _, part := range []string{"sql: Scan error", "sql: converting argument", "converting driver.Value", "failed to encode", "unable to encode", "can't scan into", "cannot scan"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func unreachable(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	text := err.Error()
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(text, "conn closed") || strings.Contains(text, "closed pool") || strings.Contains(text, "bad connection")
}

func kindOf(state string) error {
	switch {
	case state == "23505", state == "40001", state == "40P01":
		return fault.Conflict
	case strings.HasPrefix(state, "57P0"), state == "53300", state == "57014", state == "55P03",
		state == "25P03", strings.HasPrefix(state, "08"), state == "53400":
		return fault.Unavailable
	}
	return nil
}

// again says whether a transaction lost to another and may simply be run once more.
func again(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "40001" || pg.Code == "40P01")
}
