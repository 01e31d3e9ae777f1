package embedded

import (
	"net/url"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestALockInRedisExpiresByTheClock(t *testing.T) {
	t.Parallel()
	r, err := StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	c := client(t, r.URL())
	take := func() bool {
		took, err := c.SetNX(t.Context(), "lock", "mine", 300*time.Millisecond).Result()
		if err != nil {
			t.Fatal(err)
		}
		return took
	}
	if !take() {
		t.Fatal("a free lock is not given")
	}
	if take() {
		t.Error("a taken lock is given again")
	}
	eventually(t, "the lock expires", take)
}

func TestRedisWantsItsPassword(t *testing.T) {
	t.Parallel()
	r, err := StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	u, err := url.Parse(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	u.User = nil
	if client(t, u.String()).Ping(t.Context()).Err() == nil {
		t.Error("a stranger is let in")
	}
	if err := client(t, r.URL()).Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
	r.Stop()
	r.Stop()
	if client(t, r.URL()).Ping(t.Context()).Err() == nil {
		t.Error("it answers after it was stopped")
	}
}

func client(t *testing.T, address string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	o.MaxRetries = -1
	c := redis.NewClient(o)
	t.Cleanup(func() { c.Close() })
	return c
}
