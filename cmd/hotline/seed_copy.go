package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// seedTable is a table that a seed copies into, with the columns it gives.
type seedTable struct{ name, columns string }

// The tables of a ticket, in the order of a batch's rows.
const (
	inTickets = iota
	inAssignments
	inTargets
	inPauses
	inResolutions
	inMessages
	inRecord
	inHeads
)

const recordColumns = "kind, subject_id, seq, at, actor_id, role, job, action, ticket_id, detail, previous, hash"

var seedTables = []seedTable{
	inTickets: {"tickets", `id, number, desk_id, channel, client_key, physician_id, asked_by, opened_by, state, topic, urgency, question, papers,
		caller_deadline, answer_by, office_may_see, status, assignee_id, assigned_at, opened_at, first_answered_at, resolved_at, next_due_at, due_kind`},
	inAssignments: {"assignments", "ticket_id, user_id, from_at, until_at, how, given_by"},
	inTargets:     {"targets", "id, ticket_id, kind, urgency, minutes, started_at, due_at, met_at, ended_at, told_at, warn_at, escalate_at"},
	inPauses:      {"pauses", "ticket_id, from_at, until_at"},
	inResolutions: {"resolutions", "ticket_id, from_at, resolved_by, outcome"},
	inMessages:    {"messages", "id, ticket_id, author_id, from_insured, body, client_key, sent_at"},
	inRecord:      {"record", recordColumns},
	inHeads:       {"record_heads", "kind, subject_id, seq, hash"},
}

// batch is some tickets' rows, table by table.
type batch struct{ rows [inHeads + 1]rows }

// copy sends rows to the table.
func (t seedTable) copy(ctx context.Context, conn *pgconn.PgConn, r *rows) error {
	if len(r.b) == 0 {
		return nil
	}
	r.b = binary.BigEndian.AppendUint16(r.b, 0xffff)
	if _, err := conn.CopyFrom(ctx, bytes.NewReader(r.b), "COPY "+t.name+" ("+t.columns+") FROM STDIN (FORMAT binary)"); err != nil {
		return fmt.Errorf("copy %s: %w", t.name, err)
	}
	return nil
}

// rows are written in Postgres's binary format for COPY: a count of columns, then
// each with its length before it.
type rows struct{ b []byte }

func (r *rows) row(columns int) {
	if len(r.b) == 0 {
		r.b = append(r.b, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	}
	r.b = binary.BigEndian.AppendUint16(r.b, uint16(columns))
}

func (r *rows) size(n int) { r.b = binary.BigEndian.AppendUint32(r.b, uint32(n)) }

func (r *rows) null() { r.b = append(r.b, 0xff, 0xff, 0xff, 0xff) }

// id is a bigint; 0 is null.
func (r *rows) id(v int64) {
	if v == 0 {
		r.null()
		return
	}
	r.size(8)
	r.b = binary.BigEndian.AppendUint64(r.b, uint64(v))
}

func (r *rows) integer(v int) {
	r.size(4)
	r.b = binary.BigEndian.AppendUint32(r.b, uint32(v))
}

func (r *rows) yes(v bool) {
	r.size(1)
	if v {
		r.b = append(r.b, 1)
	} else {
		r.b = append(r.b, 0)
	}
}

func (r *rows) text(s string) {
	r.size(len(s))
	r.b = append(r.b, s...)
}

// bytes is a bytea, a uuid or a json, by the column it goes to.
func (r *rows) bytes(v []byte) {
	r.size(len(v))
	r.b = append(r.b, v...)
}

var (
	postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	postgresDays  = postgresEpoch.Unix() / 86400
)

// at is a timestamptz; the zero time is null.
func (r *rows) at(t time.Time) {
	if t.IsZero() {
		r.null()
		return
	}
	r.size(8)
	r.b = binary.BigEndian.AppendUint64(r.b, uint64(t.UnixMicro()-postgresEpoch.UnixMicro()))
}

// day is a date.
func (r *rows) day(t time.Time) {
	r.size(4)
	r.b = binary.BigEndian.AppendUint32(r.b, uint32(int32(t.Unix()/86400-postgresDays)))
}
