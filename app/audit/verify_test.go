package audit_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hotline/app/audit"
)

// canonical is what an entry's hash is taken of, as the migration says it.
const canonical = `convert_to(jsonb_build_array('v1', kind, subject_id, seq, (extract(epoch FROM at) * 1000000)::bigint,
	actor_id, role, job, action, ticket_id, detail::text)::text, 'UTF8')`

const ticket5 = " WHERE kind = 'ticket' AND subject_id = 5"

// rehash makes the hashes of one entry anew, from what it says it follows.
func rehash(where string) string {
	return "UPDATE record SET hash = sha256(previous || " + canonical + ")" + where
}

// rechain makes a whole chain and its head anew.
func rechain(kind string, id int64) string {
	return fmt.Sprintf(`DO $$
		DECLARE one bigint; tip bytea := decode(repeat('00', 32), 'hex'); n bigint := 0;
		BEGIN
			FOR one IN SELECT id FROM record WHERE kind = '%[1]s' AND subject_id = %[2]d ORDER BY seq LOOP
				UPDATE record SET previous = tip, hash = sha256(tip || %[3]s) WHERE id = one RETURNING hash, seq INTO tip, n;
			END LOOP;
			UPDATE record_heads SET seq = n, hash = tip WHERE kind = '%[1]s' AND subject_id = %[2]d;
		END $$`, kind, id, canonical)
}

// reseal makes every seal anew from the chains, each with the MAC that keep says.
func reseal(keep string) string {
	return `DO $$
		DECLARE s record_seals; tip bytea := decode(repeat('00', 32), 'hex'); top bytea;
		BEGIN
			UPDATE record_sealed l SET hash = r.hash FROM record r
			WHERE r.kind = l.kind AND r.subject_id = l.subject_id AND r.seq = l.seq;
			FOR s IN SELECT * FROM record_seals ORDER BY no LOOP
				SELECT sha256(convert_to(string_agg(kind || ' ' || subject_id || ' ' || seq || ' ' || encode(hash, 'hex') || E'\n',
					'' ORDER BY kind, subject_id), 'UTF8')) INTO top FROM record_sealed WHERE seal = s.no;
				UPDATE record_seals SET root = top, previous = tip, mac = ` + keep + ` WHERE no = s.no;
				tip := sha256(convert_to(format('["v1", %s, %s, %s, "%s", "%s"]', s.no, (extract(epoch FROM s.at) * 1000000)::bigint,
					s.entries, encode(top, 'hex'), encode(tip, 'hex')), 'UTF8') || coalesce((SELECT mac FROM record_seals WHERE no = s.no), ''));
			END LOOP;
		END $$`
}

func TestARecordNobodyTouchedIsWhole(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	r := h.whole(key)
	if r.Entries != 11 || r.Subjects != 3 || r.Seals != 2 || r.NewerThanLastSeal != 1 || !r.MACChecked || r.LastSealNo != 2 || r.Exit() != 0 {
		t.Errorf("it says %+v", r)
	}
	if said := r.String(); !strings.Contains(said, "The record is whole.") || !strings.Contains(said, "MAC: checked") ||
		!strings.Contains(said, fmt.Sprintf("%x", h.lastSeal().Root)) {
		t.Errorf("it prints %s", said)
	}
	if r := h.whole(nil); r.MACChecked || !strings.Contains(r.String(), "no key was given") {
		t.Errorf("without a key it says %s", r)
	}
}

func TestAnEmptyRecordIsWhole(t *testing.T) {
	t.Parallel()
	if r := open(t).whole(key); r.Entries != 0 || r.Seals != 0 || r.MACChecked {
		t.Errorf("it says %+v", r)
	}
}

func TestARecordWithoutSealsIsHeldByItsChains(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.write(audit.Ticket(5), 3)
	if r := h.whole(nil); r.NewerThanLastSeal != 3 {
		t.Errorf("%d are newer than no seal", r.NewerThanLastSeal)
	}
}

