-- What waits on a desk: x, a row for a ticket and what it waits for. idle is what waits
-- for somebody, held what somebody has; of each, those due first up to a limit, so that it
-- costs the same however much is open. A ticket waits for somebody since it was opened,
-- let go of or reopened, whichever was last. seen is whether the one who asks may see it.
WITH idle AS (
	SELECT t.id, t.topic, t.urgency, t.seen, greatest(t.opened_at,
		(SELECT a.until_at FROM assignments a WHERE a.ticket_id = t.id ORDER BY a.from_at DESC, a.id DESC LIMIT 1),
		(SELECT r.until_at FROM resolutions r WHERE r.ticket_id = t.id ORDER BY r.from_at DESC LIMIT 1)) AS since
	FROM (SELECT t.id, t.topic, t.urgency, t.opened_at, $see AS seen FROM tickets t
		WHERE t.desk_id = @desk AND t.status = 'unassigned' ORDER BY t.next_due_at, t.id LIMIT $most) t
), held AS (
	SELECT t.*, a.from_at, a.accept_by IS NOT NULL AND a.accepted_at IS NULL AS offered
	FROM (SELECT t.id, t.topic, t.urgency, t.opened_at, t.first_answered_at, $see AS seen FROM tickets t
		WHERE t.desk_id = @desk AND t.status = 'assigned' ORDER BY t.next_due_at, t.id LIMIT $most) t
	LEFT JOIN LATERAL (SELECT b.from_at, b.accept_by, b.accepted_at FROM assignments b
		WHERE b.ticket_id = t.id AND b.until_at IS NULL LIMIT 1) a ON true
), waits AS (
	SELECT 'waiting' AS what, id, topic, urgency, seen, since FROM idle
	UNION ALL SELECT 'given', id, topic, urgency, seen, from_at FROM held WHERE offered
	UNION ALL SELECT 'unanswered', id, topic, urgency, seen, opened_at FROM held WHERE first_answered_at IS NULL
), x AS (
	SELECT w.*, width_bucket(extract(epoch FROM CAST(@now AS timestamptz) - w.since), CAST(@ages AS numeric[])) AS age FROM waits w
)
