package main

import (
	"crypto/sha256"
	"strconv"
	"time"
)

// chain is one subject's entries of the record as they are written: each with the
// hash of what the database's own record_chain would take, so that the record
// verifies.
type chain struct {
	kind    string
	subject int64
	seq     int64
	hash    [sha256.Size]byte
	text    []byte
}

// entry is one entry of it. actor 0: the system, in a job.
type entry struct {
	at     time.Time
	actor  int64
	role   string
	job    string
	action string
	detail []byte // JSON as the rooms write it: no spaces, keys in order
}

// begin starts another subject's chain.
func (c *chain) begin(kind string, subject int64) {
	c.kind, c.subject, c.seq, c.hash = kind, subject, 0, [sha256.Size]byte{}
}

// add writes an entry to the rows of the record.
func (c *chain) add(r *rows, e entry) {
	c.seq++
	var ticket int64
	if c.kind == "ticket" {
		ticket = c.subject
	}
	r.row(12)
	r.text(c.kind)
	r.id(c.subject)
	r.id(c.seq)
	r.at(e.at)
	r.id(e.actor)
	r.text(e.role)
	r.text(e.job)
	r.text(e.action)
	r.id(ticket)
	r.bytes(e.detail)
	r.bytes(c.hash[:])

	b := append(c.text[:0], c.hash[:]...)
	b = append(b, `["v1", "`...)
	b = append(append(b, c.kind...), `", `...)
	b = append(strconv.AppendInt(b, c.subject, 10), ", "...)
	b = append(strconv.AppendInt(b, c.seq, 10), ", "...)
	b = append(strconv.AppendInt(b, e.at.UnixMicro(), 10), ", "...)
	b = appendOrNull(b, e.actor)
	b = append(append(b, `, "`...), e.role...)
	b = append(append(b, `", "`...), e.job...)
	b = append(append(b, `", "`...), e.action...)
	b = append(b, `", `...)
	b = appendOrNull(b, ticket)
	b = append(b, `, "`...)
	for _, char := range e.detail {
		if char == '"' || char == '\\' {
			b = append(b, '\\')
		}
		b = append(b, char)
	}
	b = append(b, `"]`...)
	c.text = b
	c.hash = sha256.Sum256(b)
	r.bytes(c.hash[:])
}

// end writes the chain's head.
func (c *chain) end(r *rows) {
	r.row(4)
	r.text(c.kind)
	r.id(c.subject)
	r.id(c.seq)
	r.bytes(c.hash[:])
}

func appendOrNull(b []byte, id int64) []byte {
	if id == 0 {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, id, 10)
}
