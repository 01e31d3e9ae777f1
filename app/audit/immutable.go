package audit

import (
	"context"

	"gorm.io/gorm"
)

// Reads is what Immutable needs of the database.
type Reads interface {
	Read(ctx context.Context, f func(q *gorm.DB) error) error
}

// Immutable says whether the role this process works as can only add to the
// record. reason says why not; or, where it is so, what still stands between:
// the role that signed in could change it, and only acts as one that cannot.
func Immutable(ctx context.Context, db Reads) (ok bool, reason string) {
	type role struct {
		Who   string
		Could string
	}
	var roles []role
	err := db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`
			WITH who(place, name) AS (VALUES (1, current_user), (2, session_user)),
			kept(name) AS (VALUES ('record'), ('record_heads'), ('record_seals'), ('record_sealed'), ('ticket_views')),
			could AS (
				SELECT who.place, who.name, 'is a superuser' AS why FROM who
				JOIN pg_roles r ON r.rolname = who.name AND r.rolsuper
				UNION ALL
				SELECT who.place, who.name, 'owns ' || kept.name FROM who, kept
				JOIN pg_class c ON c.oid = to_regclass(kept.name)
				WHERE pg_has_role(who.name, c.relowner, 'USAGE')
				UNION ALL
				SELECT who.place, who.name, 'may ' || right_to || ' ' || kept.name
				FROM who, kept, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS right_to
				WHERE to_regclass(kept.name) IS NOT NULL AND has_table_privilege(who.name, kept.name, right_to)
				UNION ALL
				SELECT who.place, who.name, 'may UPDATE columns of ' || kept.name FROM who, kept
				WHERE kept.name <> 'record_heads' AND to_regclass(kept.name) IS NOT NULL
				  AND has_any_column_privilege(who.name, kept.name, 'UPDATE')
				UNION ALL
				SELECT who.place, who.name, 'may move the heads' FROM who
				WHERE to_regclass('record_heads') IS NOT NULL
				  AND (has_column_privilege(who.name, 'record_heads', 'seq', 'UPDATE')
				    OR has_column_privilege(who.name, 'record_heads', 'hash', 'UPDATE')
				    OR has_table_privilege(who.name, 'record_heads', 'INSERT'))
				UNION ALL
				SELECT who.place, who.name, 'may run record_chain on a table of its own' FROM who
				WHERE to_regprocedure('record_chain()') IS NOT NULL
				  AND has_function_privilege(who.name, to_regprocedure('record_chain()'), 'EXECUTE')
			)
			SELECT who.name AS who, coalesce((SELECT why FROM could WHERE could.place = who.place LIMIT 1), '') AS could
			FROM who ORDER BY who.place`).Scan(&roles).Error
	})
	if err != nil || len(roles) != 2 {
		return false, "It could not be told what the database's role may do to the record."
	}
	working, signedIn := roles[0], roles[1]
	switch {
	case working.Could != "":
		return false, "The role " + working.Who + " could change the record: it " + working.Could + "."
	case signedIn.Could != "":
		return true, "The role that signs in, " + signedIn.Who + ", could change the record (it " + signedIn.Could +
			"); it acts as " + working.Who + ", which cannot."
	}
	return true, ""
}
