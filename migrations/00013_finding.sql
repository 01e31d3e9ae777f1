-- +goose Up
SET LOCAL lock_timeout = '5s';

-- stems are the words of a text that carry meaning, each as the search reads it, in
-- their order: "Fired a patient!" is "fire patient". So one phrase is known in all its forms.
-- +goose StatementBegin
CREATE FUNCTION stems(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = public, pg_temp
AS $$
    SELECT coalesce(string_agg(lexeme, ' ' ORDER BY place), '')
    FROM unnest(to_tsvector('english', plain(words))) AS each (lexeme, positions, weights), unnest(positions) AS place
$$;

-- +goose StatementEnd

-- state_names are the states an article's notes speak of by name: the bold words that
-- begin the entries of its section "State notes". "Every other state" is none.
-- +goose StatementBegin
CREATE FUNCTION state_names(body text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = public, pg_temp
AS $$
    SELECT coalesce(array_agg(name), '{}')
    FROM regexp_matches(
            (regexp_split_to_array(substring(E'\n' || body FROM '(?i)\n##? *state notes *\n(.*)$'), '\n##? '))[1],
            '(?:^|\n)[-*+] +\*\*([^*\n]+)\*\*', 'g') AS lead,
        regexp_split_to_table(replace(lead[1], ' and ', ', '), ',') AS part,
        btrim(regexp_replace(btrim(part), '^the ', ''), '.: ') AS name
    WHERE name <> '' AND name !~* '^every other state'
$$;
-- +goose StatementEnd

-- beginnings is a regular expression for how words that a query looks for begin: as
-- their stem does, but for its last letter, which other forms may change.
-- +goose StatementBegin
CREATE FUNCTION beginnings(sought tsquery) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = public, pg_temp
AS $$
    SELECT '\m(' || string_agg(DISTINCT regexp_replace(left(stem, greatest(3, length(stem) - 1)), '([^[:alnum:]])', '\\\1', 'g'), '|') || ')'
    FROM unnest(tsvector_to_array(to_tsvector('simple', CAST(sought AS text)))) AS stem
    WHERE length(stem) > 2
$$;
-- +goose StatementEnd

-- Title before search words before summary before text; known is the first two alone,
-- small enough to be looked through for every article there is.
ALTER TABLE article_versions
    DROP COLUMN search,
    ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', plain(title)), 'A') ||
        setweight(to_tsvector('english', plain(keywords)), 'B') ||
        setweight(to_tsvector('english', plain(summary)), 'C') ||
        setweight(to_tsvector('english', plain(words)), 'D')) STORED,
    ADD COLUMN known tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', plain(title)), 'A') ||
        setweight(to_tsvector('english', plain(keywords)), 'B')) STORED,
    ADD COLUMN states text[] NOT NULL GENERATED ALWAYS AS (state_names(body)) STORED;
CREATE INDEX article_versions_search ON article_versions USING gin (search) WITH (fastupdate = off);
CREATE INDEX article_versions_known ON article_versions USING gin (known) WITH (fastupdate = off);
CREATE INDEX article_versions_title ON article_versions USING gin (to_tsvector('english', plain(title))) WITH (fastupdate = off);

-- Every word that stands in a title or among search words, once. A word that no article
-- has is looked up here, and what it nearly is is looked for in its place. 0.3 keeps two
-- letters changed over in a short word; which of them it is, is decided letter by letter.
DROP FUNCTION articles_near;
DROP INDEX article_versions_known_by;
CREATE TABLE article_terms (
    term text PRIMARY KEY
);
CREATE INDEX article_terms_near ON article_terms USING gin (term gin_trgm_ops) WITH (fastupdate = off);
INSERT INTO article_terms
SELECT DISTINCT term FROM article_versions, regexp_split_to_table(known_by, '[^[:alnum:]]+') AS term WHERE length(term) > 2;
-- +goose StatementBegin
CREATE FUNCTION keep_terms() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO article_terms SELECT DISTINCT term FROM regexp_split_to_table(NEW.known_by, '[^[:alnum:]]+') AS term
    WHERE length(term) > 2 ORDER BY term ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER article_versions_terms AFTER INSERT ON article_versions FOR EACH ROW EXECUTE FUNCTION keep_terms();
