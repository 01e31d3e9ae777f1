-- Tickets whose topic or urgency a person changed, and tickets that were resolved, become
-- labels: one row each time what they say is new. Restricted tickets never do.
WITH since AS MATERIALIZED (
    SELECT coalesce(max(noted_at) - interval '1 day', '-infinity') AS at FROM labels
), news AS (
    SELECT ticket_id, max(at) AS at FROM (
        SELECT r.ticket_id, r.at FROM record r, since
        WHERE r.at > since.at AND r.ticket_id IS NOT NULL AND r.actor_id IS NOT NULL AND r.action IN ('ticket.topic_changed', 'ticket.urgency_changed')
        UNION ALL
        SELECT t.id, t.resolved_at FROM tickets t, since WHERE t.status = 'resolved' AND t.resolved_at > since.at) both_ways
    GROUP BY ticket_id
    ORDER BY 2 DESC, 1 DESC LIMIT @most
), says AS (
    SELECT t.id AS ticket_id, t.topic, n.at, CASE WHEN c.urgency OR t.channel = 'phone' THEN t.urgency END AS urgency,
           CASE WHEN c.topic OR c.urgency THEN 'corrected' ELSE 'resolved' END AS why
    FROM news n JOIN tickets t ON t.id = n.ticket_id AND NOT t.restricted
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(r.action = 'ticket.topic_changed'), false) AS topic, coalesce(bool_or(r.action = 'ticket.urgency_changed'), false) AS urgency
        FROM record r WHERE r.ticket_id = t.id AND r.actor_id IS NOT NULL) c
)
INSERT INTO labels (ticket_id, topic, urgency, why, at, noted_at)
SELECT s.ticket_id, s.topic, s.urgency, s.why, s.at, @now
FROM says s LEFT JOIN LATERAL (SELECT * FROM labels l WHERE l.ticket_id = s.ticket_id ORDER BY l.id DESC LIMIT 1) l ON true
WHERE l.id IS NULL OR (l.topic, l.urgency, l.why) IS DISTINCT FROM (s.topic, s.urgency, s.why)
ORDER BY s.at, s.ticket_id
