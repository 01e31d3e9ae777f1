-- How many of x there are of each kind, and what came in and was given in each of the
-- hours asked for. Both ends of those are named, or a plan made for any hours would
-- reckon with a third of all there is. Rows called idle and held say how many were
-- looked at.
SELECT x.what, x.urgency, x.topic, coalesce(o.name, '') AS topic_name, x.slot, x.seen, x.n, x.since FROM (
	SELECT what, urgency, CASE WHEN what = 'waiting' THEN topic ELSE '' END AS topic, age AS slot, seen, count(*) AS n, min(since) AS since
	FROM x GROUP BY 1, 2, 3, 4, 5
	UNION ALL SELECT 'idle', '', '', 0, true, count(*), NULL FROM idle
	UNION ALL SELECT 'held', '', '', 0, true, count(*), NULL FROM held
	UNION ALL SELECT 'opened', '', '', floor(extract(epoch FROM t.opened_at - CAST(@from AS timestamptz)) / 3600)::int, true, count(*), NULL
	FROM tickets t WHERE t.opened_at >= @from AND t.opened_at <= @now AND $see GROUP BY 4
	UNION ALL SELECT 'handed', '', '', floor(extract(epoch FROM a.from_at - CAST(@from AS timestamptz)) / 3600)::int, true, count(*), NULL
	FROM memberships m JOIN assignments a ON a.user_id = m.user_id AND a.from_at >= @from AND a.from_at <= @now
	JOIN tickets t ON t.id = a.ticket_id WHERE m.desk_id = @desk AND $see GROUP BY 4
) x LEFT JOIN topics o ON o.code = x.topic
