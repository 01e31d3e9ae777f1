package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"gorm.io/gorm"

	"hotline/app/account"
	"hotline/app/actor"
	"hotline/app/calendar"
	"hotline/app/database"
	"hotline/app/database/dbtest"
	"hotline/app/desk"
	"hotline/app/insured"
	"hotline/app/routing"
)

// ordeal is a house of three processes, and what is done to it.
type ordeal struct {
	*testing.T
	ctx    context.Context
	seed   uint64
	began  time.Time
	dir    string
	name   string // the database
	db     *database.DB
	admin  *pgx.Conn // as the database's owner, past the house
	rooms  *house    // for people who come and go
	line   *badLine  // between physicians and the web process
	redis  *ownRedis
	letter *ledger
	web    *process
	work   [2]*process

	policy      routing.Policy
	consultants []actor.Actor
	installed   string
	happened    tally
	going       sync.WaitGroup // processes being started again
}

// tally counts what happened, by name.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func (y *tally) add(what string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.n == nil {
		y.n = map[string]int{}
	}
	y.n[what]++
}

const ordealPassword = "eleven patient herons"

var operatorOfTest = actor.Command("test")

func newOrdeal(t *testing.T, seed uint64) *ordeal {
	t.Helper()
	binary := redisServer(t)
	o := &ordeal{T: t, ctx: context.Background(), seed: seed, began: time.Now(), dir: folder(t), name: dbtest.Database(t), policy: routing.Default()}
	o.db = dbtest.Open(t, o.name, database.Limits{Statement: 20 * time.Second, Lock: 10 * time.Second, Idle: 30 * time.Second, Pool: 6})
	o.must(o.db.Ping(o.ctx))
	var err error
	o.admin, err = pgx.Connect(o.ctx, dbtest.URL(o.name))
	o.must(err)
	t.Cleanup(func() { o.admin.Close(context.Background()) })
	o.rooms = build(o.db, built{})
	in, err := o.db.Installation(o.ctx)
	o.must(err)
	o.installed = in.ID
	o.people()
	o.watchCaps()
	o.redis = newOwnRedis(t, binary, o.dir)
	o.letter = &ledger{o: o, fates: o.fates()}
	o.line = newBadLine(t, o.chance(1))

	// A minute between each two of them.
	o.web = o.process("web", time.Minute)
	o.work[0], o.work[1] = o.process("worker", 0), o.process("worker", -time.Minute)
	t.Cleanup(func() {
		o.going.Wait()
		for _, p := range []*process{o.web, o.work[0], o.work[1]} {
			if in := p.life(); in != nil {
				in.kill()
			}
		}
	})
	o.web.start()
	for _, w := range o.work {
		w.start()
	}
	o.Logf("three processes are up after %s", time.Since(o.began).Round(time.Millisecond))
	return o
}

// people are a desk that never closes and its consultants: three have room for a few
// tickets and are full most of the time; all together have room for what will be
// asked, of which one in eight counts as two, and for some more.
func (o *ordeal) people() {
	var week [7][]calendar.Segment
	for day := range week {
		week[day] = []calendar.Segment{{Opens: 0, Closes: 24 * 60}}
	}
	d, err := o.rooms.desks.Add(o.ctx, operatorOfTest, desk.NewDesk{Name: "Risk", Zone: "America/New_York", Phone: "800 555 0142", PhoneE164: "+18005550142", Week: week})
	o.must(err)
	// Nobody is asked to accept: in an ordeal of more than ten minutes a critical ticket
	// would go on to the next, which is not what this is about.
	o.policy.Accept = routing.ByUrgency{}
	o.must(o.db.Write(o.ctx, func(tx *gorm.DB) error {
		return desk.SetPolicy(tx, operatorOfTest, d.ID, o.policy, o.db.Now())
	}))
	few := *lostTickets / 30
	caps := []int{few, 2 * few, 3 * few}
	others := max(3, *lostTickets/400)
	for range others {
		caps = append(caps, (*lostTickets*130/100-6*few)/others)
	}
	for i, cap := range caps {
		who := o.person(fmt.Sprintf("Consultant %c", 'A'+i), actor.Consultant, "", d.ID)
		o.must(o.rooms.desks.Engage(o.ctx, operatorOfTest, desk.Engagement{UserID: who.ID, Cap: cap, Topics: []string{"discharge", "online_reviews"}}))
		o.must(o.rooms.desks.StartDuty(o.ctx, operatorOfTest, who.ID, nil))
		o.consultants = append(o.consultants, who)
	}
}

func (o *ordeal) person(name string, role actor.Role, password string, desks ...int64) actor.Actor {
	o.Helper()
	p, err := o.rooms.accounts.Add(o.ctx, operatorOfTest, account.NewPerson{Email: emailOf(name), Name: name, Role: role, Password: password, Desks: desks})
	o.must(err)
	by, _, err := o.rooms.accounts.Actor(o.ctx, p.ID)
	o.must(err)
	return by
}

func emailOf(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org"
}

// physicians are people who ask, each signed in at a browser of their own.
func (o *ordeal) physicians(n int) []*asker {
	var all []*asker
	for i := range n {
		name := fmt.Sprintf("Asker %c", 'A'+i)
		by := o.person(name, actor.Physician, ordealPassword)
		_, err := o.rooms.insured.AddPhysician(o.ctx, operatorOfTest, insured.NewPhysician{GivenName: "Asker", FamilyName: name[6:], State: "OH", UserID: by.ID})
		o.must(err)
		all = append(all, o.asker(name, uint64(100+i)))
	}
	return all
}