-- +goose StatementBegin
CREATE FUNCTION terms_near(typed text, most integer) RETURNS SETOF text
    LANGUAGE sql STABLE STRICT ROWS 40
    SET search_path = public, pg_temp
    SET pg_trgm.word_similarity_threshold = 0.3
AS $$
    SELECT term FROM article_terms WHERE typed <% term
    ORDER BY word_similarity(typed, term) DESC, similarity(typed, term) DESC, term LIMIT most
$$;
-- +goose StatementEnd

-- What people type for what the library calls something else. A list is kept as a
-- whole: each change of it is a new one, the highest is in force.
CREATE TABLE synonym_lists (
    id          bigint PRIMARY KEY,
    changed_at  timestamptz NOT NULL,
    changed_by  bigint REFERENCES users (id)
);
CREATE TABLE synonyms (
    list   bigint NOT NULL REFERENCES synonym_lists (id),
    place  integer NOT NULL,
    words  text NOT NULL, -- as it was written: phrases with commas between them
    means  text NOT NULL,
    PRIMARY KEY (list, place)
);
-- Each phrase of the list in force, as the search compares it.
CREATE TABLE synonym_phrases (
    list    bigint NOT NULL,
    place   integer NOT NULL,
    phrase  text NOT NULL,
    stems   text NOT NULL GENERATED ALWAYS AS (stems(phrase)) STORED CHECK (stems <> ''),
    PRIMARY KEY (list, place, phrase),
    FOREIGN KEY (list, place) REFERENCES synonyms (list, place)
);
CREATE TRIGGER synonym_lists_as_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON synonym_lists FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER synonyms_as_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON synonyms FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Whether an article helped: one answer a person, version and day, and no words.
CREATE TABLE article_verdicts (
    version_id  bigint NOT NULL REFERENCES article_versions (id),
    user_id     bigint NOT NULL REFERENCES users (id),
    day         date NOT NULL,
    helped      boolean NOT NULL,
    place       text NOT NULL CHECK (place IN ('article', 'form')),
    given_at    timestamptz NOT NULL,
    PRIMARY KEY (version_id, user_id, day)
);

-- An article changed in a way that touches what was advised before: every ticket that
-- cited it up to a version, to be worked off one by one.
CREATE TABLE recalls (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id  bigint NOT NULL REFERENCES articles (id),
    version     integer NOT NULL, -- the last one affected
    why         text NOT NULL,
    opened_at   timestamptz NOT NULL,
    opened_by   bigint REFERENCES users (id),
    UNIQUE (id, article_id)
);
CREATE INDEX recalls_of_article ON recalls (article_id);
CREATE TRIGGER recalls_as_opened BEFORE UPDATE OR DELETE OR TRUNCATE ON recalls FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE CONSTRAINT TRIGGER recalls_recorded AFTER INSERT ON recalls
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('article', 'article_id');
CREATE TABLE recall_items (
    recall_id     bigint NOT NULL,
    article_id    bigint NOT NULL,
    ticket_id     bigint NOT NULL REFERENCES tickets (id),
    version       integer NOT NULL, -- the latest affected one cited there
    entered       boolean NOT NULL DEFAULT false, -- the ticket's own record says so: a job sees to it
    how           text CHECK (how IN ('contacted', 'not_needed', 'carried')), -- carried: into a later recall of the same article
    why           text NOT NULL DEFAULT '',
    contacted_on  date,
    settled_at    timestamptz,
    settled_by    bigint REFERENCES users (id),
    PRIMARY KEY (recall_id, ticket_id),
    FOREIGN KEY (recall_id, article_id) REFERENCES recalls (id, article_id),
    CHECK ((how IS NULL) = (settled_at IS NULL)),
    CHECK ((how IS NOT DISTINCT FROM 'contacted') = (contacted_on IS NOT NULL)),
    CHECK (how IS DISTINCT FROM 'not_needed' OR why <> '')
);
CREATE INDEX recall_items_open ON recall_items (ticket_id) WHERE how IS NULL;
CREATE INDEX recall_items_to_enter ON recall_items (recall_id, ticket_id) WHERE NOT entered;
-- All of a recall's are opened, and carried into the next, at once: the article's entry
-- speaks for them. Each is settled alone, on its ticket's record.
CREATE CONSTRAINT TRIGGER recall_items_recorded AFTER INSERT OR DELETE ON recall_items
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('article', 'article_id');
CREATE CONSTRAINT TRIGGER recall_items_carried AFTER UPDATE OF how, why, contacted_on, settled_at, settled_by ON recall_items
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.how = 'carried') EXECUTE FUNCTION record_guard('article', 'article_id');
CREATE CONSTRAINT TRIGGER recall_items_settled AFTER UPDATE OF how, why, contacted_on, settled_at, settled_by ON recall_items
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.how IS DISTINCT FROM 'carried') EXECUTE FUNCTION record_guard('ticket', 'ticket_id');

