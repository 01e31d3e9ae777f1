package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Sealed is one seal: the heads that moved since the one before it, under one root.
type Sealed struct {
	No       int64
	At       time.Time
	Entries  int64  // how many entries became sealed by it
	Root     []byte // sha256 over one line a head: "kind subject seq hash\n", by kind (bytes) and subject
	Previous []byte // Hash of the seal before; 32 zero bytes for the first
	MAC      []byte // HMAC-SHA256 of what canonical gives; nil where the worker had no key
}

// nothing is what the first of a chain follows.
var nothing = make([]byte, sha256.Size)

// canonical is what a seal's MAC and hash are taken of.
func (s Sealed) canonical() []byte {
	return fmt.Appendf(nil, `["v1", %d, %d, %d, "%x", "%x"]`, s.No, s.At.UnixMicro(), s.Entries, s.Root, s.Previous)
}

// Hash is what the next seal follows: sha256 of the canonical text and the MAC, so
// a MAC taken away shows even to those who have no key.
func (s Sealed) Hash() []byte {
	sum := sha256.Sum256(append(s.canonical(), s.MAC...))
	return sum[:]
}

// sign gives the MAC under key, or nil without one.
func (s Sealed) sign(key []byte) []byte {
	if len(key) == 0 {
		return nil
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(s.canonical())
	return mac.Sum(nil)
}

// line is one head as a root takes it in.
func line(kind string, subject, seq int64, hash []byte) []byte {
	return fmt.Appendf(nil, "%s %d %d %x\n", kind, subject, seq, hash)
}

// LastSeal reads the newest seal; nil: there is none yet.
func LastSeal(q *gorm.DB) (*Sealed, error) {
	var s Sealed
	found := q.Raw(`SELECT no, at, entries, root, previous, mac FROM record_seals ORDER BY no DESC LIMIT 1`).Scan(&s)
	if found.Error != nil || found.RowsAffected == 0 {
		return nil, found.Error
	}
	return &s, nil
}

// Witness is the line that leaves the house, by mail and log: a copy kept elsewhere
// shows later whether this seal, or anything before it, was rewritten or cut off,
// even by somebody who has the key.
func Witness(s Sealed) string {
	return fmt.Sprintf("record seal %d at %s root %x hash %x", s.No, s.At.UTC().Format(micro), s.Root, s.Hash())
}

const micro = "2006-01-02T15:04:05.000000Z"

// witnessed reads what Witness wrote, wherever in a line of a log it stands.
func witnessed(text string) (no int64, hash []byte, err error) {
	at := strings.Index(text, "record seal ")
	if at < 0 {
		return 0, nil, fmt.Errorf("audit: a witness has no seal in it")
	}
	var when, root, sum string
	if _, err := fmt.Sscanf(text[at:], "record seal %d at %s root %s hash %64s", &no, &when, &root, &sum); err != nil {
		return 0, nil, fmt.Errorf("audit: a witness could not be read")
	}
	hash, err = hex.DecodeString(sum)
	if err != nil || len(hash) != sha256.Size {
		return 0, nil, fmt.Errorf("audit: a witness could not be read")
	}
	return no, hash, nil
}
