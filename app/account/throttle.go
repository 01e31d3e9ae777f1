package account

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"gorm.io/gorm"

	"hotline/app/fault"
)

//go:embed throttle.sql
var takeTurn string

// quiet is how long without a try lets a key start afresh. It is longer than any
// wait, so waiting alone never does.
const quiet = 15 * time.Minute

// gate is one thing tries are counted by: how many are free, and how long the wait
// after the others grows at most.
type gate struct {
	key  string
	free int
	most time.Duration
}

func accountGate(email string) gate {
	sum := sha256.Sum256([]byte(email))
	return gate{"account:" + hex.EncodeToString(sum[:]), 3, 5 * time.Minute}
}

// codeGate is not the account's own: a right password must not forgive wrong codes.
func codeGate(user int64) gate {
	return gate{"code:" + strconv.FormatInt(user, 10), 3, 5 * time.Minute}
}

// addressGate is generous: a whole practice may sit behind one address.
func addressGate(ip string) gate { return gate{"address:" + network(ip), 30, time.Minute} }

func askGate(ip string) gate { return gate{"reset:" + network(ip), 30, time.Minute} }

// network is what one subscriber has: an IPv4 address, or an IPv6 /64, within which
// addresses cost nothing.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return "unknown"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}

// admit takes a turn at every gate, or at none and says how long to wait. Gates are
// given in the order of their keys, so that two people never wait for each other.
func (s *Service) admit(ctx context.Context, gates ...gate) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		now := s.now()
		for _, g := range gates {
			var failures int
			took := tx.Raw(takeTurn, map[string]any{"key": g.key, "now": now, "quiet": now.Add(-quiet),
				"free": g.free, "most": g.most.Seconds()}).Scan(&failures)
			if took.Error != nil {
				return took.Error
			}
			if took.RowsAffected == 1 {
				continue
			}
			var until time.Time
			if err := tx.Raw("SELECT blocked_until FROM sign_in_failures WHERE key = ?", g.key).Scan(&until).Error; err != nil {
				return err
			}
			wait := max(until.Sub(now), time.Second)
			return fault.Wait(fault.TooMany, "That is too many tries in a row. Try again in "+spoken(wait)+".", wait)
		}
		return nil
	})
}

// forget lets a key start afresh.
func forget(tx *gorm.DB, g gate) error {
	return tx.Exec("DELETE FROM sign_in_failures WHERE key = ?", g.key).Error
}

// giveBack returns the turn that a success took at a gate others share.
func giveBack(tx *gorm.DB, g gate) error {
	return tx.Exec(`UPDATE sign_in_failures SET failures = greatest(failures - 1, 0), blocked_until = to_timestamp(0)
		WHERE key = ?`, g.key).Error
}

func spoken(wait time.Duration) string {
	seconds := int((wait + time.Second - 1) / time.Second)
	switch {
	case seconds <= 1:
		return "1 second"
	case seconds < 90:
		return fmt.Sprintf("%d seconds", seconds)
	}
	return fmt.Sprintf("%d minutes", (seconds+59)/60)
}
