-- +goose Up
SET LOCAL lock_timeout = '5s';

-- Who keeps an article, as somebody who signs in; a day a manager wants it looked at
-- before its review is due; and, once nobody should read it any more, since when and why.
ALTER TABLE articles
    ADD COLUMN owner_id       bigint REFERENCES users (id),
    ADD COLUMN review_early   date,
    ADD COLUMN withdrawn_at   timestamptz,
    ADD COLUMN withdrawn_by   bigint REFERENCES users (id),
    ADD COLUMN withdrawn_why  text NOT NULL DEFAULT '',
    ADD CONSTRAINT articles_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_why = '') AND (withdrawn_at IS NULL OR withdrawn_by IS NOT NULL));

-- A text being worked on: one open draft an article. What became of it stays, and so does
-- its text. based: the version it began from, 0 for a new article. sitting: the page that
-- kept it last; sitting_from: the revision that page began from, so that a page that
-- keeps itself every few seconds is not in its own way.
CREATE TABLE article_drafts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id    bigint NOT NULL REFERENCES articles (id),
    based         integer NOT NULL CHECK (based >= 0),
    state         text NOT NULL DEFAULT 'writing' CHECK (state IN ('writing', 'in_review', 'returned', 'published', 'dropped')),
    title         text NOT NULL,
    summary       text NOT NULL,
    written_for   text NOT NULL,
    author        text NOT NULL,
    keywords      text NOT NULL,
    topic         text NOT NULL REFERENCES topics (code),
    visible       text NOT NULL CHECK (visible IN ('insured', 'desk')),
    owner         text NOT NULL,
    body          text NOT NULL,
    review_by     date,
    changed       text NOT NULL DEFAULT '', -- what is new, in a sentence
    remark        text NOT NULL DEFAULT '', -- the last reviewer's
    revision      integer NOT NULL DEFAULT 1,
    sitting       text NOT NULL DEFAULT '',
    sitting_from  integer NOT NULL DEFAULT 0,
    begun_by      bigint NOT NULL REFERENCES users (id),
    begun_at      timestamptz NOT NULL,
    changed_by    bigint NOT NULL REFERENCES users (id),
    changed_at    timestamptz NOT NULL,
    offered_by    bigint REFERENCES users (id),
    offered_at    timestamptz,
    reviewer_id   bigint REFERENCES users (id), -- who returned or approved it last
    reviewed_at   timestamptz,
    version       integer, -- the one it became
    CONSTRAINT article_drafts_offered CHECK (state NOT IN ('in_review', 'published') OR (offered_by IS NOT NULL AND offered_at IS NOT NULL)),
    CONSTRAINT article_drafts_published CHECK ((state = 'published') = (version IS NOT NULL)),
    CONSTRAINT article_drafts_reviewed CHECK ((reviewer_id IS NULL) = (reviewed_at IS NULL) AND (state NOT IN ('returned', 'published') OR reviewer_id IS NOT NULL))
);
CREATE UNIQUE INDEX article_drafts_one_open ON article_drafts (article_id) WHERE state IN ('writing', 'in_review', 'returned');
CREATE INDEX article_drafts_of_article ON article_drafts (article_id, id);
CREATE CONSTRAINT TRIGGER article_drafts_recorded AFTER INSERT OR UPDATE OF state, remark, version OR DELETE ON article_drafts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('article', 'article_id');

-- Everybody who wrote in a draft. None of them may approve it.
CREATE TABLE article_draft_writers (
    draft_id  bigint NOT NULL REFERENCES article_drafts (id),
    user_id   bigint NOT NULL REFERENCES users (id),
    since     timestamptz NOT NULL,
    PRIMARY KEY (draft_id, user_id)
);
CREATE TRIGGER article_draft_writers_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON article_draft_writers
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Papers that go with an article: put there with a draft, on the shelf once that draft
-- is approved. One that is taken off keeps its row.
CREATE TABLE article_files (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id  bigint NOT NULL REFERENCES articles (id),
    draft_id    bigint NOT NULL REFERENCES article_drafts (id),
    name        text NOT NULL CHECK (name <> '' AND length(name) <= 120),
    kind        text NOT NULL, -- as its first bytes say, not as its name does
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    content     bytea NOT NULL CHECK (length(content) BETWEEN 1 AND 5242880),
    added_by    bigint NOT NULL REFERENCES users (id),
    added_at    timestamptz NOT NULL,
    removed_by  bigint REFERENCES users (id),
    removed_at  timestamptz,
    CONSTRAINT article_files_removed CHECK ((removed_by IS NULL) = (removed_at IS NULL))
);
CREATE UNIQUE INDEX article_files_once ON article_files (article_id, hash) WHERE removed_at IS NULL;
CREATE CONSTRAINT TRIGGER article_files_recorded AFTER INSERT OR UPDATE OR DELETE ON article_files
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('article', 'article_id');

-- +goose Down
DROP TABLE article_files, article_draft_writers, article_drafts;
ALTER TABLE articles
    DROP COLUMN owner_id, DROP COLUMN review_early, DROP COLUMN withdrawn_at, DROP COLUMN withdrawn_by, DROP COLUMN withdrawn_why;
