-- +goose Up
SET LOCAL lock_timeout = '5s';

CREATE TABLE articles (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug     text NOT NULL CONSTRAINT articles_slug_once UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    topic    text NOT NULL REFERENCES topics (code),
    visible  text NOT NULL CHECK (visible IN ('insured', 'desk')),
    owner    text NOT NULL,
    current  integer NOT NULL DEFAULT 0
);

-- Each version as it was published: what a citation froze can always be read again.
-- known_by is what typing errors are forgiven against. Versions are written seldom and
-- searched at every keystroke, so the indexes keep no list of what is still to be sorted in.
CREATE TABLE article_versions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id    bigint NOT NULL REFERENCES articles (id),
    version       integer NOT NULL,
    title         text NOT NULL,
    summary       text NOT NULL,
    written_for   text NOT NULL,
    keywords      text NOT NULL,
    body          text NOT NULL,
    words         text NOT NULL,
    text_hash     bytea NOT NULL CHECK (length(text_hash) = 32),
    reviewed_on   date NOT NULL,
    review_by     date NOT NULL CHECK (review_by > reviewed_on),
    published_at  timestamptz NOT NULL,
    published_by  bigint REFERENCES users (id),
    changed       text NOT NULL DEFAULT '',
    known_by      text NOT NULL GENERATED ALWAYS AS (plain(title || ' ' || keywords)) STORED,
    search        tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', plain(title)), 'A') ||
        setweight(to_tsvector('english', plain(keywords)), 'A') ||
        setweight(to_tsvector('english', plain(summary)), 'B') ||
        setweight(to_tsvector('english', plain(words)), 'C')) STORED,
    CONSTRAINT article_versions_once UNIQUE (article_id, version)
);
CREATE INDEX article_versions_search ON article_versions USING gin (search) WITH (fastupdate = off);
CREATE INDEX article_versions_known_by ON article_versions USING gin (known_by gin_trgm_ops) WITH (fastupdate = off);
CREATE TRIGGER article_versions_as_published BEFORE UPDATE OR DELETE OR TRUNCATE ON article_versions
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE CONSTRAINT TRIGGER article_versions_recorded AFTER INSERT ON article_versions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('article', 'article_id');
CREATE CONSTRAINT TRIGGER articles_recorded AFTER INSERT OR UPDATE OR DELETE ON articles
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('article', 'id');

-- articles_near gives the current versions with a word in title or keywords that is
-- close to one of those typed: the longer the word, the more slips it survives. 0.4
-- keeps two letters changed over in a six-letter word ("reveiw") and refuses words that share only an ending.
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

-- An article version linked to a ticket: version, hash and date as they were.
CREATE TABLE citations (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id   bigint NOT NULL REFERENCES tickets (id),
    version_id  bigint NOT NULL REFERENCES article_versions (id),
    text_hash   bytea NOT NULL,
    cited_by    bigint NOT NULL REFERENCES users (id),
    cited_at    timestamptz NOT NULL,
    CONSTRAINT citations_once UNIQUE (ticket_id, version_id)
);
CREATE INDEX citations_of_version ON citations (version_id);
CREATE TRIGGER citations_as_cited BEFORE UPDATE OR DELETE OR TRUNCATE ON citations FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE CONSTRAINT TRIGGER citations_recorded AFTER INSERT ON citations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('ticket', 'ticket_id');

-- +goose Down
DROP TABLE citations;
DROP FUNCTION articles_near;
DROP TABLE article_versions, articles;