// Each case is done by the owner of the database, with triggers off.
func TestTheFirstThingTamperedWithIsNamed(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	at := func(seq int) string { return fmt.Sprintf("%s AND seq = %d", ticket5, seq) }
	changed := func(column, value string) []string {
		return []string{"UPDATE record SET " + column + " = " + value + at(2)}
	}
	// Entries from seq on are given other numbers, out of each other's way.
	shift := func(from, by int) []string {
		return []string{
			fmt.Sprintf("UPDATE record SET seq = seq + 1000 %s AND seq >= %d", ticket5, from),
			fmt.Sprintf("UPDATE record SET seq = seq - 1000 + %d %s AND seq >= 1000", by, ticket5),
		}
	}
	slip := func(seq int, hash string) string {
		return fmt.Sprintf(`INSERT INTO record (kind, subject_id, seq, at, role, action, detail, previous, hash)
			SELECT kind, subject_id, %d, at, role, 'ticket.invented', '{}', hash, %s FROM record %s`, seq, hash, at(seq-1))
	}
	all := func(lists ...[]string) (one []string) {
		for _, l := range lists {
			one = append(one, l...)
		}
		return one
	}
	for name, c := range map[string]struct {
		do   []string
		want audit.What
		kind string
		id   int64
		seq  int64
		seal int64
	}{
		"its detail":               {changed("detail", `'{"step":7}'`), audit.Changed, "ticket", 5, 2, 0},
		"the order of its detail":  {changed("detail", `'{"to":"b","step":1,"from":"a"}'`), audit.Changed, "ticket", 5, 2, 0},
		"a space in its detail":    {changed("detail", `'{"from":"a", "step":1,"to":"b"}'`), audit.Changed, "ticket", 5, 2, 0},
		"who did it":               {changed("actor_id", "10"), audit.Changed, "ticket", 5, 2, 0},
		"nobody did it":            {changed("actor_id", "NULL"), audit.Changed, "ticket", 5, 2, 0},
		"their role":               {changed("role", "'consultant'"), audit.Changed, "ticket", 5, 2, 0},
		"the job":                  {changed("job", "'sweep'"), audit.Changed, "ticket", 5, 2, 0},
		"what was done":            {changed("action", "'ticket.opened'"), audit.Changed, "ticket", 5, 2, 0},
		"when, by a microsecond":   {changed("at", "at + interval '1 microsecond'"), audit.Changed, "ticket", 5, 2, 0},
		"when, to never":           {changed("at", "'infinity'"), audit.Changed, "ticket", 5, 2, 0},
		"its ticket":               {changed("ticket_id", "6"), audit.Changed, "ticket", 5, 2, 0},
		"what it follows":          {changed("previous", "sha256('x')"), audit.Changed, "ticket", 5, 2, 0},
		"its hash":                 {changed("hash", "sha256('x')"), audit.Changed, "ticket", 5, 2, 0},
		"an entry and its hash":    {all(changed("actor_id", "10"), []string{rehash(at(2))}), audit.Changed, "ticket", 5, 2, 0},
		"the first, and its hash":  {[]string{"UPDATE record SET actor_id = 10" + at(1), rehash(at(1))}, audit.Changed, "ticket", 5, 1, 0},
		"the last, and its hash":   {[]string{"UPDATE record SET actor_id = 10 WHERE kind = 'desk' AND seq = 3", rehash(" WHERE kind = 'desk' AND seq = 3")}, audit.Changed, "desk", 1, 3, 0},
		"a chain, made anew":       {all(changed("actor_id", "10"), []string{rechain("ticket", 5)}), audit.Changed, "ticket", 5, 1, 1},
		"the end of a chain, anew": {[]string{"UPDATE record SET actor_id = 10" + at(4), rechain("ticket", 5)}, audit.Changed, "ticket", 5, 4, 2},

		"one in the middle is gone":           {[]string{"DELETE FROM record" + at(3)}, audit.Removed, "ticket", 5, 3, 0},
		"two in the middle are gone":          {[]string{"DELETE FROM record" + at(2), "DELETE FROM record" + at(3)}, audit.Removed, "ticket", 5, 2, 0},
		"the first is gone":                   {[]string{"DELETE FROM record" + at(1)}, audit.Removed, "ticket", 5, 1, 0},
		"one is gone, the rest renumbered":    {all([]string{"DELETE FROM record" + at(3)}, shift(4, -1)), audit.Removed, "ticket", 5, 3, 0},
		"the first is gone, renumbered":       {all([]string{"DELETE FROM record" + at(1)}, shift(2, -1)), audit.Removed, "ticket", 5, 1, 0},
		"the head is gone":                    {[]string{"DELETE FROM record_heads" + ticket5}, audit.Removed, "ticket", 5, 5, 0},
		"the last is gone":                    {[]string{"DELETE FROM record" + at(5)}, audit.CutOff, "ticket", 5, 5, 0},
		"all are gone":                        {[]string{"DELETE FROM record" + ticket5}, audit.CutOff, "ticket", 5, 1, 0},
		"all and the head are gone":           {[]string{"DELETE FROM record" + ticket5, "DELETE FROM record_heads" + ticket5}, audit.CutOff, "ticket", 5, 1, 1},
		"the last is gone, the head put back": {[]string{"DELETE FROM record" + at(5), rechain("ticket", 5)}, audit.CutOff, "ticket", 5, 5, 2},
		"an unsealed one is gone":             {[]string{"DELETE FROM record WHERE kind = 'desk' AND seq = 3"}, audit.CutOff, "desk", 1, 3, 0},

		"one is added, the head left":          {[]string{slip(6, "''"), rehash(at(6))}, audit.Inserted, "ticket", 5, 6, 0},
		"one is put between, its hash right":   {all(shift(3, 1), []string{slip(3, "''"), rehash(at(3))}), audit.Inserted, "ticket", 5, 3, 0},
		"one is put between, its hash made up": {all(shift(3, 1), []string{slip(3, "sha256('x')")}), audit.Inserted, "ticket", 5, 3, 0},
		"one is put before the first": {all(shift(1, 1), []string{`INSERT INTO record (kind, subject_id, seq, at, role, action, detail, previous, hash)
			VALUES ('ticket', 5, 1, now(), 'manager', 'ticket.invented', '{}', decode(repeat('00', 32), 'hex'), '')`, rehash(at(1))}), audit.Inserted, "ticket", 5, 1, 0},
		"a subject is invented": {[]string{`INSERT INTO record (kind, subject_id, seq, at, role, action, detail, previous, hash)
			VALUES ('ticket', 4, 0, now(), 'manager', 'ticket.invented', '{}', '', '')`}, audit.Inserted, "ticket", 4, 0, 0},

		"two change places, by their numbers": {[]string{"UPDATE record SET seq = 1000" + at(2), "UPDATE record SET seq = 2" + at(3), "UPDATE record SET seq = 3" + at(1000)}, audit.Moved, "ticket", 5, 2, 0},
		"two change places, by what they say": {[]string{`UPDATE record a SET at = b.at, detail = b.detail FROM record b
			WHERE a.kind = 'ticket' AND b.kind = 'ticket' AND (a.seq, b.seq) IN ((2, 3), (3, 2))`}, audit.Moved, "ticket", 5, 2, 0},
		"one is put at the end":        {[]string{"UPDATE record SET seq = 9" + at(2)}, audit.Moved, "ticket", 5, 2, 0},
		"one goes to another's ticket": {[]string{"UPDATE record SET subject_id = 6" + at(2)}, audit.Removed, "ticket", 5, 2, 0},

		"the head is put back, and sealed beyond": {[]string{"UPDATE record_heads h SET seq = 3, hash = r.hash FROM record r WHERE r.kind = 'ticket' AND r.seq = 3 AND h.kind = 'ticket'"}, audit.Changed, "ticket", 5, 3, 0},
		"the head's hash":                         {[]string{"UPDATE record_heads SET hash = sha256('x')" + ticket5}, audit.Changed, "ticket", 5, 5, 0},
		"the mark of what is sealed":              {[]string{"UPDATE record_heads SET sealed_seq = 3 WHERE kind = 'desk'"}, audit.Changed, "desk", 1, 3, 1},

		"a seal is gone":               {[]string{"DELETE FROM record_seals WHERE no = 1"}, audit.Removed, "", 0, 0, 1},
		"a seal and its lines":         {[]string{"DELETE FROM record_seals WHERE no = 1", "DELETE FROM record_sealed WHERE seal = 1"}, audit.Removed, "", 0, 0, 1},
		"the last seal is gone":        {[]string{"DELETE FROM record_seals WHERE no = 2"}, audit.CutOff, "", 0, 0, 2},
		"the last seal and its lines":  {[]string{"DELETE FROM record_seals WHERE no = 2", "DELETE FROM record_sealed WHERE seal = 2"}, audit.Changed, "ticket", 5, 5, 1},
		"a seal's root":                {[]string{"UPDATE record_seals SET root = sha256('x') WHERE no = 1"}, audit.Changed, "", 0, 0, 1},
		"a seal's line":                {[]string{"UPDATE record_sealed SET hash = sha256('x') WHERE seal = 2 AND kind = 'ticket'"}, audit.Changed, "", 0, 0, 2},
		"a seal's line is gone":        {[]string{"DELETE FROM record_sealed WHERE seal = 2 AND kind = 'ticket'"}, audit.Changed, "", 0, 0, 2},
		"a seal's time":                {[]string{"UPDATE record_seals SET at = at + interval '1 day' WHERE no = 2"}, audit.Forged, "", 0, 0, 2},
		"a seal's MAC is taken away":   {[]string{"UPDATE record_seals SET mac = NULL WHERE no = 2"}, audit.Forged, "", 0, 0, 2},
		"every MAC is taken away":      {[]string{"UPDATE record_seals SET mac = NULL", reseal("NULL")}, audit.Forged, "", 0, 0, 2},
		"a seal is invented":           {[]string{"INSERT INTO record_seals SELECT 3, at, 1, sha256(''), sha256('x'), NULL FROM record_seals WHERE no = 2"}, audit.Forged, "", 0, 0, 3},
		"all of a chain and the seals": {all(changed("actor_id", "10"), []string{rechain("ticket", 5), reseal("mac")}), audit.Forged, "", 0, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r, rowThere := h.tampered(key, c.do...)
			p := r.Problem
			if p == nil {
				t.Fatalf("it was not found: %s", r)
			}
			if p.What != c.want || p.Kind != c.kind || p.SubjectID != c.id || p.Seq != c.seq || p.Seal != c.seal || p.Sentence == "" {
				t.Fatalf("it says: %s\n%+v", p, *p)
			}
			if !rowThere {
				t.Errorf("row %d is not there", p.RecordID)
			}
			if r.Exit() != 1 || !strings.HasPrefix(r.String(), "The record is broken: ") {
				t.Errorf("it ends with %d and prints %s", r.Exit(), r)
			}
		})
	}
	h.whole(key)
}

