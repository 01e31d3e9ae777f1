package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"hotline/app/actor"
	"hotline/app/fault"
)

// CheapHash is a password kept at a cost that is not today's.
func CheapHash(password string) string {
	c, salt := cost{memory: 64, rounds: 1, threads: 1}, []byte("salt of some sort")
	return encode(c, salt, argon2.IDKey([]byte(password), salt, c.rounds, c.memory, c.threads, keyLength))
}

func TestAHashKeepsItsCostAndMatchesOnlyItsPassword(t *testing.T) {
	t.Parallel()
	kept, err := hash(t.Context(), "cafe\u0301 and a long walk")
	if err != nil || !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(kept, err)
	}
	for typed, right := range map[string]bool{"caf\u00e9 and a long walk": true, "cafe and a long walk": false, "": false} {
		if ok, stale, err := matches(t.Context(), kept, typed); ok != right || stale || err != nil {
			t.Errorf("matches: %v %v %v", ok, stale, err)
		}
	}
	if ok, _, err := matches(t.Context(), "", ""); ok || err != nil {
		t.Fatal("nobody's password matched", err)
	}
}

func TestADamagedHashIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	for _, kept := range []string{"x", "$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA", "$argon2id$v=18$m=64,t=1,p=1$c2FsdHNhbHQ$a2V5",
		"$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA", "$argon2id$v=19$m=64,t=1,p=1$!$!"} {
		if ok, _, err := matches(t.Context(), kept, "x"); ok || err == nil {
			t.Errorf("%s: %v", kept, err)
		}
	}
}

func TestNobodyWaitsForAHashAfterTheyLeft(t *testing.T) {
	turns <- struct{}{}
	turns <- struct{}{}
	defer func() { <-turns; <-turns }()
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := hash(gone, "x"); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	late, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	if _, err := hash(late, "x"); !errors.Is(err, fault.Unavailable) {
		t.Fatal(err)
	}
}

func TestWeakPasswordsAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	for typed, good := range map[string]bool{
		"eleven char":                 false,
		"twelve chars":                true,
		strings.Repeat("ab c", 50):    false, // three letters and a space, once squeezed
		strings.Repeat("abcd", 50):    true,
		strings.Repeat("abcd", 51):    false,
		"Dana Whitfield":              false,
		"danawhitfield":               false,
		"dana.whitfield@practice.org": false,
		"DANA.WHITFIELD":              false,
		"Password1234":                false,
		"pass word 1234":              false,
		"aaaaaaaaaaaa":                false,
		"одинокий берег":              true,
	} {
		if bad := weak(typed, "dana.whitfield@practice.org", "Dana Whitfield"); (len(bad) == 0) != good || (!good && bad.For("password") == "") {
			t.Errorf("%q: %v", typed, bad)
		}
	}
}

func TestASecretOpensOnlyForItsOwnerUnderThisKeyOrTheLast(t *testing.T) {
	t.Parallel()
	first, second := []byte(strings.Repeat("a", 32)), []byte(strings.Repeat("b", 32))
	before := &Service{o: Options{Secret: first}}
	sealed, err := before.seal(7, "JBSWY3DPEHPK3PXP")
	if err != nil || strings.Contains(string(sealed), "JBSW") {
		t.Fatal(err)
	}
	after := &Service{o: Options{Secret: second, PreviousSecret: first}}
	if secret, old, err := after.open(7, sealed); secret != "JBSWY3DPEHPK3PXP" || !old || err != nil {
		t.Fatal(secret, old, err)
	}
	for _, s := range []*Service{{}, {o: Options{Secret: second}}} {
		if _, _, err := s.open(7, sealed); err == nil {
			t.Fatal("opened without its key")
		}
	}
	if _, _, err := before.open(8, sealed); err == nil {
		t.Fatal("opened for another person")
	}
	if _, err := (&Service{}).seal(7, "x"); err == nil {
		t.Fatal("sealed without a key")
	}
}

func TestWaitsAreSpokenInWholeUnits(t *testing.T) {
	t.Parallel()
	for wait, words := range map[time.Duration]string{time.Millisecond: "1 second", 1001 * time.Millisecond: "2 seconds", 4 * time.Minute: "4 minutes", 241 * time.Second: "5 minutes"} {
		if got := spoken(wait); got != words {
			t.Errorf("%v: %s", wait, got)
		}
	}
}

func TestOneSubscriberIsOneNetwork(t *testing.T) {
	t.Parallel()
	for ip, net := range map[string]string{"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "": "unknown", "fe80::1%eth0": "fe80::/64"} {
		if got := network(ip); got != net {
			t.Errorf("%s: %s", ip, got)
		}
	}
}

func TestStaffMustEnrolWhereItIsRequired(t *testing.T) {
	t.Parallel()
	strict, lax := &Service{o: Options{RequireTOTP: true}}, &Service{}
	staff, insured := Person{Role: actor.Auditor}, Person{Role: actor.Delegate}
	if !strict.MustEnrol(staff) || strict.MustEnrol(insured) || lax.MustEnrol(staff) || strict.MustEnrol(Person{Role: actor.Manager, TOTP: true}) {
		t.Fatal("the wrong people must enrol")
	}
	if Idle(actor.Physician) != 30*time.Minute || Idle(actor.Delegate) != 30*time.Minute || Idle(actor.Claims) != time.Hour {
		t.Fatal("idle times")
	}
}
