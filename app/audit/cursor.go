package audit

import (
	"database/sql"

	"gorm.io/gorm"
)

// cursor reads a question of any length in order, a batch at a time. Several of
// them share one transaction, and so one instant and one connection.
type cursor[T any] struct {
	q     *gorm.DB
	name  string
	scan  func(*sql.Rows, *T) error
	batch []T
	at    int
	end   bool
}

const batch = "1000"

func open[T any](q *gorm.DB, name, question string, scan func(*sql.Rows, *T) error) (*cursor[T], error) {
	c := &cursor[T]{q: q, name: name, scan: scan}
	return c, q.Exec("DECLARE " + name + " NO SCROLL CURSOR FOR " + question).Error
}

// peek is the row that stands next; nil: there are no more. It is good until step.
func (c *cursor[T]) peek() (*T, error) {
	if c.at < len(c.batch) {
		return &c.batch[c.at], nil
	}
	if c.end {
		return nil, nil
	}
	return c.fetch()
}

// step goes past the row that peek showed.
func (c *cursor[T]) step() { c.at++ }

func (c *cursor[T]) fetch() (*T, error) {
	rows, err := c.q.Raw("FETCH " + batch + " FROM " + c.name).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	// What was peeked at before may still be held by its reader: a new batch, never the old one.
	c.batch, c.at = make([]T, 0, cap(c.batch)), 0
	for rows.Next() {
		var row T
		if err := c.scan(rows, &row); err != nil {
			return nil, err
		}
		c.batch = append(c.batch, row)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(c.batch) == 0 {
		c.end = true
		return nil, c.q.Exec("CLOSE " + c.name).Error
	}
	return &c.batch[0], nil
}