// The same by a commit that everybody sees, with triggers off and on again.
func TestWhatTheOwnerCommittedIsNamed(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	h.tamper("DELETE FROM record" + ticket5 + " AND seq = 3")
	if p := h.verify(key).Problem; p == nil || p.What != audit.Removed || p.Seq != 3 || p.SubjectID != 5 {
		t.Errorf("it says %v", p)
	}
}

func TestWithoutTheKeyASealIsHeldByTheNextOne(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	for name, c := range map[string]struct {
		do   string
		want audit.What
		seal int64
	}{
		"its time":                  {"UPDATE record_seals SET at = at + interval '1 day' WHERE no = 1", audit.Changed, 2},
		"its MAC":                   {"UPDATE record_seals SET mac = NULL WHERE no = 1", audit.Changed, 2},
		"its count":                 {"UPDATE record_seals SET entries = 4 WHERE no = 1", audit.Changed, 2},
		"the count of the last one": {"UPDATE record_seals SET entries = 4 WHERE no = 2", audit.Changed, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if r, _ := h.tampered(nil, c.do); r.Problem == nil || r.Problem.What != c.want || r.Problem.Seal != c.seal || r.Problem.Kind != "" {
				t.Errorf("it says %s", r)
			}
		})
	}
}

func TestAnotherKeyFindsNothingWhole(t *testing.T) {
	t.Parallel()
	h := lived(t, key)
	r := h.verify([]byte("another key"))
	if p := r.Problem; p == nil || p.What != audit.Forged || p.Seal != 1 || r.MACChecked {
		t.Errorf("it says %s", r)
	}
}

