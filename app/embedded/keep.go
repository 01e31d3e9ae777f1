package embedded

import "time"

const (
	revivals    = 3               // starts again, at most,
	revivalSpan = 1 * time.Minute // in so long
)

// keep starts the server again when it ends although nobody stopped it: killed
// for want of memory, say. Address and password stay, so pools recover by
// themselves. One that keeps ending is given up and its folder let go, so that
// the next start finds the way clear.
func (p *Postgres) keep() {
	var recent []time.Time
	for {
		select {
		case <-p.life.Done():
			return
		case <-p.child.gone:
		}
		if p.life.Err() != nil {
			return
		}
		now := time.Now()
		for len(recent) > 0 && now.Sub(recent[0]) > revivalSpan {
			recent = recent[1:]
		}
		if recent = append(recent, now); len(recent) > revivals {
			p.lose("PostgreSQL keeps ending by itself and is not started again; " + p.LogFile() + " says why.")
			return
		}
		switch err := p.launch(p.life); {
		case p.life.Err() != nil:
			return
		case err != nil:
			p.lose("PostgreSQL ended by itself and could not be started again: " + err.Error())
			return
		}
		p.notice("PostgreSQL ended by itself and was started again.")
	}
}

// lose gives the database up and says so.
func (p *Postgres) lose(says string) {
	p.child = nil
	if err := p.leave(); err != nil {
		says += " (" + err.Error() + ")"
	}
	p.notice(says)
}
