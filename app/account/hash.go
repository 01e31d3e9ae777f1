package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"hotline/app/fault"
)

// cost is what one argon2id hash takes. Kept with each hash, so that it can change.
type cost struct {
	memory  uint32 // KiB
	rounds  uint32
	threads uint8
}

// today is OWASP's argon2id minimum: 19 MiB, two rounds, one thread.
var today = cost{memory: 19 * 1024, rounds: 2, threads: 1}

const saltLength, keyLength = 16, 32

// turns lets two hashes be made at once in a process: each holds its memory, and a
// crowd at the door must not take the machine's.
var turns = make(chan struct{}, 2)

// patience is how long somebody waits for a turn.
const patience = 10 * time.Second

// nobody stands in where there is no hash to compare with, so that an unknown
// person costs what a known one does. Its key is random: no password makes it.
var nobody = func() string {
	b := make([]byte, saltLength+keyLength)
	_, _ = rand.Read(b)
	return encode(today, b[:saltLength], b[saltLength:])
}()

var enc = base64.RawStdEncoding

// hash makes what is kept of a password.
func hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt)
	key, err := derive(ctx, password, salt, today, keyLength)
	if err != nil {
		return "", err
	}
	return encode(today, salt, key), nil
}

// matches compares a password with what is kept. stale: it was kept at another cost
// than today's.
func matches(ctx context.Context, kept, password string) (ok, stale bool, err error) {
	known := kept != ""
	if !known {
		kept = nobody
	}
	c, salt, want, err := decode(kept)
	if err != nil {
		return false, false, err
	}
	have, err := derive(ctx, password, salt, c, len(want))
	if err != nil {
		return false, false, err
	}
	return known && subtle.ConstantTimeCompare(have, want) == 1, c != today, nil
}

func derive(ctx context.Context, password string, salt []byte, c cost, length int) ([]byte, error) {
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-waiting.Done():
		if err := ctx.Err(); errors.Is(err, context.Canceled) {
			return nil, err
		}
		return nil, fault.Wait(fault.Unavailable, "Many people are signing in just now. Try again in a moment.", 5*time.Second)
	}
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.rounds, c.memory, c.threads, uint32(length)), nil
}

// encode writes a hash in the PHC string format.
func encode(c cost, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.rounds, c.threads,
		enc.EncodeToString(salt), enc.EncodeToString(key))
}

var errHash = errors.New("account: a password hash could not be read")

func decode(kept string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return c, nil, nil, errHash
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.rounds, &c.threads); err != nil {
		return c, nil, nil, errHash
	}
	salt, errSalt := enc.DecodeString(parts[4])
	key, errKey := enc.DecodeString(parts[5])
	// The bounds keep argon2 from panicking, and a damaged row from taking all memory.
	sound := c.rounds >= 1 && c.rounds <= 64 && c.threads >= 1 && c.memory >= 8 && c.memory <= 1<<20 &&
		len(salt) >= 8 && len(key) >= 16
	if errSalt != nil || errKey != nil || !sound {
		return c, nil, nil, errHash
	}
	return c, salt, key, nil
}
