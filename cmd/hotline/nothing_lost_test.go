package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

var (
	lostSeed    = flag.Uint64("lost.seed", 0, "what the ordeal's choices begin with; 0: another each time, printed")
	lostTickets = flag.Int("lost.tickets", 150, "how many questions the ordeal asks")
	lostMinutes = flag.Int("lost.minutes", 8, "how long the ordeal may take at the most")
	lostHurry   = flag.Bool("lost.hurry", true, "look for what was lost after seconds, where production waits for minutes")
)

// The ordeal. One web process and two workers, each a process of its own as
// production runs them, over a Postgres and a Redis that are real. Physicians ask over
// a bad line, twice where they clicked twice, again where they heard no answer; people
// come to work and leave and give tickets back. Meanwhile, by a seeded source of
// chance, workers are killed in the middle of what they do, stopped and let go on, the
// web process is killed, Redis is emptied, killed and started anew, its connections
// and the database's are cut. The three processes' clocks are a minute apart.
//
// Then it is left in peace, and everything must have come to what it would have come
// to without all that: each question one ticket with one owner, one letter a fact, one
// running promise, one entry a step, whole chains, and nobody above their cap ever.
//
// The order of events is the seed's, what they meet is not: the same seed is a similar
// ordeal, not the same one. A longer one, with the waiting times of production:
//
//	go test ./cmd/hotline -run TestNothingIsLost -v -lost.tickets 2000 -lost.hurry=false -timeout 20m
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	seed := *lostSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed: -lost.seed %d", seed)
	o := newOrdeal(t, seed)
	physicians := o.physicians(8)

	var chaos sync.WaitGroup
	done := make(chan struct{})
	chaos.Go(func() { o.havoc(done) })
	chaos.Go(func() { o.comeAndGo(done) })
	asked := o.askAll(physicians, *lostTickets)
	close(done)
	chaos.Wait()
	if t.Failed() {
		return
	}
	o.peace()
	o.settle()
	o.stop()
	o.verify(asked)
	o.tell(asked)
}

// redisServer is the Redis to run: what TEST_REDIS_SERVER names, or the machine's own.
func redisServer(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("TEST_REDIS_SERVER"); named != "" {
		return named
	}
	found, err := exec.LookPath("redis-server")
	if err == nil {
		return found
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no redis-server is installed, and CI is set")
	}
	t.Skip("no redis-server is installed: whether a real Redis can lose anything was not tried")
	return ""
}

// chance is the seeded source of one part of the ordeal. Each part has its own, so
// that one being slower does not change what the others do.
func (o *ordeal) chance(part uint64) *rand.Rand { return rand.New(rand.NewPCG(o.seed, part)) }

// between is a time from a to b.
func between(r *rand.Rand, a, b time.Duration) time.Duration {
	return a + time.Duration(r.Int64N(int64(b-a)))
}
