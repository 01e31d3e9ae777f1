-- The consultants of a desk, with what a period needs of them. Lists are "a b c;…",
-- times in microseconds.
WITH RECURSIVE team AS (
	SELECT c.user_id, u.name, c.cap FROM memberships m JOIN consultants c ON c.user_id = m.user_id
	JOIN users u ON u.id = c.user_id AND u.state = 'active' AND u.role = 'consultant'
	WHERE m.desk_id = @desk
), apart AS (
	SELECT e.user_id, e.practice_id AS id FROM exclusions e
	WHERE e.ended_at IS NULL AND e.practice_id IS NOT NULL AND e.user_id IN (SELECT user_id FROM team)
	UNION SELECT a.user_id, r.id FROM practices r JOIN apart a ON r.part_of = a.id
)
SELECT t.user_id, t.name, t.cap,
	coalesce((SELECT string_agg(x.topic || ' ' || x.level, ';') FROM consultant_topics x WHERE x.user_id = t.user_id), '') AS topics,
	coalesce((SELECT string_agg(x.state, ';') FROM consultant_states x WHERE x.user_id = t.user_id), '') AS states,
	coalesce((SELECT string_agg(x.language, ';') FROM consultant_languages x WHERE x.user_id = t.user_id), '') AS languages,
	coalesce((SELECT string_agg(x.weekday || ' ' || x.starts || ' ' || x.ends, ';' ORDER BY x.weekday, x.starts) FROM shifts x WHERE x.user_id = t.user_id), '') AS shifts,
	coalesce((SELECT string_agg(x.day || ' ' || coalesce(x.starts, -1) || ' ' || coalesce(x.ends, -1), ';') FROM shift_days x
		WHERE x.user_id = t.user_id AND x.day BETWEEN @first AND @last), '') AS days,
	coalesce((SELECT string_agg((extract(epoch FROM x.from_at) * 1000000)::bigint || ' ' || (extract(epoch FROM least(x.until_at, x.ended_at)) * 1000000)::bigint
		|| ' ' || coalesce(x.deputy_id, 0), ';' ORDER BY x.from_at, x.id) FROM absences x
		WHERE x.user_id = t.user_id AND x.from_at < @until AND least(x.until_at, x.ended_at) > @begin AND least(x.until_at, x.ended_at) > x.from_at), '') AS away,
	coalesce((SELECT string_agg((extract(epoch FROM x.from_at) * 1000000)::bigint || ' ' || (extract(epoch FROM least(x.until_at, x.ended_at)) * 1000000)::bigint
		|| ' 0', ';' ORDER BY x.from_at, x.id) FROM oncall_turns x
		WHERE x.desk_id = @desk AND x.user_id = t.user_id AND x.from_at < @until AND least(x.until_at, x.ended_at) > @begin
			AND least(x.until_at, x.ended_at) > x.from_at), '') AS turns,
	coalesce((SELECT string_agg(x.id::text, ';') FROM (SELECT e.physician_id AS id FROM exclusions e
			WHERE e.ended_at IS NULL AND e.physician_id IS NOT NULL AND e.user_id = t.user_id
		UNION SELECT p.id FROM physicians p JOIN apart a ON a.id = p.practice_id WHERE a.user_id = t.user_id) x), '') AS apart,
	coalesce((SELECT string_agg(k.urgency || ' ' || (extract(epoch FROM x.from_at) * 1000000)::bigint || ' '
			|| coalesce((extract(epoch FROM x.until_at) * 1000000)::bigint, 0), ';' ORDER BY x.from_at, x.id)
		FROM assignments x JOIN tickets k ON k.id = x.ticket_id
		WHERE x.user_id = t.user_id AND x.from_at < @begin AND coalesce(x.until_at, 'infinity'::timestamptz) > @begin AND k.opened_at < @begin ), '') AS held
FROM team t ORDER BY t.user_id
