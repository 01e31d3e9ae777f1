-- Current articles that fit what was typed, best first. An article fits when it holds
-- all of it as a search engine reads it, or at least half of its words (loose), each as
-- it stands, in another form, or nearly (in title and keywords). Ranking looks at a
-- capped set of candidates; only what is shown is quoted.
WITH asked AS MATERIALIZED (
    SELECT websearch_to_tsquery('english', plain(CAST(@words AS text))) AS whole,
           CAST(@topic AS text) AS topic,
           CAST(@desk AS boolean) AS desk,
           CAST(@most AS integer) AS most,
           CAST(@marks AS text) AS marks
), word AS MATERIALIZED (
    SELECT w, plainto_tsquery('english', w) AS q
    FROM (SELECT DISTINCT plain(typed) AS w FROM jsonb_array_elements_text(CAST(@loose AS jsonb)) typed) each
    WHERE numnode(plainto_tsquery('english', w)) > 0
), loose AS MATERIALIZED (
    SELECT CAST(string_agg(CAST(q AS text), ' | ') AS tsquery) AS q, coalesce(array_agg(w), '{}') AS list, count(*) AS words FROM word
), shelf AS NOT MATERIALIZED (
    SELECT v.id, v.search, v.known_by, v.title, v.summary, v.words, v.version, v.reviewed_on, v.review_by, a.slug, a.topic, a.visible
    FROM article_versions v JOIN articles a ON a.id = v.article_id AND a.current = v.version CROSS JOIN asked
    WHERE (asked.desk OR a.visible = 'insured') AND asked.topic IN ('', a.topic)
), candidate AS (
    (SELECT s.id FROM asked, shelf s WHERE s.search @@ asked.whole LIMIT 200)
    UNION
    (SELECT s.id FROM loose, shelf s WHERE s.search @@ loose.q LIMIT 200)
    UNION
    SELECT near FROM loose, articles_near(loose.list, 200) near
), best AS (
    SELECT s.*, asked.marks, loose.q AS loosely, asked.whole,
           (s.search @@ asked.whole)::int * 0.5 + fit.share
               + ts_rank('{0, 0.15, 0.4, 1}', s.search, coalesce(loose.q, asked.whole)) AS score
    FROM candidate c JOIN shelf s ON s.id = c.id CROSS JOIN asked CROSS JOIN loose
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE close >= 0.4) AS words, coalesce(avg(close), 0) AS share
        FROM (SELECT CASE WHEN s.search @@ w.q THEN 1 ELSE word_similarity(w.w, s.known_by) END AS close FROM word w) each
    ) fit
    WHERE s.search @@ asked.whole OR fit.words * 2 >= loose.words AND loose.words > 0
    ORDER BY score DESC, s.title, s.id
    LIMIT (SELECT most FROM asked)
)
SELECT b.slug, b.topic, tp.name AS topic_name, b.visible, b.version, b.title, b.summary, b.reviewed_on, b.review_by,
       ts_headline('english', b.title, sought.q, 'HighlightAll=true,' || b.marks) AS title_marked,
       ts_headline('english', b.summary, sought.q, 'HighlightAll=true,' || b.marks) AS summary_marked,
       ts_headline('english', b.words, sought.q, 'MaxFragments=2,MinWords=8,MaxWords=22,FragmentDelimiter=" … ",' || b.marks) AS words_marked
FROM best b
JOIN topics tp ON tp.code = b.topic
LEFT JOIN LATERAL ( -- what a slip of the finger stands for in this article
    SELECT CAST(string_agg(CAST(plainto_tsquery('english', meant.term) AS text), ' | ') AS tsquery) AS q
    FROM word w
    CROSS JOIN LATERAL (
        SELECT term FROM regexp_split_to_table(b.known_by, '[^[:alnum:]]+') term
        WHERE numnode(plainto_tsquery('english', term)) > 0
        ORDER BY similarity(w.w, term) DESC, term LIMIT 1
    ) meant
    WHERE NOT b.search @@ w.q AND word_similarity(w.w, b.known_by) >= 0.4
) slip ON true
CROSS JOIN LATERAL (SELECT b.whole || coalesce(b.loosely, b.whole) || coalesce(slip.q, b.whole) AS q) sought
ORDER BY b.score DESC, b.title, b.id