func (o *ordeal) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// process is one of the three. It may be killed and started again.
type process struct {
	o    *ordeal
	as   string
	skew time.Duration
	log  string

	starting sync.Mutex // one start at a time

	mu  sync.Mutex
	now *incarnation
}

// incarnation is one life of a process.
type incarnation struct {
	p      *process
	cmd    *exec.Cmd
	stdin  io.Closer
	dead   chan struct{}
	office net.Listener // a worker's own way to the mail

	mu     sync.Mutex
	killed time.Time
	ended  error
}

func (o *ordeal) process(as string, skew time.Duration) *process {
	return &process{o: o, as: as, skew: skew, log: filepath.Join(o.dir, fmt.Sprintf("%s%+.0f.log", as, skew.Seconds()))}
}

// start begins another life, and waits for a web process to answer.
func (p *process) start() {
	o := p.o
	in := &incarnation{p: p, dead: make(chan struct{})}
	self, err := os.Executable()
	o.must(err)
	in.cmd = exec.Command(self)
	after := 2 * time.Minute
	if *lostHurry {
		after = 6 * time.Second
	}
	in.cmd.Env = append(os.Environ(), lostAs+"="+p.as, lostSkew+"="+p.skew.String(), lostAfter+"="+after.String(),
		"DATABASE_URL="+dbtest.URL(o.name), "REDIS_URL="+o.redis.url(), "PUBLIC_URL="+o.line.url(), "METRICS_ADDR=",
		"SECRET_KEY="+strings.Repeat("5c", 32), "AUDIT_SEAL_KEY="+strings.Repeat("07", 32), "MAIL_FROM=hotline@example.org",
		"WORKER_CONCURRENCY=4", "LOG_LEVEL=INFO", "AUDIT_WITNESS=", "TRUSTED_PROXIES=")
	at := freeAddress(o.T)
	if p.as == "web" {
		in.cmd.Env = append(in.cmd.Env, "ADDR="+at)
	} else {
		in.office = o.letter.open(in)
		in.cmd.Env = append(in.cmd.Env, "SMTP_URL=smtp://"+in.office.Addr().String()+"?tls=off")
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	o.must(err)
	defer log.Close()
	in.cmd.Stdout, in.cmd.Stderr = log, log
	in.stdin, err = in.cmd.StdinPipe()
	o.must(err)
	o.must(in.cmd.Start())
	go func() {
		in.ended = in.cmd.Wait()
		close(in.dead)
	}()
	p.mu.Lock()
	p.now = in
	p.mu.Unlock()
	if p.as == "web" {
		o.line.to(at)
		o.until("the web process answers", 30*time.Second, func() bool {
			c, err := net.Dial("tcp", at)
			if err == nil {
				c.Close()
			}
			return err == nil || in.isDead()
		})
		if in.isDead() {
			o.Errorf("the web process did not come up; %s", o.tail(p))
		}
	}
}

func (p *process) life() *incarnation {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// kill is SIGKILL, and waits for it.
func (in *incarnation) kill() {
	in.mu.Lock()
	if in.killed.IsZero() {
		in.killed = time.Now()
	}
	in.mu.Unlock()
	_ = in.cmd.Process.Kill()
	<-in.dead
	if in.office != nil {
		in.office.Close()
	}
}

func (in *incarnation) isDead() bool {
	select {
	case <-in.dead:
		return true
	default:
		return false
	}
}

// stop asks every process to end, the web first, and expects it to end well.
func (o *ordeal) stop() {
	for _, p := range []*process{o.web, o.work[0], o.work[1]} {
		in := p.life()
		o.must(in.cmd.Process.Signal(syscall.SIGTERM))
		select {
		case <-in.dead:
			if in.ended != nil {
				o.Errorf("%s ended with %v; %s", filepath.Base(p.log), in.ended, o.tail(p))
			}
		case <-time.After(40 * time.Second):
			o.Errorf("%s does not stop", filepath.Base(p.log))
		}
	}
}

// tail is the end of a process's log.
func (o *ordeal) tail(p *process) string {
	text, _ := os.ReadFile(p.log)
	return "its log ends with\n" + string(text[max(0, len(text)-3000):])
}

func freeAddress(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// ownRedis is a real Redis that keeps nothing on disk: started again it is empty.
type ownRedis struct {
	testing.TB
	binary, dir, socket string
	client              *redis.Client
	cmd                 *exec.Cmd
}

func newOwnRedis(t testing.TB, binary, dir string) *ownRedis {
	t.Helper()
	r := &ownRedis{TB: t, binary: binary, dir: dir, socket: filepath.Join(dir, "redis")}
	r.client = redis.NewClient(&redis.Options{Network: "unix", Addr: r.socket, MaxRetries: -1})
	t.Cleanup(func() { r.client.Close(); r.kill() })
	r.start()
	return r
}

func (r *ownRedis) url() string {
	return (&url.URL{Scheme: "redis-socket", Path: r.socket}).String()
}

func (r *ownRedis) start() {
	r.cmd = exec.Command(r.binary, "--port", "0", "--unixsocket", r.socket, "--dir", r.dir, "--save", "", "--appendonly", "no")
	if err := r.cmd.Start(); err != nil {
		r.Error(err)
		return
	}
	if !waits(10*time.Second, func() bool { return r.client.Ping(context.Background()).Err() == nil }) {
		r.Error("Redis does not answer")
	}
}

func (r *ownRedis) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

// waits polls a condition and says whether it came true in time.
func waits(within time.Duration, holds func() bool) bool {
	for end := time.Now().Add(within); !holds(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// until is waits, and fails the test when it does not come true.
func (o *ordeal) until(what string, within time.Duration, holds func() bool) {
	o.Helper()
	if !waits(within, holds) {
		o.Errorf("it never came to this: %s", what)
	}
}
