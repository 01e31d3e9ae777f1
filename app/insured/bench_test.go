package insured

import (
	"fmt"
	"strings"
	"testing"

	"hotline/app/database"
	"hotline/app/database/dbtest"
)

// BenchmarkFind measures a keystroke of the caller look-up among 2,000 and 100,000
// physicians, with the first names and the policies of a few big groups.
func BenchmarkFind(b *testing.B) {
	for _, physicians := range []int{2_000, 100_000} {
		b.Run(fmt.Sprint(physicians), func(b *testing.B) {
			db := dbtest.New(b)
			fill(b, db, physicians)
			s := New(db, nil)
			for _, typed := range []string{"im", "imani", "leila imani", "emani", "614 555 01", "6145550134", "PL-0001213", "1213", "riverside heart"} {
				b.Run(typed, func(b *testing.B) {
					for b.Loop() {
						found, err := s.Find(b.Context(), consultant, typed, 0)
						if err != nil || len(found) == 0 {
							b.Fatal(len(found), err)
						}
					}
				})
			}
		})
	}
}

// fill writes rows past the room: a hundred thousand through it would take minutes.
func fill(b *testing.B, db *database.DB, physicians int) {
	b.Helper()
	conn, err := db.Pool().Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	for _, statement := range []string{
		`RESET ROLE`, // the owner's, who may vacuum
		`SET statement_timeout = 0`,
		`INSERT INTO practices (name, city, state)
			SELECT (array['Riverside', 'Lakeview', 'Summit', 'Harbor', 'Maple', 'Cedar', 'Union', 'Valley', 'Northgate', 'Westfield'])[1 + i %% 10] || ' ' ||
			       (array['Family Medicine', 'Heart Clinic', 'Surgical Group', 'Pediatrics', 'Orthopedics', 'Dermatology', 'Women’s Health'])[1 + i / 10 %% 7] || ' ' || i,
			       'Columbus', 'OH' FROM generate_series(0, %[1]d / 10) i`,
		`INSERT INTO physicians (practice_id, given_name, family_name, specialty, state)
			SELECT 1 + i %% (%[1]d / 10),
			       (array['Leila', 'Marcus', 'Ana', 'José', 'Priya', 'Tom', 'Rosa', 'Daniel', 'Ingrid', 'Wei', 'Omar', 'Grace', 'Hugo', 'Sofía', 'Elena', 'Samuel', 'Nadia', 'Victor', 'Amara', 'Peter',
			              'Robin', 'Katherine', 'Yusuf', 'Mei', 'Olga', 'Brian', 'Chidi', 'Fiona', 'Gustavo', 'Hana', 'Ivan', 'Julia', 'Kofi', 'Lars', 'Miriam', 'Noel', 'Oscar', 'Paula', 'Quentin', 'Ruth'])[1 + i %% 40],
			       initcap((array['im', 'sm', 'jo', 'bra', 'cle', 'da', 'fer', 'gon', 'har', 'ja', 'kel', 'lo', 'mar', 'nu', 'or', 'pat', 'ri', 'san', 'tor', 'wil'])[1 + i / 40 %% 20] ||
			               (array['an', 'it', 'hn', 'ad', 've', 'vi', 'nan', 'zal', 'ris', 'ck', 'ly', 'pe', 'tin', 'ne', 'te', 'el', 'vas', 'der', 'res', 'son'])[1 + i / 800 %% 20] ||
			               (array['i', 'h', 's', 'ford', 'land', 'ez', 'a', 'berg', 'man', 'ton'])[1 + i / 16000 %% 10]),
			       'Family medicine', 'OH' FROM generate_series(0, %[1]d - 1) i`,
		`INSERT INTO phones (physician_id, typed, e164)
			SELECT i, substr(n, 1, 3) || ' ' || substr(n, 4, 3) || ' ' || substr(n, 7), '+1' || n
			FROM (SELECT i, (6145550134 + (i - 1) * 7919::bigint)::text AS n FROM generate_series(1, %[1]d) i) x`,
		`WITH p AS (
			INSERT INTO policies (number, effective_on, expires_on)
			SELECT 'PL-' || lpad(i::text, 7, '0'), '2026-04-01', '2099-04-01' FROM generate_series(1, %[1]d) i RETURNING id
		), c AS (
			INSERT INTO coverages SELECT id, id, '2026-04-01', '2099-04-01' FROM p
		) INSERT INTO record (kind, subject_id, seq, at, role, action, previous, hash)
			SELECT 'policy', id, 0, '2026-04-01', 'system', 'policy.added', '', '' FROM p`,
		`VACUUM ANALYZE practices`, `VACUUM ANALYZE physicians`, `VACUUM ANALYZE phones`, `VACUUM ANALYZE policies`, `VACUUM ANALYZE coverages`,
	} {
		if strings.Contains(statement, "%") {
			statement = fmt.Sprintf(statement, physicians)
		}
		if _, err := conn.Exec(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
}