-- Somebody looked for guidance, found none, and said so. The words are kept only where
-- they give nobody away; until then there is only a fingerprint to count them by.
CREATE TABLE gap_asks (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint  bytea NOT NULL CHECK (length(fingerprint) = 32),
    words        text, -- normalised; NULL while not to be kept
    user_id      bigint NOT NULL REFERENCES users (id),
    day          date NOT NULL,
    asked_at     timestamptz NOT NULL,
    CONSTRAINT gap_asks_once UNIQUE (fingerprint, user_id, day)
);
CREATE INDEX gap_asks_at ON gap_asks (asked_at);

-- Whether the links in guidance still lead somewhere. What an attempt gave; a link is
-- broken once it has failed on two days running.
CREATE TABLE link_checks (
    url            text PRIMARY KEY CHECK (octet_length(url) <= 2000), -- an index takes no more than 2,700
    articles       bigint[] NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('works', 'gone', 'failing', 'unreached', 'refused', 'unusable')),
    status         integer NOT NULL DEFAULT 0,
    checked_at     timestamptz NOT NULL,
    failing_since  timestamptz,
    failed_days    integer NOT NULL DEFAULT 0
);

-- The list as it begins: what people say on the telephone, and what we call it.
INSERT INTO synonym_lists (id, changed_at) VALUES (1, '2026-01-01T00:00:00Z');
INSERT INTO synonyms (list, place, words, means)
SELECT 1, row_number() OVER (), w, m FROM (VALUES
    ('fire a patient, drop a patient, get rid of a patient, kick out a patient, dismiss a patient, let a patient go, stop seeing a patient, cut ties', 'discharge'),
    ('release from practice, patient termination, break up with a patient', 'discharge'),
    ('bad review, one star, 1 star, trashed us online, Yelp, Healthgrades, Google review', 'negative review'),
    ('Rx for my wife, Rx for my husband, script for my wife, script for my husband, prescribe for my wife, prescribe for my husband, treat my family', 'family'),
    ('call in something for a friend, script for a friend', 'friends'),
    ('prescribe for my nurse, treat my staff, employee as patient', 'staff'),
    ('medical board, board letter, state board, licensing complaint', 'board complaint'),
    ('got served, legal papers, court papers, deposition notice', 'subpoena'),
    ('lawyer called, letter from a lawyer, records request from a lawyer', 'attorney'),
    ('cops, detective, sheriff, law enforcement', 'police'),
    ('TV reporter, journalist, TV crew, newspaper', 'press'),
    ('won''t take meds, stopped his meds, stopped her meds, skips pills', 'nonadherence'),
    ('keeps missing visits, never shows up', 'missed appointments'),
    ('yelling, screaming, cussing, swearing at staff, rude patient', 'difficult patient'),
    ('going to hurt me, death threat, gun in the waiting room, threatened my staff', 'threats of violence'),
    ('flirting, asked me for a date, crush on me', 'romance'),
    ('friend request, Facebook friend, Instagram follow', 'social media boundaries'),
    ('left me money, inheritance, bequest', 'gifts'),
    ('tickets to the game, bottle of wine, Christmas present', 'gifts'),
    ('my cell number, personal cell, texts me at night', 'texting'),
    ('e-mails me, emailing patients', 'email'),
    ('curbside, hallway question, neighbor asks, on the plane', 'casual advice'),
    ('pay me or I post, wants a refund, money back, hush money', 'refund'),
    ('sorry letter, tell them we messed up, apologise, apologize', 'disclosure apology'),
    ('wrong dose, wrong side, missed a result, messed up, made a mistake', 'error'),
    ('portal notes, patient reads my notes, change my note, wants the chart changed', 'open notes amendment'),
    ('copy of the chart, medical records, wants the chart, records fee', 'records request'),
    ('hold the chart until they pay, charts for unpaid bills', 'records balance'),
    ('translator, doesn''t speak English, sign language, deaf patient, ASL', 'interpreter'),
    ('wheelchair, service dog, ADA', 'disability'),
    ('asked for a white doctor, refuses my nurse because of race, racist patient', 'biased patient'),
    ('antivax, anti-vaxxer, won''t vaccinate', 'vaccine refusal'),
    ('horse dewormer, miracle cure, found it on the internet, Dr Google', 'unproven treatment'),
    ('mask note, vaccine waiver, school shot form', 'exemption letter'),
    ('pain contract, dirty urine, failed drug screen, pill seeker', 'opioid agreement'),
    ('too pregnant to drop, third trimester', 'pregnancy discharge'),
    ('bail on a patient, leave without care, dumped', 'abandonment'),
    ('threatens to sue, malpractice threat, lawsuit', 'threatens to sue'),
    ('taping me, secretly recording, filming the visit', 'recording the visit'),
    ('posts about us on TikTok, went viral', 'online review viral'),
    ('wants a second opinion, wants another doctor', 'transfer of care')
) AS seed (w, m);
INSERT INTO synonym_phrases (list, place, phrase)
SELECT 1, place, btrim(phrase) FROM synonyms, regexp_split_to_table(words, ',') AS phrase WHERE btrim(phrase) <> '';
CREATE CONSTRAINT TRIGGER synonym_lists_recorded AFTER INSERT ON synonym_lists
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('synonyms', 'id');

