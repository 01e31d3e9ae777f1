package report

// The sets of tickets that measures are made of. Each gives id, topic, opened_at and
// holder: whom the ticket counts for. $see is who may see what.
//
// A span is in force at a cut when it began before it and had not ended before it; one
// that ends at the cut still is, the one that follows is not yet.

// stock is what is open at the cut, with whether it waits on the physician, what is
// due next (the earliest of our promises and the caller's clock), and how old it is in
// microseconds. A ticket whose resolution still holds says since when in resolved_at;
// any other resolution in force at the cut has ended since.
const stock = `
	SELECT t.id, t.topic, t.opened_at, h.user_id AS holder, p.id IS NOT NULL AS paused,
		coalesce(least(g.due_at, t.caller_deadline), t.opened_at + interval '90 days') AS due_at,
		(date_part('epoch', @at - t.opened_at) * 1000000)::bigint AS age
	FROM tickets t
	LEFT JOIN assignments h ON h.ticket_id = t.id AND coalesce(h.until_at, 'infinity'::timestamptz) >= @cut AND h.from_at < @cut
	LEFT JOIN pauses p ON p.ticket_id = t.id AND coalesce(p.until_at, 'infinity'::timestamptz) >= @cut AND p.from_at < @cut
	LEFT JOIN (SELECT g.ticket_id, min(g.due_at) AS due_at FROM targets g
		WHERE coalesce(least(g.met_at, g.ended_at), 'infinity'::timestamptz) >= @cut AND g.started_at < @cut GROUP BY g.ticket_id) g ON g.ticket_id = t.id
	WHERE $see AND t.opened_at < @cut AND coalesce(t.resolved_at, 'infinity'::timestamptz) >= @cut
		AND NOT EXISTS (SELECT FROM resolutions r WHERE r.ticket_id = t.id AND r.until_at >= @cut AND r.from_at < @cut )`

// stockBefore is what was open when the period began, and no more of it than that.
const stockBefore = `
	SELECT t.id, t.topic, t.opened_at, h.user_id AS holder
	FROM tickets t
	LEFT JOIN assignments h ON h.ticket_id = t.id AND coalesce(h.until_at, 'infinity'::timestamptz) >= @begin AND h.from_at < @begin
	WHERE $see AND t.opened_at < @begin AND coalesce(t.resolved_at, 'infinity'::timestamptz) >= @begin
		AND NOT EXISTS (SELECT FROM resolutions r WHERE r.ticket_id = t.id AND r.until_at >= @begin AND r.from_at < @begin )`

// arrivals is what was opened in the period. Whoever holds it first may do so later.
const arrivals = `
	SELECT t.id, t.topic, t.channel, t.opened_at, f.user_id AS holder
	FROM tickets t
	LEFT JOIN LATERAL (SELECT s.user_id FROM assignments s WHERE s.ticket_id = t.id AND s.from_at < @known
		ORDER BY s.from_at, s.id LIMIT 1) f ON true
	WHERE $see AND t.opened_at >= @begin AND t.opened_at < @cut `

// endings is what was resolved in the period, whether or not it was reopened since.
const endings = `
	SELECT t.id, t.topic, t.opened_at, e.resolved_by AS holder
	FROM (SELECT DISTINCT ON (r.ticket_id) r.ticket_id, r.resolved_by FROM resolutions r
		WHERE r.from_at >= @begin AND r.from_at < @cut
		ORDER BY r.ticket_id, r.from_at DESC, r.id DESC) e
	JOIN tickets t ON t.id = e.ticket_id
	WHERE $see`

// answers is what was answered for the first time in the period. took is the desk's
// business time from opening to answer, in microseconds: what the openings (opening.go)
// say had passed by the one, less what had passed by the other.
const answers = `
	SELECT t.id, t.topic, t.opened_at,
		CASE WHEN coalesce(f.until_at, 'infinity') >= t.first_answered_at THEN f.user_id END AS holder,
		coalesce(c.sums[b.answered] + least(c.lengths[b.answered], (extract(epoch FROM t.first_answered_at - c.opens[b.answered]) * 1000000)::bigint), 0)
		- coalesce(c.sums[b.opened] + least(c.lengths[b.opened], (extract(epoch FROM t.opened_at - c.opens[b.opened]) * 1000000)::bigint), 0) AS took
	FROM tickets t
	CROSS JOIN (SELECT (@opens )::timestamptz[] AS opens, (@lengths )::bigint[] AS lengths, (@sums )::bigint[] AS sums) c
	CROSS JOIN LATERAL (SELECT width_bucket(t.opened_at, c.opens) AS opened, width_bucket(t.first_answered_at, c.opens) AS answered) b
	LEFT JOIN LATERAL (SELECT s.user_id, s.until_at FROM assignments s WHERE s.ticket_id = t.id AND s.from_at <= t.first_answered_at
		ORDER BY s.from_at DESC, s.id DESC LIMIT 1) f ON true
	WHERE $see AND t.first_answered_at >= @begin AND t.first_answered_at < @cut `
