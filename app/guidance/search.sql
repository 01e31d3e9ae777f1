-- Current articles that fit what was typed, best first. An article fits when it holds
-- all of it as a search engine reads it, or at least half of its words (loose): each as
-- it stands, in another form, as what the list of synonyms says it stands for, or, for a
-- word found nowhere, as one of the library's that it nearly is (slipped). Titles and search
-- words are small and looked at first; the text, which has to be unpacked, only of the
-- best by those; and only what is shown is quoted.
WITH asked AS MATERIALIZED (
    SELECT websearch_to_tsquery('english', plain(CAST(@words AS text))) AS whole,
           phraseto_tsquery('english', plain(CAST(@words AS text))) AS phrase,
           ' ' || stems(CAST(@words AS text)) || ' ' AS said,
           CAST(@topic AS text) AS topic,
           CAST(@state AS text) AS state,
           CAST(@audience AS text) AS audience,
           CAST(@stale AS boolean) AS stale,
           CAST(@desk AS boolean) AS desk,
           CAST(@most AS integer) AS most,
           CAST(@marks AS text) AS marks,
           (CAST(@now AS timestamptz) AT TIME ZONE coalesce((SELECT zone FROM desks ORDER BY id LIMIT 1), 'UTC'))::date AS today
), shelf AS NOT MATERIALIZED (
    SELECT v.id, v.search, v.known, v.title, v.summary, v.words, v.version, v.reviewed_on, least(v.review_by, a.review_early) AS review_by, a.slug, a.topic, a.visible
    FROM asked CROSS JOIN article_versions v
    CROSS JOIN LATERAL ( -- one by one: few of those an index gives are looked at
        SELECT a.slug, a.topic, a.visible, a.review_early FROM articles a
        WHERE a.id = v.article_id AND a.current = v.version AND (asked.desk OR a.visible = 'insured') AND asked.topic IN ('', a.topic)
          AND a.withdrawn_at IS NULL AND asked.audience IN ('', a.visible) AND (NOT asked.stale OR least(v.review_by, a.review_early) < asked.today)
        OFFSET 0
    ) a
    WHERE asked.state = '' OR asked.state = ANY (v.states)
), phrase AS MATERIALIZED ( -- what was said that stands for what the library calls something else
    SELECT p.stems, s.means FROM asked, synonym_phrases p, synonyms s
    WHERE position(' ' || p.stems || ' ' IN asked.said) > 0 AND s.list = p.list AND s.place = p.place
), word AS MATERIALIZED (
    SELECT each.w, each.typed, slip.q AS slip, each.q AS own, coalesce(each.q || other.q, each.q) || coalesce(slip.q, each.q) AS q
    FROM (SELECT DISTINCT ON (plain(t)) t AS typed, plain(t) AS w, plainto_tsquery('english', plain(t)) AS q, ' ' || stems(t) || ' ' AS stems
          FROM jsonb_array_elements_text(CAST(@loose AS jsonb)) AS t) each
    CROSS JOIN LATERAL (
        SELECT CAST(string_agg('(' || CAST(plainto_tsquery('english', plain(means)) AS text) || ')', ' | ') AS tsquery) AS q
        FROM phrase WHERE position(each.stems IN ' ' || phrase.stems || ' ') > 0 AND numnode(plainto_tsquery('english', plain(means))) > 0
    ) other
    CROSS JOIN LATERAL ( -- what a slip of the finger stands for
        SELECT CAST(string_agg('(' || CAST(plainto_tsquery('english', near) AS text) || ')', ' | ') AS tsquery) AS q
        FROM jsonb_array_elements_text(CAST(@slipped AS jsonb) -> each.typed) AS near WHERE numnode(plainto_tsquery('english', near)) > 0
    ) slip
    WHERE numnode(each.q) > 0
), loose AS MATERIALIZED (
    SELECT CAST(string_agg('(' || CAST(q AS text) || ')', ' | ') AS tsquery) AS q, count(w) AS words,
           asked.whole || coalesce(CAST(string_agg('(' || CAST(q AS text) || ')', ' & ') AS tsquery), asked.whole) AS whole,
           beginnings(asked.whole || coalesce(CAST(string_agg('(' || CAST(q AS text) || ')', ' | ') AS tsquery), asked.whole)) AS begins
    FROM asked LEFT JOIN word ON true
    GROUP BY asked.whole
), known AS MATERIALIZED (
    SELECT one.id FROM (SELECT whole AS q FROM loose UNION ALL SELECT q FROM word) each, LATERAL (
        SELECT s.id FROM shelf s WHERE to_tsvector('english', plain(s.title)) @@ each.q LIMIT 50) one
    UNION
    SELECT one.id FROM (SELECT whole AS q FROM loose UNION ALL SELECT q FROM word) each, LATERAL (
        SELECT s.id FROM shelf s WHERE s.known @@ each.q LIMIT 50) one
    UNION
    (SELECT s.id FROM loose, shelf s WHERE s.search @@ loose.whole LIMIT 50)
), candidate AS MATERIALIZED (
    SELECT id FROM known
    UNION -- in the text alone, where there is not enough else
    SELECT one.id FROM word, LATERAL (SELECT s.id FROM shelf s WHERE s.search @@ word.q LIMIT 40) one WHERE (SELECT count(*) FROM known) < 20
), likely AS MATERIALIZED (
    SELECT s.id, s.title, ts_filter(s.search, '{a,b,c,d}') AS search -- unpacked once
    FROM (SELECT s.id
          FROM candidate c CROSS JOIN loose CROSS JOIN LATERAL (SELECT v.id, v.known FROM article_versions v WHERE v.id = c.id OFFSET 0) s
          CROSS JOIN LATERAL (
              SELECT coalesce(avg((s.known @@ w.q)::int), 0) AS share FROM word w
          ) fit
          ORDER BY fit.share + ts_rank('{0, 0, 0.6, 1}', s.known, coalesce(loose.q, loose.whole)) DESC, s.id
          LIMIT 50) first
    CROSS JOIN LATERAL (SELECT v.id, v.title, v.search FROM article_versions v WHERE v.id = first.id OFFSET 0) s
), hit AS MATERIALIZED ( -- which words an article has, and in how prominent a place
    SELECT l.id, w.typed, CASE
        WHEN l.search @@ w.own THEN ts_rank('{0.1, 0.3, 0.6, 1}', l.search, w.own)
        WHEN l.search @@ w.slip THEN ts_rank('{0.1, 0.3, 0.6, 1}', l.search, w.slip) * 0.9
        ELSE least(ts_rank('{0.1, 0.3, 0.6, 1}', l.search, w.q), 0.3) -- what it stands for counts as a search word at most
        END AS place
    FROM likely l JOIN word w ON l.search @@ w.q
), rare AS MATERIALIZED ( -- a word that many have in title or search words tells them apart the less
    SELECT h.typed, ln(1 + size.n / (count(*) FILTER (WHERE h.place >= 0.3) + 0.5)) AS weight FROM hit h CROSS JOIN (SELECT CAST(count(*) AS double precision) AS n FROM likely) size GROUP BY h.typed, size.n
), scored AS MATERIALIZED (
    SELECT l.id, l.title, l.search, fit.found,
           (l.search @@ loose.whole)::int * 0.5
               + (l.search @@ asked.phrase)::int * 0.5 * (1 + ts_rank('{0, 0, 1, 1}', l.search, asked.phrase))
               + coalesce(fit.share, ts_rank('{0.1, 0.3, 0.6, 1}', l.search, loose.whole)) AS score
    FROM likely l CROSS JOIN loose CROSS JOIN asked
    LEFT JOIN LATERAL (
        SELECT count(*) AS words, array_agg(h.typed) AS found,
               sum(r.weight * (1 + h.place)) / (SELECT sum(weight) FROM rare) AS share
        FROM hit h JOIN rare r ON r.typed = h.typed WHERE h.id = l.id
    ) fit ON true
    WHERE l.search @@ loose.whole OR fit.words * 2 >= loose.words AND loose.words > 0
), best AS MATERIALIZED (
    SELECT * FROM scored
    WHERE score >= 0.3 * (SELECT max(score) FROM scored) -- a word in passing is no reason
    ORDER BY score DESC, title, id
    LIMIT (SELECT most FROM asked)
)
SELECT s.slug, s.topic, tp.name AS topic_name, s.visible, s.version, s.title, s.summary, s.reviewed_on, s.review_by,
       (SELECT CAST(json_agg(w.typed) AS text) FROM word w WHERE NOT EXISTS (SELECT FROM best f WHERE w.typed = ANY (f.found))) AS missed,
       ts_headline('english', s.title, sought.q, 'HighlightAll=true,' || asked.marks) AS title_marked,
       ts_headline('english', s.summary, sought.q, 'HighlightAll=true,' || asked.marks) AS summary_marked,
       CASE WHEN quoted.at > 0 THEN ts_headline('english', substr(s.words, greatest(1, quoted.at - 200), 480), sought.q,
            'MaxFragments=2,MinWords=8,MaxWords=22,FragmentDelimiter=" … ",' || asked.marks) ELSE '' END AS words_marked
FROM best b CROSS JOIN LATERAL (SELECT * FROM shelf WHERE shelf.id = b.id OFFSET 0) s
JOIN topics tp ON tp.code = s.topic
CROSS JOIN asked CROSS JOIN loose
CROSS JOIN LATERAL (SELECT loose.whole || coalesce(loose.q, loose.whole) AS q) sought
CROSS JOIN LATERAL ( -- where the text first says so
    SELECT CASE WHEN ts_filter(b.search, '{c}') @@ sought.q THEN 0
        ELSE coalesce(regexp_instr(s.words, loose.begins, 1, 1, 0, 'i'), 0) END AS at
) quoted
ORDER BY b.score DESC, s.title, b.id