-- +goose Down
DROP TABLE link_checks, gap_asks, recall_items, recalls, article_verdicts, synonym_phrases, synonyms, synonym_lists;
DROP INDEX article_versions_title;
ALTER TABLE article_versions
    DROP COLUMN search, DROP COLUMN known, DROP COLUMN states,
    ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', plain(title)), 'A') ||
        setweight(to_tsvector('english', plain(keywords)), 'A') ||
        setweight(to_tsvector('english', plain(summary)), 'B') ||
        setweight(to_tsvector('english', plain(words)), 'C')) STORED;
CREATE INDEX article_versions_search ON article_versions USING gin (search) WITH (fastupdate = off);
CREATE INDEX article_versions_known_by ON article_versions USING gin (known_by gin_trgm_ops) WITH (fastupdate = off);
DROP TRIGGER article_versions_terms ON article_versions;
DROP FUNCTION keep_terms, terms_near;
DROP TABLE article_terms;
-- +goose StatementBegin
CREATE FUNCTION articles_near(typed text[], most integer)
    RETURNS SETOF bigint
    LANGUAGE sql STABLE STRICT ROWS 20
    SET search_path = public, pg_temp
    SET pg_trgm.word_similarity_threshold = 0.4
AS $$
    SELECT near.id
    FROM unnest(typed) AS word
    CROSS JOIN LATERAL (
        SELECT v.id FROM article_versions v JOIN articles a ON a.id = v.article_id AND a.current = v.version
        WHERE word <% v.known_by LIMIT most
    ) near
$$;
-- +goose StatementEnd
DROP FUNCTION beginnings, state_names, stems;
