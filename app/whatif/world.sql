-- What came in on a desk in a period, in its order, but for what was answered on the
-- call it came in by. spans: who held it, from when until when, in microseconds.
SELECT t.id, t.opened_at, t.topic, coalesce(g.urgency, t.urgency) AS urgency, t.state, t.language,
	coalesce(t.physician_id, 0) AS physician_id, coalesce(p.practice_id, 0) AS practice_id, coalesce(t.matter_id, 0) AS matter_id,
	t.restricted, t.first_answered_at, t.resolved_at, g.due_at, coalesce(a.how, '') AS how, coalesce(a.spans, '') AS spans
FROM tickets t
LEFT JOIN physicians p ON p.id = t.physician_id
LEFT JOIN LATERAL (SELECT x.urgency, x.due_at FROM targets x
	WHERE x.ticket_id = t.id AND x.kind = 'first_answer' ORDER BY x.started_at, x.id LIMIT 1) g ON true
LEFT JOIN LATERAL (SELECT (array_agg(x.how ORDER BY x.from_at, x.id))[1] AS how,
		string_agg(x.user_id || ' ' || (extract(epoch FROM x.from_at) * 1000000)::bigint || ' '
			|| coalesce((extract(epoch FROM x.until_at) * 1000000)::bigint, 0), ';' ORDER BY x.from_at, x.id) AS spans
	FROM assignments x WHERE x.ticket_id = t.id) a ON true
WHERE t.desk_id = @desk AND t.opened_at >= @begin AND t.opened_at < @until
	AND NOT (t.channel = 'phone' AND t.first_answered_at IS NOT NULL AND t.first_answered_at <= t.opened_at)
ORDER BY t.opened_at, t.id
