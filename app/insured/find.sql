-- Who may be calling. The words and the numbers read out of what was typed come in as
-- parameters, or one physician does; what is empty is not looked for. Rank 0 is a
-- number in full, 1 a number in part, 2 a name.
WITH RECURSIVE asked AS MATERIALIZED (
    SELECT nullif(translate(plain(CAST(@words AS text)), '''', ''), '') AS words,
           nullif(CAST(@e164 AS text), '')   AS e164,
           nullif(CAST(@digits AS text), '') AS digits,
           nullif(CAST(@policy AS text), '') AS policy,
           CAST(@physician AS bigint)        AS physician,
           CAST(@today AS date)              AS today,
           CAST(@most AS integer)            AS most
), rung AS (
    SELECT physician_id, practice_id, 0 AS rank FROM phones
    WHERE e164 <> '' AND e164 = (SELECT e164 FROM asked)
    UNION ALL
    (SELECT physician_id, practice_id, 1 FROM phones
     WHERE digits LIKE '%' || (SELECT digits FROM asked) || '%'
     LIMIT (SELECT most FROM asked))
), housed AS (
    SELECT practice_id, rank, 0.9::real AS score, 'phone' AS matched FROM rung WHERE practice_id IS NOT NULL
    UNION ALL
    SELECT l.practice_id, 2, l.score, 'practice' FROM asked, practices_like(asked.words, asked.most) l
), whole AS ( -- with the practices that are part of them
    SELECT practice_id, rank, score, matched FROM housed
    UNION
    SELECT p.id, w.rank, w.score, w.matched FROM practices p JOIN whole w ON p.part_of = w.practice_id
), numbered AS (
    SELECT id, 0 AS rank FROM policies WHERE key = (SELECT policy FROM asked)
    UNION ALL
    (SELECT id, 1 FROM policies
     WHERE key LIKE '%' || (SELECT policy FROM asked) || '%'
     LIMIT (SELECT most FROM asked))
), hits AS (
    SELECT id AS physician_id, 0 AS rank, 1::real AS score, '' AS matched FROM physicians WHERE id = (SELECT physician FROM asked)
    UNION ALL
    SELECT physician_id, rank, 1, 'phone' FROM rung WHERE physician_id IS NOT NULL
    UNION ALL
    SELECT ph.id, w.rank, w.score, w.matched FROM whole w JOIN physicians ph ON ph.practice_id = w.practice_id
    UNION ALL
    SELECT c.physician_id, n.rank, 1, 'policy' FROM numbered n JOIN coverages c ON c.policy_id = n.id
    UNION ALL
    SELECT l.physician_id, 2, l.score, 'name' FROM asked, physicians_like(asked.words, asked.most) l
), people AS ( -- once each, by what speaks most for them
    SELECT DISTINCT ON (physician_id) physician_id, rank, score, matched
    FROM hits ORDER BY physician_id, rank, score DESC, matched
), best AS (
    SELECT p.*, ph.given_name, ph.family_name, ph.specialty, ph.practice_id, ph.state, ph.language, ph.plain_family, ph.plain_name
    FROM people p JOIN physicians ph ON ph.id = p.physician_id
    ORDER BY p.rank, p.score DESC, p.matched, ph.plain_family, ph.plain_name, p.physician_id
    LIMIT (SELECT most FROM asked)
)
SELECT b.physician_id, b.given_name, b.family_name, b.specialty, b.state, b.language, b.matched,
       coalesce(pr.name, '') AS practice, coalesce(pr.city, '') AS city,
       coalesce(cover.number, '') AS policy, cover.until_on AS policy_until, coalesce(cover.holds, false) AS in_force,
       phones.list AS phones, delegates.list AS delegates
FROM best b
CROSS JOIN asked
LEFT JOIN practices pr ON pr.id = b.practice_id
LEFT JOIN LATERAL (
    SELECT number, until_on, from_on <= asked.today AND asked.today < until_on AS holds
    FROM (
        SELECT po.number, greatest(c.from_on, po.effective_on) AS from_on, least(c.until_on, po.expires_on, po.cancelled_on) AS until_on
        FROM coverages c JOIN policies po ON po.id = c.policy_id WHERE c.physician_id = b.physician_id
    ) span
    ORDER BY (from_on <= asked.today AND asked.today < until_on) DESC, until_on DESC, number LIMIT 1
) cover ON true
CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(typed ORDER BY own DESC, id), '[]') AS list
    FROM (
        SELECT id, typed, true AS own FROM phones WHERE physician_id = b.physician_id
        UNION ALL
        SELECT id, typed, false FROM phones WHERE practice_id = b.practice_id
    ) number
) phones
CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object('ID', d.id, 'UserID', d.user_id, 'Name', u.name, 'MayAsk', d.may_ask, 'MayHear', d.may_hear,
               'From', d.from_on, 'Until', d.until_on) ORDER BY u.name, d.id), '[]') AS list
    FROM delegations d JOIN users u ON u.id = d.user_id
    WHERE d.physician_id = b.physician_id AND d.from_on <= asked.today AND (d.until_on IS NULL OR asked.today < d.until_on)
) delegates
ORDER BY b.rank, b.score DESC, b.matched, b.plain_family, b.plain_name, b.physician_id
