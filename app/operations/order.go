package operations

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/database"
	"hotline/app/fault"
	"hotline/app/live"
	"hotline/app/outbox"
)

// Channel is what workers listen to for orders.
const Channel = "orders"

// What can be ordered.
const (
	Run         = "run"          // try a task again now
	Delete      = "delete"       // forget a task, and what was promised with it
	RunArchived = "run_archived" // try everything again that a queue set aside
	Pause       = "pause"        // let a queue's tasks wait
	Resume      = "resume"       // let them go on
	SendAgain   = "send_again"   // try once more to send a letter that was refused
)

// How an order can end.
const (
	Done    = "done"
	Gone    = "no longer there"
	Running = "running now"
	Silent  = "Redis did not answer"
)

// NewOrder is what somebody asks of a queue, a task in it, or a letter.
type NewOrder struct {
	What   string
	Queue  string
	Task   string
	Letter int64
}

// Order is what was asked, and what came of it.
type Order struct {
	ID        int64
	What      string
	Queue     string
	Task      string
	Kind      string // of the task or the letter
	PromiseID *int64
	LetterID  *int64
	By        string // who asked
	OrderedAt time.Time
	TakenAt   *time.Time
	DoneAt    *time.Time
	Outcome   string
}

// Order asks the workers to put something right. Administrators. The same order is one
// while it is open. What is no longer there is a conflict, and says so.
func (s *Service) Order(ctx context.Context, by actor.Actor, in NewOrder) (id int64, err error) {
	switch {
	case by.Is(actor.Manager):
		return 0, fault.Forbidden
	case !by.Is(actor.Administrator):
		return 0, fault.NotFound
	}
	if err := in.check(); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		id = 0
		o, err := in.find(tx)
		if err != nil {
			return err
		}
		now := s.now()
		err = tx.Raw(`INSERT INTO orders (what, queue, task, kind, promise_id, letter_id, ordered_by, ordered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (what, queue, task, letter_id) WHERE done_at IS NULL DO NOTHING RETURNING id`,
			o.What, o.Queue, o.Task, o.Kind, o.PromiseID, o.LetterID, by.ID, now).Scan(&id).Error
		if err != nil {
			return err
		}
		database.Notify(tx, Channel, "")
		if id == 0 {
			return tx.Raw(`SELECT id FROM orders WHERE what = ? AND queue = ? AND task = ? AND letter_id IS NOT DISTINCT FROM ? AND done_at IS NULL`,
				o.What, o.Queue, o.Task, o.LetterID).Scan(&id).Error
		}
		return audit.Record(tx, by, now, "order.given", audit.Order(id), o.detail())
	})
	return id, err
}

// check drops what does not belong to this order, and says what is missing.
func (in *NewOrder) check() error {
	var bad fault.Fields
	switch in.What {
	case Run, Delete:
		in.Letter = 0
		bad.Need(in.Task != "", "task", "Say which task.")
	case RunArchived, Pause, Resume:
		in.Letter, in.Task = 0, ""
	case SendAgain:
		in.Queue, in.Task = "", ""
		bad.Need(in.Letter > 0, "letter", "Say which letter.")
		return bad.Err()
	default:
		bad.Need(false, "what", "Say what to do.")
		return bad
	}
	bad.Need(slices.Contains(Queues, in.Queue), "queue", "Say which queue.")
	return bad.Err()
}

// find is the order with what is known of the thing it is about.
func (in NewOrder) find(tx *gorm.DB) (Order, error) {
	o := Order{What: in.What, Queue: in.Queue, Task: in.Task}
	switch in.What {
	case Run, Delete:
		found, err := tasks(tx, "queue = ? AND id = ?", in.Queue, in.Task)
		if err != nil {
			return o, err
		}
		if len(found) == 0 {
			return o, fault.Say(fault.Conflict, "That task is no longer there: it succeeded meanwhile, or somebody was faster. Nothing was changed.")
		}
		o.Kind, o.PromiseID = found[0].Kind, found[0].PromiseID
	case SendAgain:
		var kind string
		if err := tx.Raw(`SELECT kind FROM letters WHERE id = ? AND refused_at IS NOT NULL`, in.Letter).Scan(&kind).Error; err != nil {
			return o, err
		}
		if kind == "" {
			return o, fault.Say(fault.Conflict, "That letter is on its way already. Nothing was changed.")
		}
		o.Kind, o.LetterID = kind, &in.Letter
	}
	return o, nil
}

