package main

import (
	"errors"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/app/database/dbtest"
	"hotline/app/fault"
)

// havoc does what can go wrong until done: each kind once, in an order of chance, then
// any.
func (o *ordeal) havoc(done <-chan struct{}) {
	chance := o.chance(2)
	events := []struct {
		name string
		do   func(*rand.Rand)
	}{
		{"worker killed", o.killWorker},
		{"worker stopped for a while", o.stopWorker},
		{"Redis emptied", o.emptyRedis},
		{"Redis killed", o.killRedis},
		{"Redis connections cut", o.cutRedis},
		{"database connections cut", o.cutDatabase},
		{"database connections cut again and again", func(r *rand.Rand) {
			for range 10 {
				o.cutDatabase(r)
				<-time.After(between(r, 20*time.Millisecond, 200*time.Millisecond))
			}
		}},
		{"web killed", func(r *rand.Rand) {
			o.web.life().kill()
			<-time.After(between(r, 0, time.Second))
			o.web.start()
		}},
	}
	order := chance.Perm(len(events))
	for n := 0; !o.Failed(); n++ {
		select {
		case <-done:
			if n >= len(events) {
				return
			}
		case <-time.After(between(chance, 200*time.Millisecond, 2*time.Second)):
		}
		e := events[chance.IntN(len(events))]
		if n < len(events) {
			e = events[order[n]]
		}
		o.happened.add(e.name)
		e.do(chance)
	}
}

func (o *ordeal) killWorker(r *rand.Rand) {
	p := o.work[r.IntN(2)]
	p.life().kill()
	p.again(between(r, 0, 2*time.Second))
}

// again starts a worker that was killed after a while, unless somebody did.
func (p *process) again(after time.Duration) {
	<-time.After(after)
	p.starting.Lock()
	defer p.starting.Unlock()
	if p.life().isDead() {
		p.start()
	}
}

// stopWorker lets a worker do nothing for a while, in the middle of what it does, and
// then go on as if no time had passed.
func (o *ordeal) stopWorker(r *rand.Rand) {
	in := o.work[r.IntN(2)].life()
	_ = in.cmd.Process.Signal(syscall.SIGSTOP)
	<-time.After(between(r, 500*time.Millisecond, 5*time.Second))
	_ = in.cmd.Process.Signal(syscall.SIGCONT)
}

func (o *ordeal) emptyRedis(*rand.Rand) { _ = o.redis.client.FlushAll(o.ctx).Err() }

func (o *ordeal) killRedis(r *rand.Rand) {
	o.redis.kill()
	<-time.After(between(r, 0, 2*time.Second))
	o.redis.start()
}

func (o *ordeal) cutRedis(*rand.Rand) {
	_ = o.redis.client.Do(o.ctx, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes").Err()
}

// cutDatabase ends some of the house's connections, or all.
func (o *ordeal) cutDatabase(r *rand.Rand) {
	_, err := o.admin.Exec(o.ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = $1 AND application_name = 'hotline' AND random() < $2`, o.name, []float64{1, 0.5, 0.2}[r.IntN(3)])
	if err != nil {
		o.Error(err)
	}
}

// gone is a database that ends every connection the house makes, for half a second.
func (o *ordeal) gone() {
	admin, err := pgx.Connect(o.ctx, dbtest.URL(o.name))
	if err != nil {
		o.Error(err)
		return
	}
	defer admin.Close(o.ctx)
	for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); {
		_, err := admin.Exec(o.ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'hotline'`, o.name)
		if err != nil {
			o.Error(err)
			return
		}
	}
}

// comeAndGo is the consultants: they come to work and leave, and give tickets back.
func (o *ordeal) comeAndGo(done <-chan struct{}) {
	chance, back := o.chance(3), 0
	for !o.Failed() {
		select {
		case <-done:
			return
		case <-time.After(between(chance, 50*time.Millisecond, 600*time.Millisecond)):
		}
		who := o.consultants[chance.IntN(len(o.consultants))]
		var err error
		switch n := chance.IntN(10); {
		case n < 3:
			err = o.rooms.desks.StartDuty(o.ctx, who, who.ID, nil)
			o.happened.add("duty started")
		case n < 7:
			err = o.rooms.desks.EndDuty(o.ctx, who, who.ID)
			o.happened.add("duty ended")
		case back < *lostTickets/8:
			var number string
			var has int64
			err = o.db.Pool().QueryRow(o.ctx, `SELECT number, assignee_id FROM tickets WHERE status = 'assigned' ORDER BY hashint8(id + $1) LIMIT 1`,
				chance.IntN(1000)).Scan(&number, &has)
			if err != nil {
				continue // nobody has any, or the connection was cut
			}
			back++
			for _, holder := range o.consultants {
				if holder.ID == has {
					err = o.rooms.tickets.Release(o.ctx, holder, number, "I know the patient.", 0)
				}
			}
			o.happened.add("given back")
		}
		// People whose connection is cut try again another time; who was faster is right.
		if err != nil && !errors.Is(err, fault.Unavailable) && !errors.Is(err, fault.Conflict) && !errors.Is(err, fault.Forbidden) && !errors.Is(err, fault.NotFound) {
			o.Errorf("a consultant was told: %v", err)
		}
	}
}

// peace ends all that goes wrong, and brings everybody to work.
func (o *ordeal) peace() {
	o.line.mend()
	o.letter.peace()
	for _, p := range o.work {
		p.again(0)
	}
	for _, who := range o.consultants {
		if !waits(10*time.Second, func() bool { return o.rooms.desks.StartDuty(o.ctx, who, who.ID, nil) == nil }) {
			o.Fatal("a consultant cannot come to work")
		}
	}
	o.Logf("peace after %s", time.Since(o.began).Round(time.Millisecond))
}
