-- Every current article a person may read, topic by topic.
SELECT a.slug, a.topic, tp.name AS topic_name, a.visible, v.version, v.title, v.summary, v.reviewed_on, least(v.review_by, a.review_early) AS review_by
FROM articles a
JOIN article_versions v ON v.article_id = a.id AND v.version = a.current
JOIN topics tp ON tp.code = a.topic
WHERE (CAST(@desk AS boolean) OR a.visible = 'insured') AND CAST(@topic AS text) IN ('', a.topic) AND a.withdrawn_at IS NULL
  AND (CAST(@state AS text) = '' OR CAST(@state AS text) = ANY (v.states)) AND CAST(@audience AS text) IN ('', a.visible)
  AND (NOT CAST(@stale AS boolean) OR least(v.review_by, a.review_early)
      < (CAST(@now AS timestamptz) AT TIME ZONE coalesce((SELECT zone FROM desks ORDER BY id LIMIT 1), 'UTC'))::date)
ORDER BY tp.place, v.title COLLATE "und-x-icu", a.id
LIMIT @most
