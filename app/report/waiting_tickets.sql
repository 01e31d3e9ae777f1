-- A page of those of x that are asked for, the longest waiting first, as lists show them.
SELECT x.id, t.number, o.name AS topic, t.urgency, t.status, x.since, t.opened_at, t.next_due_at, t.due_kind, a.accept_by, coalesce(u.name, '') AS holder
FROM (SELECT x.id, x.since FROM x WHERE x.seen AND $which $edge ORDER BY x.since $order, x.id $order LIMIT @limit ) x
JOIN tickets t ON t.id = x.id JOIN topics o ON o.code = t.topic LEFT JOIN users u ON u.id = t.assignee_id
LEFT JOIN assignments a ON a.ticket_id = t.id AND a.until_at IS NULL
ORDER BY x.since, x.id