func TestAKeyGivenLateIsSaidToBeLate(t *testing.T) {
	t.Parallel()
	h := lived(t, nil)
	if r := h.verify(key); r.Problem == nil || r.Problem.What != audit.Forged || r.Problem.Seal != 2 {
		t.Fatalf("the newest seal has no MAC, and it says %s", r)
	}
	h.seal(key)
	if r := h.whole(key); !r.MACChecked || r.WithoutMAC != 2 || !strings.Contains(r.String(), "the first 2 seals carry none") {
		t.Errorf("it says %s", r)
	}
	h.write(audit.Desk(1), 1)
	h.seal(nil)
	if r := h.verify(key); r.Problem == nil || r.Problem.What != audit.Forged || r.Problem.Seal != 4 {
		t.Errorf("a worker lost its key, and it says %s", r)
	}
}

// What we claim ends here: these are not found, and the text of Verify says so.
func TestWhatIsMadeAnewWithAllItsHashesIsNotFoundInside(t *testing.T) {
	t.Parallel()
	t.Run("a chain and every seal, by somebody, and no key is given", func(t *testing.T) {
		t.Parallel()
		h := lived(t, key)
		h.tamper("UPDATE record SET actor_id = 10"+ticket5+" AND seq = 2", rechain("ticket", 5), reseal("mac"))
		h.whole(nil)
	})
	t.Run("an entry newer than the last seal, with its head", func(t *testing.T) {
		t.Parallel()
		h := lived(t, key)
		h.tamper("UPDATE record SET actor_id = 10 WHERE kind = 'desk' AND seq = 3", rechain("desk", 1))
		if r := h.whole(key); r.NewerThanLastSeal != 1 {
			t.Errorf("%d are newer", r.NewerThanLastSeal)
		}
	})
	t.Run("an entry added as the program adds one", func(t *testing.T) {
		t.Parallel()
		h := lived(t, key)
		_, err := h.owner.Exec(`INSERT INTO record (kind, subject_id, seq, at, role, action, previous, hash)
			VALUES ('ticket', 5, 0, now(), 'manager', 'ticket.invented', '', '')`)
		h.must(err)
		if r := h.whole(key); r.NewerThanLastSeal != 2 {
			t.Errorf("%d are newer", r.NewerThanLastSeal)
		}
	})
}

