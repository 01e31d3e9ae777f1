-- Current articles for a question: those that share its rarer words, above all in title
-- and keywords, and those on its topic. What is shared counts the more, the fewer
-- articles have it.
WITH asked AS MATERIALIZED (
    SELECT CAST(@topic AS text) AS topic, CAST(@desk AS boolean) AS desk
), word AS MATERIALIZED (
    SELECT DISTINCT ON (CAST(q AS text)) w, q
    FROM (SELECT w, place, plainto_tsquery('english', plain(w)) AS q
          FROM jsonb_array_elements_text(CAST(@loose AS jsonb)) WITH ORDINALITY typed(w, place)) each
    WHERE numnode(q) > 0
    ORDER BY CAST(q AS text), place
), loose AS MATERIALIZED (
    SELECT CAST(string_agg(CAST(q AS text), ' | ') AS tsquery) AS q FROM word
), shelf AS NOT MATERIALIZED (
    SELECT v.id, v.search, v.title, v.summary, v.states, v.version, v.reviewed_on, least(v.review_by, a.review_early) AS review_by, a.slug, a.topic, a.visible
    FROM article_versions v JOIN articles a ON a.id = v.article_id AND a.current = v.version CROSS JOIN asked
    WHERE (asked.desk OR a.visible = 'insured') AND a.withdrawn_at IS NULL
), candidate AS MATERIALIZED (
    (SELECT s.id FROM asked, shelf s WHERE s.topic = asked.topic LIMIT 100)
    UNION
    (SELECT s.id FROM loose, shelf s WHERE s.search @@ loose.q LIMIT 200)
), hit AS MATERIALIZED (
    SELECT s.id, w.w, ts_rank('{0.15, 0.4, 1, 1}', s.search, w.q) AS rank
    FROM candidate c JOIN shelf s ON s.id = c.id JOIN word w ON s.search @@ w.q
), rare AS (
    SELECT h.w, ln((size.n + 1) / (count(*) + 0.5)) AS weight
    FROM hit h CROSS JOIN (SELECT CAST(count(*) AS double precision) AS n FROM candidate) size
    GROUP BY h.w, size.n
), fit AS (
    SELECT h.id, sum(h.rank * greatest(r.weight, 0)) AS score,
           CAST(coalesce(jsonb_agg(h.w ORDER BY h.rank * r.weight DESC, h.w) FILTER (WHERE h.rank * r.weight > 0.1), '[]') AS text) AS matched
    FROM hit h JOIN rare r ON r.w = h.w
    GROUP BY h.id
), best AS (
    SELECT c.id, coalesce(f.matched, '[]') AS matched,
           coalesce(f.score, 0) * CASE WHEN s.topic = asked.topic THEN 1.5 ELSE 1 END + CASE WHEN s.topic = asked.topic THEN 0.5 ELSE 0 END AS score
    FROM candidate c JOIN shelf s ON s.id = c.id CROSS JOIN asked LEFT JOIN fit f ON f.id = c.id
    WHERE s.topic = asked.topic OR f.matched <> '[]'
)
SELECT s.slug, s.topic, tp.name AS topic_name, s.visible, s.version, s.title, s.summary, s.reviewed_on, s.review_by, array_to_json(s.states)::text AS stated, b.matched
FROM best b JOIN shelf s ON s.id = b.id JOIN topics tp ON tp.code = s.topic
WHERE b.score >= 0.25 * (SELECT max(score) FROM best) -- a word in passing is no reason
ORDER BY b.score DESC, s.title, s.id
LIMIT @most
