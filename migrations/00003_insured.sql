-- +goose Up
SET LOCAL lock_timeout = '5s';

-- What callers are found by is written seldom and read at every keystroke, so its
-- indexes keep no list of what is still to be sorted in (fastupdate = off).

-- A practice may be part of another one. That is settled when it is added and never
-- changed, so the tree has no loops.
CREATE TABLE practices (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    part_of  bigint REFERENCES practices (id),
    name     text NOT NULL,
    city     text NOT NULL DEFAULT '',
    state    text NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
    -- As it is searched. Kept, because plain() for every candidate is slow.
    plain_name text NOT NULL GENERATED ALWAYS AS (translate(plain(name), '''', '')) STORED
);
CREATE INDEX practices_part_of ON practices (part_of);
CREATE INDEX practices_name ON practices USING gin (plain_name gin_trgm_ops) WITH (fastupdate = off);

CREATE TABLE physicians (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      bigint REFERENCES users (id) CONSTRAINT physicians_user_once UNIQUE,
    practice_id  bigint REFERENCES practices (id),
    given_name   text NOT NULL,
    family_name  text NOT NULL,
    credentials  text NOT NULL DEFAULT 'MD',
    specialty    text NOT NULL DEFAULT '',
    state        text NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
    plain_name   text NOT NULL GENERATED ALWAYS AS (translate(plain(given_name || ' ' || family_name), '''', '')) STORED,
    plain_family text NOT NULL GENERATED ALWAYS AS (translate(plain(family_name), '''', '')) STORED
);
CREATE INDEX physicians_of_practice ON physicians (practice_id);
CREATE INDEX physicians_name ON physicians USING gin (plain_name gin_trgm_ops) WITH (fastupdate = off);

-- A policy is in force on a day d when effective_on <= d < expires_on and it was
-- not cancelled on or before d.
CREATE TABLE policies (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number        text NOT NULL,
    effective_on  date NOT NULL,
    expires_on    date NOT NULL,
    cancelled_on  date,
    -- The number without dashes, spaces and case.
    key           text NOT NULL GENERATED ALWAYS AS (upper(regexp_replace(number, '[^A-Za-z0-9]', '', 'g'))) STORED,
    CHECK (key <> ''),
    CHECK (expires_on > effective_on),
    CHECK (cancelled_on IS NULL OR cancelled_on >= effective_on)
);
-- One number may be renewed term by term; each term is a row.
CREATE UNIQUE INDEX policies_term_once ON policies (key, effective_on);
CREATE INDEX policies_number ON policies USING gin (key gin_trgm_ops) WITH (fastupdate = off);
CREATE CONSTRAINT TRIGGER policies_recorded AFTER INSERT OR UPDATE OR DELETE ON policies
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('policy', 'id');

-- Whom a policy covers, and from when until when within it.
CREATE TABLE coverages (
    policy_id     bigint NOT NULL REFERENCES policies (id),
    physician_id  bigint NOT NULL REFERENCES physicians (id),
    from_on       date NOT NULL,
    until_on      date NOT NULL,
    CONSTRAINT coverages_once PRIMARY KEY (policy_id, physician_id, from_on),
    CHECK (until_on > from_on)
);
CREATE INDEX coverages_of_physician ON coverages (physician_id, from_on);

-- A number as it was typed, and as E.164 where it could be read as one.
CREATE TABLE phones (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    physician_id  bigint REFERENCES physicians (id),
    practice_id   bigint REFERENCES practices (id),
    label         text NOT NULL DEFAULT '',
    typed         text NOT NULL,
    e164          text NOT NULL DEFAULT '',
    -- The digits of both, for a number that is still being typed.
    digits        text NOT NULL GENERATED ALWAYS AS (e164 || ' ' || regexp_replace(typed, '[^0-9]', '', 'g')) STORED,
    CHECK (num_nonnulls(physician_id, practice_id) = 1)
);
CREATE INDEX phones_e164 ON phones (e164) WHERE e164 <> '';
CREATE INDEX phones_digits ON phones USING gin (digits gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX phones_of_physician ON phones (physician_id);
CREATE INDEX phones_of_practice ON phones (practice_id);

-- Who may ask, and who may hear, on a physician's behalf, from when until when.
-- until_on is the first day on which it no longer holds; null: until ended.
CREATE TABLE delegations (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    physician_id  bigint NOT NULL REFERENCES physicians (id),
    user_id       bigint NOT NULL REFERENCES users (id),
    may_ask       boolean NOT NULL,
    may_hear      boolean NOT NULL,
    from_on       date NOT NULL,
    until_on      date,
    CHECK (may_ask OR may_hear),
    CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE INDEX delegations_of_physician ON delegations (physician_id);
CREATE INDEX delegations_of_user ON delegations (user_id);
CREATE CONSTRAINT TRIGGER delegations_recorded AFTER INSERT OR UPDATE OR DELETE ON delegations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('delegation', 'id');

-- Names like the words somebody types, the closest first. They are functions because
-- the index reads its threshold from a setting, and only a function carries one with
-- it. At the usual 0.6 a name heard on the phone (Emani for Imani) is not found.
-- +goose StatementBegin
CREATE FUNCTION physicians_like(words text, most integer)
    RETURNS TABLE (physician_id bigint, score real)
    LANGUAGE sql STABLE STRICT ROWS 20
    SET search_path = public, pg_temp
    SET pg_trgm.word_similarity_threshold = 0.5
AS $$
    -- A family name that begins with what was typed is worth a little more.
    SELECT id, word_similarity(words, plain_name) + CASE WHEN starts_with(plain_family, words) THEN 0.1 ELSE 0 END::real AS score
    FROM physicians WHERE words <% plain_name
    ORDER BY score DESC, plain_family, plain_name, id LIMIT most
$$;
CREATE FUNCTION practices_like(words text, most integer)
    RETURNS TABLE (practice_id bigint, score real)
    LANGUAGE sql STABLE STRICT ROWS 20
    SET search_path = public, pg_temp
    SET pg_trgm.word_similarity_threshold = 0.5
AS $$
    SELECT id, word_similarity(words, plain_name) AS score
    FROM practices WHERE words <% plain_name
    ORDER BY score DESC, plain_name, id LIMIT most
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION physicians_like, practices_like;
DROP TABLE delegations, phones, coverages, policies, physicians, practices;