func TestAWitnessFindsWhatNothingInsideShows(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	t.Run("it fits", func(t *testing.T) {
		t.Parallel()
		h := lived(t, key)
		kept := audit.Witness(h.lastSeal())
		h.seal(key)
		if r := h.verify(key, "daily: "+kept+" (mail)"); r.Problem != nil || r.Witnesses != 1 {
			t.Errorf("it says %s", r)
		}
	})
	t.Run("the newest seal cut off with its entries", func(t *testing.T) {
		t.Parallel()
		h := lived(t, key)
		kept := audit.Witness(h.lastSeal())
		h.tamper(
			"DELETE FROM record_seals WHERE no = 2", "DELETE FROM record_sealed WHERE seal = 2",
			"DELETE FROM record WHERE kind = 'user'", "DELETE FROM record_heads WHERE kind = 'user'",
			"DELETE FROM record"+ticket5+" AND seq > 3", "UPDATE record_heads SET sealed_seq = 3"+ticket5, rechain("ticket", 5))
		h.whole(key)
		if p := h.verify(key, kept).Problem; p == nil || p.What != audit.CutOff || p.Seal != 2 {
			t.Errorf("it says %v", p)
		}
	})
	t.Run("made anew by somebody who has the key", func(t *testing.T) {
		t.Parallel()
		h := lived(t, nil) // seals without a MAC are as good as a key that is known
		kept := audit.Witness(h.lastSeal())
		h.tamper("UPDATE record SET actor_id = 10"+ticket5+" AND seq = 2", rechain("ticket", 5), reseal("mac"))
		h.whole(nil)
		if p := h.verify(nil, kept).Problem; p == nil || p.What != audit.Changed || p.Seal != 2 {
			t.Errorf("it says %v", p)
		}
	})
	t.Run("one that cannot be read is an error", func(t *testing.T) {
		t.Parallel()
		if _, err := audit.Verify(ctx, open(t).DB, nil, "record seal 2 at"); err == nil {
			t.Error("it was taken")
		}
	})
}