func (o Order) detail() audit.Detail {
	d := audit.Detail{"what": o.What}
	if o.Queue != "" {
		d["queue"] = o.Queue
	}
	if o.Task != "" {
		d["task"], d["kind"] = o.Task, o.Kind
	}
	if o.PromiseID != nil {
		d["promise"] = *o.PromiseID
	}
	if o.LetterID != nil {
		d["letter"] = *o.LetterID
	}
	return d
}

// Ordered reads an order. Administrators.
func (s *Service) Ordered(ctx context.Context, by actor.Actor, id int64) (Order, error) {
	if !by.Is(actor.Administrator) {
		return Order{}, fault.NotFound
	}
	var found []Order
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		found, err = orders(q, "o.id = ?", id)
		return err
	})
	if err == nil && len(found) == 0 {
		err = fault.NotFound
	}
	if err != nil {
		return Order{}, err
	}
	return found[0], nil
}

// stale is how long after an order was taken its worker counts as dead.
const stale = time.Minute

// Take takes the oldest order that nobody carries out, or nil. Orders to one queue are
// taken one after the other. What was promised with a task that is to be deleted is
// closed here, before Redis is asked: whatever happens then, nothing sends it again.
func (s *Service) Take(ctx context.Context, by actor.Actor) (taken *Order, err error) {
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		taken = nil
		now := s.now()
		var id int64
		err := tx.Raw(`SELECT o.id FROM orders o WHERE o.done_at IS NULL AND (o.taken_at IS NULL OR o.taken_at < ?)
			AND NOT EXISTS (SELECT FROM orders e WHERE e.done_at IS NULL AND e.id < o.id AND e.queue = o.queue AND e.queue <> '')
			ORDER BY o.id LIMIT 1 FOR UPDATE SKIP LOCKED`, now.Add(-stale)).Scan(&id).Error
		if err != nil || id == 0 {
			return err
		}
		if err := tx.Exec(`UPDATE orders SET taken_at = ? WHERE id = ?`, now, id).Error; err != nil {
			return err
		}
		found, err := orders(tx, "o.id = ?", id)
		if err != nil {
			return err
		}
		o := found[0]
		if o.What == Delete && o.PromiseID != nil {
			open, err := outbox.Drop(tx, now, *o.PromiseID)
			if err != nil {
				return err
			}
			if open {
				if err := audit.Record(tx, by, now, "order.promise_dropped", audit.Order(id), audit.Detail{"promise": *o.PromiseID, "kind": o.Kind}); err != nil {
					return err
				}
			}
		}
		taken = &o
		return nil
	})
	return taken, err
}

// Carried notes how an order ended, and tells the page that waits for it.
func (s *Service) Carried(ctx context.Context, by actor.Actor, id int64, outcome string) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		done := tx.Exec(`UPDATE orders SET done_at = ?, outcome = ? WHERE id = ? AND done_at IS NULL`, now, outcome, id)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		live.Say(tx, "order", id, 0)
		return audit.Record(tx, by, now, "order.carried_out", audit.Order(id), audit.Detail{"outcome": outcome})
	})
}

// Held are the queues that are to be paused by the last order about them. Redis may
// forget a pause; this does not.
func (s *Service) Held(ctx context.Context) (names []string, err error) {
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT queue FROM (SELECT DISTINCT ON (queue) queue, what FROM orders
			WHERE what IN ('pause', 'resume') AND (done_at IS NULL OR outcome = ?) ORDER BY queue, id DESC) newest WHERE what = 'pause'`, Done).Scan(&names).Error
	})
	return names, err
}

func orders(q *gorm.DB, where string, args ...any) (found []Order, err error) {
	err = q.Raw(`SELECT o.id, o.what, o.queue, o.task, o.kind, o.promise_id, o.letter_id, u.name AS by, o.ordered_at, o.taken_at, o.done_at, o.outcome
		FROM orders o JOIN users u ON u.id = o.ordered_by WHERE `+where+` ORDER BY o.id DESC LIMIT 10`, args...).Scan(&found).Error
	return found, err
}

// recent are the newest orders: all that are open, and those of the last day.
func recent(q *gorm.DB, now time.Time) ([]Order, error) {
	return orders(q, "o.done_at IS NULL OR o.ordered_at > ?", now.AddDate(0, 0, -1))
}
